"""A county drawn from the ranges of its numbers: its life, its true chances, its rows to learn from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.searching import Rows
from features.contract import Tables
from features.errors import Usage
from features.files import read_tables
from features.vectors import Vectors, build_vectors
from training.cohorts.followed import Followed
from training.cohorts.horizon import months_on
from training.cohorts.targets import REPORTING_MONTHS, Question, columns_for
from training.cohorts.thinning import thinned
from training.county.chances import chances
from training.county.simulate import simulate
from training.county.truth import month
from training.judging.chance_lists import CHANCE_AGE_MONTHS
from training.judging.truth import PRACTISED
from training.learning.model import Told
from training.learning.preparing import dated_tables, followed_to

ASKED = Question("entry")

LISTS = 12
"""Monthly lists that are replayed: the first at the end of the day of the cut."""

SETTINGS, TABLES, ROWS = "settings.json", "tables", "rows.npz"


@dataclass(frozen=True)
class Made:
    """How every county is made, and by which day is learnt.

    Parameters
    ----------
    households, start, months
        As in `training.county.simulate.simulate`.
    cut : str
        The last day whose outcomes are learnt from, a month's end; judged is what comes later.
    forks : int
        How many times each household lives on for its true chances.
    learnt : float
        Share of the rows without an entry that are learnt from, the same in every county; all rows with one
        are.

    Raises
    ------
    Usage
        Where the counties end before it is known what the lists have found.
    """

    households: int = 2_000
    start: str = "2020-01"
    months: int = 78
    cut: str = "2024-06-30"
    forks: int = 12
    learnt: float = 0.10

    def __post_init__(self) -> None:
        ends = month(self.start) + self.months
        needed = np.datetime64(self.cut, "M") + LISTS + ASKED.horizon_months + REPORTING_MONTHS[ASKED.target]
        if ends < needed:
            raise Usage(f"counties are told to {ends}: what the lists found is known from {needed} on")

    @property
    def chance_days(self) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
        """Give the days of the true chances: often enough for an order of every month's list."""
        cut = np.array([self.cut], dtype="datetime64[D]")
        return np.concatenate([months_on(cut, ahead) for ahead in range(0, LISTS, CHANCE_AGE_MONTHS)])


def keep_settings(out: Path, made: Made) -> None:
    """Write how counties are made into the folder of the work; refuse one that holds others.

    Raises
    ------
    Usage
    """
    out.mkdir(parents=True, exist_ok=True)
    file = out / SETTINGS
    if not file.is_file():
        file.write_text(json.dumps(asdict(made), indent=1) + "\n")
    if json.loads(file.read_text()) != asdict(made):
        raise Usage(f"{out} holds counties that were made otherwise: {SETTINGS} there tells how")


def place_of(out: Path, number: int) -> Path:
    """Return the folder of a county."""
    return out / f"county-{number:02d}"


def make(out: Path, number: int, made: Made, told: Told = lambda _: None) -> None:
    """Draw and live a county, find its chances, keep its rows; what is there already is not made again."""
    place = place_of(out, number)
    place.mkdir(exist_ok=True)
    if (place / ROWS).is_file():
        return
    tables = place / TABLES
    if not tables.is_dir():
        told(f"county {number}: its life")
        simulate(
            tables, made.households, made.months, number, made.start, draw=number, processes=1
        )  # its seed is its drawing
    told(f"county {number}: its true chances")
    days, practised = list(made.chance_days), (PRACTISED,)
    chances(tables, days, sample=made.households, forks=made.forks, ways=practised, processes=1)
    told(f"county {number}: its rows")
    _, dated, followed = read(place)
    _keep(place / ROWS, rows_of(dated, followed, made, number))


def read(place: Path) -> tuple[Tables, Tables, Followed]:
    """Read a county: its tables, the same with area rates, and what became of its households."""
    tables = read_tables(place / TABLES)
    followed = followed_to(tables, ASKED)
    return tables, dated_tables(tables, followed, ASKED), followed


def rows_of(dated: Tables, followed: Followed, made: Made, seed: int) -> Rows:
    """Return the rows whose outcome was known by the cut: all with an entry, of the others a share."""
    known = followed.take(followed.outcome_on <= np.datetime64(made.cut))
    entries = int(known.y.sum())
    few = thinned(
        known,
        most=entries + round(made.learnt * (len(known) - entries)),
        at_least=0,
        random_state=seed,
    )
    vectors = build_vectors(dated, None, features=columns_for(ASKED.target), cohort=few.cohort)
    return Rows(vectors, few.y, few.outcome_on)


def read_rows(out: Path, numbers: list[int]) -> Rows:
    """Return the kept rows of counties, one under another, every household by the name of its county."""
    parts = [_kept(place_of(out, number)) for number in numbers]
    first = parts[0].vectors
    return Rows(
        Vectors(
            np.concatenate([part.vectors.household_id for part in parts]),
            np.concatenate([part.vectors.as_of for part in parts]),
            first.features,
            np.concatenate([part.vectors.X for part in parts]),
            first.fingerprints,
            np.concatenate([part.vectors.area for part in parts]),
        ),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.outcome_on for part in parts]),
    )


def _keep(file: Path, rows: Rows) -> None:
    vectors = rows.vectors
    half = file.with_name(f".half-{file.name}")
    np.savez_compressed(
        half,
        household_id=vectors.household_id,
        as_of=vectors.as_of,
        features=np.array(vectors.features),
        fingerprints=np.array([vectors.fingerprints[name] for name in vectors.features]),
        X=vectors.X,
        area=vectors.area,
        y=rows.y,
        outcome_on=rows.outcome_on,
    )
    half.replace(file)


def _kept(place: Path) -> Rows:
    with np.load(place / ROWS) as held:
        features = tuple(held["features"].tolist())
        vectors = Vectors(
            np.char.add(f"{place.name}/", held["household_id"]),
            held["as_of"],
            features,
            held["X"],
            dict(zip(features, held["fingerprints"].tolist(), strict=True)),
            np.char.add(f"{place.name}/", held["area"]),
        )
        return Rows(vectors, held["y"], held["outcome_on"])
