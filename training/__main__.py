"""``python -m training`` is ``fangpin-train``."""

from training.cli import main

main()
