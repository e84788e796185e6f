"""``python -m serving`` is ``fangpin-serve``."""

from serving.cli import main

if __name__ == "__main__":
    main()
