"""`python -m loyalty_tui` and the console script `loyalty-tui`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program with the command line's words and exit with its code."""
    from loyalty_tui.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
