"""Commands of the simulated county: simulate, chances, stories."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from training.commands.door import AsJson, bar, day, print_json, told_steps


def simulate(  # noqa: PLR0913 - the words of the command
    *,
    out: Annotated[Path, typer.Option(help="Folder for the county; an earlier simulated one is replaced.")],
    households: Annotated[int, typer.Option(help="Households at the start, up to ten million.")] = 51_565,
    months: Annotated[int, typer.Option(help="Months told, up to 600.")] = 90,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
    start: Annotated[str, typer.Option(help="First month told.")] = "2019-01",
    partitioned: Annotated[bool, typer.Option("--partitioned", help="A part a township.")] = False,
    draw: Annotated[
        int | None, typer.Option(help="Draw the county's numbers from their ranges; which drawing.")
    ] = None,
    perfect: Annotated[
        bool, typer.Option("--perfect", help="Keep beside the truth what perfect records would have told.")
    ] = False,
    parameters: Annotated[
        Path | None, typer.Option(help="TOML file with other numbers than the shipped ones.")
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(help="HTML or .md file: the county against what is known of real ones; also several."),
    ] = None,
    processes: Annotated[int | None, typer.Option(help="Townships at once; else one a processor.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a county with known truth, as contract tables and what nobody knew apart from them."""
    from dataclasses import asdict

    from training.county.simulate import simulate as make

    with bar(" households") as progress:
        made = make(
            out, households, months, seed, start, partitioned=partitioned, draw=draw, perfect=perfect,
            parameters=parameters, reports=report or (), processes=processes, told=told_steps(),
            progress=progress,
        )  # fmt: skip
    if as_json:
        print_json(asdict(made))
        return
    told = f"{made.households:,} households in {made.townships:,} townships, {made.first} to {made.last}"
    typer.echo(told)
    for table, rows in made.rows.items():
        typer.echo(f"  {table:14} {rows:>12,}")


def chances(
    folder: Path,
    *,
    as_of: Annotated[
        list[str], typer.Option(help="As-of day, the last of a month; may be given several times.")
    ],
    sample: Annotated[int, typer.Option(help="Households, drawn evenly over the county.")] = 5_000,
    forks: Annotated[int, typer.Option(help="Times each one lives on, with help and without.")] = 400,
    processes: Annotated[int | None, typer.Option(help="Townships at once; else one a processor.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the true chance of each target, by letting sampled households live on many times."""
    from training.county.chances import chances as find

    with bar(" townships") as progress:
        days = [day(text) for text in as_of]
        rows = find(
            folder,
            days,
            sample=sample,
            forks=forks,
            processes=processes,
            told=told_steps(),
            progress=progress,
        )
    if as_json:
        print_json({"rows": rows, "as_of": as_of, "sample": sample, "forks": forks})
        return
    typer.echo(f"{rows:,} true chances kept beside the county's life")


def stories(folder: Path, as_json: AsJson = False) -> None:
    """Tell the five stories of a simulated county, as the office came to know them, and when to ask."""
    from features.files import read_tables
    from training.county.asking import telling_day
    from training.county.stories import TITLES
    from training.county.timeline import timeline
    from training.county.truth import read_stories

    known = read_stories(folder)
    tables = read_tables(folder)
    told = [(story, timeline(tables, story.household_id)) for story in known]
    if as_json:
        print_json(
            [
                vars(story)
                | {"title": TITLES[story.name], "as_of": telling_day(story, lines)}
                | {"lines": [str(line) for line in lines]}
                for story, lines in told
            ]
        )
        return
    for story, lines in told:
        typer.echo(f"\n{story.name}: {TITLES[story.name]} ({story.household_id}, {story.turned})")
        for line in lines:
            typer.echo(f"  {line}")
        day = telling_day(story, lines)
        typer.echo(f"ask: fangpin-train request {folder} --household {story.household_id} --as-of {day}")
