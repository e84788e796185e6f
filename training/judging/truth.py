"""What a simulated county knows and nobody in it does: the only reader of ``truth/`` outside the county."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.errors import Foreign, Usage

Floats = NDArray[np.float64]

PRACTISED = "practised"
"""Chances with help as it is practised; the other kind is without any further help."""


@dataclass(frozen=True, eq=False)
class Chances:
    """The true chances of a sample.

    Parameters
    ----------
    household_id : (rows,) array of str
    as_of : (rows,) array of datetime64[D]
    chance, chance_a, chance_b : (rows,) arrays
        From all forks, and from either half of them.
    forks : int
        The fewest that a chance comes from.
    """

    household_id: NDArray[np.str_]
    as_of: NDArray[np.datetime64]
    chance: Floats
    chance_a: Floats
    chance_b: Floats
    forks: int

    def __len__(self) -> int:
        return self.chance.size

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Chances:
        """Return some of the rows, by positions or mask."""
        return Chances(
            self.household_id[rows],
            self.as_of[rows],
            self.chance[rows],
            self.chance_a[rows],
            self.chance_b[rows],
            self.forks,
        )


def read_chances(folder: Path, target: str, horizon_months: int) -> Chances | None:
    """Read the true chances of a target with help as practised.

    Parameters
    ----------
    folder : Path
        Of a simulated county.
    target : str
    horizon_months : int

    Returns
    -------
    Chances or None
        By household and day; None where the county has none of this target and horizon.

    Raises
    ------
    Foreign
        Where the file is not what `fangpin-train chances` writes.
    """
    file = folder / "truth" / "chances.parquet"
    if not file.is_file():
        return None
    import pyarrow as pa
    import pyarrow.parquet as pq

    asked = [("target", "=", target), ("horizon_months", "=", horizon_months), ("help", "=", PRACTISED)]
    columns = ["household_id", "as_of", "chance", "chance_a", "chance_b", "forks"]
    try:
        table = pq.read_table(file, filters=asked, columns=columns)
        household = np.array(table["household_id"].to_pylist(), dtype=np.str_)
        as_of = table["as_of"].to_numpy().astype("datetime64[D]")
        chance, half_a, half_b = (table[name].to_numpy().astype(np.float64) for name in columns[2:5])
        forks = table["forks"].to_numpy()
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise Foreign("truth/chances.parquet is not what the simulation writes") from error
    if not household.size:
        return None
    given = np.stack([chance, half_a, half_b])
    if not ((given >= 0.0) & (given <= 1.0)).all():
        raise Foreign("truth/chances.parquet has chances outside 0 to 1")
    order = np.lexsort((as_of, household))
    return Chances(household, as_of, chance, half_a, half_b, int(forks.min())).take(order)


def perfect_records(folder: Path) -> Path:
    """Return where a county keeps what a perfect observer would have recorded.

    Raises
    ------
    Usage
        Where it keeps nothing of the kind.
    """
    place = folder / "truth" / "perfect"
    if not place.is_dir():
        raise Usage(f"{folder.name} has no truth/perfect: simulate it with --perfect")
    return place
