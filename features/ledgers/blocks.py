"""Reading the tables and cells of a mapping file, checked against the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from features.contract import Column, Table
from features.intake import take
from features.ledgers.knowing import read_known
from features.ledgers.mapping import (
    Aggregate,
    Block,
    Cell,
    Constant,
    DateRule,
    FromAggregate,
    FromColumn,
    FromDate,
)
from features.ledgers.words import Spec, Words, is_number
from features.tables import TABLES

GIVEN = frozenset({"record_id", "known_on", "known_on_assumed", "revision", "voided"})
"""Columns that no cell fills: the import makes them."""

_KIND_WORDS = {
    "id": " prefix digits under",
    "money": " times minus",
    "number": " times minus",
    "count": " times minus",
}
_SEVERAL: tuple[Literal["", "first", "highest"], ...] = ("", "first", "highest")
_STEP = 2
"""Members of a step: the number and the value from it on."""


@dataclass
class BlockReader:
    """Reads the ``[[table]]`` parts of one mapping file.

    Parameters
    ----------
    words : Words
    codes, dates, aggregates : mappings
        What the cells may name.
    every : Spec
        Cells of every table that has the column.
    used : set of str
        Those of them that some table has.
    """

    words: Words
    codes: Mapping[str, Spec]
    dates: Mapping[str, DateRule]
    aggregates: Mapping[str, Aggregate]
    every: Spec
    used: set[str] = field(default_factory=set)

    def blocks(self, spec: Spec) -> list[Block]:
        """Return the blocks of one ``[[table]]``: one for each case, or one."""
        name = self.words.text(spec, "name", "table", needed=True)
        table = TABLES.get(name)
        if table is None:
            self.words.fault(f"table.{name}", "no table of the contract")
            return []
        self.words.only(spec, name, "name part where answered unanswered each first_by known_on columns case")
        shared = {
            column.name: self.every[column.name] for column in table.columns if column.name in self.every
        }
        self.used.update(shared)
        cases = self.words.parts(spec, "case", name) or [{}]
        return [self._block(table, spec, case, shared) for case in cases]

    def _block(self, table: Table, spec: Spec, case: Spec, shared: Spec) -> Block:
        words, place = self.words, table.name
        words.only(case, f"{place}.case", "part where answered unanswered columns")
        cells = {**shared, **words.part(spec, "columns", place), **words.part(case, "columns", place)}
        for column in table.columns:
            if column.required and column.name not in GIVEN and column.name not in cells:
                words.fault(f"{place}.{column.name}", "required and not mapped")
        each = words.texts(spec, "each", place) if "each" in spec else None
        if each is None and "first_by" in spec:
            words.fault(f"{place}.first_by", "goes with each")
        read = {name: self._cell(table, name, cell) for name, cell in sorted(cells.items())}
        return Block(
            table=table,
            part=words.text(case if "part" in case else spec, "part", place),
            where=words.where(spec, place) + words.where(case, f"{place}.case"),
            answered=words.texts(spec, "answered", place) + words.texts(case, "answered", place),
            unanswered=words.texts(spec, "unanswered", place) + words.texts(case, "unanswered", place),
            each=each,
            first_by=words.text(spec, "first_by", place),
            cells={name: cell for name, cell in read.items() if cell is not None},
            known=read_known(words, words.part(spec, "known_on", place), self.dates, f"{place}.known_on")
            if "known_on" in spec
            else None,
        )

    def _cell(self, table: Table, name: str, spec: object) -> Cell | None:
        place = f"{table.name}.{name}"
        column = next((one for one in table.columns if one.name == name), None)
        if column is None or name in GIVEN:
            self.words.fault(place, "made by the import" if column else "no column of the contract")
            return None
        if isinstance(spec, str):
            return FromColumn(spec)
        if not isinstance(spec, dict):
            self.words.fault(place, "neither the name of a source column nor a table of TOML")
            return None
        return self._made(table, column, spec, place) or self._from_column(table, column, spec, place)

    def _made(self, table: Table, column: Column, spec: Spec, place: str) -> Cell | None:
        """Return a cell that is not read from a source column, None where it is."""
        if "value" in spec:
            self.words.only(spec, place, "value")
            self._check_values(table, column, [spec["value"]], place)
            return Constant(spec["value"])
        if "date" in spec:
            return FromDate(self._one_of(spec, "date", place, self.dates))
        if "aggregate" in spec:
            return FromAggregate(self._one_of(spec, "aggregate", place, self.aggregates))
        return None

    def _one_of(self, spec: Spec, word: str, place: str, among: Mapping[str, object]) -> str:
        self.words.only(spec, place, word)
        if spec[word] not in among:
            self.words.fault(f"{place}.{word}", f"no such {word} in the mapping")
        return str(spec[word])

    def _from_column(self, table: Table, column: Column, spec: Spec, place: str) -> FromColumn:
        words = self.words
        words.only(spec, place, f"column codes several steps blank where{_KIND_WORDS.get(column.kind, '')}")
        if "codes" in spec and "steps" in spec:
            words.fault(f"{place}.steps", "goes without codes")
        if "several" in spec and "codes" not in spec:
            words.fault(f"{place}.several", "goes with codes")
        return FromColumn(
            column=words.text(spec, "column", place, needed=True),
            codes=self._code_map(table, column, spec, place),
            steps=self._steps(table, column, spec, place),
            where=words.where(spec, place),
            times=words.text(spec, "times", place)
            if isinstance(spec.get("times"), str)
            else words.number(spec, "times", place, 1.0),
            minus=words.text(spec, "minus", place),
            prefix=words.text(spec, "prefix", place),
            digits=words.whole(spec, "digits", place),
            several=words.choice(spec, "several", place, _SEVERAL),
            under=words.texts(spec, "under", place),
            blank=self._blank(table, column, spec, place),
        )

    def _code_map(self, table: Table, column: Column, spec: Spec, place: str) -> Spec | None:
        if "codes" not in spec:
            return None
        codes = spec["codes"]
        if isinstance(codes, str):
            if codes not in self.codes:
                self.words.fault(f"{place}.codes", "no such list in [codes]")
            codes = self.codes.get(codes, {})
        else:
            codes = self.words.part(spec, "codes", place)
        self._check_values(table, column, list(codes.values()), f"{place}.codes")
        return codes

    def _blank(self, table: Table, column: Column, spec: Spec, place: str) -> object:
        if "blank" in spec:
            self._check_values(table, column, [spec["blank"]], f"{place}.blank")
        return spec.get("blank")

    def _steps(
        self, table: Table, column: Column, spec: Spec, place: str
    ) -> tuple[tuple[float, object], ...]:
        pairs = spec.get("steps", [])
        if not isinstance(pairs, list) or not all(_is_step(pair) for pair in pairs):
            self.words.fault(f"{place}.steps", "not a list of [number, value]")
            return ()
        starts = [float(start) for start, _ in pairs]
        if starts != sorted(set(starts)):
            self.words.fault(f"{place}.steps", "not in ascending order")
        self._check_values(table, column, [value for _, value in pairs], f"{place}.steps")
        return tuple((float(start), value) for start, value in pairs)

    def _check_values(self, table: Table, column: Column, values: list[Any], place: str) -> None:
        for found in take({table.name: {column.name: values}})[1]:
            self.words.fault(place, found.rule)


def _is_step(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == _STEP and is_number(pair[0])
