"""From the body of a request to rows of the contract, by household, with the place of every fault."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

import orjson

from features.errors import Breach
from features.tables import CONTEXT_TABLES, HOUSEHOLD_TABLES, TABLES
from serving.problems import Fault, Problem, pointer

MOST_HOUSEHOLDS = 500
LONGEST_TEXT = 200
OWN = "households"
"""The table of the household's own row, whose columns stand at the top of its object."""

Row = dict[str, Any]
RowsByTable = dict[str, list[Row]]

_FIELDS = {"as_of", "households", "context"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One household as it was sent.

    Parameters
    ----------
    position : int
        Where it stands in the request.
    household_id : str
        ``""`` where none can be read.
    rows : dict
        Its rows by table; of ``households`` the first is its own.
    faults : tuple of Fault
        What is off in its form; the contract's rules come later. There are rows beside faults where
        only columns are unknown, so that both kinds can be named at once.
    """

    position: int
    household_id: str
    rows: RowsByTable
    faults: tuple[Fault, ...] = ()

    def fault(self, breach: Breach) -> list[Fault]:
        """Return where in the body a breach of this household's tables lies."""
        table, rule = breach.table, breach.rule
        detail = rule if breach.count == 1 else f"{rule} ({breach.count} rows)"
        return [Fault(self.place(table, row, breach.column), detail) for row in breach.rows or (None,)]

    def place(self, table: str, row: int | None, column: str) -> str:
        """Return the pointer to a column of a row of this household's tables."""
        steps: list[str | int] = ["households", self.position]
        if table != OWN:
            steps += [table] if row is None else [table, row]
        elif row:
            steps += [OWN, row - 1]
        return pointer(*steps, *([column] if column else []))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose form is right.

    Parameters
    ----------
    as_of : date
    households : tuple of Sent
    context : dict
        Rows of the context tables that were sent along, by table.
    """

    as_of: date
    households: tuple[Sent, ...]
    context: RowsByTable


def read_request(body: bytes, today: date, *, backfill: bool) -> Asked:
    """Read the body of ``POST /v1/assessments``.

    Parameters
    ----------
    body : bytes
        JSON.
    today : date
        The day of the county; the as-of day where none is given, and the latest there can be.
    backfill : bool
        Whether facts may say when they became known; otherwise that is the as-of day.

    Raises
    ------
    Problem
        400 where it is not JSON, 422 where its outer form is off.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"The body is not JSON: line {error.lineno}, column {error.colno}.") from error
    if not isinstance(content, dict):
        raise Problem(
            422, "The body is an object with as_of, households and context.", [Fault("", "not an object")]
        )
    faults = [Fault(_safe("", name), "no field of the request") for name in content if name not in _FIELDS]
    day = _as_of(content.get("as_of"), today, faults)
    households = content.get("households")
    if not isinstance(households, list) or not 1 <= len(households) <= MOST_HOUSEHOLDS:
        faults.append(Fault("/households", f"not a list of 1 to {MOST_HOUSEHOLDS} households"))
        households = []
    completing = _Completing(day.isoformat(), backfill)
    context = _context(content.get("context"), completing, faults)
    if faults:
        raise Problem(422, "The request does not have the form that is documented under /docs.", faults)
    return Asked(day, tuple(_sent(households, completing)), context)


def columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Turn rows into columns; what a row does not have is missing."""
    names = dict.fromkeys(chain.from_iterable(rows))
    return {name: [row.get(name) for row in rows] for name in names}


def joined(households: Iterable[Sent]) -> dict[str, dict[str, list[Any]]]:
    """Return the columns of all tables of some households."""
    rows: RowsByTable = {}
    for sent in households:
        for table, some in sent.rows.items():
            rows.setdefault(table, []).extend(some)
    return {table: columns(some) for table, some in rows.items()}


def context_faults(breaches: Iterable[Breach]) -> list[Fault]:
    """Return where in the body breaches of the context lie."""
    faults: list[Fault] = []
    for breach in breaches:
        column = [breach.column] if breach.column else []
        for row in breach.rows or (None,):
            steps = [breach.table] if row is None else [breach.table, row]
            faults.append(Fault(pointer("context", *steps, *column), breach.rule))
    return faults


def shared_records(households: Iterable[Sent]) -> dict[int, list[Fault]]:
    """Return the faults of records whose id several households claim, by position of the household."""
    claims: dict[tuple[str, str], set[int]] = {}
    places: list[tuple[tuple[str, str], int, str]] = []
    for sent in households:
        for table, rows in sent.rows.items():
            for number, row in enumerate(rows):
                record = row.get("record_id")
                if isinstance(record, str):
                    claims.setdefault((table, record), set()).add(sent.position)
                    where = sent.place(table, number, "record_id")
                    places.append(((table, record), sent.position, where))
    faults: dict[int, list[Fault]] = {}
    for record_of, position, place in places:
        if len(claims[record_of]) > 1:
            faults.setdefault(position, []).append(Fault(place, "a record of another household has this id"))
    return faults


@dataclass(frozen=True, slots=True)
class _Completing:
    """Fills in what the service knows: ids of records and the days on which they became known."""

    day: str
    backfill: bool

    def row(self, table: str, owner: dict[str, str], given: Mapping[str, Any], seen: Counter[bytes]) -> Row:
        """Return a row with its owner, ``known_on`` and ``record_id``."""
        row: Row = {**given, **owner}
        if row.get("record_id") is None:
            content = orjson.dumps([table, row], option=orjson.OPT_SORT_KEYS)
            seen[content] += 1
            digest = hashlib.blake2b(content + str(seen[content]).encode(), digest_size=16)
            row["record_id"] = digest.hexdigest()
        if row.get("known_on") is None:
            row["known_on"] = self.day
        return row

    def faults(self, place: str, given: Mapping[str, Any]) -> list[Fault]:
        """Return what is off in a row before the contract looks at it."""
        faults: list[Fault] = []
        texts = "".join([value for value in given.values() if isinstance(value, str)])
        if len(texts) > LONGEST_TEXT or not texts.isprintable():  # else each of them is short and printable
            faults += [
                Fault(_safe(place, name), f"not a printable text of at most {LONGEST_TEXT} characters")
                for name, value in given.items()
                if isinstance(value, str) and (len(value) > LONGEST_TEXT or not value.isprintable())
            ]
        if not self.backfill and given.get("known_on") not in (None, self.day):
            faults.append(Fault(f"{place}/known_on", "only a key with backfill may give an earlier day"))
        return faults


def _as_of(given: object, today: date, faults: list[Fault]) -> date:
    if given is None:
        return today
    try:
        day = (
            date.fromisoformat(given) if isinstance(given, str) and len(given) == len("2026-06-30") else None
        )
    except ValueError:
        day = None
    if day is None:
        faults.append(Fault("/as_of", "not a date like 2026-06-30"))
    elif day > today:
        faults.append(Fault("/as_of", "a day that has not come"))
    return day or today


def _context(given: object, completing: _Completing, faults: list[Fault]) -> RowsByTable:
    if given is None:
        return {}
    if not isinstance(given, dict):
        faults.append(Fault("/context", "not an object of context tables"))
        return {}
    context: RowsByTable = {}
    for table, rows in given.items():
        if table not in CONTEXT_TABLES:
            faults.append(
                Fault(_safe("/context", table), "no context table; there are " + ", ".join(CONTEXT_TABLES))
            )
            continue
        good = _rows(pointer("context", table), rows, faults)
        seen: Counter[bytes] = Counter()
        for number, row in enumerate(good):
            place = pointer("context", table, number)
            faults += _unknown(place, table, row) + completing.faults(place, row)
        context[table] = [completing.row(table, {}, _dated(row, completing.day), seen) for row in good]
    return context


def _sent(households: list[Any], completing: _Completing) -> Iterable[Sent]:
    ids = Counter(one["household_id"] for one in households if _has_id(one))
    for position, given in enumerate(households):
        place = pointer("households", position)
        if not isinstance(given, dict):
            yield Sent(position, "", {}, (Fault(place, "not an object"),))
        elif not _has_id(given):
            yield Sent(
                position, "", {}, (Fault(f"{place}/household_id", "not a text that names a household"),)
            )
        elif ids[given["household_id"]] > 1:
            twice = Fault(f"{place}/household_id", "several households of the request have this id")
            yield Sent(position, given["household_id"], {}, (twice,))
        else:
            yield _household(position, given, completing)


def _has_id(given: object) -> bool:
    name = given.get("household_id") if isinstance(given, dict) else None
    return isinstance(name, str) and 0 < len(name) <= LONGEST_TEXT and name.isprintable()


def _household(position: int, given: dict[str, Any], completing: _Completing) -> Sent:
    name: str = given["household_id"]
    place = pointer("households", position)
    own = {key: value for key, value in given.items() if key not in HOUSEHOLD_TABLES}
    faults = completing.faults(place, own)
    unknown = _unknown(place, OWN, own)
    tables: RowsByTable = {OWN: [_dated(_known(OWN, own), completing.day)]}
    for table in sorted(given.keys() & HOUSEHOLD_TABLES.keys()):
        rows = _rows(f"{place}/{table}", given[table], faults)
        for number, row in enumerate(rows):
            faults += completing.faults(f"{place}/{table}/{number}", row)
            unknown += _unknown(f"{place}/{table}/{number}", table, row)
            if row.get("household_id", name) != name:
                faults.append(Fault(f"{place}/{table}/{number}/household_id", "another household's"))
        tables.setdefault(table, []).extend(rows if not unknown else [_known(table, row) for row in rows])
    if faults:
        return Sent(position, name, {}, tuple(unknown + faults))
    seen: Counter[bytes] = Counter()
    owner = {"household_id": name}
    complete = {
        table: [completing.row(table, owner, row, seen) for row in rows]
        for table, rows in sorted(tables.items())
    }
    return Sent(position, name, complete, tuple(unknown))


def _dated(row: Row, day: str) -> Row:
    """Return a row about what holds from a day on; where no day is given, from when it became known."""
    return row if row.get("occurred_on") is not None else {**row, "occurred_on": row.get("known_on") or day}


def _rows(place: str, given: object, faults: list[Fault]) -> list[Row]:
    if not isinstance(given, list):
        faults.append(Fault(place, "not a list of rows"))
        return []
    rows: list[Row] = []
    for number, row in enumerate(given):
        if isinstance(row, dict):
            rows.append(row)
        else:
            faults.append(Fault(f"{place}/{number}", "not an object"))
    return rows


_COLUMNS = {name: frozenset(column.name for column in table.columns) for name, table in TABLES.items()}


def _known(table: str, row: Row) -> Row:
    return {name: value for name, value in row.items() if name in _COLUMNS[table]}


def _unknown(place: str, table: str, row: Mapping[str, Any]) -> list[Fault]:
    if row.keys() <= _COLUMNS[table]:
        return []
    unknown = row.keys() - _COLUMNS[table]
    return [Fault(_safe(place, name), f"no column of {table}") for name in sorted(unknown)]


def _safe(place: str, name: str) -> str:
    """Return the pointer to a field whose name the sender chose, left out where it is no plain name."""
    return (
        place + pointer(name)
        if name.isascii() and name.isidentifier() and len(name) <= len("x" * 40)
        else place
    )
