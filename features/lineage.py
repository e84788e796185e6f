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
        The household of whom the facts are told, or person and household at once.
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
        - Where a believed split or merger joins two households, the one among whose members a
          person is has the facts that name him which were told of the other, from before the
          day on which he is told of there. A name alone joins nobody.
        - The split, or merger, is a fact of both households.
        - Members of whom a death is believed are members no more, and their work ended on that day.

        What is taken along is marked as inherited, and believed while both fact and link are.
    """
    told = dict(story.told)
    if "registrations" in told:
        told["registrations"] = _of_both(told["registrations"], story)
    if story.households.size > 1:
        splits, (moves, persons) = _splits(story), _moves(story)
        for name, each in told.items():
            more = _along_with_persons(each, moves, persons, story) + _along_with_splits(name, each, splits)
            told[name] = _joined([each, _united(_joined(more), each)]) if more else each
    if "registrations" in story.told and _DIED in story.told["registrations"].of("kind"):
        mortal = {name: told[name] for name in ("members", "employments") if name in told}
        many = story.households.size
        told |= {name: _mortal(name, each, told["registrations"], many) for name, each in mortal.items()}
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


def _moves(story: Chronicle) -> tuple[Links, Ints]:
    """Return a link for each row that tells of a member whom another household of the lineage may name.

    Returns
    -------
    links : Links
        Their sources are persons and households at once; see ``_who``.
    persons : ndarray of int
        The persons, sorted.
    """
    told, kin = story.told.get("members"), _kin(story)
    if told is None or not kin.source.size:
        return _NO_LINKS, kin.source
    there = np.flatnonzero(np.isin(told.owner, kin.heir) & (told.of("left") != _LEFT))
    rows, link = _pairs(told.owner[there], kin.heir)
    rows = there[rows]
    persons = np.unique(_person(told)[rows])
    source = np.searchsorted(persons, _person(told)[rows]) * story.households.size + kin.source[link]
    start = np.maximum(told.start[rows], kin.start[link])
    stop = np.minimum(told.stop[rows], kin.stop[link])
    return Links(source, told.owner[rows], _occurred(told)[rows], start, stop), persons


def _kin(story: Chronicle) -> Links:
    """Return which households one split or merger joins, either way."""
    told = story.told.get("registrations")
    if told is None:
        return _NO_LINKS
    rows = np.flatnonzero(np.isin(told.of("kind"), (_SPLIT, _MERGED)))
    other = positions(told.of("other_household_id")[rows], story.households)
    rows, other = rows[other >= 0], other[other >= 0]
    own, both = told.owner[rows], np.concatenate([rows, rows])
    return Links(
        np.concatenate([own, other]),
        np.concatenate([other, own]),
        _occurred(told)[both],
        told.start[both],
        told.stop[both],
    )


def _who(told: Told, persons: Ints, households: int) -> Ints:
    """Return a number for person and household at once of each fact, -1 where it names none of them."""
    person = _person(told)
    place = np.minimum(np.searchsorted(persons, person), persons.size - 1)
    return np.where((persons[place] == person) & (person != _NOBODY), place * households + told.owner, -1)


def _along_with_persons(told: Told, moves: Links, persons: Ints, story: Chronicle) -> list[Told]:
    """Return the facts that persons take along, told of the households to which they came."""
    if not moves.heir.size or not _is_personal(told):
        return []
    who = _who(told, persons, story.households.size)
    rows = np.flatnonzero(who >= 0)
    return [_follow(told.take(rows), who[rows], moves)]


def _along_with_splits(name: str, told: Told, splits: Links) -> list[Told]:
    """Return the facts of nobody in particular, told of the households that split off, and of theirs."""
    if not splits.heir.size or name == "households":
        return []
    found = [told.take(np.flatnonzero(_person(told) == _NOBODY)) if _is_personal(told) else told]
    for _ in range(GENERATIONS):
        found.append(_follow(found[-1], found[-1].owner, splits))
    return found[1:]


def _is_personal(told: Told) -> bool:
    return any(column.name == "member_id" for column in told.declared.columns)


def _follow(told: Told, source: Ints, links: Links) -> Told:
    """Return the facts of the sources of links, told of the heirs."""
    row, link = _pairs(source, links.source)
    start = np.maximum(told.start[row], links.start[link])
    stop = np.minimum(told.stop[row], links.stop[link])
    good = np.flatnonzero((start < stop) & (_occurred(told)[row] < links.before[link]))
    heir, marked = links.heir[link[good]], np.ones(good.size, bool)
    return replace(told.take(row[good]), owner=heir, start=start[good], stop=stop[good], inherited=marked)


def _pairs(one: Ints, other: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the positions of all pairs of equal values in two arrays."""
    order = np.argsort(other, kind="stable")
    low, high = (np.searchsorted(other[order], one, side=side) for side in ("left", "right"))
    count = high - low
    row = np.repeat(np.arange(one.size), count)
    return row, order[np.arange(row.size) + (low - (np.cumsum(count) - count))[row]]


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


def _mortal(name: str, told: Told, registrations: Told, households: int) -> Told:
    """Return facts as they are while no death of the person is believed, and as death leaves them.

    A member is one no more; a spell of work ends on the day.
    """
    deaths = registrations.take(np.flatnonzero(registrations.of("kind") == _DIED))
    persons = np.unique(_person(deaths))
    deaths = deaths.take(np.argsort(_who(deaths, persons, households), kind="stable"))
    dead = _who(deaths, persons, households)
    for turn in range(int(np.unique(dead, return_counts=True)[1].max(initial=0))):
        who = _who(told, persons, households)
        place = np.minimum(np.searchsorted(dead, who) + turn, dead.size - 1)
        dies = (dead[place] == who) & (who >= 0)
        start = np.where(dies, deaths.start[place], _LATER)
        stop = np.where(dies, deaths.stop[place], _LATER)
        parts = [
            replace(told, stop=np.minimum(told.stop, start)),
            replace(told, start=np.maximum(told.start, stop)),
        ]
        if name != "members":
            ends = np.minimum(told.ends, _occurred(deaths)[place])
            low, high = np.maximum(told.start, start), np.minimum(told.stop, stop)
            parts.append(replace(told, start=low, stop=high, ends=ends))
        told = _joined([part.take(np.flatnonzero(part.start < part.stop)) for part in parts])
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
