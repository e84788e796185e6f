"""Ledgers by mapping: somebody else's files in, contract tables out."""

from features.ledgers.drafting import draft_mapping
from features.ledgers.grammar import COUNTY, SHIPPED, read_mapping
from features.ledgers.importing import ImportSummary, import_ledger, set_aside_file, tables_from

__all__ = [
    "COUNTY",
    "SHIPPED",
    "ImportSummary",
    "draft_mapping",
    "import_ledger",
    "read_mapping",
    "set_aside_file",
    "tables_from",
]
