"""What a ledger says, put to what was imported before: said again is nothing new, said otherwise corrects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.check import is_missing
from features.contract import Facts, Table, Tables
from features.history import version_order
from features.ledgers.convert import Converted
from features.tables import TABLES

Positions = NDArray[np.intp]
Mask = NDArray[np.bool_]

_NOT_SAID = ("record_id", "known_on", "known_on_assumed", "revision")
"""Columns that tell a version from another and not what it says."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import adds to one table.

    Parameters
    ----------
    new, corrected : int
        Records that were not there, and later versions of records that were.
    same : int
        Rows that say what was known.
    assumed : int
        Of what is added, rows whose ``known_on`` is assumed.
    """

    new: int = 0
    corrected: int = 0
    same: int = 0
    assumed: int = 0

    def __add__(self, other: Change) -> Change:
        """Return both together."""
        return Change(
            self.new + other.new,
            self.corrected + other.corrected,
            self.same + other.same,
            self.assumed + other.assumed,
        )


def put_to(
    before: Tables, told: Converted, told_on: np.datetime64 | None
) -> tuple[Tables, dict[str, Change]]:
    """Return the tables with what a ledger says, and what that changed.

    A fact known on the day of its file takes its place in the order of the days, and a version that
    says what the one before it says goes. A fact whose ``known_on`` is of its own row is learnt when
    the row says; where the record was told otherwise before, it corrects: it is known on the
    day of the file if that is given, and never before the version that it corrects.
    """
    tables, changes = dict(before), {}
    for name, facts in told.tables.items():
        table = TABLES[name]
        apart = (*_NOT_SAID, "occurred_on", "observed_on") if name in told.as_seen else _NOT_SAID
        said = tuple(column.name for column in table.columns if column.name not in apart)
        old = before.get(name, {column: values[:0] for column, values in facts.items()})
        put = _by_day if name in told.by_file else _in_turn
        tables[name], changes[name] = put(table, said, old, facts, told_on)
    return tables, changes


def out_of_turn(before: Tables, told: Converted, told_on: np.datetime64 | None) -> bool:
    """Return whether records of a dated file are in the tables from a later file already."""
    if told_on is None:
        return False
    return any(
        bool(
            (
                np.isin(before[name]["record_id"], facts["record_id"]) & (before[name]["known_on"] > told_on)
            ).any()
        )
        for name, facts in told.tables.items()
        if name in told.by_file and name in before
    )


def _by_day(
    table: Table, said: tuple[str, ...], old: Facts, new: Facts, told_on: np.datetime64 | None
) -> tuple[Facts, Change]:
    del told_on
    both = _under(old, new)
    is_new = np.arange(both["record_id"].size) >= old["record_id"].size
    touched = np.flatnonzero(np.isin(both["record_id"], new["record_id"]))
    record, known = both["record_id"][touched], both["known_on"][touched]
    revision = np.nan_to_num(both["revision"][touched], nan=0.0)
    order = touched[np.lexsort((revision, is_new[touched], known, record))]
    again = np.zeros(order.size, dtype=bool)
    again[1:] = _same(table, said, both, order[:-1], order[1:]) & _one_record(both, order)
    kept = order[~again]
    follows = np.zeros(kept.size, dtype=bool)
    follows[1:] = _one_record(both, kept)
    for place in np.flatnonzero(follows & is_new[kept]).tolist():
        one, before = kept[place], kept[place - 1]
        if both["known_on"][one] == both["known_on"][before]:
            both["revision"][one] = np.nan_to_num(both["revision"][before], nan=0.0) + 1.0
    keep = np.ones(both["record_id"].size, dtype=bool)
    keep[order[again]] = False
    added, seen = keep & is_new, np.isin(both["record_id"], old["record_id"])
    change = Change(
        new=int((added & ~seen).sum()),
        corrected=int((added & seen).sum()),
        same=int((~keep & is_new).sum()),
        assumed=int((both["known_on_assumed"][added] == 1).sum()),
    )
    return {name: values[keep] for name, values in both.items()}, change


def _in_turn(
    table: Table, said: tuple[str, ...], old: Facts, new: Facts, told_on: np.datetime64 | None
) -> tuple[Facts, Change]:
    order = version_order(old)
    latest = dict(zip(old["record_id"][order].tolist(), order.tolist(), strict=True))
    place = np.array([latest.get(record, -1) for record in new["record_id"].tolist()], dtype=np.intp)
    both, start = _under(old, new), old["record_id"].size
    told = np.flatnonzero(place >= 0)
    same = np.zeros(place.size, dtype=bool)
    same[told] = _same(table, said, both, place[told], start + told)
    fixes = np.flatnonzero((place >= 0) & ~same)
    one, before = start + fixes, place[fixes]
    if told_on is not None:
        both["known_on"][one], both["known_on_assumed"][one] = told_on, 0
    both["known_on"][one] = np.maximum(both["known_on"][one], both["known_on"][before])
    on_one_day = both["known_on"][one] == both["known_on"][before]
    next_revision = np.nan_to_num(both["revision"][before], nan=0.0) + 1.0
    both["revision"][one] = np.where(on_one_day, next_revision, both["revision"][one])
    added = start + np.flatnonzero(~same)
    change = Change(
        new=int((place < 0).sum()),
        corrected=int(fixes.size),
        same=int(same.sum()),
        assumed=int((both["known_on_assumed"][added] == 1).sum()),
    )
    keep = np.concatenate([np.arange(start), added])
    return {name: values[keep] for name, values in both.items()}, change


def _under(old: Facts, new: Facts) -> Facts:
    return {name: np.concatenate([old[name], new[name]]) for name in new}


def _one_record(facts: Facts, order: Positions) -> Mask:
    one: Mask = facts["record_id"][order[:-1]] == facts["record_id"][order[1:]]
    return one


def _same(table: Table, said: tuple[str, ...], facts: Facts, first: Positions, second: Positions) -> Mask:
    """Return where two versions say the same."""
    same = np.ones(first.size, dtype=bool)
    for name in said:
        column = table.column(name)
        one, other = facts[name][first], facts[name][second]
        same &= (one == other) | (is_missing(column, one) & is_missing(column, other))
    return same
