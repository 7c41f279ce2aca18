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

_signals: Final[list[int]] = []
"""Those that told it to end: what they raise is passed on by nobody within a library's callback."""


def _end(number: int, _: object) -> None:
    _signals.append(number)
    # What was interrupted may hold a lock that tidying up waits for: it has to end all the same.
    backstop = Timer(_GRACE, os._exit, (128 + number,))
    backstop.daemon = True
    backstop.start()
    sys.exit(128 + number)


def _open_what_is_closed() -> None:
    """Have the null device in the place of a closed stream, or the next file opened would be it."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(null, True)  # noqa: FBT003 - it takes no keyword
            mode = "w" if number else "r"
            setattr(sys, name, open(null, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def main() -> None:
    """Run the program with the command line's words and exit with its code."""
    try:
        code = _run()
    except KeyboardInterrupt:  # so early or late that nothing has to be tidied up
        code = 128 + signal.SIGINT
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(128 + _signals[0] if _signals else code)


def _run() -> int:
    from loyalty_tui.cli.main import complain, run

    has_output = sys.stdout is not None
    _open_what_is_closed()
    if not has_output:
        complain("Standard output is closed, so nothing can be shown.")
        return 2
    for stream, errors in (
        (sys.stdin, "surrogateescape"),  # no text: refused where it is asked for
        (sys.stdout, "backslashreplace"),  # what an encoding lacks is escaped, not a fault
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)
    for name in ("SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, _end)
    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
