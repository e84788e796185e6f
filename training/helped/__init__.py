"""Outcomes that help has changed: whom it reached, what is done about it, how much hangs on that."""
