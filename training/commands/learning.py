"""Commands that learn and judge: fit, evaluate, panel."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from features.errors import Usage
from training.commands.door import AsJson, Name, bar, day, now, print_json, told_steps

if TYPE_CHECKING:
    from models.bundle import TrainedOn
    from training.helped.treating import Helped
    from training.learning.tuning import Plan

Trials = Annotated[
    int | None,
    typer.Option(
        help="Search so many trees, the four known candidates first; else only these are compared. "
        "A search on the same data goes on where it stopped.",
        min=4,
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(
        help="Search, and begin no trial after so many minutes; what is found then depends on the machine.",
        min=0.0,
    ),
]
Bags = Annotated[
    int,
    typer.Option(
        help="Average the trees over so many bags of households, at the same cost: steadier where the "
        "outcome is rare.",
        min=1,
        max=20,
    ),
]

MANY = 10_000
"""Trials where only minutes limit them."""


def fit(  # noqa: PLR0913 - the words of the command
    folder: Annotated[list[Path], typer.Argument(help="Tables of a county; of several, to learn from all.")],
    *,
    target: Annotated[
        str, typer.Option(help="What to predict: entry, need, income, hardship or next_visit.")
    ] = "entry",
    horizon: Annotated[int, typer.Option(help="Months within which it is looked for.")] = 12,
    until: Annotated[
        str | None, typer.Option(help="Learn only from outcomes known by this day; else from all.")
    ] = None,
    trained_on: Annotated[str, typer.Option(help="What the households are: real, benchmark or simulated.")],
    title: Annotated[str | None, typer.Option(help="What the data is, for the card.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Policy folder; else the illustrative one.")] = None,
    floor: Annotated[
        int | None, typer.Option(help="Households with the outcome needed to learn trees; else 300.", min=0)
    ] = None,
    take_over: Annotated[
        str | None, typer.Option(help="A version of other counties to calibrate here, its trees kept.")
    ] = None,
    placebo: Annotated[
        bool, typer.Option("--placebo", help="Try the same on outcomes dealt out anew: it must find nothing.")
    ] = False,
    trials: Trials = None,
    minutes: Minutes = None,
    bags: Bags = 1,
    helped: Annotated[
        str,
        typer.Option(
            help="Rows that help reached before their outcome: recorded, as they are; left-out; or weighted, "
            "left out and stood for by those without help."
        ),
    ] = "recorded",
    stability: Annotated[
        bool,
        typer.Option("--stability", help="Refit thrice with small changes; tell how far households move."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Learn a model, measure it beside the baselines, log and register it."""
    from features.policy import illustrative, read_policy
    from models.bundle import Origin
    from training.cohorts.pooling import read_counties
    from training.cohorts.targets import FLOOR, Question
    from training.fitting.minutes import in_words
    from training.fitting.pipeline import fit as learn_and_register
    from training.helped.treating import check_helped
    from training.registering.gates import as_lines, as_mappings
    from training.settings import places

    check_helped(helped)
    origin = Origin(cast("TrainedOn", trained_on), (), {})
    asked = Question(target, horizon, day(until) if until else None, FLOOR if floor is None else floor)
    fitted = learn_and_register(
        read_counties(folder),
        target=asked,
        trained_on=origin.trained_on,
        title=title or " + ".join(each.resolve().name for each in folder),
        policy=read_policy(policy) if policy else illustrative(),
        places=places(),
        at=now(),
        taken_over=take_over,
        with_placebo=placebo,
        plan=replace(_plan(trials, minutes, bags, places().home), stability=stability),
        clock=time.monotonic,
        helped=cast("Helped", helped),
        told=told_steps(),
    )
    found, steady = fitted.found, fitted.stability
    if as_json:
        left_out = None if fitted.left_out is None else fitted.left_out.as_dict()
        told = {
            "programme": None if fitted.programme is None else fitted.programme.as_dict(),
            "comparison": fitted.comparison.as_dict(),
            "left_out": left_out,
            "gates": as_mappings(fitted.gates),
            "found": None if found is None else vars(found),
            "stability": None if steady is None else steady.as_dict(),
        }
        shown = {**vars(fitted), **told}
        del shown["treatment"]
        if fitted.treatment is not None:
            shown["treatment"] = fitted.treatment.as_dict()
        print_json(shown)
        return
    if fitted.programme is not None:
        typer.echo(f"{fitted.programme.as_text()}\n")
    typer.echo(fitted.comparison.as_text())
    if fitted.left_out is not None:
        typer.echo(f"\neach county by a model of the others\n{fitted.left_out.as_text()}")
    if found is not None:
        typer.echo(f"\n{found.as_text()}")
    if steady is not None:
        typer.echo(f"\n{steady.as_text()}")
    if fitted.treatment is not None:
        typer.echo(f"\n{fitted.treatment.as_text()}")
    typer.echo("\ngates\n" + "\n".join(as_lines(fitted.gates)))
    counted = (
        f"{fitted.rows:,} rows, {fitted.events:,} with the outcome, of {fitted.households_hit:,} households"
    )
    typer.echo(f"\nit took {in_words(fitted.minutes)}")
    typer.echo(f"{counted}; registered as {fitted.name} version {fitted.version}")


def evaluate(  # noqa: PLR0913 - the words of the command
    version: str,
    folder: Path,
    *,
    name: Name = "fangpin",
    perfect: Annotated[
        str | None, typer.Option(help="Version fitted on truth/perfect of the same county.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Parquet file for what it said, row by row.")
    ] = None,
    share: Annotated[float, typer.Option(help="Share of the rows on the list.", min=0.0001, max=1.0)] = 0.1,
    resamples: Annotated[int, typer.Option(help="Resamples of households for the intervals.")] = 200,
    programme: Annotated[
        bool, typer.Option("--programme", help="Replay monthly lists of visits and count what they found.")
    ] = False,
    capacity: Annotated[
        float | None,
        typer.Option(help="Visits a month for 100 households, for --programme; else 2."),
    ] = None,
    groups: Annotated[
        bool, typer.Option("--groups", help="Tell apart by groups, kinds and causes of entry, and years.")
    ] = False,
    helped: Annotated[
        bool,
        typer.Option("--helped", help="Judge too as if some of the helped had had the outcome: a band."),
    ] = False,
    delay: Annotated[
        int | None,
        typer.Option(help="Judge too with assumed days of knowing so many months later.", min=1, max=24),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Judge a version on tables: beside the baselines, and in a simulated county beside what can be known."""
    from training.judging.predictions import write_predictions
    from training.judging.version import evaluate as judge
    from training.lists.capacity import VISITS_PER_100, check_visits
    from training.settings import places

    if capacity is not None and not programme:
        raise Usage("--capacity goes with --programme")
    visits = VISITS_PER_100 if capacity is None else capacity
    check_visits(visits)
    judged, said = judge(
        version,
        folder,
        name=name,
        places=places(),
        perfect=perfect,
        share=share,
        resamples=resamples,
        visits_per_100=visits if programme else None,
        groups=groups,
        helped=helped,
        delay=delay,
        told=told_steps(),
    )
    if predictions is not None:
        write_predictions(said, predictions)
    if as_json:
        print_json(judged.as_dict())
    else:
        typer.echo(judged.as_text())


def panel(
    name: Annotated[str, typer.Argument(help="eph or rwm5yr.")],
    *,
    file: Annotated[Path | None, typer.Option(help="The panel's file (eph).")] = None,
    train_until: Annotated[
        str | None, typer.Option(help="Learn from outcomes of visits by this day.")
    ] = None,
    resamples: Annotated[int, typer.Option(help="Resamples of households for the intervals.")] = 1000,
    trials: Trials = None,
    minutes: Minutes = None,
    bags: Bags = 1,
    as_json: AsJson = False,
) -> None:
    """Run the benchmark on real households: the model against every baseline."""
    from training.panels.shipped import run_panel
    from training.settings import places

    until = day(train_until) if train_until else None
    home = places().home
    plan = _plan(trials, minutes, bags, home)
    shown = run_panel(
        name, file, until, home=home, at=now(), resamples=resamples, plan=plan, told=told_steps()
    )
    if as_json:
        print_json(shown.as_dict())
    else:
        typer.echo(shown.as_text())


def _plan(trials: int | None, minutes: float | None, bags: int, home: Path) -> Plan:
    """Return how the trees are chosen; a search is kept in the home."""
    from training.learning.tuning import Budget, Plan

    if trials is None and minutes is None:
        return Plan(bags=bags)
    home.mkdir(parents=True, exist_ok=True)
    budget = Budget(
        MANY if trials is None else trials,
        minutes,
        time.monotonic,
        storage=f"sqlite:///{home / 'tuning.db'}",
        bar=partial(bar, only_on_terminal=True),
    )
    return Plan(budget, bags)
