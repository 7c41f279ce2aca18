"""The desk with an archive of a million pushes, on a real pseudo-terminal.

Keys are written to it and what it writes is read, as a terminal would: each time includes the
desk's own input, query and drawing, and the terminal's line in between.
"""

import json
import re
import statistics
from datetime import datetime, timedelta

import ours
import pushes as made_up
from archive import LAST_DAY
from figures import Figure, late
from processes import Run
from start_up import ROUNDS, measure_bare, set_up

from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn

WIDE = (50, 160)
ARCHIVE_VIEW, NEXT_ORDER = b"\x1b[17~", b"\x1b[19~"  # F6, F8
FIRST, LAST = b"\x1b[H", b"\x1b[F"
FILTER_BOX, TO_LIST = b"/", b"\r"
SETTLING = 0.5
"""Seconds for the desk to say what it has to say before the next question."""
APPENDS = 40
QUERIES = 12
LETTERS = 5
A_SCREEN = 30
MATCHES = 3
IN_FULL = re.compile(rb"[1-9][0-9,]* pushes \S+ last ")
"""What the desk says of an archive that is all indexed."""
PUSHES = re.compile(rb"(?s)(?:\d\d \w{3} \d{4} \d\d:\d\d.*?){3}")
"""Lines of the list: several times, to the minute."""


def open_archive(environment):
    """Return a desk whose archive view shows the newest pushes."""
    run = Run([ours.COMMAND], environment, WIDE)
    run.wait_for(IN_FULL)
    run.rest(SETTLING)
    run.type(ARCHIVE_VIEW)
    run.wait_for(PUSHES)
    run.rest(SETTLING)
    return run


def rows(bench):
    """All figures of the desk."""
    with CrowdManagerStandIn() as server:
        environment = set_up(bench.home, bench.archive.folder, server)
        yield from _first_text(bench, environment, server)
        yield _first_matches(bench, server)
        yield _memory(environment)
        yield _keystrokes(bench, environment)
        yield _arrivals(bench, environment)


def _first_text(bench, environment, server):
    """With the indexed archive beside an empty one, in turns."""
    home = bench.new_home()
    (home / "archive").mkdir()
    empty = set_up(home, home / "archive", server)
    took = {"full": [], "empty": []}
    for _ in range(ROUNDS):
        for name, where in (("full", environment), ("empty", empty)):
            run = Run([ours.COMMAND], where, WIDE)
            took[name].append(run.wait_for(b"loyalty-tui") * 1_000)
            run.rest(SETTLING)
            run.quit()
    full, bare = (statistics.median(times) for times in took.values())
    yield Figure(
        "spawn to first text, archive indexed, ms", full, ("empty archive", bare), most_ratio=1.1
    )


def _first_matches(bench, server):
    """From spawning a desk with no index at all to the first pushes in its archive view.

    The view is asked for as soon as there is something to see.
    """
    took = []
    for _ in range(MATCHES):
        run = Run([ours.COMMAND], set_up(bench.new_home(), bench.archive.folder, server), WIDE)
        spent = run.wait_for(b"loyalty-tui")
        run.type(ARCHIVE_VIEW)
        took.append(spent + run.wait_for(PUSHES))
        run.quit()
    return Figure("spawn to first matches, nothing indexed, s", statistics.median(took), most=1)


def _memory(environment):
    """After scrolling to the end, sorting and filtering, beside a bare Textual app."""
    run = open_archive(environment)
    sorted_ends = (NEXT_ORDER, LAST) * 4  # updated, received, points, member
    for keys in (LAST, FIRST, *sorted_ends, FILTER_BOX, b"ing", TO_LIST, LAST):
        run.type(keys)
        run.rest(SETTLING * 2)
    held = run.quit()
    _, bare = measure_bare(environment)
    return Figure(
        "peak memory, scrolled, sorted and filtered, MB",
        held,
        ("bare Textual", bare),
        most_ratio=1.6,
    )


def _keystrokes(bench, environment):
    """From a key in the filter to a line of its answer that was not on the screen before."""
    took = []
    run = open_archive(environment)
    run.type(FILTER_BOX)
    run.rest(SETTLING)
    for turn, (_, push) in enumerate(bench.members(QUERIES)):
        word = made_up.slug(push[("firstName", "lastName")[turn % 2]])[:LETTERS]
        before = _lines(bench, "")
        for end in range(1, len(word) + 1):
            after = _lines(bench, word[:end])
            new = [line for line in after if line not in before]
            run.type(word[end - 1 : end].encode())
            if new:
                took.append(run.wait_for(*new[0]) * 1_000)
            run.rest(SETTLING)
            before = after
        run.type(b"\x7f" * len(word))
        run.rest(SETTLING)
    run.quit()
    return Figure(f"key in the filter to new list, 95 % of {len(took)}, ms", late(took), most=50)


def _lines(bench, text):
    """Return what tells a screen's lines apart: time and points, as the list writes them."""
    from loyalty_tui.tui import wording

    return [
        (f"{entry.updated_at:%d %b %Y %H:%M}".encode(), wording.number(entry.total_points).encode())
        for entry in bench.ours.page(text, A_SCREEN).entries
        if entry.updated_at and entry.total_points is not None
    ]


def _arrivals(bench, environment):
    """From appending a push to a file of the archive to its line on the screen."""
    from loyalty_tui.tui import wording

    took = []
    path, push = bench.members(1)[0]
    day = LAST_DAY + timedelta(days=1)
    segment = path.with_name(f"{day}.ndjson")
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    run = open_archive(environment)
    try:
        with segment.open("ab", buffering=0) as file:
            for turn in range(APPENDS):
                at = start + timedelta(minutes=turn)
                points = 7_000_000 + turn * 1_001
                push |= {"dateLastUpdated": f"{at.timestamp():.0f}", "totalPoints": points}
                line = {"received_at": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "push": push}
                run.rest(SETTLING)
                run.forget()
                file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
                took.append(run.wait_for(wording.number(points).encode()) * 1_000)
    finally:
        segment.unlink(missing_ok=True)
    run.rest(SETTLING * 4)  # for the index to forget it
    run.quit()
    return Figure(f"appended push to its line, 95 % of {APPENDS}, ms", late(took), most=300)
