"""How villages are marked, as known on a day: remote, of a people other than Han; and types of township."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.history import believed
from features.lines import nearest_area, parents_on
from features.tables.areas import AREAS

Names = NDArray[np.str_]
Whole = NDArray[np.int64]

UNTOLD = -1
MOSTLY = 0.5
"""Share of its marked villages from which on a township is mostly remote."""

VILLAGE, TOWNSHIP = (AREAS.column("level").code(level) for level in ("village", "township"))


class AreaMarks:
    """The marks of areas, as believed at the end of a day.

    Parameters
    ----------
    tables : Tables
    day : datetime64[D]
    """

    def __init__(self, tables: Tables, day: np.datetime64) -> None:
        facts = tables.get("areas")
        self._parents = parents_on(tables, day)
        self._facts = None
        if facts is not None:
            rows = np.flatnonzero(believed(facts).on(day))
            order = rows[np.lexsort((facts["record_id"][rows], facts["occurred_on"][rows]))]
            self._facts = {name: values[order] for name, values in facts.items()}

    def of(self, areas: Names, mark: str) -> Whole:
        """Return 1 or 0 for each area, by its own mark or that of the nearest area above; -1 without one."""
        marked = self._marked(mark)
        found = nearest_area(areas, set(marked), self._parents)
        return np.array([UNTOLD if each is None else marked[each] for each in found], dtype=np.int64)

    def mostly_remote(self, areas: Names) -> Whole:
        """Return 1 for areas in a township half or more of whose marked villages are remote, 0 for others.

        Returns
        -------
        (areas,) array of int
            -1 where no township is known, or none of its villages is marked.
        """
        if self._facts is None:
            return np.full(areas.size, UNTOLD)
        level, codes = self._facts["level"], self._facts["area"]
        townships = set(codes[level == TOWNSHIP].tolist())
        marked = self._marked("remote")
        villages = np.array([each for each in np.unique(codes[level == VILLAGE]).tolist() if each in marked])
        remote: dict[str | None, list[int]] = {}
        homes = nearest_area(villages, townships, self._parents)
        for village, home in zip(villages.tolist(), homes, strict=True):
            remote.setdefault(home, []).append(marked[village])
        kind = {home: int(np.mean(marks) >= MOSTLY) for home, marks in remote.items() if home is not None}
        own = nearest_area(areas, townships, self._parents)
        return np.array([UNTOLD if each is None else kind.get(each, UNTOLD) for each in own], dtype=np.int64)

    def _marked(self, mark: str) -> dict[str, int]:
        if self._facts is None:
            return {}
        told = self._facts[mark] != UNTOLD
        pairs = zip(self._facts["area"][told].tolist(), self._facts[mark][told].tolist(), strict=True)
        return {area: int(value) for area, value in pairs}
