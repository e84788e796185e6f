"""Reading a mapping file: every fault of it at once, none of them later."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from features.contract import Column, Table
from features.errors import BadInput, Breach, Usage
from features.intake import take
from features.ledgers.mapping import (
    Aggregate,
    Block,
    Cell,
    Constant,
    DateRule,
    FromAggregate,
    FromColumn,
    FromDate,
    Known,
    LedgerMapping,
    Source,
    Where,
    text_of,
)
from features.tables import TABLES

SHIPPED = ("eph", "rwm5yr")
"""Mappings that come with the house, by name."""

GIVEN = frozenset({"record_id", "known_on", "known_on_assumed", "revision", "voided"})
"""Columns that no cell fills: the import makes them."""

_OPTIONS = {
    "parquet": frozenset[str](),
    "csv": frozenset({"delimiter", "encoding"}),
    "package": frozenset({"package", "archive", "member", "delimiter", "encoding"}),
}
_NEEDED = {"parquet": (), "csv": (), "package": ("package", "archive", "member")}


def read_mapping(mapping: str | Path) -> LedgerMapping:
    """Read a mapping, one of the house's by name or any by its file.

    Raises
    ------
    Usage
        Where there is no such mapping or the file is not TOML.
    BadInput
        With every fault of the mapping.
    """
    path = Path(mapping)
    if str(mapping) in SHIPPED:
        path = Path(__file__).with_name(f"{mapping}.toml")
    try:
        content = path.read_bytes()
        spec = tomllib.loads(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"no mapping {mapping}: give a TOML file or one of {', '.join(SHIPPED)}") from error
    except tomllib.TOMLDecodeError as error:
        raise Usage(f"the mapping {path.name} is not TOML: {error}") from error
    grammar = _Grammar(path.name)
    read = grammar.mapping(spec, hashlib.sha256(content).hexdigest())
    if grammar.breaches:
        raise BadInput(grammar.breaches)
    return read


class _Grammar:
    """One reading of a mapping file, gathering its faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.breaches: list[Breach] = []
        self.codes: dict[str, Mapping[str, Any]] = {}
        self.dates: dict[str, DateRule] = {}
        self.aggregates: dict[str, Aggregate] = {}

    def mapping(self, spec: Mapping[str, Any], sha256: str) -> LedgerMapping:
        self.only(
            spec,
            "",
            "name title cite assumptions source missing codes dates aggregates known_on every table",
        )
        self.codes = {name: self.part(spec.get("codes"), name) for name in self.part(spec, "codes")}
        self.dates = {name: self.date(spec["dates"], name) for name in self.part(spec, "dates")}
        self.aggregates = {
            name: self.aggregate(spec["aggregates"], name) for name in self.part(spec, "aggregates")
        }
        self.check_chains()
        every = self.part(spec, "every")
        used: set[str] = set()
        blocks = [block for table in self.tables(spec) for block in self.blocks(table, every, used)]
        for name in every.keys() - used:
            self.fault(f"every.{name}", "no column of any table")
        return LedgerMapping(
            name=self.text(spec, "name", "", needed=True),
            title=self.text(spec, "title"),
            cite=self.text(spec, "cite"),
            assumptions=self.texts(spec, "assumptions"),
            source=self.source(self.part(spec, "source")),
            missing={
                name: frozenset(map(text_of, _listed(values)))
                for name, values in self.part(spec, "missing").items()
            },
            dates=self.dates,
            aggregates=self.aggregates,
            known=self.known(self.part(spec, "known_on")),
            blocks=tuple(blocks),
            sha256=sha256,
        )

    def fault(self, place: str, rule: str) -> None:
        self.breaches.append(Breach(self.file, place, rule, 1))

    def only(self, spec: Mapping[str, Any], place: str, words: str) -> None:
        for name in spec.keys() - set(words.split()):
            self.fault(f"{place}.{name}".strip("."), f"not a word here; known are {words}")

    def part(self, spec: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
        value = (spec or {}).get(name, {})
        if isinstance(value, dict):
            return value
        self.fault(name, "not a table of TOML")
        return {}

    def text(self, spec: Mapping[str, Any], name: str, place: str = "", *, needed: bool = False) -> str:
        value = spec.get(name, "")
        if not isinstance(value, str) or (needed and not value):
            self.fault(f"{place}.{name}".strip("."), "missing" if name not in spec else "not a text")
            return ""
        return value

    def texts(self, spec: Mapping[str, Any], name: str, place: str = "") -> tuple[str, ...]:
        values = _listed(spec.get(name, []))
        if all(isinstance(value, str) for value in values):
            return tuple(values)
        self.fault(f"{place}.{name}".strip("."), "not a list of texts")
        return ()

    def number(self, spec: Mapping[str, Any], name: str, place: str, default: float) -> float:
        value = spec.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(f"{place}.{name}", "not a number")
            return default
        return value

    def choice(self, spec: Mapping[str, Any], name: str, place: str, among: Sequence[str]) -> Any:
        value = spec.get(name, among[0])
        if value not in among:
            self.fault(f"{place}.{name}", "not one of " + ", ".join(among))
            return among[0]
        return value

    def source(self, spec: Mapping[str, Any]) -> Source:
        kind = self.choice(spec, "format", "source", list(_OPTIONS))
        self.only(spec, "source", " ".join(("format", "key", *sorted(_OPTIONS[kind]))))
        options = {name: self.text(spec, name, "source") for name in _OPTIONS[kind] if name in spec}
        for name in _NEEDED[kind]:
            self.text(spec, name, "source", needed=True)
        key = self.texts(spec, "key", "source")
        if not key:
            self.fault("source.key", "missing: the columns that tell one row from another")
        return Source(kind, key, options)

    def known(self, spec: Mapping[str, Any]) -> Known:
        self.only(spec, "known_on", "date assumed file")
        rule = self.text(spec, "date", "known_on")
        if bool(rule) == (spec.get("file") is True):
            self.fault("known_on", 'say where it comes from: either date = "a rule" or file = true')
        elif rule and rule not in self.dates:
            self.fault("known_on.date", "no rule of [dates]")
        elif rule and not isinstance(spec.get("assumed"), bool):
            self.fault("known_on.assumed", "say true where the day is reckoned, false where it is recorded")
        return Known(rule, spec.get("assumed") is True)

    def date(self, spec: Mapping[str, Any], name: str) -> DateRule:
        place, rule = f"dates.{name}", self.part(spec, name)
        if "after" in rule:
            self.only(rule, place, "after months")
            months = self.number(rule, "months", place, 0)
            if months != int(months):
                self.fault(f"{place}.months", "not a whole number")
            return DateRule(after=self.text(rule, "after", place), months=int(months))
        self.only(rule, place, "column unit day")
        return DateRule(
            column=self.text(rule, "column", place, needed=True),
            unit=self.choice(rule, "unit", place, ("day", "quarter", "year")),
            day=self.choice(rule, "day", place, ("first", "last")),
        )

    def check_chains(self) -> None:
        for name in self.dates:
            seen, rule = {name}, self.dates[name]
            while rule.after:
                if rule.after not in self.dates or rule.after in seen:
                    self.fault(f"dates.{name}.after", "no other rule of [dates]")
                    break
                seen.add(rule.after)
                rule = self.dates[rule.after]

    def aggregate(self, spec: Mapping[str, Any], name: str) -> Aggregate:
        place, made = f"aggregates.{name}", self.part(spec, name)
        self.only(made, place, "column statistic by times")
        return Aggregate(
            column=self.text(made, "column", place, needed=True),
            statistic=self.choice(made, "statistic", place, ("median", "mean")),
            by=self.texts(made, "by", place),
            times=self.number(made, "times", place, 1.0),
        )

    def tables(self, spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        tables = spec.get("table", [])
        if isinstance(tables, list) and tables and all(isinstance(one, dict) for one in tables):
            return tables
        self.fault("table", "missing: at least one [[table]] says what the rows become")
        return []

    def blocks(self, spec: Mapping[str, Any], every: Mapping[str, Any], used: set[str]) -> list[Block]:
        name = self.text(spec, "name", "table", needed=True)
        table = TABLES.get(name)
        if table is None:
            self.fault(f"table.{name}", "no table of the contract")
            return []
        self.only(spec, name, "name part where answered each first_by columns case")
        known = {column.name for column in table.columns}
        shared = {column: every[column] for column in every.keys() & known}
        used.update(shared)
        cases = spec.get("case", [{}])
        if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
            self.fault(f"{name}.case", "not written as [[table.case]]")
            return []
        return [self.block(table, spec, case, shared) for case in cases]

    def block(
        self, table: Table, spec: Mapping[str, Any], case: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> Block:
        self.only(case, f"{table.name}.case", "part where answered columns")
        cells = {**shared, **self.part(spec, "columns"), **self.part(case, "columns")}
        read = {name: self.cell(table, name, cell) for name, cell in sorted(cells.items())}
        for column in table.columns:
            if column.required and column.name not in GIVEN and column.name not in cells:
                self.fault(f"{table.name}.{column.name}", "required and not mapped")
        each = self.texts(spec, "each", table.name) if "each" in spec else None
        if each is None and "first_by" in spec:
            self.fault(f"{table.name}.first_by", "goes with each")
        return Block(
            table=table,
            part=self.text(case if "part" in case else spec, "part", table.name),
            where=self.where(spec, table.name) + self.where(case, f"{table.name}.case"),
            answered=self.texts(spec, "answered", table.name) + self.texts(case, "answered", table.name),
            each=each,
            first_by=self.text(spec, "first_by", table.name),
            cells={name: cell for name, cell in read.items() if cell is not None},
        )

    def where(self, spec: Mapping[str, Any], place: str) -> Where:
        conditions = spec.get("where", {})
        if not isinstance(conditions, dict):
            self.fault(f"{place}.where", "not a table of TOML")
            return ()
        return tuple(
            (name, frozenset(map(text_of, _listed(values)))) for name, values in sorted(conditions.items())
        )

    def cell(self, table: Table, name: str, spec: Any) -> Cell | None:
        place = f"{table.name}.{name}"
        column = next((one for one in table.columns if one.name == name), None)
        if column is None or name in GIVEN:
            self.fault(place, "no column of the contract" if column is None else "made by the import")
            return None
        if isinstance(spec, str):
            return FromColumn(spec)
        if not isinstance(spec, dict):
            self.fault(place, "neither the name of a source column nor a table of TOML")
            return None
        if "value" in spec:
            self.only(spec, place, "value")
            self.check_values(table, column, [spec["value"]], place)
            return Constant(spec["value"])
        if "date" in spec:
            return FromDate(self.one_of(spec, "date", place, self.dates))
        if "aggregate" in spec:
            return FromAggregate(self.one_of(spec, "aggregate", place, self.aggregates))
        return self.from_column(table, column, spec, place)

    def one_of(self, spec: Mapping[str, Any], word: str, place: str, among: Mapping[str, Any]) -> str:
        self.only(spec, place, word)
        if spec[word] not in among:
            self.fault(f"{place}.{word}", f"no such {word} in the mapping")
        return str(spec[word])

    def from_column(self, table: Table, column: Column, spec: Mapping[str, Any], place: str) -> FromColumn:
        kinds = {
            "id": "prefix digits",
            "money": "times minus",
            "number": "times minus",
            "count": "times minus",
        }
        self.only(spec, place, f"column codes steps where {kinds.get(column.kind, '')}".strip())
        return FromColumn(
            column=self.text(spec, "column", place, needed=True),
            codes=self.code_map(table, column, spec, place),
            steps=self.steps(table, column, spec, place),
            where=self.where(spec, place),
            times=float(self.number(spec, "times", place, 1.0)),
            minus=self.text(spec, "minus", place),
            prefix=self.text(spec, "prefix", place),
            digits=int(self.number(spec, "digits", place, 0)),
        )

    def code_map(
        self, table: Table, column: Column, spec: Mapping[str, Any], place: str
    ) -> Mapping[str, Any] | None:
        codes = spec.get("codes")
        if isinstance(codes, str):
            if codes not in self.codes:
                self.fault(f"{place}.codes", "no such list in [codes]")
            codes = self.codes.get(codes, {})
        if codes is None:
            return None
        if not isinstance(codes, dict):
            self.fault(f"{place}.codes", "neither the name of a list in [codes] nor a list")
            return None
        self.check_values(table, column, list(codes.values()), f"{place}.codes")
        return codes

    def steps(
        self, table: Table, column: Column, spec: Mapping[str, Any], place: str
    ) -> tuple[tuple[float, Any], ...]:
        pairs = spec.get("steps", [])
        if not isinstance(pairs, list) or not all(_is_step(pair) for pair in pairs):
            self.fault(f"{place}.steps", "not a list of [number, value]")
            return ()
        starts = [float(start) for start, _ in pairs]
        if starts != sorted(set(starts)):
            self.fault(f"{place}.steps", "not in ascending order")
        if pairs and "codes" in spec:
            self.fault(f"{place}.steps", "goes without codes")
        self.check_values(table, column, [value for _, value in pairs], f"{place}.steps")
        return tuple((float(start), value) for start, value in pairs)

    def check_values(self, table: Table, column: Column, values: list[Any], place: str) -> None:
        for found in take({table.name: {column.name: values}})[1]:
            self.fault(place, found.rule)


def _is_step(pair: Any) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2  # noqa: PLR2004
        and isinstance(pair[0], int | float)
        and not isinstance(pair[0], bool)
    )


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]
