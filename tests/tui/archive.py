"""Archives for tests of the screen: one of real pushes in memory, one of millions made up.

Both answer everything that loyalty_tui.tui.program.PushArchive promises, and remember what they
were asked; a test may hold their answers back.
"""

import asyncio
import json
import threading
from bisect import bisect_left, bisect_right
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import structs

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.model import (
    Bar,
    Entry,
    History,
    MemberFound,
    Page,
    Progress,
    ScanProgress,
    Sorting,
    Sums,
    Totals,
)
from loyalty_tui.archive.query import model
from loyalty_tui.crowdtwist.profile import PushKind, understand
from loyalty_tui.errors import ArchiveError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = -(2**62)
PATIENCE = 20


def micros(moment):
    return NEVER if moment is None else (moment - EPOCH) // timedelta(microseconds=1)


class Gate:
    """Lets answers through, unless a test holds them back."""

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        self.waiting = 0

    def close(self):
        self.open.clear()

    def let_go(self):
        self.open.set()

    def pass_through(self, stop=None):
        self.waiting += 1
        try:
            for _ in range(PATIENCE * 100):
                if self.open.wait(0.01) or (stop is not None and stop.is_set()):
                    return
            raise AssertionError("a test forgot to open a gate")
        finally:
            self.waiting -= 1


class ListedArchive:
    """What both archives share: pages, ranks and sums over one list in order."""

    def __init__(self):
        self.pages = []
        self.stopped = 0
        self.error = None
        self.page_gate, self.sums_gate, self.behind_gate = Gate(), Gate(), Gate()
        self.rank_gate, self.scan_gate, self.previous_gate = Gate(), Gate(), Gate()
        self.scans, self.hits, self.scanned = [], {}, None
        self.threads = set()
        self.is_deaf = False
        self.closed = 0
        self.followers = 0
        self.progress = asyncio.Queue()
        self.first_progress = Progress(0, 0, 0, 0.0, is_done=True)

    def ordered(self, query, sorting):
        """Return the entries that a query finds, ascending, and their keys beside them."""
        raise NotImplementedError

    def usable(self):
        self.threads.add(threading.current_thread() is threading.main_thread())
        if self.error is not None:
            raise self.error

    async def follow(self):
        self.followers += 1
        try:
            if self.error is not None:
                raise self.error
            yield self.first_progress
            while True:
                told = await self.progress.get()
                if isinstance(told, ArchiveError):
                    raise told
                yield told
        finally:
            self.followers -= 1

    def say(self, **changes):
        self.progress.put_nowait(structs.replace(self.first_progress, **changes))

    def page(
        self, query, sorting, *, descending, limit, stop, beyond=None, backwards=False, skip=0
    ):
        self.usable()
        self.pages.append({"beyond": beyond, "backwards": backwards, "skip": skip, "limit": limit})
        self.page_gate.pass_through(None if self.is_deaf else stop)
        if stop.is_set() and not self.is_deaf:
            self.stopped += 1
            return Page((), is_end=False)
        entries, keys = self.ordered(query, sorting)
        count = len(entries)
        upwards = descending != backwards  # towards smaller keys
        if beyond is None:
            at = count - 1 if upwards else 0
        else:
            at = bisect_left(keys, beyond) - 1 if upwards else bisect_right(keys, beyond)
        step = -1 if upwards else 1
        at += step * skip
        indexes = range(at, at + step * limit, step)
        held = tuple(entries[n] for n in indexes if 0 <= n < count)
        return Page(held, is_end=not 0 <= at + step * limit < count)

    def rank(self, query, sorting, key, *, descending, stop):
        self.usable()
        self.rank_gate.pass_through(stop)
        entries, keys = self.ordered(query, sorting)
        return len(entries) - bisect_right(keys, key) if descending else bisect_left(keys, key)

    def jump(self, query, sorting, text, *, descending):
        self.usable()
        low, high = self.named(sorting, text.strip())
        if low is None:
            return None
        entries, keys = self.ordered(query, sorting)
        at = bisect_left(keys, high) - 1 if descending else bisect_left(keys, low)
        return entries[at] if 0 <= at < len(entries) else None

    def named(self, sorting, text):
        """Return the keys around what a text names: the least, and one beyond the greatest."""
        if sorting is Sorting.MEMBER:
            return (fold(text),), (fold(text) + "\U0010ffff",)
        if sorting is Sorting.POINTS:
            digits = text.replace(",", "")
            if not digits.isdecimal():
                return None, None
            return (int(digits),), (int(digits) + 1,)
        steps = {"%Y": 366, "%Y-%m": 31, "%Y-%m-%d": 1, "%Y-%m-%dT%H:%M": 1 / 1440}
        for form, step in steps.items():
            try:
                start = datetime.strptime(text, form).replace(tzinfo=UTC)
            except ValueError:
                continue
            end = start + timedelta(days=step)
            end = end.replace(day=1) if step > 1 else end
            return (micros(start),), (micros(end),)
        return None, None

    def scan(self, query, on_progress, stop, *, goes_on=False):
        self.usable()
        self.scans.append(query.text)
        if not goes_on or self.scanned != query:
            self.hits[query] = set()
        hits, self.scanned = self.hits[query], None
        on_progress(ScanProgress(len(hits), 0, 100))
        hits.update(entry.ref for entry in list(self.entries) if self.finds(query, entry))
        on_progress(ScanProgress(len(hits), 43, 100))
        self.scan_gate.pass_through(stop)
        if not stop.is_set():
            self.scanned = query
            on_progress(ScanProgress(len(hits), 100, 100, is_done=True))

    def still(self, listed):
        return tuple(listed)

    def close(self):
        self.closed += 1


class MemoryArchive(ListedArchive):
    """An archive of real pushes in a list."""

    def __init__(self, *pushes):
        super().__init__()
        self.texts = {}
        self.read = []
        self.entries = []
        for push in pushes:
            self.add(push)

    def add(self, push, received_at=None, copies=1):
        """Save one push, a mapping or JSON text; return its ref."""
        text = push if isinstance(push, str) else json.dumps(push, ensure_ascii=False)
        profile = understand(json.loads(text.replace("\xa0", " ")))
        ref = f"saved.ndjson:{len(self.entries)}"
        self.texts[ref] = text
        self.entries.append(
            Entry(
                ref, (), profile.kind, profile.member_id, profile.updated_at, received_at,
                profile.event, profile.tier, profile.total_points, profile.redeemable_points,
                copies, profile.name, profile.email, profile.phone_digits,
            )
        )  # fmt: skip
        return ref

    def arrive(self, push, **others):
        """Save one push as if it had just come, and say so."""
        ref = self.add(push, **others)
        self.say(pushes=len(self.entries))
        return ref

    def key(self, entry, sorting):
        number = int(entry.ref.rpartition(":")[2])
        updated = micros(entry.updated_at or entry.received_at)
        received = micros(entry.received_at)
        points = NEVER if entry.total_points is None else entry.total_points
        return {
            Sorting.UPDATED: (updated, received, number),
            Sorting.RECEIVED: (received, updated, number),
            Sorting.POINTS: (points, updated, number),
            Sorting.MEMBER: (fold(entry.name), entry.member_id or 0, -updated, -number),
        }[sorting]

    def ordered(self, query, sorting):
        found = [replace(e, key=self.key(e, sorting)) for e in self.entries if self.finds(query, e)]
        if query.needs_documents:
            found = [entry for entry in found if entry.ref in self.hits.get(query, ())]
        found.sort(key=lambda entry: entry.key)
        return found, [entry.key for entry in found]

    def finds(self, query, entry):
        return all(
            any(self.holds(test, entry) for test in clause.tests) != clause.is_negated
            for clause in query.clauses
        )

    def holds(self, test, entry):  # noqa: PLR0911 - a test of each sort
        match test:
            case model.Words():
                held = {"name": entry.name, "email": entry.email, "user": ""}
                texts = [held[test.field]] if test.field != "any" else held.values()
                return any(test.folded in fold(text) for text in texts)
            case model.Digits():
                return test.folded in entry.phone_digits or str(entry.member_id) == test.folded
            case model.Email():
                return entry.email.lower() == test.folded
            case model.Range():
                held = {"id": entry.member_id, "points": entry.total_points}
                number = held.get(test.field, entry.redeemable_points)
                return number is not None and within(number, test)
            case model.Period():
                received = test.field == "received"
                at = micros(
                    entry.received_at if received else entry.updated_at or entry.received_at
                )
                return at != NEVER and (test.since or at) <= at < (test.until or at + 1)
            case model.Choice():
                held = {"tier": entry.tier, "event": entry.event, "type": str(entry.kind)}
                if test.field not in held:
                    push = json.loads(self.texts[entry.ref].replace("\xa0", " "))
                    held[test.field] = str(push.get(test.field, ""))
                return fold(held[test.field]).startswith(test.folded)
            case model.InFile():
                return test.folded in entry.ref
            case model.Document():
                return self.document_holds(test, entry)
        raise AssertionError(test)

    def document_holds(self, test, entry):
        value = json.loads(self.texts[entry.ref].replace("\xa0", " "))
        for name in test.path:
            value = value.get(name) if isinstance(value, dict) else None
        match test.matcher:
            case model.IsText():
                return value is not None and fold(str(value)).startswith(test.matcher.folded)
            case model.IsNumber():
                return isinstance(value, int) and within(value, test.matcher)
            case model.IsSet():
                return value is not None
        return False

    def around(self, ref):
        entry = next((e for e in self.entries if e.ref == ref), None)
        if entry is None:
            return None, []
        found, _ = self.ordered(query_of_id(entry.member_id), Sorting.UPDATED)
        return entry, found

    def previous(self, ref, stop):
        self.usable()
        self.previous_gate.pass_through(stop)
        entry, found = self.around(ref)
        same = [e for e in found if e.kind == entry.kind] if entry else []
        at = next((n for n, e in enumerate(same) if e.ref == ref), 0)
        return same[at - 1] if at else None

    def history(self, ref, most, stop):
        self.usable()
        self.previous_gate.pass_through(stop)
        _, found = self.around(ref)
        dated = [e for e in found if e.kind == PushKind.PROFILE and (e.updated_at or e.received_at)]
        step = -(-len(dated) // most) or 1
        return History(tuple(dated[::step]), len(dated))

    def totals(self, now=None):
        self.usable()
        latest = now or datetime.max.replace(tzinfo=UTC)
        moments = [e.received_at or e.updated_at for e in self.entries]
        return Totals(
            files=1,
            pushes=sum(entry.copies for entry in self.entries),
            members=len({entry.member_id for entry in self.entries}),
            unreadable=0,
            bytes=sum(map(len, self.texts.values())),
            last_at=max((at for at in moments if at and at <= latest), default=None),
            received_at=max(
                (at for e in self.entries if (at := e.received_at) and at <= latest), default=None
            ),
            copies=sum(entry.copies - 1 for entry in self.entries),
        )

    def arrivals(self, since, until):
        self.usable()
        held = [e for e in self.entries if e.received_at and since < e.received_at <= until]
        return sum(e.copies for e in held)

    def sums(self, query, bars, stop):
        self.usable()
        self.sums_gate.pass_through(stop)
        entries, _ = self.ordered(query, Sorting.UPDATED)
        moments = [e.updated_at or e.received_at for e in entries]
        moments = [moment for moment in moments if moment]
        if not moments:
            return Sums(len(entries), ())
        first = min(moments).replace(hour=0, minute=0, second=0, microsecond=0)
        days = (max(moments) - first).days + 1
        wide = timedelta(days=-(-days // bars))
        counts = [0] * -(-days // wide.days)
        for moment in moments:
            counts[(moment - first) // wide] += 1
        made = (Bar(first + n * wide, first + (n + 1) * wide, c) for n, c in enumerate(counts))
        return Sums(len(entries), tuple(made))

    def behind(self, identifier):
        self.usable()
        self.behind_gate.pass_through()
        digits = getattr(identifier, "digits", None)
        keys = getattr(identifier, "keys", ())
        named = [e for e in self.entries if e.phone_digits == digits or e.email.lower() in keys]
        found = []
        for member_id in dict.fromkeys(entry.member_id for entry in named):
            query = query_of_id(member_id)
            pushes, _ = self.ordered(query, Sorting.UPDATED)
            found.append(
                (pushes[-1].key, MemberFound(member_id, pushes[-1].name, len(pushes), query))
            )
        found.sort(key=lambda pair: pair[0], reverse=True)
        return tuple(member for _, member in found)

    def still(self, listed):
        self.usable()
        now = {replace(entry, key=(), copies=1): entry.copies for entry in self.entries}
        same = [(entry, replace(entry, key=(), copies=1)) for entry in listed]
        return tuple(replace(entry, copies=now[kept]) for entry, kept in same if kept in now)

    def text(self, ref):
        self.usable()
        self.read.append(ref)
        if ref not in self.texts:
            raise ArchiveError("This push is not in its file any more.", "Ask again with Ctrl+R.")
        return self.texts[ref]

    def known(self, field):
        self.usable()
        held = {"tier": "tier", "event": "event"}.get(field)
        values = [getattr(entry, held) for entry in self.entries] if held else []
        return tuple(sorted({value for value in values if value}, key=lambda v: -values.count(v)))


class EndlessArchive(ListedArchive):
    """Ten million pushes that are made up when they are looked at."""

    def __init__(self, size=10_000_000):
        super().__init__()
        self.size = size

    def entry(self, number):
        moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=number * 60)
        return Entry(
            f"endless.ndjson:{number}", (number,), PushKind.PROFILE, number % 1000, moment, moment,
            "update", "Tier 1", number, number, 1, f"Member {number:08}", "a@example.org", "4722",
        )  # fmt: skip

    def ordered(self, query, sorting):
        del query
        return Computed(self.size, self.entry), Computed(self.size, lambda n: self.key(n, sorting))

    def key(self, number, sorting):
        del sorting
        return (number,)

    def named(self, sorting, text):
        if sorting is Sorting.POINTS and text.isdecimal():
            return (int(text),), (int(text) + 1,)
        return None, None

    def totals(self, now=None):
        del now
        return Totals(1, self.size, 1000, 0, self.size * 1600, self.entry(self.size - 1).updated_at)

    def arrivals(self, since, until):
        del since, until
        return 0

    def sums(self, query, bars, stop):
        del query
        self.sums_gate.pass_through(stop)
        first, last = self.entry(0).updated_at, self.entry(self.size).updated_at
        wide = (last - first) / bars
        made = (
            Bar(first + n * wide, first + (n + 1) * wide, self.size // bars) for n in range(bars)
        )
        return Sums(self.size, tuple(made))

    def behind(self, identifier):
        del identifier
        return (MemberFound(7, "Endless", self.size, query_of_id(7)),)

    def text(self, ref):
        number = int(ref.rpartition(":")[2])
        points = {"totalPoints": number, "redeemablePoints": number}
        return json.dumps({"id": 7, "emailAddress": "a@example.org", **points})

    def previous(self, ref, stop):
        del stop
        number = int(ref.rpartition(":")[2])
        return self.entry(number - 1) if number else None

    def history(self, ref, most, stop):
        del ref, stop
        return History(tuple(self.entry(self.size * n // most) for n in range(most)), self.size)

    def known(self, field):
        return {"tier": ("Tier 1",)}.get(field, ())


class Computed:
    """A sequence whose items are made when they are asked for."""

    def __init__(self, size, make):
        self.size = size
        self.make = make

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        return self.make(index)


def query_of_id(member_id):
    low = high = None if member_id is None else Decimal(member_id)
    tests = (model.Range("id", low, high),)
    text = f"id:{member_id}"
    clause = model.Clause(tests, is_negated=member_id is None, start=0, end=len(text))
    return model.Query(text, (clause,))


def within(number, bounds):
    low, high = bounds.low, bounds.high
    above = low is None or (number >= low if bounds.low_included else number > low)
    return above and (high is None or (number <= high if bounds.high_included else number < high))
