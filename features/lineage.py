"""Who takes a history along: a household that split off that of its parent, a person his own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.chronicle import Chronicle, Told
from features.history import NEVER
from features.ids import hashes, positions
from features.tables.people import REGISTRATIONS

Ints = NDArray[np.int64]

LINKED = ("members", "registrations")
"""Tables that tell who came from where."""

GENERATIONS = 8
"""A split of a split of a split and so on is followed so far."""

_KIND = REGISTRATIONS.column("kind")
_SPLIT, _MERGED, _DIED = (_KIND.code(name) for name in ("split", "merged", "died"))
_LEFT = 1


@dataclass(frozen=True, slots=True)
class Links:
    """What is told of one is told of another too, as far as it happened before a day; one entry a link.

    Parameters
    ----------
    source : ndarray of int
        The household, or the person, of whom the facts are told.
    heir : ndarray of int
        Position of the household that takes them along.
    before : ndarray of int
        Day since 1970.
    start, stop : ndarray of int
        The link is believed on every day D with ``start <= D < stop``.
    """

    source: Ints
    heir: Ints
    before: Ints
    start: Ints
    stop: Ints


def with_lineage(story: Chronicle) -> Chronicle:
    """Return a chronicle in which histories follow households that split and persons who moved.

    Parameters
    ----------
    story : Chronicle
        Among its tables ``members`` and ``registrations``, where there are any.

    Returns
    -------
    Chronicle
        - A household named in a believed ``split`` has the facts of the one that was split from
          before that day, but for those that name a person.
        - A household among whose members a person is has the facts that name him from before
          the day on which he is told of there, of whichever household they were told.
        - The split, or merger, is a fact of both households.
        - Members of whom a death is believed are members no more, and their work ended on that day.

        What is taken along is marked as inherited, and believed while both fact and link are.
    """
    told = dict(story.told)
    if "registrations" in told:
        told["registrations"] = _of_both(told["registrations"], story)
    if story.households.size > 1:
        splits, moves = _splits(story), _moves(story)
        told |= {name: _inherited(name, each, splits, moves) for name, each in told.items()}
    if "registrations" in story.told and _DIED in story.told["registrations"].of("kind"):
        mortal = {name: told[name] for name in ("members", "employments") if name in told}
        told |= {name: _mortal(name, each, story.told["registrations"]) for name, each in mortal.items()}
    return Chronicle(story.households, {name: each for name, each in told.items() if each.row.size})


def _of_both(told: Told, story: Chronicle) -> Told:
    """Return registrations with splits and mergers told of the other household as well."""
    rows = np.flatnonzero(np.isin(told.of("kind"), (_SPLIT, _MERGED)))
    if not rows.size:
        return told
    other = positions(told.of("other_household_id")[rows], story.households)
    known = rows[other >= 0]
    again = replace(told.take(known), owner=other[other >= 0], inherited=np.ones(known.size, bool))
    return _joined([told, again])


def _splits(story: Chronicle) -> Links:
    told = story.told.get("registrations")
    if told is None:
        return _NO_LINKS
    rows = np.flatnonzero(told.of("kind") == _SPLIT)
    heir = positions(told.of("other_household_id")[rows], story.households)
    rows, heir = rows[heir >= 0], heir[heir >= 0]
    return Links(told.owner[rows], heir, _occurred(told)[rows], told.start[rows], told.stop[rows])


def _moves(story: Chronicle) -> Links:
    """Return a link for each row that tells of a member, of persons told of in several households."""
    told = story.told.get("members")
    if told is None:
        return _NO_LINKS
    person = _person(told)
    order = np.lexsort((told.owner, person))
    elsewhere = (person[order[1:]] == person[order[:-1]]) & (told.owner[order[1:]] != told.owner[order[:-1]])
    moved = np.unique(person[order[1:][elsewhere]])
    rows = np.flatnonzero(np.isin(person, moved) & (told.of("left") != _LEFT))
    return Links(person[rows], told.owner[rows], _occurred(told)[rows], told.start[rows], told.stop[rows])


def _inherited(name: str, told: Told, splits: Links, moves: Links) -> Told:
    """Return the facts of a table with those that are taken along."""
    if name == "households":
        return told
    found = [told]
    person = _person(told) if _is_personal(told) else np.full(told.row.size, _NOBODY)
    if moves.heir.size and _is_personal(told):
        named = np.flatnonzero(person != _NOBODY)
        found.append(_follow(told.take(named), person[named], moves))
    generation = told.take(np.flatnonzero(person == _NOBODY)) if splits.heir.size else told
    for _ in range(GENERATIONS if splits.heir.size else 0):
        generation = _follow(generation, generation.owner, splits)
        found.append(generation)
    more = _joined(found[1:]) if len(found) > 1 else told.take(np.zeros(0, np.intp))
    return _joined([told, _united(more, told)]) if more.row.size else told


def _is_personal(told: Told) -> bool:
    return any(column.name == "member_id" for column in told.declared.columns)


def _follow(told: Told, source: Ints, links: Links) -> Told:
    """Return the facts of the sources of links, told of the heirs."""
    rows = np.flatnonzero(np.isin(source, links.source))
    order = np.argsort(links.source, kind="stable")
    low, high = (np.searchsorted(links.source[order], source[rows], side=side) for side in ("left", "right"))
    row = np.repeat(rows, high - low)
    link = order[np.arange(row.size) + np.repeat(low - (np.cumsum(high - low) - (high - low)), high - low)]
    start = np.maximum(told.start[row], links.start[link])
    stop = np.minimum(told.stop[row], links.stop[link])
    good = np.flatnonzero((start < stop) & (_occurred(told)[row] < links.before[link]))
    heir, marked = links.heir[link[good]], np.ones(good.size, bool)
    taken = told.take(row[good])
    return replace(taken, owner=heir, start=start[good], stop=stop[good], inherited=marked)


def _united(more: Told, told: Told) -> Told:
    """Return what is taken along once, however many links lead there, and not to where it came from."""
    rows = told.facts["record_id"].size
    own = np.isin(more.owner * rows + more.row, told.owner * rows + told.row)
    more = more.take(np.flatnonzero(~own))
    order = np.lexsort((more.start, more.row, more.owner))
    more = more.take(order)
    if not order.size:
        return more
    other = (more.row[1:] != more.row[:-1]) | (more.owner[1:] != more.owner[:-1])
    group = np.concatenate([[0], np.cumsum(other)])
    room = int(more.stop.max()) + 1 - min(int(more.start.min()), 0)
    until = np.maximum.accumulate(group * room + more.stop)
    opens = np.concatenate([[True], other | (group[1:] * room + more.start[1:] > until[:-1])])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], order.size) - 1
    return replace(more.take(first), stop=until[last] - group[last] * room)


def _mortal(name: str, told: Told, registrations: Told) -> Told:
    """Return facts as they are while no death of the person is believed, and as death leaves them.

    A member is one no more; a spell of work ends on the day.
    """
    deaths = registrations.take(np.flatnonzero(registrations.of("kind") == _DIED))
    dead, person = _person(deaths), _person(told)
    order = np.argsort(dead, kind="stable")
    first = np.searchsorted(dead[order], person)
    for turn in range(int(np.unique(dead, return_counts=True)[1].max(initial=0))):
        place = order[np.minimum(first + turn, dead.size - 1)]
        dies = (dead[place] == person) & (person != _NOBODY)
        start = np.where(dies, deaths.start[place], _LATER)
        stop = np.where(dies, deaths.stop[place], _LATER)
        before = replace(told, stop=np.minimum(told.stop, start))
        after = replace(told, start=np.maximum(told.start, stop))
        parts = [before, after]
        if name != "members":
            day = np.minimum(told.ends, _occurred(deaths)[place])
            low, high = np.maximum(told.start, start), np.minimum(told.stop, stop)
            parts.append(replace(told, start=low, stop=high, ends=day))
        told = _joined([part.take(np.flatnonzero(part.start < part.stop)) for part in parts])
        person = _person(told)
        first = np.searchsorted(dead[order], person)
    return told


def _occurred(told: Told) -> Ints:
    return told.of("occurred_on").astype(np.int64)


def _person(told: Told) -> Ints:
    """Return a number for the person whom a fact names, ``_NOBODY`` where it names none."""
    return hashes(told.of("member_id")).view(np.int64)


def _joined(parts: list[Told]) -> Told:
    """Return the facts of several parts of one table."""
    if len(parts) == 1:
        return parts[0]
    row, owner, start, stop, ends, inherited = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("row", "owner", "start", "stop", "ends", "inherited")
    )
    return Told(parts[0].declared, parts[0].facts, row, owner, start, stop, ends, inherited)


_NOBODY = int(hashes(np.array([""])).view(np.int64)[0])
_LATER = int(NEVER.astype(np.int64)) + 1
_NO_LINKS = Links(*(np.zeros(0, np.int64) for _ in range(5)))
