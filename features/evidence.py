"""The facts that made a value: the expression is followed down to the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from features.channels import Channel
from features.context import Context
from features.contract import SOURCES, Day, Tables, as_day
from features.definitions import FEATURES
from features.disputes import disputed_records
from features.plan import Plan
from features.planning import plan
from features.replay import Look, Replay
from features.tables import HOUSEHOLD_TABLES
from features.trail import Months, Trail
from features.vectors import Vectors, fingerprints_of, values_of

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
        self._channels = look.view.plan.places
        made = self._panel.standing
        owner = self._story.joined("owner")[made.row]
        order = np.lexsort((made.channel, owner))
        self._made = made.take(order)
        self._key = owner[order] * len(self._channels) + made.channel[order]

    def facts(self, household_id: str, feature: str) -> tuple[Fact, ...]:
        """Return the facts behind a household's value of a feature, newest first."""
        own = self._place(household_id)
        rows: set[int] = set()
        for channel, months in Trail(self._view, own).uses(FEATURES[feature].reading):
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
        rows = made.row
        if channel.at != "ever":
            month = made.month - self._panel.rows(self._view.around.as_of).start
            inside = (month >= 0) & (month < months.size)
            rows = rows[inside][months[month[inside]]]
        return [int(row) for row in rows]

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
            values_of(look.view.figures, read, names),
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
