"""The inspector's figures: the next push opened in a real terminal, and two pushes compared."""

import json
import re
import time
from itertools import pairwise
from statistics import median

import desk_parts
from desk_parts import SETTLING
from figures import Figure, late
from start_up import set_up

from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn

DOWN = b"\x1b[B"
OPENINGS = 60
COMPARISONS = 300
SIZE = 5_000
"""Bytes of a push that is compared; the document's own is a third of that."""


def rows(bench):
    """All figures of the inspector."""
    yield _comparing(bench)
    with CrowdManagerStandIn() as server:
        environment = set_up(bench.home, bench.archive.folder, server)
        yield _opening(bench, environment)


def _comparing(bench):
    """From the JSON of two pushes of 5 KB to the words of what changed."""
    from loyalty_tui.crowdtwist import changes, differences

    took = []
    for number, (_, push) in enumerate(bench.members(COMPARISONS)):
        data = {f"key_{n:03}": f"value {n:04}" for n in range(_keys(push))}
        one = json.dumps(push | {"customData": data})
        later = push | {
            "totalPoints": 5_320 + number, "redeemablePoints": number, "city": "Oslo",
            "emailAddress": "new@example.org", "dateLastUpdated": 1_790_000_000 + number,
            "customData": data | {"key_000": "another", "key_new": number},
        }  # fmt: skip
        other = json.dumps(later)
        started = time.perf_counter()
        told = changes.read(differences.decode(one), differences.decode(other), reveal=False)
        took.append((time.perf_counter() - started) * 1_000)
        if "e-mail changed" not in told.summary:
            raise SystemExit(f"what changed was not told: {told.summary}")
    return Figure(f"changes of two {SIZE // 1_000} KB pushes, median, ms", median(took), most=2)


def _keys(push):
    """Return how many keys of custom data make a push as large as is wanted."""
    return max(1, (SIZE - len(json.dumps(push))) // len('"key_100": "value 1000", '))


def _opening(bench, environment):
    """From the key that goes to the next push to what only the inspector says of it: its id."""
    entries = bench.ours.page("", OPENINGS + 1).entries
    took = []
    run = desk_parts.open_archive(environment)
    for before, entry in pairwise(entries):
        run.type(DOWN)
        if entry.kind == "profile" and entry.member_id not in {None, before.member_id}:
            # Styles and places on the screen are numbers, too, but small ones.
            shown = re.compile(rb"(?<![0-9,.])%d(?![0-9,])" % entry.member_id)
            if entry.member_id > 999:
                took.append(run.wait_for(shown) * 1_000)
        run.rest(SETTLING / 2)
    run.quit()
    return Figure(f"next push opened, 95 % of {len(took)}, ms", late(took), most=50)
