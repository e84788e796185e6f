"""Ledgers by mapping: somebody else's files in, contract tables out."""

from features.ledgers.drafting import draft_mapping
from features.ledgers.grammar import COUNTY, SHIPPED, read_mapping
from features.ledgers.grids import Grid
from features.ledgers.headers import known_headers
from features.ledgers.importing import ImportSummary, import_ledger, set_aside_file, tables_from

__all__ = [
    "COUNTY",
    "SHIPPED",
    "Grid",
    "ImportSummary",
    "draft_mapping",
    "import_ledger",
    "known_headers",
    "read_mapping",
    "set_aside_file",
    "tables_from",
]
