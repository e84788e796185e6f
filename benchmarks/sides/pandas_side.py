"""The sixty features in pandas: filtered frames, grouped; nothing is applied row by row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN, COPING_12M, COUNTED, REACH, SEEN, SPANS

GRADES = {"a": 0, "b": 1, "c": 2, "d": 3}
PER_YEAR = 12.0


@dataclass(frozen=True)
class Prepared:
    """Frames read once: households by position, months by number, and when each row is believed."""

    households: pd.DataFrame
    lines: pd.DataFrame
    facts: dict[str, pd.DataFrame]


def prepare(folder: Path, _days: NDArray[np.datetime64]) -> Prepared:
    """Read the columns that are needed and bring them into the form that every day reads."""
    households = _read(folder, "households", "household_id", "area").sort_values(
        "household_id", ignore_index=True
    )
    position = pd.Index(households["household_id"])
    facts = {
        name: _facts(folder, name, position, *columns)
        for name, columns in {
            "incomes": ("kind", "amount", "account"),
            "compositions": COUNTED,
            "visits": ("purpose", *SEEN),
            "expenses": ("kind", "amount", "serious"),
            "warnings": (),
            "supports": ("form", "ground", "start_on", "end_on"),
            "employments": ("state", "start_on", "end_on"),
        }.items()
    }
    facts["incomes"] = _incomes_first_to_last(facts["incomes"])
    facts["compositions"] = facts["compositions"].sort_values(["household", "occurred_on", "known_on"])
    facts["visits"] = _rounds(facts["visits"])
    facts["supports"] = _spans(facts["supports"].query("ground == 'general'"))
    facts["employments"] = _spans(facts["employments"].query("state == 'employed'"))
    lines = _read(folder, "lines", "area", "known_on", "valid_from", "amount")
    return Prepared(households[["area"]], lines, facts)


def day(prepared: Prepared, as_of: np.datetime64) -> NDArray[np.float64]:
    """Return the features of every household at the end of a day, shape (households, features)."""
    facts = {name: _believed(frame, as_of) for name, frame in prepared.facts.items()}
    compositions = facts["compositions"].drop_duplicates(["household", "month"], keep="last")
    figures = (
        _income_features(prepared, facts["incomes"], compositions, as_of)
        | _composition_features(compositions)
        | _visit_features(facts["visits"], as_of)
        | _expense_features(facts["expenses"])
        | _span_features(facts["supports"], facts["employments"], as_of)
        | {"warnings_12m": _recent(facts["warnings"], 12).groupby("household").size()}
    )
    table = pd.DataFrame(figures, index=prepared.households.index)
    _count_nothing_as_zero(table)
    table["earner_share"] = table["earners"] / table["people"]
    table["self_paid_medical_to_income_12m"] = table["self_paid_medical_12m"] / table["income_12m"]
    table["education_cost_to_income_12m"] = table["education_cost_12m"] / table["income_12m"]
    values: NDArray[np.float64] = table[list(CHOSEN)].to_numpy(np.float64)
    return values


def _read(folder: Path, name: str, *columns: str, coded: tuple[str, ...] = ()) -> pd.DataFrame:
    arrow = pq.read_table(folder / f"{name}.parquet", columns=list(columns), read_dictionary=list(coded))
    nullable: Any = {pa.bool_(): pd.BooleanDtype()}.get
    return arrow.to_pandas(date_as_object=False, types_mapper=nullable)


def _facts(folder: Path, name: str, position: pd.Index, *columns: str) -> pd.DataFrame:
    keys = ("record_id", "household_id", "occurred_on", "known_on", "voided")
    frame = _read(folder, name, *keys, *columns, coded=("household_id",))
    frame = frame.sort_values("known_on", kind="stable")
    frame["replaced_on"] = frame.groupby("record_id", sort=False)["known_on"].shift(-1)
    frame = frame[~frame["voided"].astype(bool)].drop(columns=["record_id", "voided"])
    frame["household"] = frame.pop("household_id").cat.set_categories(position).cat.codes
    frame["month"] = _month(frame["occurred_on"])
    return frame


def _incomes_first_to_last(frame: pd.DataFrame) -> pd.DataFrame:
    """Order incomes so that of each household, month and kind the last one counts."""
    frame["estimate"] = frame.pop("account") == "visit"
    return frame.sort_values(["estimate", "known_on", "occurred_on"], ascending=[False, True, True])


def _rounds(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame[frame.pop("purpose") == "round"].sort_values(["household", "occurred_on", "known_on"])
    frame["house_grade"] = frame["house_grade"].map(GRADES)
    return frame.astype(dict.fromkeys(SEEN, np.float64))


def _spans(frame: pd.DataFrame) -> pd.DataFrame:
    first, last = _month(frame["start_on"]), frame["end_on"].fillna(pd.Timestamp("2200-01-01"))
    return frame.assign(first=first, last=_month(last))


def _month(days: pd.Series) -> pd.Series:
    return (days.dt.year - 1970) * 12 + days.dt.month - 1


def _believed(frame: pd.DataFrame, as_of: np.datetime64) -> pd.DataFrame:
    """Return the rows believed at the end of a day, with the months they lie back."""
    held = frame[(frame["known_on"] <= as_of) & ~(frame["replaced_on"] <= as_of)]
    held = held.assign(back=_running(as_of) - held["month"])
    return held[held["back"] <= REACH]


def _running(as_of: np.datetime64) -> int:
    return int(as_of.astype("datetime64[M]").astype(int))


def _recent(frame: pd.DataFrame, months: int) -> pd.DataFrame:
    return frame[frame["back"] <= months]


def _income_features(
    prepared: Prepared, incomes: pd.DataFrame, compositions: pd.DataFrame, as_of: np.datetime64
) -> dict[str, pd.Series]:
    counting = incomes.drop_duplicates(["household", "month", "kind"], keep="last")
    wide = {
        kind: _wide(prepared, counting[counting["kind"] == kind], "amount")
        for kind in ("wage", "operating", "transfer", "cost")
    }
    gross = wide["wage"].add(wide["operating"], fill_value=0.0).add(wide["transfer"], fill_value=0.0)
    net = gross - wide["cost"].fillna(0.0)
    people = _wide(prepared, compositions, "people").ffill(axis="columns")
    ratio = (net / (people * _monthly_lines(prepared, as_of))).loc[:, REACH:1]
    whole = gross.loc[:, 12:1].sum(axis="columns", min_count=1)
    shares = {
        f"{kind}_share_12m": wide[kind].loc[:, 12:1].sum(axis="columns", min_count=1) / whole
        for kind in ("wage", "operating", "transfer")
    }
    return shares | _age_of(net.loc[:, REACH:1]) | _against_the_line(ratio)


def _wide(prepared: Prepared, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a column by household and months back, the running month last."""
    back = pd.RangeIndex(REACH, -1, -1)
    return rows.pivot(index="household", columns="back", values=column).reindex(
        index=prepared.households.index, columns=back
    )


def _monthly_lines(prepared: Prepared, as_of: np.datetime64) -> pd.DataFrame:
    """Return the line of each household by months back."""
    known = prepared.lines[prepared.lines["known_on"] <= as_of].sort_values("valid_from")
    by_area = known.assign(month=_month(known["valid_from"])).pivot(
        index="area", columns="month", values="amount"
    )
    months = _running(as_of) - pd.RangeIndex(REACH, -1, -1)
    held = by_area.reindex(columns=by_area.columns.union(months)).ffill(axis="columns")[months] / PER_YEAR
    held.columns = pd.RangeIndex(REACH, -1, -1)
    return held.loc[prepared.households["area"]].set_index(prepared.households.index)


def _age_of(net: pd.DataFrame) -> dict[str, pd.Series]:
    known, year = net.notna(), net.loc[:, 12:1]
    return {
        "income_age": known.iloc[:, ::-1].idxmax(axis="columns").where(known.any(axis="columns")),
        "income_12m": year.sum(axis="columns", min_count=1),
        "income_months_12m": year.count(axis="columns"),
    }


def _against_the_line(ratio: pd.DataFrame) -> dict[str, pd.Series]:
    known_from_last = ratio.notna().iloc[:, ::-1].cumsum(axis="columns").iloc[:, ::-1]
    latest = ratio.ffill(axis="columns")[1]
    before = ratio.where(known_from_last > 1).ffill(axis="columns")[1]
    figures = {
        "income_to_line_latest": latest,
        "income_to_line_before": before,
        "income_change": latest / before,
    }
    for months in SPANS:
        window = ratio.loc[:, months:1]
        figures[f"income_to_line_{months}m"] = window.mean(axis="columns")
        figures[f"income_to_line_least_{months}m"] = window.min(axis="columns")
        figures[f"income_to_line_most_{months}m"] = window.max(axis="columns")
    for months in (12, 24):
        figures |= _course(ratio.loc[:, months:1], months)
    return figures


def _course(window: pd.DataFrame, months: int) -> dict[str, pd.Series]:
    many, mean = window.count(axis="columns"), window.mean(axis="columns")
    time = window.notna() * -window.columns.to_numpy(np.float64)
    time = time.where(window.notna()).sub(time.sum(axis="columns") / many, axis="index")
    rise = (time * window.sub(mean, axis="index")).sum(axis="columns") / (time**2).sum(axis="columns")
    return {
        f"months_under_line_{months}m": (window < 1.0).sum(axis="columns").where(many > 0),
        f"income_spread_{months}m": (window.std(axis="columns", ddof=0) / mean).where(many > 1),
        f"income_slope_{months}m": rise.where(many > 1),
    }


def _composition_features(compositions: pd.DataFrame) -> dict[str, pd.Series]:
    latest = compositions.groupby("household")[list(COUNTED)].last()
    least = {
        f"least_earners_{months}m": _recent(compositions, months).groupby("household")["earners"].min()
        for months in (12, 24)
    }
    return {"earners": latest["earners"], "people": latest["people"], **least}


def _visit_features(visits: pd.DataFrame, as_of: np.datetime64) -> dict[str, pd.Series]:
    by_household = visits.groupby("household")
    latest = by_household[list(SEEN)].last()
    coping = [*COPING_12M, "sales_trouble"]
    monthly = _recent(visits, 12).groupby(["household", "back"])[coping].last()
    year = monthly.groupby("household")[list(COPING_12M)].max()
    half = monthly[monthly.index.get_level_values("back") <= 6].groupby("household")["sales_trouble"].max()
    return {
        **latest[["rooms", "house_grade", "doctor_visits", "hospital_stays", *COPING_12M]],
        "medical_ok_trouble": 1.0 - latest["medical_ok"],
        "housing_ok_trouble": 1.0 - latest["housing_ok"],
        **year.add_suffix("_12m"),
        "sales_trouble_6m": half,
        "days_since_visit": (pd.Timestamp(as_of) - by_household["occurred_on"].max()).dt.days,
        "visited_months_12m": monthly.groupby("household").size().clip(upper=6),
    }


def _expense_features(expenses: pd.DataFrame) -> dict[str, pd.Series]:
    year = _recent(expenses, 12)
    bills = year[year["kind"] == "medical_self_paid"]

    def paid(rows: pd.DataFrame) -> pd.Series:
        return rows.groupby("household")["amount"].sum()

    return {
        "self_paid_medical_3m": paid(_recent(bills, 3)),
        "self_paid_medical_12m": paid(bills),
        "serious_illness_bills_12m": year[year["serious"].fillna(value=False)].groupby("household").size(),
        "education_cost_12m": paid(year[year["kind"] == "education"]),
        "loss_12m": paid(year[year["kind"].isin(["disaster", "accident"])]),
    }


def _span_features(
    supports: pd.DataFrame, employments: pd.DataFrame, as_of: np.datetime64
) -> dict[str, pd.Series]:
    running = _running(as_of)

    def months_in(rows: pd.DataFrame, months: int) -> pd.Series:
        within = rows["last"].clip(upper=running) - rows["first"].clip(lower=running - months) + 1
        return within.clip(lower=0).groupby(rows["household"]).sum()

    return {
        "support_months_6m": months_in(supports, 6),
        "support_months_12m": months_in(supports, 12),
        "support_money_24m": months_in(supports[supports["form"] == "money"], 24),
        "months_worked_12m": months_in(employments, 12),
    }


def _count_nothing_as_zero(table: pd.DataFrame) -> None:
    """Where nothing was recorded of what is counted, there was none."""
    counted = [
        name
        for name in table.columns
        if name.startswith(("self_paid", "serious", "education", "loss", "support", "warnings", "visited"))
        or name in {"months_worked_12m", "income_months_12m"}
    ]
    table[counted] = table[counted].fillna(0.0)
