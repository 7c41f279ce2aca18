"""A made-up archive of any size, the same for the same seed, written as the receiver writes.

`prepared` keeps it in a cache folder, so that a second run of the benchmarks finds it there.
"""

import hashlib
import json
import os
import shutil
import sys
from bisect import bisect_right
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from random import Random

import platformdirs
import pushes as made_up
from pushes import DAY, DROP, JUMP, MAINTAIN, PROFILE, RESET, START, TIERS, UPDATE, Row

SEED = 1201
LAST_DAY = date(2026, 10, 31)
PUSHES_A_DAY = 8_000
A_MEMBER = 5
"""Pushes for each member, on average."""
SIBLINGS = 0.005
COPIES = 0.003
CHANGES_ADDRESS = 0.004
BYTES_A_PUSH = 1_700
ROOM = 2.2
"""Free disk space needed, as a multiple of the archive: also for the peer's and our index."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    pushes: int
    """Lines, siblings and copies included."""
    members: int
    siblings: int
    """Lines that are no profile pushes, but copies of none."""
    copies: int
    """Lines whose body was received before."""
    files: int
    bytes: int


def write(folder, pushes, seed=SEED, a_day=PUSHES_A_DAY):
    """Write an archive into a folder that is new or empty and return what was written."""
    segments = folder / "pushes"
    segments.mkdir(mode=0o700, parents=True)
    people = set()
    siblings = copies = 0

    def tasks():
        nonlocal siblings, copies
        for day, rows in _days(pushes, seed, a_day):
            people.update(row.member for row in rows if row.kind == PROFILE)
            siblings += sum(row.kind != PROFILE and not row.is_copy for row in rows)
            copies += sum(row.is_copy for row in rows)
            yield segments, seed, day, rows

    with get_context("spawn").Pool() as pool:
        sizes = list(pool.imap(_write_day, tasks()))
    return Written(pushes, len(people), siblings, copies, len(sizes), sum(sizes))


def _write_day(task):
    segments, seed, day, rows = task
    path = segments / f"{day}.ndjson"
    path.touch(mode=0o600, exist_ok=False)
    return path.write_bytes(b"".join([made_up.line(seed, row) for row in rows]))


def _days(pushes, seed, a_day):
    """Yield each day with its planned lines, oldest first."""
    days = max(1, round(pushes / a_day))
    weights = list(accumulate(70 + made_up.mixed(seed, day) % 60 for day in range(days)))
    first = LAST_DAY - timedelta(days=days - 1)
    ends = [round(pushes * weight / weights[-1]) for weight in weights]
    rows = _rows(pushes, seed, a_day, _moments(first, ends))
    for number, end in enumerate(ends):
        count = end - (ends[number - 1] if number else 0)
        yield first + timedelta(days=number), [next(rows) for _ in range(count)]


def _moments(first, ends):
    """Yield when each line is received, in microseconds, spread evenly over its day."""
    midnight = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp())
    begin = 0
    for number, end in enumerate(ends):
        step = DAY * 1_000_000 // max(1, end - begin)
        start = (midnight + number * DAY) * 1_000_000
        yield from ((start + turn * step, step) for turn in range(end - begin))
        begin = end


def _rows(pushes, seed, a_day, moments):
    """Yield the planned lines in order of receipt."""
    random = Random(seed)  # noqa: S311 - the same every time is what it is for
    members = max(1, pushes // A_MEMBER)
    special = random.sample(range(1, pushes), round(pushes * (SIBLINGS + COPIES)))
    copies = round(pushes * COPIES)
    is_copy, is_sibling = set(special[:copies]), set(special[copies:])
    left = pushes - len(special)  # profile pushes to come
    people = []
    recent = deque(maxlen=max(1, a_day // 3))  # retries go on for eight hours
    chance = random.random
    for number, (moment, step) in enumerate(moments):
        received = moment + int(chance() * step)
        if number in is_copy:
            copied = recent[-1 - int(chance() ** 3 * len(recent))]
            row = copied._replace(received=received, is_copy=True)
        else:
            late = chance()
            updated = received // 1_000_000 - int(late * 5 if late < 0.99 else late * 20_000)
            if number in is_sibling:
                member = int(chance() * len(people))
                row = Row(received, updated, number, 1 + int(chance() * 4), member)
            else:
                if not people or chance() * left < members - len(people):
                    member = len(people)
                    people.append(0)
                    change = (0, int(chance() * 60), 0, 0, START)
                else:
                    member = int(chance() ** 1.5 * len(people))
                    change = _change(chance, *people[member])
                left -= 1
                people[member] = change[:4]
                row = Row(received, updated, number, PROFILE, member, *change)
        recent.append(row)
        yield row


def _change(chance, address, points, redeemed, tier):
    """Return a member's next (address, points, redeemed, tier, event)."""
    draw = chance()
    if draw < CHANGES_ADDRESS:
        address += 1
    points += int(draw * draw * 400)
    if chance() < 0.05:
        redeemed += int((points - redeemed) * draw)
    earned = bisect_right([low or 0 for _, low, _ in TIERS], points) - 1
    if earned > tier:
        return address, points, redeemed, tier + 1, JUMP
    kind = chance()
    if kind < 0.01 and tier:
        return address, points, redeemed, tier - 1, DROP
    event = MAINTAIN if kind < 0.025 else RESET if kind > 0.998 else UPDATE
    return address, points, redeemed, tier, event


@dataclass(frozen=True, slots=True)
class Prepared:
    """An archive in the cache folder."""

    folder: Path
    written: Written


def prepared(pushes, seed=SEED):
    """Return an archive of so many pushes, or of as many as the disk has room for."""
    cache = Path(
        os.environ.get("LOYALTY_TUI_BENCH_DATA")
        or platformdirs.user_cache_path("loyalty-tui") / "benchmarks"
    )
    place, marker = _place(cache, pushes, seed)
    if not _is_whole(place, marker):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        fits = int(shutil.disk_usage(cache).free / ROOM / BYTES_A_PUSH)
        if fits < pushes:
            print(
                f"There is not enough disk space for {pushes:,} pushes; {fits:,} are taken.",
                file=sys.stderr,
            )
            pushes = fits
            place, marker = _place(cache, pushes, seed)
    if not _is_whole(place, marker):
        shutil.rmtree(place, ignore_errors=True)
        print(f"Writing {pushes:,} made-up pushes to {place} …", file=sys.stderr)
        written = write(place, pushes, seed)
        marker.write_text(json.dumps({"generator": _generator(), **asdict(written)}))
    facts = json.loads(marker.read_text())
    facts.pop("generator")
    return Prepared(place, Written(**facts))


def _place(cache, pushes, seed):
    return cache / f"{pushes}-{seed}", cache / f"{pushes}-{seed}.json"


def _is_whole(place, marker):
    if not marker.exists():
        return False
    facts = json.loads(marker.read_text())
    size = sum(path.stat().st_size for path in place.glob("pushes/*.ndjson"))
    return facts["generator"] == _generator() and size == facts["bytes"]


def _generator():
    """Return a mark of what writes the archive: another generator writes it anew."""
    sources = (Path(__file__), Path(made_up.__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
