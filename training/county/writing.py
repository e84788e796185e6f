"""A county written as it is told, township after township, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from features.arrow import open_parquet, open_table
from features.files import SUFFIX
from features.tables import TABLES
from training.county.measures import Measured
from training.county.stories import Story, best_of
from training.county.truth import FOLDER, LIFE, PERFECT, County, life_schema, write_making, write_stories

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Piece:
    """What is told of a township, or of the county, in Arrow's form.

    Parameters
    ----------
    tables : dict of table to pyarrow.Table
        As it became known.
    life : pyarrow.Table, optional
        What truly happened, as ``truth.life_table`` puts it.
    perfect : dict of table to pyarrow.Table
        As it would have become known with perfect records; only written where the county asks for it.
    stories : tuple of Story
        Its households that fit a story best.
    measured : Measured, optional
        What the calibration report adds up.
    """

    tables: dict[str, pa.Table]
    life: pa.Table | None
    perfect: dict[str, pa.Table]
    stories: tuple[Story, ...] = ()
    measured: Measured | None = None


class CountyFiles:
    """A county's tables, and its truth apart from them.

    Parameters
    ----------
    folder : Path
        Where to write; it exists and is empty.
    county : County
    partitioned : bool
        As for ``TablesFile``.

    Attributes
    ----------
    life : int
        Rows of the true life written so far.
    measured : Measured or None
        What the calibration report needs, added up so far.
    """

    def __init__(self, folder: Path, county: County, *, partitioned: bool) -> None:
        truth = folder / FOLDER
        truth.mkdir()
        write_making(county, truth)
        self.life = 0
        self.measured: Measured | None = None
        self._truth, self._stories = truth, list[Story]()
        self._open = ExitStack()
        self._tables = self._open.enter_context(TablesFile(folder, partitioned=partitioned))
        self._life = self._open.enter_context(open_parquet(life_schema(), truth / LIFE))
        self._perfect: TablesFile | None = None
        if county.perfect:
            (truth / PERFECT).mkdir()
            clear = TablesFile(truth / PERFECT, partitioned=partitioned)
            self._perfect = self._open.enter_context(clear)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *left: Any) -> None:
        write_stories(best_of(self._stories), self._truth)
        self._open.__exit__(*left)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table written so far, in the order of the contract."""
        written = self._tables.rows
        return {name: written[name] for name in TABLES if name in written}

    def write(self, code: str, piece: Piece) -> None:
        """Write what is told of the next township, under the code of its area."""
        self._tables.write(code, piece.tables)
        if self._perfect is not None:
            self._perfect.write(code, piece.perfect)
        if piece.life is not None:
            self._life.write_table(piece.life)
            self.life += piece.life.num_rows
        self._stories += piece.stories
        if piece.measured is not None:
            self.measured = piece.measured if self.measured is None else self.measured + piece.measured


class TablesFile:
    """Tables in a folder, written piece by piece.

    Parameters
    ----------
    folder : Path
        Where to write; it exists and is empty.
    partitioned : bool
        Whether each piece is a file of its own, as ``incomes/00007-C01T07.parquet``; else a table is
        one file, ``incomes.parquet``, and a piece becomes row groups of its own in it.

    Attributes
    ----------
    rows : dict of table to int
        Rows written so far.
    """

    def __init__(self, folder: Path, *, partitioned: bool = False) -> None:
        self.rows: dict[str, int] = {}
        self._folder = folder
        self._partitioned = partitioned
        self._pieces = 0
        self._files: dict[str, pq.ParquetWriter] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *left: Any) -> None:
        with self._open:
            if kind is None:
                self._write_empty()

    def write(self, code: str, tables: Mapping[str, pa.Table]) -> None:
        """Write the next piece: the tables of a township, or of the county.

        Parameters
        ----------
        code : str
            Code of the area, for the name of its part.
        tables : mapping of table to pyarrow.Table
            In the form of ``features.arrow.to_arrow``.
        """
        for name, rows in tables.items():
            self.rows.setdefault(name, 0)
            if rows.num_rows:
                self._write(name, f"{self._pieces:05d}-{code}", rows)
        self._pieces += 1

    def _write(self, name: str, part: str, rows: pa.Table) -> None:
        self.rows[name] += rows.num_rows
        if self._partitioned:
            (self._folder / name).mkdir(exist_ok=True)
            with open_table(TABLES[name], self._folder / name / f"{part}{SUFFIX}") as file:
                file.write_table(rows)
            return
        if name not in self._files:
            file = open_table(TABLES[name], self._folder / f"{name}{SUFFIX}")
            self._files[name] = self._open.enter_context(file)
        self._files[name].write_table(rows)

    def _write_empty(self) -> None:
        """Let a table of which every piece was empty be there too."""
        for name in (name for name, rows in self.rows.items() if not rows):
            place = self._folder / name if self._partitioned else self._folder
            place.mkdir(exist_ok=True)
            file = f"00000{SUFFIX}" if self._partitioned else f"{name}{SUFFIX}"
            open_table(TABLES[name], place / file).close()
