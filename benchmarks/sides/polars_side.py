"""The sixty features in Polars: one lazy query a day over frames read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.chosen import CHOSEN, COPING_12M, REACH, SPANS

OPEN_END = 12 * 9999
"""A month later than any."""

GRADES = {"a": 0, "b": 1, "c": 2, "d": 3}
LATEST = (
    "rooms",
    "house_grade",
    "doctor_visits",
    "hospital_stays",
    "medical_ok_trouble",
    "housing_ok_trouble",
)
FLAGS = (*COPING_12M, "sales_trouble")

HOUSEHOLD, BACK, KIND, AMOUNT = pl.col("household"), pl.col("back"), pl.col("kind"), pl.col("amount")


@dataclass(frozen=True)
class Prepared:
    """Frames read once, sorted so that where several rows meet the last one counts."""

    households: pl.DataFrame
    lines: pl.DataFrame
    facts: dict[str, pl.DataFrame]


def prepare(folder: Path, _days: NDArray[np.datetime64]) -> Prepared:
    """Read the columns that are needed and say when each row is believed."""
    households = (
        pl.scan_parquet(folder / "households.parquet")
        .select("household_id", "area")
        .sort("household_id")
        .with_row_index("household")
        .collect()
    )
    by_time = ("household", "occurred_on", "known_on")
    visited = (
        pl.col("rooms", "doctor_visits", "hospital_stays"),
        pl.col("house_grade").cast(pl.String).replace_strict(GRADES, return_dtype=pl.Float64),
        (~pl.col("medical_ok")).cast(pl.Float64).alias("medical_ok_trouble"),
        (~pl.col("housing_ok")).cast(pl.Float64).alias("housing_ok_trouble"),
        pl.col(FLAGS).cast(pl.Float64),
    )
    spans = (_month("start_on").alias("first"), _month("end_on").fill_null(OPEN_END).alias("last"))
    plain = (KIND.cast(pl.String), AMOUNT)
    told: dict[str, tuple[pl.Expr | bool, tuple[pl.Expr, ...], tuple[str, ...]]] = {
        "incomes": (
            True,
            (*plain, (pl.col("account").cast(pl.String) != "visit").alias("recorded")),
            _BY_RECORD,
        ),
        "compositions": (True, (pl.col("people", "earners"),), by_time),
        "visits": (_is("purpose", "round"), visited, by_time),
        "expenses": (True, (*plain, pl.col("serious")), ()),
        "warnings": (True, (), ()),
        "supports": (_is("ground", "general"), (*spans, pl.col("form").cast(pl.String)), ()),
        "employments": (_is("state", "employed"), spans, ()),
    }
    facts = {name: _facts(folder, name, households, *what) for name, what in told.items()}
    lines = pl.read_parquet(folder / "lines.parquet", columns=["area", "known_on", "valid_from", "amount"])
    return Prepared(households.select("household", "area"), lines, facts)


def day(prepared: Prepared, as_of: np.datetime64) -> NDArray[np.float64]:
    """Return the features of every household at the end of a day, shape (households, features)."""
    held = {name: _believed(frame, as_of) for name, frame in prepared.facts.items()}
    compositions = held["compositions"].unique(["household", "month"], keep="last", maintain_order=True)
    incomes = _figures(held["incomes"])
    features = (
        _income(_to_line(prepared, incomes, compositions, as_of)),
        _sources(incomes),
        _counted(compositions),
        _looks(held["visits"], as_of),
        _paid(held["expenses"]),
        held["warnings"].group_by("household").agg(_within(12).sum().alias("warnings_12m")),
        _helped(held["supports"], as_of),
        held["employments"].group_by("household").agg(_overlap(as_of, 12).sum().alias("months_worked_12m")),
    )
    table = prepared.households.lazy().select("household")
    for each in features:
        table = table.join(each, on="household", how="left", maintain_order="left")
    table = table.with_columns(pl.col(*_COUNTED).fill_null(0)).with_columns(
        (pl.col("earners") / pl.col("people")).alias("earner_share"),
        (pl.col("self_paid_medical_12m") / pl.col("income_12m")).alias("self_paid_medical_to_income_12m"),
        (pl.col("education_cost_12m") / pl.col("income_12m")).alias("education_cost_to_income_12m"),
    )
    values = table.select(pl.col(name).cast(pl.Float64).fill_null(np.nan) for name in CHOSEN)
    return values.collect(engine="streaming").to_numpy()


_BY_RECORD = ("household", "month", "kind", "recorded", "known_on", "occurred_on")
_RECORDED = ("self_paid", "serious", "education", "loss", "support", "warnings", "visited", "income_months")
_COUNTED = (
    "months_worked_12m",
    *(name for name in CHOSEN if name.startswith(_RECORDED) and "to_income" not in name),
)
"""What is 0 where nothing was recorded."""


def _is(column: str, code: str) -> pl.Expr:
    return pl.col(column).cast(pl.String) == code


def _month(column: str) -> pl.Expr:
    day = pl.col(column)
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32)


def _running(as_of: np.datetime64) -> int:
    return int(as_of.astype("datetime64[M]").astype(int)) + 1970 * 12 + 1


def _facts(
    folder: Path,
    name: str,
    households: pl.DataFrame,
    rows: pl.Expr | bool,
    columns: tuple[pl.Expr, ...],
    order: tuple[str, ...],
) -> pl.DataFrame:
    told = (
        pl.scan_parquet(folder / f"{name}.parquet")
        .join(households.lazy().select("household_id", "household"), on="household_id")
        .sort("known_on", maintain_order=True)
        .with_columns(pl.col("known_on").shift(-1).over("record_id").alias("replaced_on"))
        .filter(rows, ~pl.col("voided"))
        .select(
            "household",
            "occurred_on",
            "known_on",
            "replaced_on",
            _month("occurred_on").alias("month"),
            *columns,
        )
    )
    return (told.sort(order) if order else told).collect()


def _believed(frame: pl.DataFrame, as_of: np.datetime64) -> pl.LazyFrame:
    day = pl.lit(as_of.item())
    held = (pl.col("known_on") <= day) & (pl.col("replaced_on").is_null() | (pl.col("replaced_on") > day))
    back = (_running(as_of) - pl.col("month")).alias("back")
    return frame.lazy().filter(held).with_columns(back).filter(BACK <= REACH)


def _within(months: int) -> pl.Expr:
    return BACK.le(months)


def _of(rows: pl.Expr, values: pl.Expr) -> pl.Expr:
    """Return the values of some rows; quicker in groups than a filter, as nothing is regrouped."""
    return pl.when(rows).then(values)


def _figures(incomes: pl.LazyFrame) -> pl.LazyFrame:
    """Return income by household and month, by source and in all."""
    counting = incomes.filter(BACK > 0).unique(
        ["household", "month", "kind"], keep="last", maintain_order=True
    )
    kinds = (
        _of(KIND.eq(kind), AMOUNT).max().alias(kind) for kind in ("wage", "operating", "transfer", "cost")
    )
    return (
        counting.group_by("household", "month", "back")
        .agg(*kinds, _of(KIND != "cost", AMOUNT).sum().alias("gross"), (KIND != "cost").any().alias("told"))
        .filter("told")
        .with_columns((pl.col("gross") - pl.col("cost").fill_null(0.0)).alias("net"))
        .sort("household", "month")
    )


def _to_line(
    prepared: Prepared, incomes: pl.LazyFrame, compositions: pl.LazyFrame, as_of: np.datetime64
) -> pl.LazyFrame:
    """Return net income a head over the line of the same month, by household and month."""
    people = compositions.select("household", "month", "people").sort("month")
    months = pl.LazyFrame({"month": _running(as_of) - np.arange(REACH, 0, -1)}, schema={"month": pl.Int32})
    lines = (
        prepared.lines.lazy()
        .filter(pl.col("known_on") <= pl.lit(as_of.item()))
        .select("area", _month("valid_from").alias("month"), (AMOUNT / 12.0).alias("line"))
        .sort("month")
    )
    areas = prepared.households.lazy().select("area").unique()
    by_month = (
        areas.join(months, how="cross")
        .sort("month")
        .join_asof(lines, on="month", by="area", check_sortedness=False)
    )
    return (
        incomes.sort("month")
        .join_asof(people, on="month", by="household", check_sortedness=False)
        .join(prepared.households.lazy(), on="household")
        .join(by_month, on=["area", "month"])
        .select("household", "back", (pl.col("net") / (pl.col("people") * pl.col("line"))).alias("ratio"))
        .drop_nulls("ratio")
        .sort("household", "back", descending=[False, True])
    )


def _income(ratios: pl.LazyFrame) -> pl.LazyFrame:
    ratio = pl.col("ratio")
    figures = [
        ratio.last().alias("income_to_line_latest"),
        ratio.get(-2, null_on_oob=True).alias("income_to_line_before"),
    ]
    for months in SPANS:
        window = _of(_within(months), ratio)
        figures += [
            window.mean().alias(f"income_to_line_{months}m"),
            window.min().alias(f"income_to_line_least_{months}m"),
            window.max().alias(f"income_to_line_most_{months}m"),
        ]
    for months in (12, 24):
        window, back = (_of(_within(months), column) for column in (ratio, BACK.cast(pl.Float64)))
        figures += _course(window, back, months)
    change = pl.col("income_to_line_latest") / pl.col("income_to_line_before")
    return ratios.group_by("household").agg(figures).with_columns(change.alias("income_change"))


def _course(window: pl.Expr, back: pl.Expr, months: int) -> list[pl.Expr]:
    many = window.count()
    apart, time = window - window.mean(), back.mean() - back
    rise = (apart * time).sum() / (time * time).sum()
    under = pl.when(many > 0).then((window < 1.0).sum())
    spread = pl.when(many > 1).then(window.std(ddof=0) / window.mean())
    return [
        under.alias(f"months_under_line_{months}m"),
        spread.alias(f"income_spread_{months}m"),
        pl.when(many > 1).then(rise).alias(f"income_slope_{months}m"),
    ]


def _sources(incomes: pl.LazyFrame) -> pl.LazyFrame:
    year = _within(12)
    whole, net = _of(year, pl.col("gross")), _of(year, pl.col("net"))
    shares = [
        (_known_sum(_of(year, pl.col(kind))) / whole.sum()).alias(f"{kind}_share_12m")
        for kind in ("wage", "operating", "transfer")
    ]
    return incomes.group_by("household").agg(
        BACK.min().alias("income_age"),
        _known_sum(net).alias("income_12m"),
        net.count().alias("income_months_12m"),
        *shares,
    )


def _known_sum(values: pl.Expr) -> pl.Expr:
    return pl.when(values.count() > 0).then(values.sum())


def _counted(compositions: pl.LazyFrame) -> pl.LazyFrame:
    earners = pl.col("earners")
    return compositions.group_by("household", maintain_order=True).agg(
        pl.col("people").last(),
        earners.last(),
        _of(_within(12), earners).min().alias("least_earners_12m"),
        _of(_within(24), earners).min().alias("least_earners_24m"),
    )


def _looks(visits: pl.LazyFrame, as_of: np.datetime64) -> pl.LazyFrame:
    looks = pl.col(*LATEST, *FLAGS)
    monthly = visits.group_by("household", "back", maintain_order=True).agg(
        looks.last(ignore_nulls=True), pl.col("occurred_on").last()
    )
    since = (pl.lit(as_of.item()) - pl.col("occurred_on").max()).dt.total_days()
    return monthly.group_by("household", maintain_order=True).agg(
        pl.col(*LATEST, *COPING_12M[:3]).last(ignore_nulls=True),
        _of(_within(12), pl.col(*COPING_12M)).max().name.suffix("_12m"),
        _of(_within(6), pl.col("sales_trouble")).max().alias("sales_trouble_6m"),
        since.alias("days_since_visit"),
        _within(12).sum().clip(upper_bound=6).alias("visited_months_12m"),
    )


def _paid(expenses: pl.LazyFrame) -> pl.LazyFrame:
    medical = AMOUNT.filter(KIND == "medical_self_paid")
    return (
        expenses.filter(_within(12))
        .group_by("household")
        .agg(
            AMOUNT.filter((KIND == "medical_self_paid") & _within(3)).sum().alias("self_paid_medical_3m"),
            medical.sum().alias("self_paid_medical_12m"),
            pl.col("serious").sum().alias("serious_illness_bills_12m"),
            AMOUNT.filter(KIND == "education").sum().alias("education_cost_12m"),
            AMOUNT.filter(KIND.is_in(["disaster", "accident"])).sum().alias("loss_12m"),
        )
    )


def _overlap(as_of: np.datetime64, months: int) -> pl.Expr:
    running = _running(as_of)
    within = pl.col("last").clip(upper_bound=running) - pl.col("first").clip(lower_bound=running - months) + 1
    return within.clip(lower_bound=0)


def _helped(supports: pl.LazyFrame, as_of: np.datetime64) -> pl.LazyFrame:
    return supports.group_by("household").agg(
        _overlap(as_of, 6).sum().alias("support_months_6m"),
        _overlap(as_of, 12).sum().alias("support_months_12m"),
        _overlap(as_of, 24).filter(pl.col("form") == "money").sum().alias("support_money_24m"),
    )
