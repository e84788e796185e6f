"""The facts that made a value: the expression is followed down to the rows behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from features.channels import Channel, claims
from features.contract import SOURCES, Day, Tables, as_day
from features.definitions import FEATURES
from features.history import believed
from features.panel import AHEAD, REACH, Panel
from features.readings import WINDOWED, Node
from features.tables import HOUSEHOLD_TABLES
from features.vectors import areas_on
from features.view import View, latest_row

Use = tuple[Channel, int, int]
"""A channel and the first and last row of the window that were used."""


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """One row of a table behind a value.

    Parameters
    ----------
    occurred_on, known_on, table, record_id, source : str
        Days as ISO dates; the source as a code of the contract, "" where it was not told.
    imputed : bool
        Whether the office estimated the figure.
    """

    occurred_on: str
    known_on: str
    table: str
    record_id: str
    source: str
    imputed: bool = False


def evidence(
    tables: Tables, household_id: str, as_of: Day, features: Sequence[str], known_by: Day | None = None
) -> dict[str, tuple[Fact, ...]]:
    """Return the facts behind a household's values as of a day, newest first.

    Parameters
    ----------
    tables : Tables
        Checked tables; those of other households may be among them.
    household_id : str
    as_of, known_by : date
        As in ``build_vectors``.
    features : sequence of str
        Ids of the features to explain.
    """
    own, readings = of_household(tables, household_id, as_of), [FEATURES[name].reading for name in features]
    view = _view(own, household_id, as_of, known_by, readings)
    return {
        name: _facts(own, view, set(_uses(view, node, 0, REACH)))
        for name, node in zip(features, readings, strict=True)
    }


def earlier(
    tables: Tables, household_id: str, as_of: Day, feature: str, known_by: Day | None = None
) -> float | None:
    """Return the figure that a feature's value is compared with; None where there is none."""
    reading = FEATURES[feature].before
    if reading is None:
        return None
    own = of_household(tables, household_id, as_of)
    value = float(_view(own, household_id, as_of, known_by, [reading]).read(reading)[0])
    return None if np.isnan(value) else value


def _view(own: Tables, household_id: str, as_of: Day, known_by: Day | None, readings: Sequence[Node]) -> View:
    day = as_day(as_of)
    known = day if known_by is None else as_day(known_by)
    channels = list(dict.fromkeys(channel for node in readings for channel in node.channels()))
    household = np.array([household_id])
    panel = Panel(own, channels, household, day, day)
    panel.advance(known)
    return View(panel, own, areas_on(own, household, known), day, known)


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


def _uses(view: View, node: Node, low: int, high: int) -> Iterator[Use]:
    """Yield the channels and window rows that an expression was read from."""
    match node.op, node.args:
        case op, (Channel() as channel,):
            yield channel, _held_from(view, channel, low) if op == "carried" else low, high
        case "latest" | "age", (Node() as series, *back):
            yield from _latest_uses(view, series, int(str(back[0])) if back else 0)
        case "first_known", choices:
            yield from _first_known_uses(view, choices, low, high)
        case "ahead", (Node() as series, int(months)):
            yield from _ahead_uses(view, series, months)
        case op, (Node() as series, *_, int(months)) if op in WINDOWED:
            window = view.rows(series, months)
            yield from _uses(view, series, window.start, window.stop - 1)
        case _, args:
            for arg in _nodes(args):
                yield from _uses(view, arg, low, high)


def _nodes(args: Sequence[object]) -> list[Node]:
    return [arg for arg in args if isinstance(arg, Node)]


def _latest_uses(view: View, series: Node, back: int) -> Iterator[Use]:
    rows = view.rows(series, REACH)
    row = int(latest_row(np.isfinite(view.read(series)[rows]), back)[0])
    if row >= 0:
        yield from _uses(view, series, rows.start + row, rows.start + row)


def _ahead_uses(view: View, series: Node, months: int) -> Iterator[Use]:
    first = REACH + 1 - AHEAD
    for channel, low, high in _uses(view.later(), series, first, first + months - 1):
        yield channel, low + AHEAD, high + AHEAD


def _first_known_uses(view: View, choices: Sequence[object], low: int, high: int) -> Iterator[Use]:
    for row in range(low, high + 1):
        chosen = [one for one in _nodes(choices) if np.isfinite(view.read(one)[row, 0])]
        if chosen:
            yield from _uses(view, chosen[0], row, row)


def _held_from(view: View, channel: Channel, row: int) -> int:
    _, present = view.window(channel)
    last = int(latest_row(present[: row + 1] > 0)[0])
    return last if last >= 0 else row


def _facts(own: Tables, view: View, uses: set[Use]) -> tuple[Fact, ...]:
    found: set[Fact] = set()
    for channel, low, high in uses:
        facts = own.get(channel.table)
        if facts is None or not facts["record_id"].size:
            continue
        first = view.panel.first_month
        made = claims(channel, facts, believed(facts), first + low, first + high)
        live = np.flatnonzero((made.start <= view.known_by) & (view.known_by < made.stop))
        winners: dict[tuple[int, int], int] = {}
        for claim in live[np.lexsort((made.order[live], -made.rank[live]))]:
            slot = int(made.slot[claim]) if channel.keep != "all" else int(claim)
            winners[(int(made.month[claim]), slot)] = int(made.row[claim])
        for row in winners.values():
            found.add(_fact(channel.table, own, row))
    return tuple(sorted(found, reverse=True))


def _fact(table: str, own: Tables, row: int) -> Fact:
    facts = own[table]
    source = int(facts["source"][row])
    return Fact(
        str(facts["occurred_on"][row]),
        str(facts["known_on"][row]),
        table,
        str(facts["record_id"][row]),
        SOURCES[source].id if source >= 0 else "",
        "imputed" in facts and bool(facts["imputed"][row] == 1),
    )
