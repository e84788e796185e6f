"""What tests of the features floor ask for by name."""

from __future__ import annotations

import pytest

from features.ledgers import tables_from
from tests.ledgers import PLAIN, ROWS


@pytest.fixture
def county(tmp_path):
    """Return a function that writes a mapping and a ledger and converts them."""

    def convert(mapping=PLAIN, rows=ROWS, known_on=None):
        (tmp_path / "county.toml").write_text(mapping, encoding="utf-8")
        (tmp_path / "ledger.csv").write_text("\n".join(rows), encoding="utf-8")
        return tables_from([tmp_path / "ledger.csv"], tmp_path / "county.toml", known_on)[0]

    return convert
