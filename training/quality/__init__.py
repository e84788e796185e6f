"""The data-quality report: what is missing, stale, rounded, copied, doubled, late, and what to do."""
