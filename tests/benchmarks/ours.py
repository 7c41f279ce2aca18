"""Our side of the archive's benchmarks: the command that indexes, and the searches of the desk."""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

COMMAND = str(Path(sys.executable).with_name("loyalty-tui"))
PAGE = 20_000


def environment(home):
    """Return the environment of a program whose settings, index and caches are below a folder."""
    return {
        **os.environ,
        "LOYALTY_TUI_HOME": str(home),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }


def index_command(archive):
    """Return the command that makes our index."""
    return [COMMAND, "archive", "index", "--archive", str(archive)]


def index_folder(home):
    """Return the folder of the only index below a home."""
    (index,) = home.rglob("index-*.sqlite")
    return index.parent


def size(folder):
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Ours:
    """Our index, once it is made."""

    def __init__(self, archive, folder):
        from loyalty_tui.archive.model import Sorting
        from loyalty_tui.archive.query.language import parse
        from loyalty_tui.archive.search import Search

        self._search = Search(archive, folder)
        self._parse = lambda text: parse(text, datetime.now(UTC))
        self._sorting = Sorting.UPDATED

    def totals(self):
        """Return the numbers of pushes and of members."""
        totals = self._search.totals()
        return totals.pushes, totals.members

    def look_up(self, field, value):
        """Return the seconds to a member's pushes and their number, copies counted."""
        started = time.perf_counter()
        page = self.page(f"{field}:{value}", 1_000)
        seconds = time.perf_counter() - started
        # The peer's table has no siblings' ids.
        return seconds, sum(entry.copies for entry in page.entries if entry.kind == "profile")

    def page(self, text, limit, beyond=None):
        """Return the first entries of a query, the newest first."""
        return self._search.page(
            self._parse(text),
            self._sorting,
            descending=True,
            limit=limit,
            stop=Event(),
            beyond=beyond,
        )

    def scan(self, field, value):
        """Return the seconds to look at all pushes and the number of matches, copies counted."""
        text = f"{field}:{value}"
        started = time.perf_counter()
        self._search.scan(self._parse(text), lambda _: None, Event())
        seconds = time.perf_counter() - started
        matches, beyond, is_end = 0, None, False
        while not is_end:
            page = self.page(text, PAGE, beyond)
            matches += sum(entry.copies for entry in page.entries)
            beyond, is_end = page.entries[-1].key if page.entries else None, page.is_end
        return seconds, matches
