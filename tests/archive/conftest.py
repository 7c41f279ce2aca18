"""Archives made of a few pushes, and everything an index says of one."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from loyalty_tui.archive.model import Sorting
from loyalty_tui.archive.query.language import parse
from loyalty_tui.archive.query.model import EVERYTHING
from loyalty_tui.archive.search import Search

NOW = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)
SAMPLE = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json")
    .read_text(encoding="utf-8")
    .replace("\u00a0", " ")
)


def a_push(**fields):
    """The vendor's sample with other values; the event, tier and such go where they belong."""
    push = {**SAMPLE, "tierInfo": {**SAMPLE["tierInfo"]}}
    if "event" in fields:
        push["tierInfo"]["assignedByEvent"] = fields.pop("event")
    if "tier" in fields:
        push["tierInfo"]["currentLevel"] = {"title": fields.pop("tier")}
    return {**push, **fields}


def a_line(push, received="2026-11-21T10:00:00.123456Z"):
    envelope = {"received_at": received, "push": push} if received else push
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


class Archive:
    """A folder, its index, and questions to both."""

    def __init__(self, folder, index):
        self.folder = folder
        self.index = index
        self.search = Search(folder, index)
        folder.mkdir(exist_ok=True)

    def write(self, name, *lines, append=False):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if append else "wb") as file:
            file.write(
                b"".join(line if isinstance(line, bytes) else a_line(line) for line in lines)
            )
        return path

    def bring_up_to_date(self, tell=lambda _: None):
        return self.search.bring_up_to_date(tell, Event())

    def scan(self, text, **changes):
        """Look at the pushes themselves; return what was said at the end."""
        said = []
        self.search.scan(parse(text, NOW), said.append, Event(), **changes)
        return said[-1]

    def list(self, text="", sorting=Sorting.UPDATED, *, descending=True, limit=10_000):
        query = parse(text, NOW)
        if query.needs_documents:
            self.scan(text)
        return self.page(text, sorting, descending=descending, limit=limit)

    def page(self, text, sorting=Sorting.UPDATED, *, descending=True, limit=10_000):
        query = parse(text, NOW)
        return self.search.page(
            query, sorting, descending=descending, limit=limit, stop=Event()
        ).entries

    def ids(self, text="", sorting=Sorting.UPDATED, **kwargs):
        return [entry.member_id for entry in self.list(text, sorting, **kwargs)]

    def contents(self):
        """Everything the index says, in an order that depends on nothing else."""
        entries = sorted(
            (replace(entry, key=()) for entry in self.list()), key=lambda entry: entry.ref
        )
        words = ("anna", "a", "47", "example")
        return {
            "entries": entries,
            "names": [(entry.name, entry.email, entry.phone_digits) for entry in entries],
            "totals": self.search.totals(),
            "unreadable": self.search.unreadable(),
            "found": {word: sorted(entry.ref for entry in self.list(word)) for word in words},
            "known": [sorted(self.search.known(field)) for field in ("tier", "event", "country")],
            "sums": self.search.sums(EVERYTHING, 30, Event()),
        }


@pytest.fixture
def archive(tmp_path):
    made = Archive(tmp_path / "archive", tmp_path / "index")
    yield made
    made.search.close()


@pytest.fixture
def archive_at():
    """Make an archive of two folders."""
    made = []

    def making(folder, index):
        made.append(Archive(folder, index))
        return made[-1]

    yield making
    for each in made:
        each.search.close()


@pytest.fixture
def push():
    return a_push


@pytest.fixture
def line():
    return a_line
