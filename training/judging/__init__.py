"""A registered version judged on what came, beside the baselines and beside what can be known."""
