"""Reading a mapping file: every fault of it at once, none of them later."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Literal

from features.errors import BadInput, Usage
from features.ledgers.blocks import BlockReader
from features.ledgers.doors import read_match, read_pseudonyms
from features.ledgers.knowing import read_known
from features.ledgers.mapping import Aggregate, DateRule, LedgerMapping, Source
from features.ledgers.told import text_of
from features.ledgers.words import Spec, Words, listed

COUNTY = (
    "income-lines",
    "monitoring-ledger",
    "medical-settlements",
    "employment-ledger",
    "visit-records",
    "meeting-decisions",
)
"""Mappings for the ledgers of a county, in the order in which they are imported."""

SHIPPED = ("eph", "rwm5yr", *COUNTY)
"""Mappings that come with the house, by name."""

_TOP = (
    "name title cite assumptions source headers dropped pseudonyms match missing codes dates aggregates "
    "known_on every table"
)

Format = Literal["parquet", "csv", "package", "excel"]
_FORMATS: tuple[Format, ...] = ("parquet", "csv", "package", "excel")
_NEEDED: dict[Format, tuple[str, ...]] = {
    "parquet": (),
    "csv": (),
    "package": ("package", "archive", "member"),
    "excel": (),
}
_OPTIONAL: dict[Format, tuple[str, ...]] = {
    "parquet": (),
    "csv": ("delimiter", "encoding"),
    "package": ("delimiter", "encoding"),
    "excel": (),
}
_WORDS = {"excel": " needed sheet year"}


def read_mapping(mapping: str | Path) -> LedgerMapping:
    """Read a mapping, one of the house's by name or any by its file.

    Raises
    ------
    Usage
        Where there is no such mapping or the file is not TOML.
    BadInput
        With every fault of the mapping.
    """
    shipped = str(mapping) in SHIPPED
    path = shipped_file(str(mapping)) if shipped else Path(mapping)
    try:
        content = path.read_bytes()
        spec = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise Usage(f"no mapping {mapping}: give a TOML file or one of {', '.join(SHIPPED)}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Usage(f"the mapping {path.name} is not TOML: {error}") from error
    words = Words(path.name)
    read = _mapping(words, spec, hashlib.sha256(content).hexdigest())
    _check_columns(words, read)
    if words.breaches:
        raise BadInput(words.breaches)
    return read


def shipped_file(name: str) -> Path:
    """Return the file of a mapping that comes with the house."""
    return Path(__file__).with_name(f"{name}.toml")


def _mapping(words: Words, spec: Spec, sha256: str) -> LedgerMapping:
    words.only(spec, "", _TOP)
    dates = {name: _date(words, words.part(spec, "dates"), name) for name in words.part(spec, "dates")}
    _check_chains(words, dates)
    made = words.part(spec, "aggregates")
    codes = words.part(spec, "codes")
    tables = words.parts(spec, "table")
    if not tables:
        words.fault("table", "missing: at least one [[table]] says what the rows become")
    reader = BlockReader(
        words,
        codes={name: words.part(codes, name, "codes") for name in codes},
        dates=dates,
        aggregates={name: _aggregate(words, made, name) for name in made},
        every=words.part(spec, "every"),
    )
    blocks = tuple(block for table in tables for block in reader.blocks(table))
    for name in sorted(reader.every.keys() - reader.used):
        words.fault(f"every.{name}", "no column of any table of the mapping")
    return LedgerMapping(
        name=words.text(spec, "name", needed=True),
        title=words.text(spec, "title"),
        cite=words.text(spec, "cite"),
        assumptions=words.texts(spec, "assumptions"),
        source=_source(words, words.part(spec, "source")),
        missing={
            name: frozenset(map(text_of, listed(values)))
            for name, values in words.part(spec, "missing").items()
        },
        dates=dates,
        aggregates=reader.aggregates,
        known=read_known(words, words.part(spec, "known_on"), dates, "known_on"),
        blocks=blocks,
        sha256=sha256,
        headers={
            name: words.texts(words.part(spec, "headers"), name, "headers")
            for name in words.part(spec, "headers")
        },
        dropped=words.texts(spec, "dropped"),
        pseudonyms=read_pseudonyms(words, words.part(spec, "pseudonyms")),
        match=read_match(words, words.part(spec, "match")),
    )


def _check_columns(words: Words, mapping: LedgerMapping) -> None:
    """Note what is said of source columns that nothing reads."""
    read = set(mapping.in_the_file())
    said = {
        "headers": mapping.headers,
        "source.needed": mapping.source.needed or (),
        "source.year": mapping.source.year,
    }
    for place, names in said.items():
        for name in (names,) if isinstance(names, str) else names:
            if name and name not in read:
                words.fault(f"{place}.{name}", "no source column that the mapping reads")


def _source(words: Words, spec: Spec) -> Source:
    kind = words.choice(spec, "format", "source", _FORMATS)
    known = " ".join(("format", "key", *_NEEDED[kind], *_OPTIONAL[kind])) + _WORDS.get(kind, "")
    words.only(spec, "source", known)
    options = {name: words.text(spec, name, "source", needed=True) for name in _NEEDED[kind]}
    options |= {name: words.text(spec, name, "source") for name in _OPTIONAL[kind] if name in spec}
    if len(options.get("delimiter", ",")) != 1:
        words.fault("source.delimiter", "not one character")
    key = words.texts(spec, "key", "source")
    if not key:
        words.fault("source.key", "missing: the columns that tell one row from another")
    return Source(
        kind,
        key,
        options,
        needed=words.texts(spec, "needed", "source") if "needed" in spec else None,
        sheets=words.texts(spec, "sheet", "source"),
        year=words.text(spec, "year", "source"),
    )


def _date(words: Words, spec: Spec, name: str) -> DateRule:
    place, rule = f"dates.{name}", words.part(spec, name, "dates")
    if "after" in rule:
        words.only(rule, place, "after months")
        return DateRule(after=words.text(rule, "after", place), months=words.whole(rule, "months", place))
    if rule.get("file") is True:
        words.only(rule, place, "file")
        return DateRule(file=True)
    words.only(rule, place, "column unit day")
    units: tuple[Literal["day", "quarter", "year"], ...] = ("day", "quarter", "year")
    ends: tuple[Literal["first", "last"], ...] = ("first", "last")
    unit = words.choice(rule, "unit", place, units)
    return DateRule(
        column=words.text(rule, "column", place, needed=True),
        unit=unit,
        day="" if unit == "day" and "day" not in rule else words.choice(rule, "day", place, ends),
    )


def _check_chains(words: Words, dates: dict[str, DateRule]) -> None:
    for name, rule in dates.items():
        seen, step = {name}, rule
        while step.after:
            if step.after not in dates or step.after in seen:
                words.fault(f"dates.{name}.after", "no other rule of [dates]")
                break
            seen.add(step.after)
            step = dates[step.after]


def _aggregate(words: Words, spec: Spec, name: str) -> Aggregate:
    place, made = f"aggregates.{name}", words.part(spec, name, "aggregates")
    words.only(made, place, "column statistic by times")
    statistics: tuple[Literal["median", "mean"], ...] = ("median", "mean")
    return Aggregate(
        column=words.text(made, "column", place, needed=True),
        statistic=words.choice(made, "statistic", place, statistics),
        by=words.texts(made, "by", place),
        times=words.number(made, "times", place, 1.0),
    )
