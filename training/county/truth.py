"""What nobody in a real county could know, kept apart in ``truth/``: the life, and what made it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from features.arrow import require_arrow
from features.errors import FangpinError, Usage
from features.files import not_tables
from features.tables import TABLES
from training.county.parameters import Parameters, parameters_of, read_parameters
from training.county.stories import Story

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "truth"
LIFE = "life.parquet"
CHANCES = "chances.parquet"
PERFECT = "perfect"
NUMBERS = "county.toml"
MAKING = "county.json"
STORIES = "stories.json"
OURS = (LIFE, CHANCES, PERFECT, NUMBERS, MAKING, STORIES)
"""All that ``truth/`` may hold; what else lies there is somebody's own."""

MOST_HOUSEHOLDS = 10_000_000
MOST_MONTHS = 600
MOST_SEED = 2**63 - 1
EARLIEST, LATEST = np.datetime64("1980-01", "M"), np.datetime64("2100-12", "M")

MONITORED = ("no", "clue_open", "monitored", "eliminated")
"""Words for ``monitored`` in the hand: its positions."""

YUAN = (
    "wage",
    "operating",
    "cost",
    "property",
    "transfer",
    "medical",
    "education",
    "loss",
    "net_12m",
    "line",
)


@dataclass(frozen=True)
class County:
    """All that a simulated county is made from: the same makes the same bytes.

    Parameters
    ----------
    parameters : Parameters
        The numbers of its making, drawn already where ``draw`` is given.
    households, months : int
        How many households it begins with, and how many months are told.
    seed : int
    start : datetime64[M]
        The first told month.
    draw : int, optional
        Which drawing of the numbers from their ranges it is.
    perfect : bool
        Whether its tables are also told without any delay, noise or hole, in ``truth/perfect/``.

    Raises
    ------
    Usage
        With all that is out of bounds.
    """

    parameters: Parameters
    households: int
    months: int
    seed: int
    start: np.datetime64
    draw: int | None = None
    perfect: bool = False

    def __post_init__(self) -> None:
        bounds = (
            ("households", self.households, 1, MOST_HOUSEHOLDS),
            ("months", self.months, 1, MOST_MONTHS),
            ("seed", self.seed, 0, MOST_SEED),
            ("draw", 0 if self.draw is None else self.draw, 0, MOST_SEED),
        )
        faults = [
            f"{name} lies between {least} and {most}, not at {value}"
            for name, value, least, most in bounds
            if not least <= value <= most
        ]
        if not EARLIEST <= self.start <= LATEST:
            faults.append(f"start lies between {EARLIEST} and {LATEST}, not at {self.start}")
        if faults:
            raise Usage("; ".join(faults))

    @classmethod
    def of(cls, making: Mapping[str, Any], parameters: Parameters) -> Self:
        """Return the county that ``making`` describes, as ``truth/county.json`` does."""
        return cls(
            parameters,
            households=int(making["households"]),
            months=int(making["months"]),
            seed=int(making["seed"]),
            start=month(str(making["start"])),
            draw=None if making["draw"] is None else int(making["draw"]),
            perfect=bool(making["perfect"]),
        )

    def making(self) -> dict[str, Any]:
        """Return what ``truth/county.json`` tells."""
        return {
            "households": self.households,
            "months": self.months,
            "seed": self.seed,
            "start": str(self.start),
            "draw": self.draw,
            "perfect": self.perfect,
            "version": version("fangpin"),
            "trained_on": "simulated",
        }


def month(text: str) -> np.datetime64:
    """Return a month that is written like 2019-01."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise Usage(f"a month is written like 2019-01, not {text!r}")
    return np.datetime64(text, "M")


def truth_of(folder: str | Path) -> Path:
    """Return where the truth of a county's folder is kept."""
    return Path(folder) / FOLDER


def write_making(county: County, truth: Path) -> None:
    """Write of what a county is made, so that its life can be run again."""
    (truth / NUMBERS).write_text(county.parameters.to_toml(), encoding="utf-8")
    told = json.dumps(county.making(), indent=1)
    (truth / MAKING).write_text(f"{told}\n", encoding="utf-8")


def read_county(folder: str | Path) -> County:
    """Read from what the county in a folder was made, to run its life again.

    Raises
    ------
    Usage
        Where the folder is no simulated county, or was made from other numbers than these programs know.
    """
    place, truth = Path(folder), truth_of(folder)
    if not (truth / MAKING).is_file():
        raise Usage(
            f"{place} is no simulated county: it has no {FOLDER}/{MAKING}; fangpin-train simulate makes one"
        )
    try:
        making = json.loads((truth / MAKING).read_text("utf-8"))
        county = County.of(making, parameters_of((truth / NUMBERS).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError, FangpinError) as error:
        raise Usage(f"what made the county in {place} cannot be read: simulate it again ({error})") from error
    if set(county.parameters.keys()) != set(read_parameters().keys()):
        made_by = making.get("version", "unknown")
        raise Usage(
            f"the county in {place} was made by version {made_by} of other numbers: simulate it again"
        )
    return county


def write_stories(stories: Sequence[Story], truth: Path) -> None:
    """Write which households tell the stories."""
    told = json.dumps([vars(story) for story in stories], indent=1, default=str)
    (truth / STORIES).write_text(f"{told}\n", encoding="utf-8")


def read_stories(folder: str | Path) -> list[Story]:
    """Read which households of a county tell the stories.

    Raises
    ------
    Usage
        Where the folder is no simulated county.
    """
    read_county(folder)
    told = json.loads((truth_of(folder) / STORIES).read_text("utf-8"))
    return [Story(**one | {"turned": month(one["turned"])}) for one in told]


def check_replaceable(folder: str | Path) -> None:
    """Refuse a folder to write a county to that holds anything but an earlier one.

    Raises
    ------
    Usage
        Where it is a file, or holds files that are not a county's, or tables that were not simulated.
    """
    place, truth = Path(folder), truth_of(folder)
    others = [name for name in not_tables(folder) if name != FOLDER]
    if truth.is_dir():
        kept = sorted(entry.name for entry in truth.iterdir() if entry.name not in OURS)
        others += [f"{FOLDER}/{name}" for name in kept]
    if others:
        raise Usage(f"the folder {place.name} holds more than a simulated county: {', '.join(others[:5])}")
    if place.is_dir() and any(place.iterdir()) and not (truth / MAKING).is_file():
        raise Usage(f"the folder {place.name} holds tables that were not simulated")


def life_schema() -> pa.Schema:
    """Return the columns of ``truth/life.parquet``."""
    pa, _ = require_arrow()
    words = pa.dictionary(pa.int8(), pa.string())
    return pa.schema(
        [
            ("household_id", pa.dictionary(pa.int32(), pa.string())),
            ("month", pa.date32()),
            ("people", pa.int16()),
            *((name, pa.float32()) for name in YUAN),
            ("need", pa.bool_()),
            ("cause", words),
            ("monitored", words),
        ]
    )


def life_table(life: Mapping[str, NDArray[Any]]) -> pa.Table:
    """Return the life of a township in the form in which it is written.

    Parameters
    ----------
    life : mapping of column to ndarray, shape (rows,)
        A row a household and month: ``household_id`` (str), ``month`` (datetime64), ``people``, yuan
        (NaN where unknown), ``need`` (bool), ``cause`` (code of ``monitoring.cause``, -1 none),
        ``monitored`` (position in ``MONITORED``).
    """
    pa, _ = require_arrow()
    causes = tuple(code.id for code in TABLES["monitoring"].column("cause").codes)
    columns = {
        "household_id": pa.array(life["household_id"], pa.string()).dictionary_encode(),
        "month": pa.array(life["month"].astype("datetime64[D]"), pa.date32()),
        "people": pa.array(life["people"].astype(np.int16)),
        **{name: pa.array(life[name].astype(np.float32), from_pandas=True) for name in YUAN},
        "need": pa.array(life["need"].astype(bool)),
        "cause": _words(life["cause"], causes),
        "monitored": _words(life["monitored"], MONITORED),
    }
    return pa.table(columns, schema=life_schema())


def _words(position: NDArray[Any], words: tuple[str, ...]) -> pa.DictionaryArray:
    pa, _ = require_arrow()
    held = pa.array(position.astype(np.int8), mask=position < 0)
    return pa.DictionaryArray.from_arrays(held, pa.array(words))
