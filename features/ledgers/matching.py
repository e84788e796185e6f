"""Rows to the households that were imported before; who is not among them is set aside, never made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.contract import Facts, Tables
from features.errors import BadInput, Breach
from features.history import version_order
from features.ledgers.mapping import HOUSEHOLD, LedgerMapping
from features.ledgers.source import Given, Ledger


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row of a ledger that no household of the folder is found for."""

    sheet: str
    line: int
    rule: str


def matched(ledger: Ledger, mapping: LedgerMapping, tables: Tables) -> tuple[Ledger, tuple[SetAside, ...]]:
    """Return the rows whose household is known, with the household, and the others.

    Parameters
    ----------
    ledger : Ledger
    mapping : LedgerMapping
        Its ``match`` says whether rows are matched by household or through a member.
    tables : Tables
        Those imported before.

    Raises
    ------
    BadInput
        Where no row at all is matched: another key, another county, or nothing imported yet.
    """
    match = mapping.match
    if match is None or not ledger.rows:
        return ledger, ()
    homes = _homes(tables) if match.by == "person" else _households(tables)
    given = ledger.columns[match.column]
    found = [homes.get(text, "") for text in given.texts]
    household = np.array(found, dtype=np.str_)[given.distinct[1]]
    unknown = (household == "") & ~given.missing
    if unknown.all():
        rule = (
            f"no row's {match.by} is known in the folder: import the monitoring ledger there first, "
            "with the same key for pseudonyms"
        )
        raise BadInput([Breach(mapping.name, match.column, rule, ledger.rows)])
    kept = ledger.with_columns({HOUSEHOLD: Given(household, household == "")}).taking(~unknown)
    rule = f"{match.by} not known in the folder"
    return kept, _set_aside(ledger, np.flatnonzero(unknown).tolist(), rule)


def _set_aside(ledger: Ledger, rows: Sequence[int], rule: str) -> tuple[SetAside, ...]:
    if not ledger.sheets:
        return tuple(SetAside("", row, rule) for row in rows)
    return tuple(SetAside(ledger.sheets[ledger.sheet[row]], int(ledger.line[row]), rule) for row in rows)


def _households(tables: Tables) -> dict[str, str]:
    known = tables["households"]["household_id"].tolist() if "households" in tables else []
    return dict(zip(known, known, strict=True))


def _homes(tables: Tables) -> dict[str, str]:
    """Return the household of every member: the one that was told last and has not been left."""
    members: Facts = tables.get("members", {})
    if not members:
        return {}
    order = version_order(members)
    last = np.ones(order.size, dtype=bool)
    last[:-1] = members["record_id"][order[:-1]] != members["record_id"][order[1:]]
    rows = order[last]
    rows = rows[members["voided"][rows] != 1]
    rows = rows[np.lexsort((members["known_on"][rows], members["left"][rows] != 1))]
    return dict(zip(members["member_id"][rows].tolist(), members["household_id"][rows].tolist(), strict=True))
