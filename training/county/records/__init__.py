"""How the life of a township becomes the tables of the contract, late and noisy as they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts, Tables
from features.tables import TABLES
from training.county.diary import Diary
from training.county.parameters import Parameters
from training.county.places import Place
from training.county.records.context import context
from training.county.records.corrections import with_corrections
from training.county.records.departments import warnings
from training.county.records.facts import join, known_by_end, take
from training.county.records.medical import medical
from training.county.records.money import money
from training.county.records.office import office
from training.county.records.people import people
from training.county.records.spending import spending
from training.county.records.support import supports
from training.county.records.visits import visits
from training.county.records.work import employments
from training.county.streams import Streams

__all__ = ["tables_of"]


def tables_of(diary: Diary, place: Place, p: Parameters, streams: Streams) -> Tables:
    """Return all that is ever known of a township in its told months.

    Parameters
    ----------
    diary : Diary
        What happened.
    place : Place
        The township.
    p : Parameters
        Of the records, ``records.*``.
    streams : Streams
        Of the township; each kind of record draws from its own.

    Returns
    -------
    Tables
        Every table but ``areas`` and ``lines``, which are the county's, and ``area_rates``, which are
        computed of outcomes. Rows stand by household or area, then by ``known_on``; on the same day
        in the order in which they were made, earlier versions of a record first.
    """

    def rng(name: str) -> np.random.Generator:
        return streams.of(f"records.{name}")

    visited = visits(diary, place, p, rng("visits"))
    acts = office(diary, place, p, rng("office"))
    tables: Tables = people(diary, place, p, rng("people"), visited)
    tables |= money(diary, place, p, rng("money"), visited)
    tables |= {
        "expenses": join(
            medical(diary, place, p, rng("medical")), spending(diary, place, p, rng("spending"))
        ),
        "visits": join(visited, acts["visits"]),
        "employments": employments(diary, place, p, rng("work")),
        "warnings": warnings(diary, place, p, rng("departments")),
        "supports": supports(diary, place, p, rng("support")),
        "monitoring": acts["monitoring"],
        "verifications": acts["verifications"],
    }
    tables = with_corrections(tables, place, p, rng("corrections"))
    tables |= context(place, p, diary.start, diary.months, rng("context"))
    known = {name: known_by_end(told, diary) for name, told in tables.items()}
    registered = np.unique(known["households"]["household_id"])
    areas = np.unique(np.concatenate([[place.code], place.villages]))
    return {
        name: _in_order(told, "area" if TABLES[name].grain == "area" else "household_id", owners)
        for name, told in known.items()
        for owners in (areas if TABLES[name].grain == "area" else registered,)
    }


def _in_order(told: Facts, owner: str, owners: NDArray[np.str_]) -> Facts:
    """Return the rows of known owners, by owner and day of knowing."""
    position = np.searchsorted(owners, told[owner])
    known = owners[np.minimum(position, owners.size - 1)] == told[owner]
    kept = np.flatnonzero(known)
    order = np.lexsort((told["known_on"][kept], position[kept]))
    return take(told, kept[order])
