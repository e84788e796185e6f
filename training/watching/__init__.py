"""A version while it serves: what has moved since it was fitted, and the challenger in its shadow."""
