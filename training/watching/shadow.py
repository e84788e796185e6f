"""Two versions on one folder: side by side on what came, and how far their lists are the same.

So a challenger runs in the champion's shadow: nothing of it is served, and its lists are held against those
that are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.contract import Tables
from features.errors import Usage
from features.files import read_tables
from features.vectors import Cohort
from models.bundle import Bundle
from models.registry import Registry
from training.cohorts.followed import Followed
from training.cohorts.outcomes import as_of_days, at_risk
from training.cohorts.targets import NEXT_VISIT, Question
from training.judging.version import learnt_by_of, sides
from training.learning.model import Told
from training.learning.preparing import dated_tables, followed_to
from training.learning.scorers import Scorers
from training.lists.yields import listed
from training.measures.comparison import Comparison, comparison
from training.measures.evaluation import Scores
from training.measures.printed import aligned
from training.registering.versions import exported
from training.settings import Places

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Overlap:
    """The lists of two versions on one day.

    Parameters
    ----------
    as_of : str
    households : int
        At risk on the day.
    length : int
        [households] Of either list.
    both : int
        Households on both.
    found_by_both, found_by_first, found_by_second : int or None
        Outcomes on both lists, on the first alone, on the second alone; None where they are not known yet.
    """

    as_of: str
    households: int
    length: int
    both: int
    found_by_both: int | None
    found_by_first: int | None
    found_by_second: int | None

    @property
    def share(self) -> float:
        """Share of either list that is on the other too."""
        return self.both / self.length

    def as_dict(self) -> dict[str, object]:
        """Give it ready for JSON."""
        return {**asdict(self), "share": self.share}


@dataclass(frozen=True)
class Shadow:
    """What two versions showed on the same households.

    Parameters
    ----------
    name : str
    versions : tuple of str
        The one whose lead is told, then the other.
    target : str
    horizon_months : int
    in_sample : bool
        Whether one of them may have learnt from the days that are judged.
    comparison : Comparison
        Of both, paired, on all days whose outcome is known.
    lists : tuple of Overlap
        By day; the last may be one of which nothing has come yet.
    """

    name: str
    versions: tuple[str, str]
    target: str
    horizon_months: int
    in_sample: bool
    comparison: Comparison
    lists: tuple[Overlap, ...]

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return {
            **vars(self),
            "comparison": self.comparison.as_dict(),
            "lists": [each.as_dict() for each in self.lists],
        }

    def as_text(self) -> str:
        """Give the measures, then the lists, as plain text."""
        first, second = self.versions
        sample = (
            "in-sample, if they learnt from these households: of no later as-of day is the outcome known"
            if self.in_sample
            else "out of sample: as-of days after the last outcome that either learnt from"
        )
        head = (
            f"{self.name} versions {first} and {second}: {self.target} within {self.horizon_months} months\n"
            f"{sample}"
        )
        columns = ["list of", "at risk", "long", "on both", "found by both", f"by {first} alone"]
        lines = [[*columns, f"by {second} alone"]]
        for each in self.lists:
            found = (each.found_by_both, each.found_by_first, each.found_by_second)
            lines.append(
                [
                    each.as_of,
                    f"{each.households:,}",
                    f"{each.length:,}",
                    f"{each.both:,} ({each.share:.0%})",
                    *("-" if count is None else f"{count:,}" for count in found),
                ]
            )
        legend = (
            f"The lists of a day: the {100 * self.comparison.share:g} % of its households with the highest "
            "scores, ties by id; - where the outcome is not known yet."
        )
        return "\n\n".join([head, self.comparison.as_text(), "\n".join([*aligned(lines), legend])])


def in_shadow(
    version: str,
    other: str,
    folder: Path,
    *,
    name: str,
    places: Places,
    share: float = 0.10,
    resamples: int = 200,
    told: Told = lambda _: None,
) -> Shadow:
    """Hold two registered versions against each other on a folder of tables.

    Parameters
    ----------
    version, other : str
        Numbers, or aliases such as ``champion`` and ``challenger``.
    folder : Path
        Contract tables.
    name : str
        Registered name.
    places : Places
    share : float
        Of the rows on the list: of all rows for the measures, of each day's for the overlap.
    resamples : int
    told : callable

    Raises
    ------
    Usage, Refused
        Where there is no such version, both are one, they do not predict the same, or nobody can be followed.

    Notes
    -----
    Judged are the as-of days that do not lie before the last outcome that either learnt from; where there are
    none, those of the last year. The lists are also made for the last month end of the records, as they would
    be for those who visit now.
    """
    told("reading the versions and the tables")
    registry = Registry(places.tracking_uri, places.bundles, name)
    versions = (registry.version(version), registry.version(other))
    if versions[0] == versions[1]:
        raise Usage(f"{version} and {other} are one version of {name}: {versions[0]}")
    bundles = [exported(registry, each) for each in versions]
    asked = _same_question(bundles)
    tables = read_tables(folder)
    told("following the households")
    followed = followed_to(tables, asked)
    learnt_by = [learnt_by_of(each) for each in bundles]
    latest = max((day for day in learnt_by if day is not None), default=None)
    _, tested, in_sample = sides(followed, None if None in learnt_by else latest)
    test = followed.take(tested)
    cohort = _with_today(tables, test, asked)
    dated = dated_tables(tables, followed, asked)
    said = {}
    for each, bundle in zip(versions, bundles, strict=True):
        told(f"scoring by version {each}")
        (said[f"version {each}"],) = Scorers(bundle.model, dated, {}).say(cohort).values()
    told("intervals")
    first, second = said.values()
    return Shadow(
        name=name,
        versions=versions,
        target=asked.target,
        horizon_months=asked.horizon_months,
        in_sample=in_sample,
        comparison=_compared(test, said, asked, share, resamples),
        lists=overlaps(cohort, test.y, first.score, second.score, share),
    )


def overlaps(cohort: Cohort, y: Floats, first: Floats, second: Floats, share: float) -> tuple[Overlap, ...]:
    """Hold the lists of two scores against each other, day by day.

    Parameters
    ----------
    cohort : Cohort
    y : (known rows,) array
        Outcomes of the first rows; those of the others are not known.
    first, second : (rows,) arrays
    share : float
        Of the households of a day, on its list.
    """
    came = np.full(first.size, np.nan)
    came[: y.size] = y
    return tuple(
        _overlap(cohort, np.flatnonzero(cohort.as_of == day), came, (first, second), share)
        for day in np.unique(cohort.as_of)
    )


def _overlap(
    cohort: Cohort, rows: NDArray[np.intp], came: Floats, scores: tuple[Floats, Floats], share: float
) -> Overlap:
    household, y = cohort.household_id[rows], came[rows]
    on_first, on_second = (np.zeros(rows.size, dtype=np.bool_) for _ in scores)
    for on, score in zip((on_first, on_second), scores, strict=True):
        on[listed(score[rows], household, share)] = True
    parts = (on_first & on_second, on_first & ~on_second, on_second & ~on_first)
    known = not np.isnan(y).any()
    found = [int(y[part].sum()) if known else None for part in parts]
    return Overlap(str(cohort.as_of[rows[0]]), rows.size, int(on_first.sum()), int(parts[0].sum()), *found)


def _same_question(bundles: Sequence[Bundle]) -> Question:
    asked = [Question(each.model.target, each.model.horizon_months) for each in bundles]
    if asked[0] != asked[1]:
        told = " and ".join(f"{each.target} within {each.horizon_months} months" for each in asked)
        raise Usage(f"the versions do not predict the same: {told}")
    return asked[0]


def _with_today(tables: Tables, test: Followed, asked: Question) -> Cohort:
    """Return the judged rows, and after them those at risk on the last month end, where it comes later."""
    if asked.target == NEXT_VISIT:
        return test.cohort
    today = as_of_days(tables, 1)[-1:]
    if today[0] <= test.cohort.as_of.max():
        return test.cohort
    now = at_risk(tables, today)
    return Cohort(
        np.concatenate([test.cohort.household_id, now.household_id]),
        np.concatenate([test.cohort.as_of, now.as_of]),
    )


def _compared(
    test: Followed, said: Mapping[str, Scores], asked: Question, share: float, resamples: int
) -> Comparison:
    """Measure both on the rows whose outcome is known."""
    known = len(test)
    judged = {name: each.take(slice(known)) for name, each in said.items()}
    return comparison(
        test.y,
        judged,
        test.cohort.household_id,
        overlap=asked.overlap,
        share=share,
        resamples=resamples,
        random_state=1,
    )
