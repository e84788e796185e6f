"""How a model is learnt, from rows to calibrated trees, with its baselines beside it."""
