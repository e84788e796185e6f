"""Incomes and loans as they become known: surveys, estimates at visits, ledgers."""

import numpy as np
import pytest

from features.check import check
from features.chronicle import chronicle
from features.definitions.income import income
from features.history import believed
from features.panel import Panel
from features.reach import REACH
from features.tables import TABLES
from features.wiring import wiring
from tests.training.county.made import changed, code, draw, made_diary, made_place, with_lines
from training.county.parameters import perfect, read_parameters
from training.county.places import PRODUCTS
from training.county.records.facts import last_day, months_told, rows_of
from training.county.records.money import money
from training.county.records.people import people
from training.county.records.visits import visits

KINDS = ("wage", "operating", "property", "transfer", "cost")
YEAR = 12


@pytest.fixture(scope="module")
def p():
    """Return the shipped numbers."""
    return read_parameters()


@pytest.fixture(scope="module")
def place():
    """Return a township."""
    return made_place()


@pytest.fixture(scope="module")
def diary(place):
    """Return what happened in it."""
    return made_diary(place)


@pytest.fixture(scope="module")
def told(diary, place, p):
    """Return the tables as they are."""
    return money(diary, place, p, draw(2), visits(diary, place, p, draw()))


@pytest.fixture(scope="module")
def ideal(diary, place, p):
    """Return the tables of an office without fault."""
    return money(diary, place, perfect(p), draw(2), visits(diary, place, perfect(p), draw()))


def of(facts, **wanted):
    """Return which rows have the codes wanted."""
    which = np.ones(facts["record_id"].size, bool)
    for column, name in wanted.items():
        which &= facts[column] == code("incomes", column, name)
    return which


def by_year(diary, facts, kind):
    """Return the stated amount of each survey, by September and household; NaN where none."""
    amount = np.full((diary.months, diary.household_id.size), np.nan)
    some = np.flatnonzero(of(facts, account="period", kind=kind))
    row = rows_of(diary, facts["household_id"][some])
    amount[months_told(diary, facts["period_end"][some]), row] = facts["amount"][some]
    return amount[[8, 20, 32]]


def true_sum(diary, facts, which, kind):
    """Return what the life had in the spans of rows."""
    sums = np.concatenate([np.zeros((1, diary.household_id.size)), diary.monthly[kind].cumsum(axis=0)])
    row = rows_of(diary, facts["household_id"][which])
    first = months_told(diary, facts["period_start"][which])
    return sums[months_told(diary, facts["period_end"][which]) + 1, row] - sums[first, row]


@pytest.mark.parametrize("kind", ["told", "ideal"])
def test_the_money_keeps_the_contract(request, diary, place, p, kind):
    """No value breaks a rule, whether the office is faultless or not."""
    tables = request.getfixturevalue(kind)
    rounds = visits(diary, place, p, draw())
    households = people(diary, place, p, draw(1), rounds)["households"]
    assert check(with_lines({**tables, "households": households}, place)) == []


@pytest.mark.parametrize("name", ["incomes", "loans"])
def test_ids_are_short_and_dates_in_order(diary, told, name):
    """A record is known between the day it happened and the end; an income has an id of its own."""
    facts = told[name]
    assert (facts["known_on"] >= facts["occurred_on"]).all()
    assert facts["known_on"].max() <= last_day(diary)
    assert np.char.str_len(facts["record_id"]).max() <= 14
    if name == "incomes":
        assert np.unique(facts["record_id"]).size == facts["record_id"].size


def test_no_income_is_known_before_it_came_in(told):
    """The span of every figure has ended when it is stated."""
    facts = told["incomes"]
    assert (facts["period_end"] <= facts["known_on"]).all()
    assert (facts["period_start"] <= facts["period_end"]).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("account", ["period", "visit"])
def test_faultless_figures_are_the_life_s(diary, ideal, kind, account):
    """With perfect numbers each stated amount is what the household had in the span, to the fen."""
    facts = ideal["incomes"]
    which = of(facts, account=account, kind=kind)
    assert which.any()
    np.testing.assert_allclose(
        facts["amount"][which], true_sum(diary, facts, which, kind), rtol=0, atol=0.006
    )


def test_faultless_figures_leave_nothing_out(diary, ideal):
    """With perfect numbers the surveys of all years hold every yuan up to the last September."""
    facts = ideal["incomes"]
    stayed = diary.last == diary.months - 1
    row = rows_of(diary, facts["household_id"])
    for kind in KINDS:
        some = of(facts, account="period", kind=kind) & stayed[row]
        np.testing.assert_allclose(
            facts["amount"][some].sum(), diary.monthly[kind][:33, stayed].sum(), rtol=1e-7
        )


@pytest.mark.parametrize("kind", ["wage", "operating", "transfer", "cost"])
def test_no_month_of_a_household_is_counted_twice(diary, ideal, kind):
    """Vectors read of a survey's year, visits and ledgers and all, exactly what the life had."""
    stayed = np.flatnonzero((diary.first == 0) & (diary.last == diary.months - 1))
    told = chronicle({**ideal, "households": {"household_id": diary.household_id[stayed]}}, ["incomes"])
    households, day = told.households, np.array([last_day(diary)])
    panel = Panel(told, wiring((income(kind),)), day, day)
    panel.advance(0)
    values = panel.values[0, panel.rows(day[0])]
    october = 21 - (diary.months - 1 - REACH)
    year = values[october : october + YEAR].sum(axis=0) / 100
    true = diary.monthly[kind][21:33, rows_of(diary, households)].sum(axis=0)
    np.testing.assert_allclose(year, true, atol=0.02)


def test_surveys_are_taken_from_october_to_december_of_a_year_to_september(told):
    """A survey asks for 1 October to 30 September and is taken in the three months after."""
    facts = told["incomes"]
    some = of(facts, account="period") & ~of(facts, kind="total")
    end = facts["period_end"][some]
    assert set(np.unique(end).astype(str)) == {"2019-09-30", "2020-09-30", "2021-09-30"}
    asked = (facts["occurred_on"][some] - end).astype(int)
    assert asked.min() >= 1
    assert asked.max() <= 92
    assert (facts["known_on"] - facts["occurred_on"])[some].astype(int).max() <= 30


def test_the_total_of_the_year_before_is_known_soon_after_the_start(diary, ideal):
    """Every household of the start comes with one total of twelve months before it."""
    facts = ideal["incomes"]
    some = of(facts, kind="total")
    assert some.sum() == (diary.first == 0).sum()
    assert (facts["period_end"][some] == np.datetime64("2018-12-31")).all()
    row = rows_of(diary, facts["household_id"][some])
    true = diary.monthly["net_12m"][0] * diary.monthly["people"][0]
    np.testing.assert_allclose(facts["amount"][some], true[row], atol=0.01)


def test_copied_surveys_are_last_year_s_with_a_rise(diary, place, p):
    """Where every survey is copied, figures rise by 5 to 10 % a year from the first one."""
    copying = changed(perfect(p), records__money__survey__copied=1)
    incomes = money(diary, place, copying, draw(2), visits(diary, place, p, draw()))["incomes"]
    wage = by_year(diary, incomes, "wage")
    some = (wage[1] > 100) & ~np.isnan(wage[2])
    rise = wage[2][some] / wage[1][some]
    assert rise.size > 50
    assert rise.min() >= 1.05 - 1e-4
    assert rise.max() <= 1.10 + 1e-4


def test_the_shipped_share_of_surveys_is_copied_or_imputed(told, p):
    """The flag ``imputed`` marks nearly all cost, and of the rest only what nobody answered."""
    facts = told["incomes"]
    cost = of(facts, account="period", kind="cost")
    assert facts["imputed"][cost].mean() > 0.8
    wage = of(facts, account="period", kind="wage")
    assert 0 < facts["imputed"][wage].mean() < 2 * p.number("records.money.survey.unanswered")


def test_cost_is_a_fixed_ratio_of_the_product(diary, place, p):
    """Where cost is written by ratio, it is one of the card's shares of the stated operating income."""
    ratio = changed(perfect(p), records__money__survey__cost_by_ratio=1)
    incomes = money(diary, place, ratio, draw(2), visits(diary, place, p, draw()))["incomes"]
    cost, operating = by_year(diary, incomes, "cost"), by_year(diary, incomes, "operating")
    some = operating > 1_000
    share = cost[some] / operating[some]
    known = p.numbers("records.money.cost_ratios")
    assert np.abs(share[:, None] - known).min(axis=1).max() < 1e-4


def test_figures_are_heaped_at_round_numbers(told, ideal):
    """Far more stated wages are whole hundreds than true ones."""
    shares = []
    for facts in (told["incomes"], ideal["incomes"]):
        amount = facts["amount"][of(facts, account="period", kind="wage")]
        shares.append((amount[amount > 2_000] % 100 == 0).mean())
    assert shares[0] > 0.6
    assert shares[1] < 0.05


def test_some_come_out_just_over_the_line(diary, place, p):
    """Where all near the line are lifted, nobody is stated a little under it."""
    line = changed(perfect(p), records__money__over_line__share=1)
    diary = made_diary(place)
    year = sum(diary.monthly[kind][21:33].sum(axis=0) for kind in KINDS[:4])
    net = year - diary.monthly["cost"][21:33].sum(axis=0)
    heads = np.maximum(diary.monthly["people"][32], 1)
    near = np.random.default_rng(1).uniform(0.8, 1.2, net.size)
    diary.monthly["line"][:] = np.maximum(net / heads / near, 1.0)
    incomes = money(diary, place, line, draw(2), visits(diary, place, p, draw()))["incomes"]
    stated = {kind: np.nan_to_num(by_year(diary, incomes, kind)[2]) for kind in KINDS}
    surveyed = ~np.isnan(by_year(diary, incomes, "wage")[2]) & (diary.first == 0) & (net > 0)
    a_head = (sum(stated[kind] for kind in KINDS[:4]) - stated["cost"]) / heads
    to_line = (a_head / diary.monthly["line"][32])[surveyed]
    reach = p.number("records.money.over_line.reach")
    assert not ((to_line > 1 - reach + 1e-6) & (to_line < 1 - 1e-6)).any()
    assert (to_line < 1 - reach).any()


def test_ordinary_households_are_surveyed_less(diary, told):
    """The survey is of the registered: more of the ordinary have no figures for a year."""
    wage = ~np.isnan(by_year(diary, told["incomes"], "wage")[0])
    there = (diary.first == 0) & (diary.last > 9)
    ordinary = diary.origin == code("households", "origin", "ordinary")
    assert wage[there & ordinary].mean() < wage[there & ~ordinary].mean() - 0.1


def test_ledgers_book_parts_of_what_surveys_state(diary, ideal):
    """Allowances and pensions are booked by quarter, as parts of the transfers, to the yuan."""
    facts = ideal["incomes"]
    some = of(facts, account="ledger", kind="transfer")
    assert (facts["part_of_total"][some] == 1).all()
    true = (diary.monthly["low_income"] + diary.monthly["pension"]).sum()
    np.testing.assert_allclose(facts["amount"][some].sum(), true)
    months = (facts["period_end"][some] - facts["period_start"][some]).astype(int)
    assert months.max() <= 92


def test_posts_and_workshops_are_paid_while_they_last(diary, ideal):
    """Every month of a post or workshop is booked once at its wage, for the person who has it."""
    facts = ideal["incomes"]
    some = of(facts, account="ledger", kind="wage")
    assert (facts["member_id"][some] != "").all()
    jobs = diary.events("job")
    help_jobs = np.isin(jobs["form"], [code("employments", "form", f) for f in ("public_post", "workshop")])
    until = np.minimum(jobs["until"], np.minimum(diary.last[jobs["row"]] + 1, diary.months))
    due = ((until - jobs["month"]) * jobs["wage"])[help_jobs].sum()
    np.testing.assert_allclose(facts["amount"][some].sum(), due)


def test_ledgers_are_as_late_as_the_numbers_say(told, p):
    """Payments are known within the stated days after the quarter."""
    facts = told["incomes"]
    late = (facts["known_on"] - facts["period_end"])[of(facts, account="ledger")].astype(int)
    least, most = p.numbers("records.money.ledger.late")
    assert late.min() >= least
    assert late.max() <= most


def test_a_share_of_visits_asks_for_income(diary, place, p, told):
    """Estimates come with their visit, as late as it, in about the stated share of visits."""
    rounds = visits(diary, place, p, draw())
    facts = told["incomes"]
    some = of(facts, account="visit", kind="wage")
    keyed = dict(
        zip(
            zip(rounds["household_id"].tolist(), rounds["occurred_on"].tolist(), strict=True),
            rounds["known_on"].tolist(),
            strict=True,
        )
    )
    for owner, day, known in zip(
        *(facts[name][some].tolist() for name in ("household_id", "occurred_on", "known_on")), strict=True
    ):
        assert keyed[owner, day] == known
    share = some.sum() / rounds["record_id"].size
    assert abs(share - p.number("records.money.estimate.share")) < 0.05


def test_a_loan_is_known_first_then_overdue_then_repaid(diary, ideal):
    """Versions of a loan share its id; the last one believed says whether it was repaid."""
    facts = ideal["loans"]
    held = believed(facts).on(last_day(diary))
    assert held.sum() == diary.events("loan")["row"].size
    assert np.unique(facts["record_id"][held]).size == held.sum()
    repaid = ~np.isnat(facts["repaid_on"][held])
    assert repaid.sum() == diary.events("repaid")["row"].size
    open_ones = held & np.isnat(facts["repaid_on"])
    past = facts["due_on"] < last_day(diary)
    np.testing.assert_array_equal(facts["overdue"][open_ones] == 1, past[open_ones])


def test_few_loans_between_people_are_heard_of(told, diary):
    """The bank tells of nearly all of its loans, visits of some of the others."""
    lent = diary.events("loan")["kind"]
    private = code("loans", "kind", "private")
    first = told["loans"]["revision"] == 0
    heard = told["loans"]["kind"][first]
    assert (heard == private).sum() < 0.6 * (lent == private).sum()
    assert (heard != private).sum() > 0.7 * (lent != private).sum()


def test_operating_income_names_what_the_household_mainly_grows(told, diary):
    """Surveys and visits write the product beside it, and beside nothing else."""
    incomes = told["incomes"]
    operating = incomes["kind"] == code("incomes", "kind", "operating")
    assert operating.any()
    assert (incomes["product"][~operating] == -1).all()
    row = rows_of(diary, incomes["household_id"][operating])
    grown = np.array(PRODUCTS)[diary.product[row]]
    named = [TABLES["incomes"].column("product").codes[each].id for each in incomes["product"][operating]]
    assert named == grown.tolist()
