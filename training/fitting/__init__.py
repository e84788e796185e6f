"""The story of ``fit``: from tables to a registered version, and what is told, drawn and carded of it."""
