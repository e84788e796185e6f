"""What a version showed, told apart: by groups, by kinds and causes of entry, by year, by length of list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np

from features.contract import Tables
from features.policy import Policy
from training.cohorts.followed import Followed
from training.cohorts.outcomes import last_known
from training.cohorts.targets import Question
from training.groups.bands import EXPECTED_NEEDED, Band, bands_of
from training.groups.belonging import groups_of
from training.groups.kinds import Kind, kinds_found, kinds_of
from training.groups.missed_need import MissedNeed, missed_need
from training.lists.listed import ALL, Listed, Part
from training.lists.short_lists import ShortList, short_lists
from training.measures.evaluation import POSITIVES_NEEDED, Scores
from training.measures.intervals import Estimate
from training.measures.printed import aligned, cell

MEASURES = {
    "listed": "on list",
    "recall": "recall",
    "missed": "missed",
    "gap": "recall - others",
    "expected_over_observed": "exp./obs.",
    "calibration_slope": "calib. slope",
}


@dataclass(frozen=True)
class Apart:
    """What the version showed, told apart.

    Parameters
    ----------
    share : float
        Share of all rows on the list.
    resamples : int
    parts : tuple of Part
        All rows first; then by question, the answers to which are together all rows.
    kinds : tuple of Kind
        Of entries; none for other targets.
    bands : tuple of Band
    lists : tuple of ShortList
    need : MissedNeed
    """

    share: float
    resamples: int
    parts: tuple[Part, ...]
    kinds: tuple[Kind, ...]
    bands: tuple[Band, ...]
    lists: tuple[ShortList, ...]
    need: MissedNeed

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return {
            "share_on_list": self.share,
            "resamples": self.resamples,
            "interval": "95 % percentile, households resampled",
            "groups": [each.as_dict() for each in self.parts],
            "kinds": [each.as_dict() for each in self.kinds],
            "bands": [each.as_dict() for each in self.bands],
            "lists": [each.as_dict() for each in self.lists],
            "need_weighted_misses": self.need.as_dict(),
        }

    def as_text(self) -> str:
        """Give the tables as plain text, and how to read them."""
        blocks = [self._groups(), self._kinds(), self._bands(), self._lists(), self.need.as_text()]
        return "\n\n".join([*(block for block in blocks if block), self._legend()])

    def _groups(self) -> str:
        lines = [["", "rows", "positives", "households", *MEASURES.values()]]
        ends = [""]
        for question, parts in groupby(self.parts, attrgetter("question")):
            if question != ALL:
                lines.append([question, *[""] * (len(lines[0]) - 1)])
                ends.append("")
            for part in parts:
                counts = [f"{count}" for count in (part.rows, part.positives, part.events)]
                lines.append([_name(part), *counts, *(cell(part.estimates[name]) for name in MEASURES)])
                ends.append(part.against.reason)
        return _block("groups, as known on the day", lines, ends)

    def _kinds(self) -> str:
        if not self.kinds:
            return ""
        lines = [["", "positives", "households", "share of entries", "recall", "missed"]]
        ends = [""]
        for by, kinds in groupby(self.kinds, attrgetter("by")):
            lines.append([by, *[""] * (len(lines[0]) - 1)])
            ends.append("")
            for kind in kinds:
                figures = [cell(each) for each in (kind.share, kind.recall, kind.missed)]
                lines.append([f"  {kind.name}", f"{kind.rows}", f"{kind.households}", *figures])
                ends.append(kind.refused or "")
        return _block("kinds and causes, as the first entry tells them", lines, ends)

    def _bands(self) -> str:
        lines = [["", "rows", "expected", "observed", "exp./obs."]]
        ends = [""]
        for band in self.bands:
            counts = [f"{band.rows}", f"{band.expected:.1f}", f"{band.observed}"]
            lines.append([f"{band.by} {band.name}", *counts, cell(band.ratio)])
            ends.append(band.verdict.reason)
        return _block("expected over observed", lines, ends)

    def _lists(self) -> str:
        lines = [["", "length", "recall", "by lot", "precision", "by lot"]]
        for each in self.lists:
            recall, precision = (_range(found) for found in (each.recall_range, each.precision_range))
            figures = [cell(each.recall), recall, cell(each.precision), precision]
            lines.append([f"{100 * each.share:g} %", f"{each.length:.0f}", *figures])
        return _block("short lists", lines, [""] * len(lines))

    def _legend(self) -> str:
        return (
            f"The list: the {100 * self.share:g} % of all rows with the highest scores, one for all groups; "
            f"ties drawn by lot; `by lot` is the least and the most.\n"
            f"Missed: households with the outcome that are on the list on none of their rows with it.\n"
            f"In brackets: 95 % intervals, {self.resamples} resamples of whole households; the list is "
            f"kept, short lists are made anew.\n"
            f"No verdict under {POSITIVES_NEEDED} households with the outcome here and among all others, nor "
            f"on expected over observed under {EXPECTED_NEEDED} events expected."
        )


def tell_apart(
    tables: Tables,
    test: Followed,
    scores: Scores,
    asked: Question,
    *,
    policy: Policy,
    share: float,
    resamples: int,
    random_state: int = 1,
) -> Apart:
    """Tell apart what a version showed.

    Parameters
    ----------
    tables : Tables
    test : Followed
        The rows that are judged.
    scores : Scores
        What the version says of them.
    asked : Question
    policy : Policy
        Says when data is thin.
    share : float
        Share of the rows on the list.
    resamples, random_state : int
    """
    cohort, last = test.cohort, last_known(tables)
    groups = groups_of(tables, cohort, policy)
    listed = Listed.of(
        cohort.household_id,
        test.y,
        scores,
        share=share,
        overlap=asked.overlap,
        resamples=resamples,
        random_state=random_state,
    )
    parts = [listed.part(ALL, ALL, np.ones(len(test), dtype=np.bool_))]
    parts += [
        listed.part(question, str(answer), answers == answer)
        for question, answers in groups.answers.items()
        for answer in np.unique(answers)
    ]
    year = cohort.as_of.astype("datetime64[Y]").astype(np.int64) + 1970
    bands = (
        *bands_of(listed, "year", year.astype(np.str_), year),
        *bands_of(listed, "township", groups.township, year),
    )
    kinds = kinds_of(tables, cohort, asked.horizon_months, last) if asked.target == "entry" else {}
    short = short_lists(
        test.y, scores.score, cohort.household_id, resamples=resamples, random_state=random_state
    )
    need = missed_need(listed, tables, cohort, asked.horizon_months, last)
    return Apart(share, resamples, tuple(parts), kinds_found(listed, kinds), bands, short, need)


def _name(part: Part) -> str:
    return part.answer if part.question == ALL else f"  {part.answer}"


def _range(found: tuple[float, float] | None) -> str:
    return "-" if found is None else " to ".join(cell(Estimate(each)) for each in found)


def _block(title: str, lines: Sequence[list[str]], ends: Sequence[str]) -> str:
    """Return a table with a sentence after each line."""
    width = max(len(line) for line in aligned(list(lines)))
    told = zip(aligned(list(lines)), ends, strict=True)
    return "\n".join([title, *(f"{line:{width}}  {end}".rstrip() for line, end in told)])
