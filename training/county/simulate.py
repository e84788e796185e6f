"""A whole county: its townships told by as many processes as there are, written in order."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from features.arrow import require_arrow, to_arrow
from features.contract import Tables
from features.errors import FangpinError, Usage
from features.files import fresh_folder
from features.tables import TABLES
from training.county.measures import Measured, of
from training.county.parameters import Parameters, draw_parameters, read_parameters
from training.county.parameters import perfect as without_faults
from training.county.places import Place, places
from training.county.report import write_report
from training.county.stories import found
from training.county.township import township
from training.county.truth import County, check_replaceable, life_table, month
from training.county.writing import CountyFiles, Piece

if TYPE_CHECKING:
    import pyarrow as pa

MOST_PROCESSES = 256

Thing = TypeVar("Thing")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a simulation made.

    Parameters
    ----------
    townships, households, months : int
    first, last : str
        First and last told month.
    rows : dict of table to int
    life : int
        Rows of the true life: households by months.
    """

    townships: int
    households: int
    months: int
    first: str
    last: str
    rows: dict[str, int]
    life: int


Teller = Callable[[County, Place], Piece]
"""Tells a township; a function that processes can hand to each other."""

Progress = Callable[[int, int], None]
"""Is called with the households told so far and all of them."""


def simulate(  # noqa: PLR0913 - the words of the command
    out: str | Path,
    households: int = 51_565,
    months: int = 90,
    seed: int = 0,
    start: str = "2019-01",
    *,
    partitioned: bool = False,
    draw: int | None = None,
    perfect: bool = False,
    parameters: Parameters | Path | None = None,
    reports: Sequence[Path] = (),
    processes: int | None = None,
    told: Callable[[str], None] = lambda _: None,
    progress: Progress = lambda _, __: None,
) -> Summary:
    """Make a county with known truth; its folder appears as a whole or not at all.

    Parameters
    ----------
    out : path
        New, empty, or with an earlier simulated county, which is replaced.
    households, months, seed, start
        How many households it begins with, months told, seed, and the first told month.
    partitioned : bool
        Whether tables are folders with a part a township; the rows are the same.
    draw : int, optional
        Draw the numbers of its making from their ranges; which drawing.
    perfect : bool
        Tell its tables also without any delay, noise or hole, in ``truth/perfect/``.
    parameters : Parameters or path, optional
        Other numbers than the shipped ones.
    reports : sequence of path
        Where to write the calibration report, the county against what is known of real ones: as Markdown
        where a name ends in ``.md``, else as HTML with figures. Their folders must be there.
    processes : int, optional
        How many townships are told at once; else one a processor. What is told does not depend on it.
    told : callable
        Is called with each step in words.
    progress : callable
        Is called with the households told so far and all of them.

    Raises
    ------
    Usage
        Where an argument is out of bounds, the folder holds anything else, or a report has no folder.
    BadInput
        With everything that is impossible in the parameters.

    Notes
    -----
    A script that calls this with more than one process keeps its own work behind
    ``if __name__ == "__main__"``, as ``multiprocessing`` asks.
    """
    require_arrow()
    p = parameters if isinstance(parameters, Parameters) else read_parameters(parameters)
    p = p if draw is None else draw_parameters(p, draw)
    county = County(p, households, months, seed, month(start), draw, perfect)
    check_replaceable(out)
    homeless = sorted({str(report.parent) for report in reports if not report.parent.is_dir()})
    if homeless:
        raise Usage(f"no folder {', '.join(homeless)} for the report")
    townships = places(p, seed, households, months, county.start)
    told(f"{len(townships)} townships, {households:,} households, {months} months from {start}")
    summary, measured = write_county(
        out, county, townships, partial(tell, measured=bool(reports)), context_of,
        partitioned=partitioned, processes=processes, progress=progress,
    )  # fmt: skip
    if measured is not None:
        for report in reports:
            write_report(measured, report)
    told(f"{sum(summary.rows.values()):,} rows written")
    return summary


def tell(county: County, place: Place, *, measured: bool = False) -> Piece:
    """Let a township live, and return what is told of it, and for the report measured if asked."""
    told = township(place, county.parameters, county.seed, county.months, county.start, county.perfect)
    return Piece(
        as_arrow(told.tables),
        life_table(told.life),
        as_arrow(told.perfect or {}),
        tuple(found(told.diary)),
        of(told.diary, place) if measured else None,
    )


def context_of(county: County, townships: Sequence[Place], p: Parameters) -> Tables:
    """Return what is told of the county as a whole by the end of its last told month."""
    from training.county.records.context import county_context

    after = (county.start + county.months).astype("datetime64[D]")
    whole = county_context(townships, p, seed=county.seed, months=county.months, start=county.start)
    return {
        name: {column: values[facts["known_on"] < after] for column, values in facts.items()}
        for name, facts in whole.items()
    }


def as_arrow(tables: Tables) -> dict[str, pa.Table]:
    """Return tables in the form in which they are written."""
    return {name: to_arrow(TABLES[name], facts) for name, facts in tables.items()}


def write_county(
    out: str | Path,
    county: County,
    townships: Sequence[Place],
    teller: Teller,
    context: Callable[[County, Sequence[Place], Parameters], Tables],
    *,
    partitioned: bool = False,
    processes: int | None = None,
    progress: Progress = lambda _, __: None,
) -> tuple[Summary, Measured | None]:
    """Write a county as its townships are told, in their order; return what was made and measured.

    Parameters
    ----------
    out : path
    county : County
    townships : sequence of Place
    teller : Teller
        Tells a township.
    context : callable
        Tells of the county as a whole, by the parameters of its records.
    partitioned, processes, progress
        As in ``simulate``.
    """
    told = in_order(partial(teller, county), townships, processes)
    done, code = 0, townships[0].county
    with (
        fresh_folder(out) as folder,
        CountyFiles(folder, county, partitioned=partitioned) as files,
        closing(told) as pieces,
    ):
        plain = as_arrow(context(county, townships, county.parameters))
        clear = as_arrow(context(county, townships, without_faults(county.parameters)))
        files.write(code, Piece(plain, None, clear))
        for place in townships:
            files.write(place.code, next(pieces))  # held by no name: it is large
            done += sum(place.households.values())
            progress(done, county.households)
    first, last = str(county.start), str(county.start + county.months - 1)
    made = Summary(len(townships), county.households, county.months, first, last, files.rows, files.life)
    return made, files.measured


def in_order(
    work: Callable[[Thing], Made], things: Sequence[Thing], processes: int | None
) -> Generator[Made]:
    """Give what is made of each thing, in their order, with few of them waiting at any time.

    Parameters
    ----------
    work : callable
        Makes it; where there are several processes, a function that they can hand to each other.
    things : sequence
    processes : int, optional
        How many to use; else one a processor. A single one is this process itself.

    Raises
    ------
    Usage
        Where their number is out of bounds.
    FangpinError
        Where a process is ended from outside.
    """
    if processes is not None and not 1 <= processes <= MOST_PROCESSES:
        raise Usage(f"processes lies between 1 and {MOST_PROCESSES}, not at {processes}")
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    at_once = min(processes or usable or 1, len(things))
    return _by_pool(work, things, at_once) if at_once > 1 else (work(thing) for thing in things)


def _by_pool(work: Callable[[Thing], Made], things: Sequence[Thing], processes: int) -> Generator[Made]:
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _leave_interrupts_to_the_parent)
    waiting: deque[Future[Made]] = deque()
    try:
        for thing in things:
            waiting.append(pool.submit(work, thing))
            if len(waiting) > processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise FangpinError("a process was ended from outside, perhaps for lack of memory") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
