"""What the parts of the archive's benchmark share: the archive, and both indexes of it."""

import json
import os
import statistics
import tempfile
import time
from functools import cached_property
from pathlib import Path
from random import Random

import ours
import peers
from archive import SEED, prepared
from ours import Ours
from peers import DuckDB
from processes import timed

PUSHES = 1_000_000
INDEXINGS = 5


class Bench:
    """One archive with both indexes, each made when it is first asked for."""

    def __init__(self):
        self.archive = prepared(int(os.environ.get("LOYALTY_TUI_BENCH_PUSHES") or PUSHES))
        self._temporary = tempfile.TemporaryDirectory(dir=self.archive.folder.parent)
        self.scratch = Path(self._temporary.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._temporary.cleanup()

    def warm(self):
        """Read all files, so that each of the programs finds them in memory, and a disk at rest."""
        os.sync()  # else one program waits for what the other has left to be written
        for path in self.archive.folder.rglob("*.ndjson"):
            with path.open("rb") as file:
                while file.read(1 << 20):
                    pass

    @cached_property
    def home(self):
        """A home with our index in it."""
        home, _ = self.index()
        return home

    @cached_property
    def database(self):
        """DuckDB's index."""
        database, _ = self.index_with_duckdb()
        return database

    @cached_property
    def indexings(self):
        """The median seconds of both, from nothing, in turns: ours and DuckDB's."""
        seconds = {"ours": [], "DuckDB": []}
        for _ in range(INDEXINGS):
            self.home, took = self.index()
            seconds["ours"].append(took)
            self.database, took = self.index_with_duckdb()
            seconds["DuckDB"].append(took)
        return tuple(statistics.median(took) for took in seconds.values())

    def index(self):
        """Index from nothing; return the home with our index in it, and the seconds."""
        home = self.new_home()
        self.warm()
        seconds, _ = timed(ours.index_command(self.archive.folder), ours.environment(home))
        return home, seconds

    def index_with_duckdb(self):
        """Return DuckDB's database of the archive, made from nothing, and the seconds."""
        database = self.new_home() / "pushes.duckdb"
        self.warm()
        seconds, _ = timed(
            peers.duckdb_index_command(str(self.archive.folder), str(database)), None
        )
        return database, seconds

    def new_home(self):
        """Return an empty folder."""
        home = self.scratch / f"{time.monotonic_ns()}"
        home.mkdir()
        return home

    @cached_property
    def ours(self):
        """Our index, opened."""
        return self.open_ours()

    def open_ours(self):
        """Open our index anew."""
        return Ours(self.archive.folder, ours.index_folder(self.home))

    @cached_property
    def duckdb(self):
        """DuckDB's index, opened."""
        return DuckDB(self.database)

    def members(self, count):
        """Return profile pushes of members picked at random, each with its file."""
        random = Random(SEED)  # noqa: S311 - the same every time is what it is for
        files = sorted(self.archive.folder.rglob("*.ndjson"))
        picked = []
        while len(picked) < count:
            path = random.choice(files)
            with path.open("rb") as file:
                file.seek(random.randrange(path.stat().st_size))
                file.readline()
                line = file.readline()
            push = json.loads(line)["push"] if line else {}
            if push.get("emailAddress") and push.get("mobilePhoneNumber"):
                picked.append((path, push))
        return picked
