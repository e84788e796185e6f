"""THE data contract: every table, a file a subject."""

from features.contract import Table
from features.tables.areas import AREA_RATES, AREAS, LINES
from features.tables.money import EXPENSES, INCOMES, LOANS
from features.tables.outcomes import DISPUTES, MONITORING, VERIFICATIONS
from features.tables.people import COMPOSITIONS, HOUSEHOLDS, MEMBERS, REGISTRATIONS
from features.tables.shocks import DISASTERS, PRICES, WARNINGS
from features.tables.support import SUPPORTS
from features.tables.visits import EMPLOYMENTS, VISITS

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        HOUSEHOLDS,
        MEMBERS,
        COMPOSITIONS,
        REGISTRATIONS,
        INCOMES,
        EXPENSES,
        LOANS,
        VISITS,
        EMPLOYMENTS,
        WARNINGS,
        SUPPORTS,
        MONITORING,
        VERIFICATIONS,
        DISPUTES,
        AREAS,
        LINES,
        AREA_RATES,
        DISASTERS,
        PRICES,
    )
}
"""Every table of the contract, by name."""

HOUSEHOLD_TABLES = {name: table for name, table in TABLES.items() if table.grain == "household"}
CONTEXT_TABLES = {name: table for name, table in TABLES.items() if table.grain == "area"}
