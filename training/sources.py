"""Ledgers out of a database: one table behind a URL, read and never written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from features.errors import BadInput, Breach, MissingExtra, Usage
from features.ledgers import Grid, known_headers, read_mapping

if TYPE_CHECKING:
    import sqlalchemy

TABLE = "table"
"""The word of a URL that names the table: ``sqlite:///ledger.db?table=visits``."""


def source_of(text: str, mapping: str | Path) -> Path | Grid:
    """Return the file that a word of the command names, or the table behind a URL.

    Parameters
    ----------
    text : str
        A path, or a URL of SQLAlchemy with ``?table=NAME``.
    mapping : str or path
        Only columns are asked for whose names it knows as headers.

    Raises
    ------
    Usage
        Where the URL names no table, or a file that is not there.
    BadInput
        Where the table cannot be read. The URL is not in the message: it may hold a password.
    MissingExtra
        Where sqlalchemy is not installed.
    """
    return _table(text, mapping) if "://" in text else Path(text)


def _table(text: str, mapping: str | Path) -> Grid:
    try:
        import sqlalchemy
    except ImportError as error:
        raise MissingExtra("train", "sqlalchemy") from error
    known = known_headers(read_mapping(mapping))
    try:
        url = sqlalchemy.make_url(text)
        name = str(url.query.get(TABLE, ""))
        _require(url, name)
        engine = sqlalchemy.create_engine(url.difference_update_query([TABLE]))
        schema, _, bare = name.rpartition(".")
        table = sqlalchemy.Table(bare, sqlalchemy.MetaData(), schema=schema or None, autoload_with=engine)
        asked = [column for column in table.columns if known(column.name)]
        with engine.connect() as connection:
            rows = connection.execute(sqlalchemy.select(*asked)).all() if asked else []
        engine.dispose()
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise BadInput([Breach(TABLE, "", "no table that can be read from the database", 1)]) from error
    others = [column.name for column in table.columns if not known(column.name)]
    return Grid.of(name, [column.name for column in asked], rows, unread=others)


def _require(url: sqlalchemy.URL, name: str) -> None:
    if not name:
        raise Usage("a URL names its table: …?table=NAME")
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise Usage("the URL names no database file that is there")
