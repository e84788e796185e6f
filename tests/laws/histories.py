"""Made-up histories: lineages with facts of every table, told late, corrected, withdrawn, in few months."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from hypothesis import strategies as st

from features.check import accept
from features.contract import Column, Tables
from features.history import ABOUT_THE_TELLING
from features.tables import CONTEXT_TABLES, HOUSEHOLD_TABLES, TABLES

Row = dict[str, Any]
History = list[tuple[str, Row]]
"""Table and row of each version of each record, in the order in which they are handed over."""

DAY = date(2025, 6, 30)
"""The usual as-of day, in the middle of what is told."""
DAYS = [date(2023 + month // 12, month % 12 + 1, day) for month in range(14, 36) for day in (1, 15, 28)]
"""Three days a month: what is told meets."""

LINEAGES = (("h1", "h2"), ("h3",), ("h4",))
"""Only households of one lineage name each other or each other's people."""
IDS = tuple(household for lineage in LINEAGES for household in lineage)
PEOPLE = {"h1": ("m1", "m2"), "h2": ("m1", "m2"), "h3": ("m3", "m4"), "h4": ("m5",)}
OTHER = {"h1": "h2", "h2": "h1"}
AREAS = ("east", "west", "far")
"""Villages: two may have a line of their own, the last one has its county's."""

THEMES = (
    ("compositions", "expenses", "incomes", "registrations"),
    ("expenses", "members", "registrations"),
    ("employments", "members", "registrations"),
    ("compositions", "disputes", "incomes"),
    ("compositions", "households", "incomes", "lines"),
    ("area_rates", "areas", "disasters", "incomes", "lines", "prices"),
    ("employments", "loans", "members", "registrations", "supports"),
    ("disputes", "expenses", "incomes", "registrations"),
    tuple(sorted(TABLES)),
)
"""Tables that are drawn together, so that what they tell meets."""
RECORDS = 2
"""Records of a table that a household (a context table: an area) has at most."""

days = st.sampled_from(DAYS)


def _value(column: Column, random: Random) -> Any:
    least, most = max(int(column.least or 0), 1), int(column.most or (column.least or 0) + 6)
    shares = tuple(share for share in (0.0, 0.25, 0.75, 1.0) if share >= (column.least or 0.0))
    choices: tuple[Any, ...] = {
        "code": tuple(code.id for code in column.codes),
        "flag": (False, True),
        "date": DAYS,
        "id": ("one", "two"),
        "money": (random.randint(0, 9_000_000) / 100,),
        "number": shares if column.most == 1 else (0.5, 3.0, 8000.0),
        "count": range(least, most + 1),
    }[column.kind]
    return random.choice(choices)


_WORDS: dict[str, tuple[Any, ...]] = {
    "registrations.kind": ("split", "split", "died", "merged", "low_income_in"),
    "incomes.kind": ("wage", "wage", "operating", "cost", "total"),
    "expenses.kind": ("medical_self_paid", "medical_self_paid", "medical_total", "education", "debt"),
    "members.health": ("chronic", "serious"),
    "members.left": (False, False, True),
    "incomes.part_of_total": (False, False, True),
    "incomes.product": ("orange", "pig"),
    "prices.product": ("orange", "pig"),
    "area_rates.target": ("next_visit", "entered"),
    "disputes.about_table": ("expenses", "incomes", "members"),
    "lines.currency": ("CNY",),
}
"""Values that must meet their like, or be understood."""


def _content(table: str, seed: int) -> Row:
    """Return what a row says by itself; of seed 0 no more than it must."""
    random = Random(f"{table} {seed}")
    row: Row = {}
    for column in TABLES[table].columns[8:]:
        gap = not column.required and (not seed or random.random() < 0.3)
        words = _WORDS.get(f"{table}.{column.name}")
        row[column.name] = None if gap else random.choice(words) if words else _value(column, random)
    return row


_VERSION = st.fixed_dictionaries(
    {
        "told": st.tuples(st.integers(0, len(DAYS) - 1), st.sampled_from([0, 0, 1, 2, 5, 14])),
        "revision": st.integers(0, 2),
        "voided": st.sampled_from([False, False, False, False, False, True]),
        "source": st.sampled_from(["visit", "medical_insurance", None]),
        "person": st.integers(0, 2),
        "seed": st.integers(0, 9999),
    }
)


@st.composite
def fact(draw: st.DrawFn, table: str, record_id: str) -> Row:
    """Draw one version of a record; its id says of whom it is told."""
    version = draw(_VERSION)
    owner, person = record_id.split("-")[1], version.pop("person")
    row = _content(table, version.pop("seed")) | {"record_id": record_id, "known_on_assumed": None}
    place, later = version.pop("told")
    row["occurred_on"], row["known_on"] = DAYS[place], DAYS[min(place + later, len(DAYS) - 1)]
    row |= version
    if table in CONTEXT_TABLES:
        row["area"] = owner
        if table == "areas":
            row["parent"] = None if owner == "county" else "county"
    else:
        row["household_id"] = owner
        row |= _people(table, row, owner, person)
        if table == "households":
            row["area"] = AREAS[person]
        if table == "disputes":
            row["about_record_id"] = f"{row['about_table']}-{owner}-1"
    return in_order(table, row)


def _people(table: str, row: Row, owner: str, person: int) -> Row:
    """Return whom a fact names: people and households of its own lineage."""
    named: Row = {}
    if "member_id" in row:
        required = HOUSEHOLD_TABLES[table].column("member_id").required or row.get("kind") == "died"
        known = PEOPLE[owner]
        named["member_id"] = known[person % len(known)] if required or person < len(known) else None
    if "other_household_id" in row:
        named["other_household_id"] = OTHER.get(owner) if row["kind"] in {"split", "merged"} else None
    return named


def in_order(table: str, row: Row) -> Row:
    """Return a row with its days in the order that the contract asks for."""
    row = dict(row)
    for earlier, later in (("occurred_on", "known_on"), *TABLES[table].in_order):
        if row.get(earlier) and row.get(later) and row[earlier] > row[later]:
            if later != "known_on":
                row[later] = row[earlier]
            row[earlier] = row["known_on"] if later == "known_on" else row[earlier]
    if row.get("period_start") and row["period_start"] > row["known_on"]:
        row["period_start"] = row["known_on"]
    return row


def _owners(table: str) -> tuple[str, ...]:
    if table in CONTEXT_TABLES:
        return ("county", "east", "west") if table == "lines" else ("county", *AREAS)
    return ("h1", "h1", "h1", "h2", "h3", "h4") if table != "registrations" else ("h1", "h1", "h2", "h3")


_RECORDS = [
    st.sampled_from(
        [
            (table, f"{table}-{owner}-{number}")
            for table in theme
            for owner in _owners(table)
            for number in range(1, RECORDS + 1)
        ]
    )
    for theme in THEMES
]


_WAGE: Row = {"kind": "wage", "part_of_total": False, "member_id": None} | dict.fromkeys(
    ("period_start", "period_end")
)
_LINE: Row = {"valid_from": date(2024, 1, 1), "basis": "per_head", "period": "year"}
_EVENTS: dict[str, tuple[tuple[str, Row], ...]] = {
    "split": (("registrations-h1-1", {"kind": "split", "other_household_id": "h2"}),),
    "move": (
        ("members-h1-1", {"member_id": "m1", "health": "chronic"}),
        ("registrations-h1-2", {"kind": "merged", "other_household_id": "h2"}),
        ("members-h2-1", {"member_id": "m1"}),
    ),
    "contest": (
        ("incomes-h1-1", _WAGE | {"account": "ledger"}),
        ("incomes-h1-2", _WAGE | {"account": "visit"}),
    ),
    "counted": (("compositions-h1-1", {}), ("compositions-h1-2", {})),
    "homes": (("households-h1-1", {"area": "east"}), ("households-h1-2", {"area": "west"})),
    "parents": (("areas-west-1", {"parent": "county"}), ("areas-west-2", {"parent": "east"})),
    "lines": (
        ("lines-east-1", _LINE | {"amount": 6000.0}),
        ("lines-east-2", _LINE | {"amount": 9000.0}),
    ),
    "rates": (
        ("area_rates-county-1", {"target": "next_visit", "rate": 0.25}),
        ("area_rates-county-2", {"target": "next_visit", "rate": 0.75}),
    ),
    "due": (("loans-h1-1", {"due_on": date(2025, 9, 15), "repaid_on": None}),),
    "death": (
        ("members-h1-2", {"member_id": "m2", "health": "serious"}),
        ("registrations-h1-2", {"kind": "died", "member_id": "m2"}),
    ),
}
"""What happens to households, people and areas, each told in an order."""
_OFTEN = [*sorted(_EVENTS), *(("split", "move") * 8), "death"]


@st.composite
def event(draw: st.DrawFn) -> History:
    """Draw something that happens in the first lineage, each part of it told about when it happens."""
    told: History = []
    place = draw(st.sampled_from([*range(21), *range(44, 51)]))
    for record_id, says in _EVENTS[draw(st.sampled_from(_OFTEN))]:
        table = record_id.split("-")[0]
        row = draw(fact(table, record_id)) | ({"left": None} if table == "members" else {})
        if table == "registrations" or (told and table == "members"):
            place = min(place + draw(st.integers(1, 24)), 50)
        row |= {
            "occurred_on": DAYS[place],
            "known_on": DAYS[place + draw(st.sampled_from([0, 0, 1, 6]))],
            "voided": False,
        }
        told.append((table, row | says))
    return told


@st.composite
def records(draw: st.DrawFn, most: int = 12) -> History:
    """Draw facts of a few tables or of any, several versions of a record among them."""
    told = draw(st.sampled_from(_RECORDS).flatmap(lambda one: st.lists(one, min_size=3, max_size=most)))
    told += [told[place] for place in draw(st.lists(st.integers(0, len(told) - 1), max_size=most // 2))]
    events = draw(st.lists(event(), max_size=3))
    drawn = [(table, draw(fact(table, record_id))) for table, record_id in told]
    return distinct([*drawn, *(one for told_of in events for one in told_of)])


def distinct(drawn: Any) -> History:
    """Return a history in which no two versions of a record came on one day with one revision."""
    seen = {(row["record_id"], row["known_on"], row["revision"]): (table, row) for table, row in drawn}
    return list(seen.values())


def newest(drawn: History, record_id: str) -> Row:
    """Return the last version of a record."""
    told = [row for _, row in drawn if row["record_id"] == record_id]
    return max(told, key=lambda row: (row["known_on"], row["revision"]))


def believed(drawn: History, day: date) -> History:
    """Return the version of each record that is believed at the end of a day.

    One that says no more than the version before it is no news: that one stays.
    """
    known = [(table, row) for table, row in drawn if row["known_on"] <= day]
    last: dict[str, tuple[str, Row]] = {}
    for table, row in sorted(known, key=lambda each: (each[1]["known_on"], each[1]["revision"])):
        if row["record_id"] not in last or _said(last[row["record_id"]][1]) != _said(row):
            last[row["record_id"]] = (table, row)
    return [(table, row) for table, row in last.values() if not row["voided"]]


def _said(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in ABOUT_THE_TELLING}


_LONG_AGO = {"occurred_on": date(2020, 1, 1), "known_on": date(2020, 1, 1), "revision": 0, "voided": False}
_GROUND: tuple[tuple[str, Row], ...] = (
    ("areas", {"area": "county", "parent": None}),
    *(("areas", {"area": area, "parent": "county"}) for area in AREAS),
    (
        "lines",
        {
            "area": "county",
            "valid_from": date(2020, 1, 1),
            "amount": 8000.0,
            "basis": "per_head",
            "period": "year",
            "currency": "CNY",
        },
    ),
    *(("households", {"household_id": name, "area": AREAS[place % 2]}) for place, name in enumerate(IDS)),
)
"""What is told of old, so that every household has an area and a line."""


def tables_of(drawn: History, households: tuple[str, ...] = IDS) -> Tables:
    """Return checked tables of the drawn facts about some households and all areas, in the order drawn."""
    rows: dict[str, list[Row]] = {}
    ground = [
        (table, row | _LONG_AGO | {"record_id": f"{table}-old-{n}"}) for n, (table, row) in enumerate(_GROUND)
    ]
    for table, row in [*ground, *drawn]:
        if row.get("household_id", households[0]) in households:
            rows.setdefault(table, []).append(row)
    return accept(
        {
            table: {
                column.name: [row.get(column.name) for row in told]
                for column in TABLES[table].columns
                if any(row.get(column.name) is not None for row in told)
            }
            for table, told in rows.items()
        }
    )
