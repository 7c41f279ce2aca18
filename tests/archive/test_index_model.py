"""Whatever happens to an archive's files, and to the indexer: the index is that of a fresh one."""

import gzip
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from loyalty_tui.archive import indexing

from .conftest import Archive, a_line, a_push

NAMES = st.sampled_from(["a.ndjson", "b.jsonl", "deep/er/c.ndjson", "d.json", "e.ndjson.gz"])
PUSHES = st.builds(
    lambda member, at, event, first, email: a_push(
        id=member,
        dateLastUpdated=str(1_490_000_000 + at),
        event=event,
        firstName=first,
        emailAddress=email,
    ),
    st.integers(1, 3),
    st.integers(0, 5),
    st.sampled_from(["jump", "drop"]),
    st.sampled_from(["Anna", "Zoë", "Bo"]),
    st.sampled_from(["anna@example.com", "bo@example.org"]),
)
SIBLINGS = st.builds(
    lambda member, order: {"orderId": order, "rewardId": 2, "userId": member},
    st.integers(1, 3),
    st.integers(1, 2),
)
RECEIVED = st.sampled_from(
    [None, "2026-11-20T10:00:00.000001Z", "2026-11-20T10:00:05.5Z", "2026-11-21T00:00:00.123456Z"]
)
LINES = st.one_of(
    st.builds(a_line, st.one_of(PUSHES, SIBLINGS), RECEIVED),
    st.builds(lambda push: json.dumps(push, indent=1).encode() + b"\n", PUSHES),
    st.sampled_from([b"\n", b'{"a":\n', b"{broken\n", b"[1]\n", b"\xff\xfe\xff\n", b'{"a":1}\r\n']),
)

WAYS = st.sampled_from([{"_BULK": 1 << 40}, {"_BULK": -1, "_PUSH_BYTES": 1}])
"""As little is read, and as much is at once."""


class Killed(BaseException):
    """The end of an indexer, in the middle of its work."""


class AnArchive(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.root = Path(tempfile.mkdtemp())
        self.time = 4_000_000_000_000_000_000
        self.archive = Archive(self.root / "archive", self.root / "index")
        self.archive.bring_up_to_date()

    def stamp(self, path):
        """No two changes share a time, as they may within one tick of a file system's clock."""
        self.time += 1_000_000_000
        os.utime(path, ns=(self.time, self.time))

    def path(self, name):
        path = self.archive.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def text_of(self, name, lines):
        if name.endswith(".json"):
            pushes = [
                json.loads(line) for line in lines if line.startswith(b'{"') and len(line) > 9
            ]
            return json.dumps(pushes, indent=2).encode()
        joined = b"".join(lines)
        return gzip.compress(joined) if name.endswith(".gz") else joined

    @rule(name=NAMES, lines=st.lists(LINES, max_size=4))
    def write(self, name, lines):
        self.path(name).write_bytes(self.text_of(name, lines))
        self.stamp(self.path(name))

    @rule(name=NAMES, lines=st.lists(LINES, min_size=1, max_size=3), cut=st.integers(0, 40))
    def append(self, name, lines, cut):
        if not name.endswith(".json"):
            data = self.text_of(name, lines)
            with self.path(name).open("ab") as file:
                file.write(data if name.endswith(".gz") else data[: len(data) - cut])
            self.stamp(self.path(name))

    @rule(name=NAMES, part=st.floats(0, 1))
    def truncate(self, name, part):
        path = self.path(name)
        if path.exists():
            os.truncate(path, int(path.stat().st_size * part))
            self.stamp(path)

    @rule(name=NAMES, other=NAMES)
    def rename(self, name, other):
        if self.path(name).exists() and name.rpartition(".")[2] == other.rpartition(".")[2]:
            self.path(name).replace(self.path(other))

    @rule(name=NAMES)
    def remove(self, name):
        self.path(name).unlink(missing_ok=True)

    @rule(name=NAMES, other=st.sampled_from(["copy.ndjson"]))
    def copy(self, name, other):
        if self.path(name).exists() and not name.endswith((".gz", ".json")):
            shutil.copyfile(self.path(name), self.path(other))
            self.stamp(self.path(other))

    @rule(way=WAYS)
    def bring_up_to_date(self, way):
        with patch.multiple(indexing, **way):
            self.archive.bring_up_to_date()

    @rule(told=st.integers(0, 2), way=WAYS)
    def kill_the_indexer(self, told, way):
        left = told

        def tell(_):
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        with suppress(Killed), patch.multiple(indexing, **way):
            self.archive.bring_up_to_date(tell)

    @rule()
    def compare_with_a_fresh_one(self):
        self.archive.bring_up_to_date()
        fresh = Archive(self.archive.folder, self.root / "fresh")
        try:
            fresh.bring_up_to_date()
            assert self.archive.contents() == fresh.contents()
        finally:
            fresh.search.close()
            shutil.rmtree(self.root / "fresh")

    def teardown(self):
        if hasattr(self, "archive"):
            try:
                self.compare_with_a_fresh_one()
            finally:
                self.archive.search.close()
                shutil.rmtree(self.root)


AnArchive.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestAnArchive = AnArchive.TestCase
