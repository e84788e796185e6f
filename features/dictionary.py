"""The data dictionary and the feature catalogue as Markdown, made from the code itself."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from features.contract import Column, Table
from features.definitions import FEATURES
from features.feature import Feature
from features.tables import TABLES

FINGERPRINT_SHOWN = 12
"""Digits of a fingerprint that the catalogue shows."""

_DIRECTIONS = {-1: "lowers", 0: "", 1: "raises"}

_DICTIONARY_TOP = """# The data dictionary · 数据字典

Made from `features/tables/` by `make docs`; change the code, not this page.

Every row is a dated fact: it happened on `occurred_on` and was known from `known_on` on. A correction has
the same `record_id` with a later `known_on`, or on the same day a higher `revision`; a withdrawal has
`voided = true`. The other tables speak of households and areas that are in `households` and `areas`.

In files and messages codes are given by their ids, flags as true or false, dates as 2026-06-30; a value that
is not there is missing, which is never the same as zero. `use` says what vectors may see: *key* places the
fact, *feature* may be read, *outcome* and *never* are not read by any vector. What is *worked out* of other
columns is never sent.
"""

_CATALOGUE_TOP = """# The feature catalogue · 特征目录

Made from `features/definitions/` by `make docs`; change the code, not this page.

Every feature is one figure of one household as of the end of one day; an unknown value stays unknown.
Windows of incomes are complete calendar months before the month of the day; others take the running month
too. *Months* are those of the widest window that the figure is read from. *Effect* is the sign of the effect
on risk where the domain is sure of it. An id is for ever: a changed definition gets a new one. The
fingerprint is that of the definition.
"""


def data_dictionary() -> str:
    """Return the data dictionary as Markdown."""
    parts = [_DICTIONARY_TOP]
    for subject, tables in groupby(TABLES.values(), key=lambda table: table.subject):
        parts.append(f"## {subject.capitalize()}\n")
        parts += ["\n".join(_table(table)) for table in tables]
    return "\n".join(parts)


def feature_catalogue() -> str:
    """Return the feature catalogue as Markdown."""
    parts = [_CATALOGUE_TOP, f"{len(FEATURES)} features.\n"]
    for concept, features in groupby(FEATURES.values(), key=lambda feature: feature.concept):
        parts.append(f"## {concept.replace('_', ' ').capitalize()}\n")
        header = (
            "id",
            "unit",
            "months",
            "effect",
            "meaning",
            "含义",
            "said as",
            "说法",
            "from",
            "fingerprint",
        )
        parts.append("\n".join(_rows(header, [_feature(feature) for feature in features])) + "\n")
    return "\n".join(parts)


PAGES = {"data-dictionary.md": data_dictionary, "features.md": feature_catalogue}
"""The pages by file name."""


def main(args: Sequence[str] | None = None, pages: Mapping[str, Callable[[], str]] = PAGES) -> int:
    """Write pages, or say which of them are not what the code says.

    Parameters
    ----------
    args : sequence of str, optional
        What was typed.
    pages : mapping of file name to callable
        What makes each page.

    Returns
    -------
    int
        0, or with ``--check`` 1 where a page differs.
    """
    parser = argparse.ArgumentParser(description="Write the pages that are made from the code itself.")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the pages")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page differs")
    chosen = parser.parse_args(args)
    stale = [name for name, page in pages.items() if _content(chosen.out / name) != page()]
    if chosen.check:
        for name in stale:
            print(f"{chosen.out / name} is not what the code says: run make docs", file=sys.stderr)
        return 1 if stale else 0
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (chosen.out / name).write_text(pages[name](), encoding="utf-8")
        print(f"wrote {chosen.out / name}")
    return 0


def _content(page: Path) -> str | None:
    return page.read_text(encoding="utf-8") if page.exists() else None


def _table(table: Table) -> Iterator[str]:
    yield f"### `{table.name}` · {table.zh}\n"
    yield f"{table.en}."
    if table.feature_rows is not None:
        name, codes = table.feature_rows
        yield f"Vectors read only rows whose `{name}` is {' or '.join(f'`{code}`' for code in codes)}."
    for earlier, later in table.in_order:
        yield f"`{earlier}` never lies after `{later}`."
    yield ""
    header = ("column", "kind", "unit", "use", "meaning", "含义", "constraint")
    yield from _rows(header, [_column(column) for column in table.columns])
    yield ""
    for column in table.columns:
        if column.codes and column.name != "source":
            listed = "; ".join(f"`{code.id}` {code.en} {code.zh}" for code in column.codes)
            yield f"- `{column.name}`: {listed}"
    for derived in table.derived:
        yield f"- `{derived.column.name}` (worked out): {derived.column.en} {derived.column.zh}"
    sources = table.column("source").codes
    yield f"- `source`: {'; '.join(f'`{code.id}` {code.zh}' for code in sources)}\n"


def _column(column: Column) -> tuple[str, ...]:
    bounds = [f"at least {column.least:g}"] if column.least is not None else []
    bounds += [f"at most {column.most:g}"] if column.most is not None else []
    constraint = ", ".join((["required"] if column.required else []) + bounds)
    return f"`{column.name}`", column.kind, column.unit, column.use, column.en, column.zh, constraint


def _feature(feature: Feature) -> tuple[str, ...]:
    return (
        f"`{feature.id}`",
        feature.unit,
        _months(feature),
        _DIRECTIONS[feature.direction],
        feature.en,
        feature.zh,
        feature.say.en,
        feature.say.zh,
        ", ".join(f"`{table}`" for table in feature.tables),
        f"`{feature.fingerprint[:FINGERPRINT_SHOWN]}`",
    )


def _months(feature: Feature) -> str:
    window = feature.window
    if window is None:
        return ""
    if not window.months:
        return "this one"
    return f"next {window.months}" if window.ahead else f"last {window.months}"


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    sys.exit(main())
