"""The figures, each beside its peer, same data and same run: `make bench`, `make bench WHAT=scan`.

WHAT names parts; "archive" stands for all of the archive's, "receive" for the receiver's, and
without any all are measured.
"""

import platform
import sys
from contextlib import ExitStack

import archive_parts
import desk_parts
import inspector_parts
import json_tree
import receive_parts
import scaling
import start_up
from bench import Bench
from figures import HEADING, DisagreementError

ARCHIVE = {
    "index": archive_parts.index,
    "lookups": archive_parts.lookups,
    "scan": archive_parts.scan,
    "desk": desk_parts.rows,
    "inspect": inspector_parts.rows,
    "scaling": scaling.rows,
}

ALONE = {"start-up": start_up.rows, "tree": json_tree.rows, "receive": receive_parts.rows}
"""Parts that need no archive."""


def main(names):
    """Print the figures of the named parts and return the exit code."""
    wanted = []
    for name in names or [*ALONE, "archive"]:
        if name not in {"archive", *ALONE, *ARCHIVE}:
            known = ", ".join([*ALONE, "archive", *ARCHIVE])
            print(f"There is no part {name}; there are {known}.", file=sys.stderr)
            return 2
        wanted += list(ARCHIVE) if name == "archive" else [name]
    with ExitStack() as stack:
        bench = None
        print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
        print(HEADING)
        for name in dict.fromkeys(wanted):
            if name not in ALONE and bench is None:
                bench = stack.enter_context(Bench())
            try:
                for figure in ALONE[name]() if name in ALONE else ARCHIVE[name](bench):
                    print(figure, flush=True)
            except DisagreementError as error:
                print(f"No figure counts: {error}.", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
