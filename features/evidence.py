"""The facts that made a value: the expression is followed down to the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.channels import Channel
from features.context import Context
from features.contract import SOURCES, Day, Tables, as_day
from features.definitions import FEATURES
from features.disputes import disputed_records
from features.plan import Plan, plan
from features.reach import AHEAD, REACH
from features.readings import WINDOWED, Node
from features.replay import Look, Replay
from features.tables import HOUSEHOLD_TABLES
from features.vectors import Vectors, fingerprints_of, values_of

Months = NDArray[np.bool_]
"""Which months of a view are meant, the reach, the running month and those ahead."""

BLOCK = 256
"""Households whose evidence is held at once."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One row of a table behind a value.

    Parameters
    ----------
    occurred_on, known_on, table, record_id, source : str
        Days as ISO dates; the source as a code of the contract, "" where it was not told.
    imputed : bool
        Whether the office estimated the figure.
    inherited : bool
        Whether it was told of another household, from which this one or a person of it came.
    disputed : bool
        Whether the household says that it is not so.
    """

    occurred_on: str
    known_on: str
    table: str
    record_id: str
    source: str
    imputed: bool = False
    inherited: bool = False
    disputed: bool = False


class Evidence:
    """What is behind the values of some households as of a day.

    Parameters
    ----------
    vectors : Vectors
        Of these households, with the features to explain.
    look : Look
        By the plan of these features and of the figures they are compared with.
    disputed : set of (household, table, record)
        What households say is not so.
    """

    def __init__(self, vectors: Vectors, look: Look, disputed: frozenset[tuple[str, str, str]]) -> None:
        self.vectors, self._view, self._disputed = vectors, look.view, disputed
        self._panel = look.view.panel
        self._story = self._panel.chronicle
        self._channels = {channel: place for place, channel in enumerate(look.view.plan.channels)}
        made = self._panel.standing
        owner = self._story.joined("owner")[made.row]
        order = np.lexsort((made.channel, owner))
        self._made = made.take(order)
        self._key = owner[order] * len(self._channels) + made.channel[order]

    def facts(self, household_id: str, feature: str) -> tuple[Fact, ...]:
        """Return the facts behind a household's value of a feature, newest first."""
        own = self._place(household_id)
        every = np.zeros(REACH + 1 + AHEAD, dtype=bool)
        every[: REACH + 1] = True
        rows: set[int] = set()
        for channel, months in self._uses(FEATURES[feature].reading, own, every):
            rows.update(self._rows(channel, months, own))
        return tuple(sorted({self._fact(row) for row in rows}, reverse=True))

    def earlier(self, household_id: str, feature: str) -> float | None:
        """Return the figure that a value is compared with; None where there is none."""
        reading = FEATURES[feature].before
        if reading is None:
            return None
        value = float(self._view.read(reading)[self._place(household_id)])
        return None if np.isnan(value) else value

    def _place(self, household_id: str) -> int:
        return int(np.searchsorted(self.vectors.household_id, household_id))

    def _rows(self, channel: Channel, months: Months, own: int) -> list[int]:
        """Return the rows of the chronicle that count in some months of a channel."""
        position = self._channels[channel]
        low, high = np.searchsorted(self._key, own * len(self._channels) + position + np.arange(2))
        made = self._made.take(np.arange(low, high))
        if channel.at == "ever":
            return made.row.tolist()
        month = made.month - self._panel.rows(self._view.around.as_of).start
        inside = (month >= 0) & (month < months.size)
        return made.row[inside][months[month[inside]]].tolist()

    def _fact(self, row: int) -> Fact:
        name = max((first, name) for name, first in self._story.first.items() if first <= row)[1]
        told = self._story.told[name]
        place = row - self._story.first[name]
        facts, at = told.facts, told.row[place]
        source, record = int(facts["source"][at]), str(facts["record_id"][at])
        return Fact(
            str(facts["occurred_on"][at]),
            str(facts["known_on"][at]),
            name,
            record,
            SOURCES[source].id if source >= 0 else "",
            "imputed" in facts and bool(facts["imputed"][at] == 1),
            bool(told.inherited[place]),
            any(
                (str(whose), name, record) in self._disputed
                for whose in (facts["household_id"][at], self.vectors.household_id[told.owner[place]])
            ),
        )

    def _uses(self, node: Node, own: int, months: Months) -> Iterator[tuple[Channel, Months]]:
        """Yield the channels and the months of them that some months of an expression were read from."""
        match node.op, node.args:
            case "carried", (Channel() as channel,):
                yield channel, self._carried_from(channel, own, months)
            case "ahead", (Node(args=(Channel() as channel,)), int(ahead)):
                due = np.zeros_like(months)
                due[REACH + 1 : REACH + 1 + ahead] = True
                yield channel, due
            case _, (Channel() as channel,):
                yield channel, months
            case "latest", (Node() as series, int(back)):
                yield from self._uses(series, own, self._latest(series, own, back))
            case "age", (Node() as series,):
                yield from self._uses(series, own, self._latest(series, own, 0))
            case "first_known", choices:
                yield from self._first_known_uses(choices, own, months)
            case op, (Node() as series, *_, int(back)) if op in WINDOWED:
                yield from self._uses(series, own, _window(series, back))
            case _, args:
                for arg in args:
                    if isinstance(arg, Node):
                        yield from self._uses(arg, own, months)

    def _latest(self, series: Node, own: int, back: int) -> Months:
        """Return the month of the last known figure, or of the one before it."""
        known = ~np.isnan(self._view.read(series)[:, own]) & _window(series, REACH)[: REACH + 1]
        found = np.zeros(REACH + 1 + AHEAD, dtype=bool)
        found[np.flatnonzero(known)[-1 - back :][:1] if known.sum() > back else []] = True
        return found

    def _first_known_uses(
        self, choices: Sequence[object], own: int, months: Months
    ) -> Iterator[tuple[Channel, Months]]:
        open_months = months.copy()
        for choice in choices:
            if isinstance(choice, Node):
                chosen = open_months.copy()
                value = self._view.read(choice)
                known = ~np.isnan(value[..., own])
                chosen[: REACH + 1] &= known
                open_months &= ~chosen
                yield from self._uses(choice, own, chosen) if chosen.any() else ()

    def _carried_from(self, channel: Channel, own: int, months: Months) -> Months:
        """Return the months in which the figures held in some months were told."""
        there = self._view.present[self._channels[channel], : REACH + 1, own] > 0
        last = np.maximum.accumulate(np.where(there, np.arange(REACH + 1), -1))[months[: REACH + 1]]
        found = np.zeros_like(months)
        found[last[last >= 0]] = True
        return found


def evidence(
    tables: Tables,
    as_of: Day,
    features: Sequence[str],
    *,
    known_by: Day | None = None,
    context: Context | None = None,
) -> Iterator[Evidence]:
    """Yield what is behind the values of all households as of a day, some households at a time.

    Parameters
    ----------
    tables : Tables
        Checked tables.
    as_of, known_by, context
        As in ``build_vectors``.
    features : sequence of str
        Ids of the features to explain.

    Yields
    ------
    Evidence
        By household id.
    """
    names = tuple(features)
    read = _plan(names)
    day = as_day(as_of)
    known = day if known_by is None else as_day(known_by)
    replay = Replay(tables, read, np.array([day]), np.array([known]), context=context, happened_by=day)
    disputed = disputed_records(tables, known)
    for look in replay.looks(most=BLOCK):
        vectors = Vectors(
            replay.households[look.members],
            np.full(look.members.size, day),
            names,
            values_of(look, names),
            fingerprints_of(names),
            replay.context.codes[look.view.area],
        )
        yield Evidence(vectors, look, disputed)


def of_household(tables: Tables, household_id: str, as_of: Day) -> Tables:
    """Return one household's rows that had happened by a day, and the context tables whole."""
    happened_by = as_day(as_of)
    own: Tables = {}
    for name, facts in tables.items():
        if name in HOUSEHOLD_TABLES:
            kept = (facts["household_id"] == household_id) & (facts["occurred_on"] <= happened_by)
            own[name] = {column: values[kept] for column, values in facts.items()}
        else:
            own[name] = facts
    return own


@lru_cache(maxsize=16)
def _plan(features: tuple[str, ...]) -> Plan:
    told = [FEATURES[name] for name in features]
    return plan(
        tuple(
            reading
            for feature in told
            for reading in (feature.reading, feature.before)
            if reading is not None
        )
    )


def _window(series: Node, months: int) -> Months:
    found = np.zeros(REACH + 1 + AHEAD, dtype=bool)
    found[REACH - months : REACH + (0 if series.complete else 1)] = True
    return found
