"""Looking members up among a hundred times as many pushes, in an index without an archive."""

import json
import os
import statistics
from random import Random

import pushes as made_up
from archive import SEED
from figures import DisagreementError, Figure, agree
from ours import Ours

FEW = 100_000
MANY = 10_000_000
A_MEMBER = 5
A_BATCH = 50_000
LOOKUPS = 200
ROUNDS = 5
FIELDS = ("email", "phone", "id")


def rows(bench):
    """The median of looking up among many, beside that among few."""
    many = int(os.environ.get("LOYALTY_TUI_BENCH_ROWS") or MANY)
    medians = {}
    for count in (FEW, many):
        folder = bench.new_home()
        write_index(folder, count)
        medians[count] = _medians(Ours(bench.new_home(), folder), count)
    for field in FIELDS:
        yield Figure(
            f"a member's pushes by {field} among {many:,}, ms",
            medians[many][field],
            (f"among {FEW:,}", medians[FEW][field]),
            most_ratio=2,
        )


def _medians(index, count):
    random = Random(SEED)  # noqa: S311 - the same every time is what it is for
    members = random.sample(range(count // A_MEMBER), LOOKUPS)
    values = {"email": _email, "phone": _phone, "id": made_up.member_id}
    times = {field: [] for field in FIELDS}
    for _ in range(ROUNDS):
        for member in members:
            for field in FIELDS:
                seconds, found = index.look_up(field, values[field](member))
                agree(f"pushes of member {member}", found, A_MEMBER)
                times[field].append(seconds * 1_000)
    return {field: statistics.median(took) for field, took in times.items()}


def _email(member):
    return f"someone{member}@example.com"


def _phone(member):
    return f"479{2_000_000 + member}"


def write_index(folder, count):
    """Write an index of so many pushes, five of each member, far apart from each other."""
    from loyalty_tui.archive.index.writing import FileState, Numbers, Writer
    from loyalty_tui.archive.rows import Decoder

    numbers, decoder, members = Numbers(), Decoder(), count // A_MEMBER
    writer = Writer(folder)
    writer.take_lock()
    with writer:
        writer.begin_bulk()
        for first in range(0, count, A_BATCH):
            lines = range(first, min(count, first + A_BATCH))
            split = min(max(members, lines.start), lines.stop)
            writer.begin()
            for batch in (
                _met(decoder, lines.start, split),
                _met_again(split, lines.stop, members),
            ):
                writer.add(1, numbers, batch.plain())
            writer.commit()
        writer.begin()
        writer.save_file(FileState(1, b"made-up.ndjson", 0, 0, 0, is_whole=True))
        writer.save_progress(count, 0, 0, 0.0, 1)
        writer.commit()
        writer.finish_bulk()


def _met(decoder, first, end):
    """Return the rows of pushes each of which names another member."""
    lines = []
    for member in range(first, end):
        push = {
            "tierInfo": None,
            "id": made_up.member_id(member),
            "firstName": "Someone",
            "lastName": f"{member}",
            "emailAddress": _email(member),
            "mobilePhoneNumber": _phone(member),
            "country": "NO",
            "city": "Oslo",
            "dateLastUpdated": f"{1_400_000_000 + member}",
            "totalPoints": member % 9_000,
        }
        lines.append(json.dumps(push, separators=(",", ":")).encode())
    if decoder.add(lines, range(first * 1_600, end * 1_600, 1_600)) < len(lines):
        raise DisagreementError("a made-up push is not read the usual way")
    return decoder.take()


def _met_again(first, end, members):
    """Return the rows of pushes whose members are all known."""
    from loyalty_tui.archive.rows import Batch

    batch, lines = Batch(), range(first, end)
    batch.add(
        [line * 1_600 for line in lines],
        [line % members for line in lines],
        [0 for line in lines],
        [1_600 for line in lines],
        [1_400_000_000 + line for line in lines],
        [(1_400_000_001 + line) * 1_000_000 for line in lines],
        [line % 9_000 for line in lines],
        [line % 7_000 for line in lines],
        [made_up.mixed(SEED, line) >> 17 for line in lines],
    )
    return batch
