"""How far a vector looks back, and ahead."""

REACH = 36
"""Complete months before the as-of day's month that a vector may look back on."""

AHEAD = 12
"""Months after the as-of day's month in which a vector sees what is due."""
