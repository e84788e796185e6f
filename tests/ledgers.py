"""A county's ledger, its mapping in pieces, and what is refused of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from features.contract import Tables
from features.errors import BadInput

HEAD = """
name = "county"
title = "A county's ledger"
assumptions = ["The village is the area."]

[source]
format = "csv"
key = ["code", "day"]

[missing]
wage = [-9]
work = [0]

[dates.seen]
column = "day"

[dates.learnt]
after = "seen"
months = 1
"""
KNOWN = """
[known_on]
date = "learnt"
assumed = true
"""
EVERY = """
[every]
household_id = { column = "code", prefix = "h-", digits = 3 }
occurred_on = { date = "seen" }
"""
AREA = """
[[table]]
name = "lines"
each = ["village"]
first_by = "scale"
[table.columns]
area = "village"
valid_from = { value = "2026-01-01" }
amount = { value = 8000 }
basis = { value = "per_head" }
period = { value = "year" }
currency = { value = "CNY" }

[[table]]
name = "households"
each = ["code"]
first_by = "scale"
[table.columns]
area = "village"
"""
MONEY = """
[[table]]
name = "incomes"
answered = ["wage"]
[table.columns]
kind = { column = "what", codes = { w = "wage", t = "transfer" } }
amount = { column = "wage", times = 10000 }
account = { value = "ledger" }
"""
WORK = """
[[table]]
name = "employments"
answered = ["work"]
[table.columns]
member_id = "code"
state = { column = "work", codes = "states" }
form = { column = "what", where = { work = 1 }, codes = { w = "employee", t = "unpaid" } }
formal = { column = "work", codes = "yes" }

[codes.states]
1 = "employed"
2 = "unemployed"

[codes.yes]
1 = true
2 = false
"""
PLAIN = HEAD + KNOWN + EVERY + AREA + MONEY
ROWS = (
    "code,day,village,scale,what,wage,work",
    "1,2026-03-31,east,1,w,1.2,1",
    "1,2026-04-30,east,2,t,0.05,2",
    "2,2026-03-31,west,1,w,-9,0",
)


def refused(convert: Callable[..., Tables], *args: Any, **more: Any) -> list[tuple[str, str, str, int]]:
    """Return what is refused, as (place, column, rule, count)."""
    with pytest.raises(BadInput) as bad:
        convert(*args, **more)
    return [(one.table, one.column, one.rule, one.count) for one in bad.value.breaches]
