"""The benchmark on real households: the model against every baseline, with intervals."""
