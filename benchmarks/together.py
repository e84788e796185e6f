"""Counties side by side: the median, the worst, how many are ahead of the rules, and all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.unseen import RECALLS, SHARES, Judged
from training.judging.ceiling import CEILING
from training.lists.programme import REFERENCE
from training.measures.evaluation import MODEL
from training.measures.intervals import Estimate, household_counts, percentile_interval
from training.measures.printed import aligned, cell, whole

Floats = NDArray[np.float64]

COUNTED = ("found", "unsuspected")
SHARE_OF = tuple(f"share_{name}" for name in RECALLS)
BY_COUNTY = (*COUNTED, "lead_months", *RECALLS, *SHARE_OF)

AIM_UNSUSPECTED, AIM_SHARE = 3.0, 0.90
"""What is aimed at: so many times the rules' households whom nobody suspected, and so much of the ceiling's
recall on the list of 2 %."""


@dataclass(frozen=True)
class Spread:
    """A measure over the counties.

    Parameters
    ----------
    median, worst : float or None
        Of the counties that have it; the worst is the least.
    ahead, even : int
        Counties in which it is more than, and as much as, that of the rules fired.
    counties : int
        That have it, and of which the rules have it.
    """

    median: float | None
    worst: float | None
    ahead: int
    even: int
    counties: int


@dataclass(frozen=True)
class Aim:
    """An aim, and what came of it.

    Parameters
    ----------
    meaning : str
    together : Estimate
        Of all counties; without a value where it is over nothing.
    counties : int
        That reach it.
    least : float
    """

    meaning: str
    together: Estimate
    counties: int
    least: float

    @property
    def reached(self) -> bool | None:
        """Whether all counties together reach it; None where that cannot be said."""
        return None if self.together.value is None else self.together.value >= self.least

    def as_dict(self) -> dict[str, object]:
        """Give the aim ready for JSON."""
        return {**vars(self), "together": self.together.as_dict(), "reached": self.reached}

    def as_text(self, counties: int) -> str:
        """Say in a line what came of it."""
        said = {None: "cannot be said, there are none to hold it against", True: "reached", False: "missed"}[
            self.reached
        ]
        return (
            f"Aim, {self.meaning}: {said}; together {cell(self.together)}; in {self.counties} of {counties}"
        )


@dataclass(frozen=True)
class Together:
    """All counties.

    Parameters
    ----------
    counties : sequence of Judged
    spreads : mapping of scorer to mapping of measure to Spread
        Of `BY_COUNTY`.
    pooled : mapping of scorer to mapping of measure to Estimate
        `COUNTED` added up over the counties, and over and minus those of rules and ceiling in the counties
        that have both; recalls and shares of the ceiling of all expected entries. Intervals: whole counties
        drawn again, paired.
    resamples : int
    """

    counties: Sequence[Judged]
    spreads: Mapping[str, Mapping[str, Spread]]
    pooled: Mapping[str, Mapping[str, Estimate]]
    resamples: int

    def as_dict(self) -> dict[str, object]:
        """Give everything ready for JSON."""
        return {
            "counties": [vars(each) for each in self.counties],
            "spreads": {
                scorer: {name: vars(each) for name, each in row.items()}
                for scorer, row in self.spreads.items()
            },
            "pooled": {
                scorer: {name: each.as_dict() for name, each in row.items()}
                for scorer, row in self.pooled.items()
            },
            "interval": f"95 % percentile, {self.resamples} resamples of whole counties, paired",
            "aims": [each.as_dict() for each in self.aims()],
        }

    def aims(self) -> tuple[Aim, Aim]:
        """Return what came of either aim."""
        mine, theirs = (_of(self.counties, name, "unsuspected") for name in (MODEL, REFERENCE))
        shares, of = _shares(self.counties, MODEL)[0], self.pooled[MODEL]
        return (
            Aim(
                f"{AIM_UNSUSPECTED:g} times the households nobody suspected, over {REFERENCE}",
                of[f"unsuspected / {REFERENCE}"],
                int(((mine > 0.0) & (mine >= AIM_UNSUSPECTED * theirs)).sum()),
                AIM_UNSUSPECTED,
            ),
            Aim(
                f"{AIM_SHARE:.0%} of the ceiling's recall at 2 %",
                of[SHARE_OF[0]],
                int((shares >= AIM_SHARE).sum()),
                AIM_SHARE,
            ),
        )

    def as_text(self) -> str:
        """Give the tables: lists, chances, and county by county."""
        n = len(self.counties)
        entries, expected = (
            sum(getattr(each, name) for each in self.counties) for name in ("entries", "expected")
        )
        head = (
            f"{n} simulated counties, each judged by what was learnt from others; {entries} entries that a "
            f"list could find, {expected:.0f} expected by true chances on the days judged"
        )
        aims = [each.as_text(n) for each in self.aims()]
        blocks = [
            [head],
            aligned(self._lists()),
            aligned(self._recalls()),
            aligned(self._each()),
            aims,
            [self._legend()],
        ]
        return "\n\n".join("\n".join(block) for block in blocks)

    def _with_lists(self) -> int:
        return int((~np.isnan(_of(self.counties, CEILING, "found"))).sum())

    def _lists(self) -> list[list[str]]:
        over, of, minus = f"/ {REFERENCE}", f"/ {CEILING}", f"- {REFERENCE}"
        counts = ["found", over, of, "nobody suspected", over, of, minus]
        lines = [["monthly lists, together", "visits", *counts, "lead, months"]]
        for scorer, row in self.pooled.items():
            visits = sum(int(each.figures[scorer]["visits"] or 0) for each in self.counties)
            line = [scorer, str(visits)]
            for name in COUNTED:
                line += [whole(row[name]), cell(row[f"{name} {over}"]), cell(row[f"{name} {of}"])]
            line.append(whole(row[f"unsuspected {minus}"], signed=True))
            lead = self.spreads[scorer]["lead_months"].median
            lines.append([*line, "-" if lead is None else f"{lead:.1f}"])
        return lines

    def _recalls(self) -> list[list[str]]:
        at = [f"{100 * share:g} %" for share in SHARES]
        head = [
            "by true chances, together",
            *(f"recall at {each}" for each in at),
            *(f"of ceiling, {e}" for e in at),
        ]
        return [
            head,
            *(
                [scorer, *(cell(row[name]) for name in (*RECALLS, *SHARE_OF))]
                for scorer, row in self.pooled.items()
            ),
        ]

    def _each(self) -> list[list[str]]:
        head = ["county by county", "found", "nobody suspected", "lead, months"]
        head += [f"recall {100 * share:g} %" for share in SHARES]
        lines = [[*head, *(f"of ceiling, {100 * share:g} %" for share in SHARES)]]
        for scorer, row in self.spreads.items():
            lines.append([scorer, *(_shown(name, row[name], scorer) for name in BY_COUNTY)])
        return lines

    def _legend(self) -> str:
        return (
            f"In brackets: 95 % intervals, {self.resamples} resamples of whole counties, paired.\n"
            f"County by county: median | worst | in how many it is ahead of {REFERENCE}.\n"
            "The lead of all together is the median of the counties' medians.\n"
            f"Lists by true chances, and what is held against them, are of {self._with_lists()} counties.\n"
            "Expected recall by true chances; of the ceiling one half of the forks ranks, the other judges."
        )


def together(counties: Sequence[Judged], *, resamples: int = 2_000, random_state: int = 1) -> Together:
    """Compare all scorers over the counties.

    Parameters
    ----------
    counties : sequence of Judged
        With the same scorers, the ceiling among them.
    resamples, random_state : int
    """
    scorers = [*(name for name in counties[0].figures if name != CEILING), CEILING]
    once = np.ones((len(counties), 1))
    drawn = np.concatenate([once, *household_counts(len(counties), resamples, random_state)], axis=1)
    pooled = {name: _pooled(counties, name, drawn) for name in scorers}
    spreads = {name: _spreads(counties, name) for name in scorers}
    return Together(counties, spreads, pooled, resamples)


def _pooled(counties: Sequence[Judged], scorer: str, drawn: Floats) -> dict[str, Estimate]:
    """Return the measures of all counties as one, the first weighting for the value, the others around it."""
    made = {}
    for name in COUNTED:
        made[name] = _estimate(np.nan_to_num(_of(counties, scorer, name)) @ drawn)
        for other in (REFERENCE, CEILING):
            mine, theirs = _where_both(_of(counties, scorer, name), _of(counties, other, name), drawn)
            made[f"{name} / {other}"] = _estimate(_ratio(mine, theirs))
            made[f"{name} - {other}"] = _estimate(mine - theirs)
    expected = np.array([each.expected for each in counties])
    for name, share in zip(RECALLS, SHARE_OF, strict=True):
        mine, top = ((_of(counties, who, name) * expected) @ drawn for who in (scorer, CEILING))
        theirs = (_of(counties, REFERENCE, name) * expected) @ drawn
        made[name] = _estimate(_ratio(mine, expected @ drawn))
        made[share] = _estimate(_ratio(mine, top))
        made[f"{name} / {REFERENCE}"] = _estimate(_ratio(mine, theirs))
    return made


def _where_both(mine: Floats, theirs: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Add up the counties in which both are there."""
    both = ~np.isnan(mine) & ~np.isnan(theirs)
    return mine[both] @ drawn[both], theirs[both] @ drawn[both]


def _spreads(counties: Sequence[Judged], scorer: str) -> dict[str, Spread]:
    values = {name: _of(counties, scorer, name) for name in (*COUNTED, "lead_months", *RECALLS)}
    rules = {name: _of(counties, REFERENCE, name) for name in values}
    values |= dict(zip(SHARE_OF, _shares(counties, scorer), strict=True))
    rules |= dict(zip(SHARE_OF, _shares(counties, REFERENCE), strict=True))
    return {name: _spread(values[name], rules[name]) for name in BY_COUNTY}


def _spread(mine: Floats, rules: Floats) -> Spread:
    there = mine[~np.isnan(mine)]
    both = ~np.isnan(mine) & ~np.isnan(rules)
    return Spread(
        float(np.median(there)) if there.size else None,
        float(there.min()) if there.size else None,
        int((mine > rules)[both].sum()),
        int((mine == rules)[both].sum()),
        int(both.sum()),
    )


def _shares(counties: Sequence[Judged], scorer: str) -> list[Floats]:
    return [_ratio(_of(counties, scorer, name), _of(counties, CEILING, name)) for name in RECALLS]


def _of(counties: Sequence[Judged], scorer: str, measure: str) -> Floats:
    """Return a measure by county, NaN where there is none."""
    return np.array([each.figures.get(scorer, {}).get(measure) for each in counties], dtype=np.float64)


def _ratio(part: Floats, of: Floats) -> Floats:
    return np.divide(part, of, out=np.full_like(part, np.nan), where=of > 0.0)


def _estimate(values: Floats) -> Estimate:
    return percentile_interval(float(values[0]) if np.isfinite(values[0]) else None, values[1:])


def _shown(name: str, spread: Spread, scorer: str) -> str:
    if spread.median is None or spread.worst is None:
        return "-"
    digits = 0 if name in COUNTED else 1 if name == "lead_months" else 2
    shown = f"{spread.median:.{digits}f} | {spread.worst:.{digits}f}"
    return shown if scorer == REFERENCE else f"{shown} | {spread.ahead}"
