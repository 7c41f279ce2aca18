"""`python -m loyalty_tui` and the console script `loyalty-tui`."""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from threading import Timer
from typing import Final

_GRACE: Final = 3.0
"""Seconds that tidying up may take when the program is told to end, or its terminal goes."""


def _end(number: int, _: object) -> None:
    # What was interrupted may hold a lock that tidying up waits for: it has to end all the same.
    backstop = Timer(_GRACE, os._exit, (128 + number,))
    backstop.daemon = True
    backstop.start()
    sys.exit(128 + number)


def main() -> None:
    """Run the program with the command line's words and exit with its code."""
    from loyalty_tui.cli.main import run

    if sys.stdout is None:
        print("loyalty-tui: Standard output is closed, so nothing can be shown.", file=sys.stderr)
        sys.exit(2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what its encoding lacks is escaped, not a fault
            stream.reconfigure(errors="backslashreplace")
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, _end)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
