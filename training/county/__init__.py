"""A county with known truth: its life, its records, and what could have been known."""
