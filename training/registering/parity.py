"""The certificate that one, many and parted are the same: households assessed three ways, byte by byte."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from features.context import Context
from features.contract import Tables
from features.policy import Policy
from features.tables import HOUSEHOLD_TABLES
from models.assessment import assess
from models.bundle import Bundle

HOUSEHOLDS = 24
"""Of those that were learnt from, drawn at random, so many are assessed, each with its lineage."""

MADE_AT = "parity"


@dataclass(frozen=True)
class Parity:
    """What came of it.

    Parameters
    ----------
    households : int
        How many were assessed, their lineages among them.
    as_of : str
    sha256 : str
        Of the canonical bytes of all assessments, by household.
    same : bool
        Whether one by one, in one batch and in two parts they had the same bytes.
    """

    households: int
    as_of: str
    sha256: str
    same: bool


def parity(
    bundle: Bundle,
    policy: Policy,
    tables: Tables,
    household_id: NDArray[np.str_],
    as_of: np.datetime64,
    *,
    random_state: int = 1,
) -> Parity:
    """Assess some households one by one, in one batch, and in two parts.

    Parameters
    ----------
    bundle : Bundle
    policy : Policy
    tables : Tables
        Histories, with the context.
    household_id : ndarray of str
        Households to draw from. Those that split off, merged or were left count as one with their lineage,
        and are assessed together with it, as whoever asks for one of them has to.
    as_of : datetime64[D]
    random_state : int
    """
    names, line = _lineages(tables)
    asked = np.unique(line[np.isin(names, household_id)])
    rng = np.random.default_rng(random_state)
    drawn = np.sort(rng.choice(asked, size=min(HOUSEHOLDS, asked.size), replace=False))
    context, tables = Context(tables), _of(tables, names[np.isin(line, drawn)])

    def said(some: NDArray[np.int32]) -> dict[str, bytes]:
        own = _of(tables, names[np.isin(line, some)])
        given = assess(bundle, policy, own, as_of, made_at=MADE_AT, context=context)
        return {one.household_id: one.canonical() for one in given}

    if not drawn.size:
        return Parity(0, str(as_of), hashlib.sha256(b"").hexdigest(), same=True)
    half = drawn.size // 2
    batch = said(drawn)
    alone = {name: each for one in drawn for name, each in said(np.array([one])).items()}
    parted = {**said(drawn[:half]), **said(drawn[half:])}
    digest = hashlib.sha256(b"\n".join(batch[name] for name in sorted(batch))).hexdigest()
    return Parity(len(batch), str(as_of), digest, batch == alone == parted)


def _lineages(tables: Tables) -> tuple[NDArray[np.str_], NDArray[np.int32]]:
    """Return the households, sorted, and of each the number of its lineage: joined by splits and mergers."""
    names = np.unique(tables["households"]["household_id"])
    facts = tables.get("registrations")
    if facts is None:
        return names, np.arange(names.size, dtype=np.int32)
    one, other = facts["household_id"], facts["other_household_id"]
    known = np.isin(one, names) & np.isin(other, names)
    pairs = (np.searchsorted(names, one[known]), np.searchsorted(names, other[known]))
    joined = coo_array((np.ones(pairs[0].size), pairs), shape=(names.size, names.size))
    return names, connected_components(joined, directed=False)[1]


def _of(tables: Tables, households: NDArray[np.str_]) -> Tables:
    own: Tables = {}
    for name, facts in tables.items():
        if name in HOUSEHOLD_TABLES:
            kept = np.isin(facts["household_id"], households)
            own[name] = {column: values[kept] for column, values in facts.items()}
        else:
            own[name] = facts
    return own
