"""The archive's figures that need no screen: its index, looking members up, and scanning."""

import statistics

import ours
import peers
from figures import Figure, agree, late
from processes import peak_memory

MEMBERS = 200
SLOW_MEMBERS = 5
SCANS = 3
FIELDS_TO_SCAN = (("signUpChannelId", 4), ("state", "NY"))


def index(bench):
    """The index from nothing beside DuckDB's, in seconds; its memory and size."""
    took, peer_took = bench.indexings
    pushes, members = bench.ours.totals()
    agree("pushes and members", (pushes, members), bench.duckdb.totals())
    agree("pushes written", pushes, bench.archive.written.pushes)
    yield Figure(f"index of {pushes:,} pushes, s", took, ("DuckDB", peer_took), most_ratio=1.5)
    archive, home = bench.archive.folder, bench.new_home()
    memory = peak_memory(ours.index_command(archive), ours.environment(home))
    if memory:
        database = str(bench.new_home() / "pushes.duckdb")
        peer = peak_memory(peers.duckdb_index_command(str(archive), database), None)
        yield Figure("peak memory of indexing, MB", memory, ("DuckDB", peer))
    size, plain = ours.size(ours.index_folder(bench.home)), bench.archive.written.bytes
    yield Figure("size of the index, % of the archive", size / plain * 100,
                 ("DuckDB", bench.database.stat().st_size / plain * 100), most=15)  # fmt: skip


def lookups(bench):
    """A member's pushes by e-mail, phone and id, beside DuckDB, ripgrep and jq."""
    members = bench.members(MEMBERS)
    for column, field in peers.FIELDS.items():
        # One after the other: asked in turns, each would find its caches full of the other's.
        ours, duckdb = (
            [peer.look_up(column, push[field]) for _, push in members]
            for peer in (bench.ours, bench.duckdb)
        )
        for (_, found), (_, peer_found) in zip(ours, duckdb, strict=True):
            agree(f"pushes of a member by {column}", found, peer_found)
        ours_took, duckdb_took = (
            [seconds * 1_000 for seconds, _ in each] for each in (ours, duckdb)
        )
        median = statistics.median(ours_took)
        yield Figure(f"a member's pushes by {column}, median, ms", median,
                     ("DuckDB", statistics.median(duckdb_took)), most=1)  # fmt: skip
        yield Figure(f"a member's pushes by {column}, 95 %, ms", late(ours_took),
                     ("DuckDB", late(duckdb_took)))  # fmt: skip
        yield from _beside_slow(bench, column, members[:SLOW_MEMBERS], median)


def _beside_slow(bench, column, members, median):
    """The same beside the programs that read every byte: all files, and one file for jq."""
    field = peers.FIELDS[column]
    searches, filters = [], []
    for file, push in members:
        searched = peers.ripgrep(bench.archive.folder, column, push[field])
        if searched:
            searches.append(searched[0] * 1_000)
            _, found = bench.ours.look_up(column, push[field])
            agree(f"lines of a member by {column}", found, searched[1])
        filtered = peers.jq(file, column, push[field])
        if filtered:
            filters.append(filtered[0] * 1_000)
            in_file = file.read_text().count(peers.needle(column, push[field]))
            agree(f"lines of a file by {column}", in_file, filtered[1])
    what = f"  the same, median of {len(members)}"
    if searches:
        yield Figure(f"{what}, ms", median, ("ripgrep", statistics.median(searches)))
    if filters:
        files = bench.archive.written.files
        yield Figure(f"{what}, jq on 1 of {files} files, ms", median,
                     ("jq", statistics.median(filters)))  # fmt: skip


def scan(bench):
    """A field that is not indexed, beside DuckDB: the quickest of its ways has to be reached."""
    for field, value in FIELDS_TO_SCAN:
        took, peer_took = [], {}
        bench.warm()
        for _ in range(SCANS):
            seconds, found = bench.open_ours().scan(field, value)  # nothing is remembered
            took.append(seconds)
            for way, peer_seconds, matches in peers.duckdb_scans(
                bench.archive.folder, field, value
            ):
                peer_took.setdefault(way, []).append(peer_seconds)
                agree(f"pushes with {field} {value}", found, matches)
        medians = {way: statistics.median(times) for way, times in peer_took.items()}
        quickest = min(medians, key=medians.get)
        for way, peer in medians.items():
            yield Figure(
                f"scan for {field}:{value}, median, s",
                statistics.median(took),
                (f"DuckDB {way}", peer),
                most_ratio=1.0 if way == quickest else None,
            )
