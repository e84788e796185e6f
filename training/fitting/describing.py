"""What a data scientist reads first of a fit: what was asked, on what, who is ahead, the gates, what next."""

from __future__ import annotations

import numpy as np

from models.card import NOT_REAL
from models.wording import wording
from training.fitting.judged_fit import JudgedFit
from training.measures.comparison import COLUMNS, ComparisonRow
from training.measures.evaluation import MODEL
from training.measures.printed import cell
from training.registering.gates import AT_CAPACITY, NOT_SIMPLE

MARK = {True: "✔", False: "✘", None: "?"}


def described(fit: JudgedFit, version: str) -> str:
    """Return the description of a run and of the version that it made, as Markdown."""
    warning = [] if fit.trained_on == "real" else [f"> {NOT_REAL.format(fit.trained_on)}"]
    return "\n\n".join(
        [
            *warning,
            f"**Asked.** {question(fit)}",
            f"**On.** {_rows(fit)}",
            f"**Who is ahead.** {_ahead(fit)}",
            _table(fit),
            (
                f"In brackets: 95 % intervals, {fit.compared.resamples} resamples of whole households; all "
                "scorers on the same rows, which none had seen. `comparison.json` holds the paired leads."
            ),
            "**Gates.**",
            "\n".join(f"- {MARK[gate.holds]} {gate.name}: {gate.says}" for gate in fit.gates),
            "**What next.** " + _next(fit, version),
        ]
    )


def question(fit: JudgedFit) -> str:
    """Return in words what is predicted."""
    asked = fit.asked
    came = wording("en")["outcome"][asked.target]
    return f"Which households {came} within {asked.horizon_months} months of a day (target `{asked.target}`)?"


def model_described(fit: JudgedFit) -> str:
    """Return what a registered model is, whatever its versions."""
    return (
        f"{question(fit)} The answer is a probability, and reasons that add up to it. `champion` is the "
        "version that serves, `challenger` the newest, `previous` the one that served before; the ledger "
        "(`fangpin-train history`) says who promoted what, when and why."
    )


def experiment_described(fit: JudgedFit) -> str:
    """Return what an experiment holds."""
    return (
        f"{question(fit)} A run is a fit (`tags.kind = 'fit'`), with a description of its own; the runs "
        "in it are the earlier origins on which its trees were chosen."
    )


def _rows(fit: JudgedFit) -> str:
    followed, days = fit.followed, fit.vectors.as_of
    hit = np.unique(followed.cohort.household_id[followed.y == 1.0]).size
    households = np.unique(followed.cohort.household_id).size
    return (
        f"{fit.title}: {len(followed):,} rows of {households:,} households at risk, {days.min()} to "
        f"{days.max()}; {int(followed.y.sum()):,} rows with the outcome, of {hit:,} households; outcomes "
        f"known by {followed.outcome_on.max()}. {_judged(fit)}"
    )


def _judged(fit: JudgedFit) -> str:
    judged = fit.learnt.later.size
    if judged == len(fit.followed):
        return (
            "Learnt from all of them; the rows fall on too few days for a cut in time, so each half of the "
            "households was judged by what was learnt from the other."
        )
    return f"Learnt from all of them; judged on {judged:,} later rows, each by what was known before it."


def _ahead(fit: JudgedFit) -> str:
    compared = fit.compared
    simple = [row for row in compared.rows if row.scorer not in NOT_SIMPLE]
    refused = compared.row(MODEL).measures.why_not_judged
    if refused is not None or not simple:
        return f"{(refused or 'no baseline stands beside it').capitalize()}."
    best = max(simple, key=lambda row: getattr(row.measures, AT_CAPACITY) or 0.0)
    ours = compared.row(MODEL).estimates[AT_CAPACITY]
    others = [best, *(row for row in compared.rows if row.scorer in NOT_SIMPLE - {MODEL})]
    return (
        f"On the list of {100 * compared.share:g} % the model finds {cell(ours)} of the outcomes: "
        f"{'; '.join(map(_lead, others))}. ({best.scorer} is the best simple baseline; leads are paired.)"
    )


def _lead(row: ComparisonRow) -> str:
    lead = (row.lead or {})[AT_CAPACITY]
    word = "ahead" if row.reference_ahead(AT_CAPACITY).holds else "not ahead"
    return f"{word} of {row.scorer} by {cell(lead, signed=True)}"


def _table(fit: JudgedFit) -> str:
    share = f"{100 * fit.compared.share:g} %"
    head = ["", *(title.format(share=share) for title in COLUMNS.values())]
    lines = [head, ["---"] * len(head), *(_line(row) for row in fit.compared.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(row: ComparisonRow) -> list[str]:
    name = f"**{row.scorer}**" if row.scorer == MODEL else row.scorer
    return [name, *(cell(row.estimates[column]) for column in COLUMNS)]


def _next(fit: JudgedFit, version: str) -> str:
    named = "" if fit.name == "fangpin" else f" --name {fit.name}"
    closed = [gate.name for gate in fit.gates if gate.holds is False]
    barred = f" It will be refused: {', '.join(closed)}." if closed else ""
    return (
        f"The whole card is `card.html`. Beside the version that serves: "
        f"`fangpin-train compare champion {version} TABLES{named}`. "
        f"To let it serve: `fangpin-train promote {version}{named} --reason '…'`.{barred}"
    )
