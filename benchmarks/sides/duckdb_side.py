"""The sixty features in SQL, by DuckDB over tables read once from Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN, COPING_12M, REACH, SPANS

FACTS = {
    "incomes": "kind, amount",
    "compositions": "people, earners",
    "visits": """(ascii(house_grade) - ascii('a'))::DOUBLE AS house_grade,
        rooms, doctor_visits, hospital_stays,
        (NOT medical_ok)::INT AS medical_ok_trouble, (NOT housing_ok)::INT AS housing_ok_trouble, """
    + ", ".join(f"{flag}::INT AS {flag}" for flag in (*COPING_12M, "sales_trouble")),
    "expenses": "kind, amount, serious",
    "warnings": "kind",
    "supports": "form, start_on, end_on",
    "employments": "start_on, end_on",
}
"""Columns that are read, by table."""

ROWS = {"visits": "purpose = 'round'", "supports": "ground = 'general'", "employments": "state = 'employed'"}
"""Rows that are read, by table."""

LATEST = (
    "rooms",
    "house_grade",
    "doctor_visits",
    "hospital_stays",
    "medical_ok_trouble",
    "housing_ok_trouble",
    *COPING_12M[:3],
)
BY_TIME = "{} * 100_000::BIGINT + {}".format
OCCURRED, KNOWN = (f"({column} - DATE '1970-01-01')" for column in ("occurred_on", "known_on"))
PLACES = {"incomes": f"(account = 'monthly')::BIGINT * 10_000_000_000 + {BY_TIME(KNOWN, OCCURRED)}"}
"""Where several rows meet, the one that counts has the highest place; elsewhere the last that occurred."""

MONTH = "(year({0}) * 12 + month({0}))::INT"


@dataclass(frozen=True)
class Prepared:
    """A database in memory, and the query of a day."""

    database: duckdb.DuckDBPyConnection
    query: str


def prepare(folder: Path, _days: NDArray[np.datetime64]) -> Prepared:
    """Read the files into tables that say when each row is believed."""
    database = duckdb.connect(config={"threads": 1})
    read = "read_parquet('{}')".format
    area = read(folder / "households.parquet")
    database.sql(
        f"""CREATE TABLE households AS SELECT (row_number() OVER (ORDER BY household_id))::INT AS household,
            household_id, area FROM {area}"""
    )
    lines = read(folder / "lines.parquet")
    database.sql(f"CREATE TABLE lines AS SELECT area, known_on, valid_from, amount FROM {lines}")
    for name, columns in FACTS.items():
        database.sql(
            f"""CREATE TABLE {name} AS SELECT * EXCLUDE (voided, wanted) FROM (
                SELECT household, occurred_on, known_on, {MONTH.format("occurred_on")} AS month,
                    voided, {ROWS.get(name, "true")} AS wanted, {columns},
                    {PLACES.get(name, BY_TIME(OCCURRED, KNOWN))} AS place,
                    lead(known_on) OVER (PARTITION BY record_id ORDER BY known_on) AS replaced_on
                FROM {read(folder / f"{name}.parquet")} JOIN (SELECT household, household_id FROM households)
                    USING (household_id)
            ) WHERE wanted AND NOT voided"""
        )
    return Prepared(database, _query())


def day(prepared: Prepared, as_of: np.datetime64) -> NDArray[np.float64]:
    """Return the features of every household at the end of a day, shape (households, features)."""
    columns = prepared.database.execute(prepared.query, {"as_of": as_of.item()}).fetchnumpy()
    return np.column_stack([np.ma.filled(columns[name].astype(np.float64), np.nan) for name in CHOSEN])


def _query() -> str:
    steps = {f"{name}_held": _held(name) for name in FACTS} | {
        "figures": _INCOME_FIGURES,
        "people_held": _PEOPLE_HELD,
        "people_spans": _PEOPLE_SPANS,
        "line_months": _LINE_MONTHS,
        "ratios": _RATIOS,
        "income": _income(),
        "sources": _SOURCES,
        "counted": _COUNTED,
        "look_months": _look_months(),
        "looks": _looks(),
        "paid": _PAID,
        "warned": _WARNED,
        "helped": _HELPED,
        "worked": _WORKED,
    }
    told = ",\n".join(f"{name} AS ({query})" for name, query in steps.items())
    joined = " ".join(
        f"LEFT JOIN {name} USING (household)"
        for name in ("income", "sources", "counted", "looks", "paid", "warned", "helped", "worked")
    )
    return f"WITH {told}\nSELECT {_columns()} FROM households {joined} ORDER BY household"


def _columns() -> str:
    own = {
        "earner_share": "earners / people",
        "self_paid_medical_to_income_12m": "coalesce(self_paid_medical_12m, 0) / income_12m",
        "education_cost_to_income_12m": "coalesce(education_cost_12m, 0) / income_12m",
    }
    return ", ".join(
        f"{own.get(name) or (f'coalesce({name}, 0)' if _is_counted(name) else name)} AS {name}"
        for name in CHOSEN
    )


def _is_counted(name: str) -> bool:
    """Whether a feature is 0 where nothing was recorded."""
    recorded = (
        "self_paid",
        "serious",
        "education",
        "loss",
        "support",
        "warnings",
        "visited",
        "income_months",
    )
    return name.startswith(recorded) or name == "months_worked_12m"


def _held(name: str) -> str:
    return f"""SELECT *, {MONTH.format("$as_of::DATE")} - month AS back FROM {name}
        WHERE known_on <= $as_of AND (replaced_on IS NULL OR replaced_on > $as_of) AND back <= {REACH}"""


_INCOME_FIGURES = """
    SELECT household, month, back,
        sum(amount) FILTER (kind = 'wage') AS wage,
        sum(amount) FILTER (kind = 'operating') AS operating,
        sum(amount) FILTER (kind = 'transfer') AS transfer,
        sum(amount) FILTER (kind <> 'cost') AS gross,
        gross - coalesce(sum(amount) FILTER (kind = 'cost'), 0) AS net
    FROM (
        SELECT household, month, back, kind,
            arg_max(amount, place) AS amount
        FROM incomes_held WHERE back > 0 GROUP BY ALL
    ) GROUP BY ALL"""

_PEOPLE_HELD = """
    SELECT household, month, back,
        arg_max(people, place) AS people,
        arg_max(earners, place) AS earners
    FROM compositions_held GROUP BY ALL"""

_PEOPLE_SPANS = """
    SELECT household, people, month AS first, lead(month) OVER (PARTITION BY household ORDER BY month) AS next
    FROM people_held"""

_LINE_MONTHS = f"""
    SELECT area, list(line ORDER BY back) AS by_back FROM (
        SELECT area, back, arg_max(amount, valid_from) FILTER (
            {MONTH.format("valid_from")} <= {MONTH.format("$as_of::DATE")} - back) / 12 AS line
        FROM lines, (SELECT unnest(range(1, {REACH} + 1)) AS back) WHERE known_on <= $as_of GROUP BY ALL
    ) GROUP BY ALL"""

_RATIOS = """
    SELECT household, figures.back, net / (people * by_back[figures.back]) AS ratio
    FROM figures JOIN people_spans USING (household)
    JOIN households USING (household) JOIN line_months USING (area)
    WHERE net IS NOT NULL AND month >= first AND (month < next OR next IS NULL)"""

_SOURCES = """
    SELECT household, min(back) FILTER (net IS NOT NULL) AS income_age,
        sum(net) FILTER (back <= 12) AS income_12m,
        count(net) FILTER (back <= 12) AS income_months_12m,
        sum(wage) FILTER (back <= 12) / sum(gross) FILTER (back <= 12) AS wage_share_12m,
        sum(operating) FILTER (back <= 12) / sum(gross) FILTER (back <= 12) AS operating_share_12m,
        sum(transfer) FILTER (back <= 12) / sum(gross) FILTER (back <= 12) AS transfer_share_12m
    FROM figures GROUP BY ALL"""

_COUNTED = """
    SELECT household, arg_min(people, back) AS people, arg_min(earners, back) AS earners,
        min(earners) FILTER (back <= 12) AS least_earners_12m,
        min(earners) FILTER (back <= 24) AS least_earners_24m
    FROM people_held GROUP BY ALL"""

_WARNED = """
    SELECT household, count(*) FILTER (back <= 12) AS warnings_12m FROM warnings_held GROUP BY ALL"""

_PAID = """
    SELECT household,
        sum(amount) FILTER (kind = 'medical_self_paid' AND back <= 3) AS self_paid_medical_3m,
        sum(amount) FILTER (kind = 'medical_self_paid') AS self_paid_medical_12m,
        count(*) FILTER (serious) AS serious_illness_bills_12m,
        sum(amount) FILTER (kind = 'education') AS education_cost_12m,
        sum(amount) FILTER (kind IN ('disaster', 'accident')) AS loss_12m
    FROM expenses_held WHERE back <= 12 GROUP BY ALL"""


def _income() -> str:
    windows = [
        f"""avg(ratio) FILTER (back <= {months}) AS income_to_line_{months}m,
        min(ratio) FILTER (back <= {months}) AS income_to_line_least_{months}m,
        max(ratio) FILTER (back <= {months}) AS income_to_line_most_{months}m"""
        for months in SPANS
    ]
    courses = [
        f"""CASE WHEN count(ratio) FILTER (back <= {months}) > 0
            THEN count(*) FILTER (back <= {months} AND ratio < 1) END AS months_under_line_{months}m,
        CASE WHEN count(ratio) FILTER (back <= {months}) > 1
            THEN stddev_pop(ratio) FILTER (back <= {months}) / avg(ratio) FILTER (back <= {months})
            END AS income_spread_{months}m,
        CASE WHEN count(ratio) FILTER (back <= {months}) > 1
            THEN regr_slope(ratio, -back) FILTER (back <= {months}) END AS income_slope_{months}m"""
        for months in (12, 24)
    ]
    latest = """arg_min(ratio, back, 2) AS two,
        two[1] AS income_to_line_latest, two[2] AS income_to_line_before,
        income_to_line_latest / income_to_line_before AS income_change"""
    return f"SELECT household, {', '.join((latest, *windows, *courses))} FROM ratios GROUP BY ALL"


def _look_months() -> str:
    columns = dict.fromkeys((*LATEST, *COPING_12M, "sales_trouble"))
    last = ", ".join(f"arg_max({column}, place) AS {column}" for column in columns)
    return f"SELECT household, back, max(occurred_on) AS seen_on, {last} FROM visits_held GROUP BY ALL"


def _looks() -> str:
    latest = ", ".join(f"arg_min({column}, back) AS {column}" for column in LATEST)
    year = ", ".join(f"max({column}) FILTER (back <= 12) AS {column}_12m" for column in COPING_12M)
    return f"""SELECT household, {latest}, {year},
        max(sales_trouble) FILTER (back <= 6) AS sales_trouble_6m,
        $as_of::DATE - max(seen_on) AS days_since_visit,
        least(count(*) FILTER (back <= 12), 6) AS visited_months_12m
        FROM look_months GROUP BY ALL"""


def _overlap(months: int) -> str:
    running = MONTH.format("$as_of::DATE")
    last = f"least(coalesce({MONTH.format('end_on')}, {running}), {running})"
    return f"greatest({last} - greatest({MONTH.format('start_on')}, {running} - {months}) + 1, 0)"


_HELPED = f"""
    SELECT household, sum({_overlap(6)}) AS support_months_6m, sum({_overlap(12)}) AS support_months_12m,
        sum({_overlap(24)}) FILTER (form = 'money') AS support_money_24m
    FROM supports_held GROUP BY ALL"""

_WORKED = f"""
    SELECT household, sum({_overlap(12)}) AS months_worked_12m FROM employments_held GROUP BY ALL"""
