"""The written docs are what the code says."""

from __future__ import annotations

from features.definitions import FEATURES
from features.dictionary import data_dictionary, feature_catalogue, main
from features.tables import TABLES


def test_every_table_column_and_code_is_in_the_dictionary():
    """In English and Chinese."""
    page = data_dictionary()

    for table in TABLES.values():
        assert f"### `{table.name}` · {table.zh}" in page
        for column in table.columns:
            assert f"| `{column.name}` | {column.kind} | {column.unit} | {column.use} |" in page
            assert column.zh in page
            assert all(f"`{code.id}`" in page and code.zh in page for code in column.codes)


def test_every_feature_is_in_the_catalogue():
    """With its meaning in both languages and the fingerprint of its definition."""
    page = feature_catalogue()

    for feature in FEATURES.values():
        assert f"| `{feature.id}` | {feature.unit} |" in page
        assert feature.zh in page
        assert feature.fingerprint[:12] in page


def test_a_page_that_is_not_what_the_code_says_is_noticed(tmp_path, capsys):
    """Written pages pass, an edited or a missing one does not."""
    assert main(["--out", str(tmp_path), "--check"]) == 1
    assert main(["--out", str(tmp_path)]) == 0
    assert main(["--out", str(tmp_path), "--check"]) == 0
    (tmp_path / "features.md").write_text("something else")
    assert main(["--out", str(tmp_path), "--check"]) == 1
    assert "features.md is not what the code says" in capsys.readouterr().err
