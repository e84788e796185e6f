"""The certificate that one, many and parted are the same: households assessed three ways, byte by byte."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.context import Context
from features.contract import Tables
from features.policy import Policy
from features.tables import HOUSEHOLD_TABLES
from models.assessment import assess
from models.bundle import Bundle

HOUSEHOLDS = 24
"""Of those that were learnt from, drawn at random, so many are assessed."""

MADE_AT = "parity"


@dataclass(frozen=True)
class Parity:
    """What came of it.

    Parameters
    ----------
    households : int
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
        Households to draw from; those that split off, merged or were left are passed over, for they are
        assessed together with their lineage.
    as_of : datetime64[D]
    random_state : int
    """
    free = np.setdiff1d(household_id, _linked(tables))
    rng = np.random.default_rng(random_state)
    drawn = np.sort(rng.choice(free, size=min(HOUSEHOLDS, free.size), replace=False))
    context, tables = Context(tables), _of(tables, drawn)

    def said(some: NDArray[np.str_]) -> list[bytes]:
        given = assess(bundle, policy, _of(tables, some), as_of, made_at=MADE_AT, context=context)
        return [one.canonical() for one in given]

    batch = said(drawn)
    alone = [each for one in drawn for each in said(np.array([one]))]
    parted = [*said(drawn[: drawn.size // 2]), *said(drawn[drawn.size // 2 :])] if drawn.size else []
    digest = hashlib.sha256(b"\n".join(batch)).hexdigest()
    return Parity(int(drawn.size), str(as_of), digest, batch == alone == parted)


def _linked(tables: Tables) -> NDArray[np.str_]:
    """Return households that a split or a merger names."""
    facts = tables.get("registrations")
    if facts is None:
        return np.array([], dtype=np.str_)
    named = facts["other_household_id"] != ""
    return np.unique(np.concatenate([facts["household_id"][named], facts["other_household_id"][named]]))


def _of(tables: Tables, households: NDArray[np.str_]) -> Tables:
    own: Tables = {}
    for name, facts in tables.items():
        if name in HOUSEHOLD_TABLES:
            kept = np.isin(facts["household_id"], households)
            own[name] = {column: values[kept] for column, values in facts.items()}
        else:
            own[name] = facts
    return own
