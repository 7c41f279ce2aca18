"""What the pushes of a list changed: told for the rows in sight, in a thread, and kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.errors import ArchiveError
from loyalty_tui.tui.asking import Asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal
    from threading import Event

    from textual.dom import DOMNode

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.tui.program import PushArchive

_AT_ONCE: Final = 8
"""Rows that one question is about, so that the screen hears of the first ones soon."""
_PATIENCE: Final = 0.25
"""Seconds that the rows in sight have to stay, in a list that changes with every key."""
_MOST_PATIENCE: Final = 1.0
"""Seconds after which those in sight are told though others keep coming."""
_MOST: Final = 2_000
"""Rows that are kept."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a push changed."""

    summary: str
    """On one line, without personal data."""
    points: int | Decimal | None = None
    """By how much the total points changed."""
    of: Entry | None = None
    """The push, wherever it is listed: another may stand at its place by now."""
    since: Entry | None = None
    """The one before it, likewise; None also when what changed could not be read."""


class PushChanges:
    """Tells what the pushes in sight changed, those before them first read from the archive."""

    def __init__(
        self, node: DOMNode, archive: PushArchive, in_sight: Callable[[], Sequence[Entry]],
        on_told: Callable[[], object], *, is_patient: bool,
    ) -> None:  # fmt: skip
        self._is_patient = is_patient
        self._telling: Event | None = None
        self._since: float | None = None
        """When it began to be patient."""
        self._archive = archive
        self._in_sight = in_sight
        self._on_told = on_told
        self._told: dict[str, Told] = {}
        self._changes = 0
        """How often there may have been another push before any."""
        self._held: dict[str, int] = {}
        """After how many of these it was seen last that what is told holds."""
        self._asking = Asking(node, "what-changed", lambda _: None)

    def told(self, ref: str) -> Told | None:
        """Return what a push changed, when that is known."""
        return self._told.get(ref)

    def outdate(self) -> None:
        """See in time whether all still holds: a push may have come before any other, or gone."""
        self._changes += 1

    def _is_news(self, ref: str, push: Entry | None) -> bool:
        told = self._told.get(ref)
        return told is None or told.of != push

    def stop(self) -> None:
        """Leave what is being told: other rows are coming."""
        self._since = None
        self._asking.stop()

    def look(self) -> None:
        """Tell what is in sight and not told yet, unless that is being done."""
        if self._asking.is_busy and (self._telling is not None or not self._is_patient):
            return
        wanted = [
            entry
            for entry in self._in_sight()
            if self._is_news(entry.ref, _anywhere(entry))
            or self._held.get(entry.ref) != self._changes
        ]
        if not self._is_patient:
            del wanted[_AT_ONCE:]
        if not wanted:
            self.stop()
            return

        known = {entry.ref: self._told.get(entry.ref) for entry in wanted}

        def tell(stop: Event) -> tuple[int, dict[str, Told]]:
            self._telling, self._since = stop, None
            changes = self._changes
            try:
                return changes, _tell(self._archive, wanted, known, stop)
            finally:
                if self._telling is stop:
                    self._telling = None

        now = monotonic()
        if self._since is None:
            self._since = now
        patience = min(_PATIENCE, self._since + _MOST_PATIENCE - now) if self._is_patient else 0
        self._asking.ask(tell, lambda found: self._take(*found), max(0, patience))

    def _take(self, changes: int, told: dict[str, Told]) -> None:
        if len(self._told) > _MOST:
            self._told.clear()
            self._held.clear()
        is_news = any(self._told.get(ref) != each for ref, each in told.items())
        self._told |= told
        self._held |= dict.fromkeys(told, changes)
        if is_news:
            self._on_told()
        if told:
            self.look()


def _tell(
    archive: PushArchive, entries: list[Entry], known: Mapping[str, Told | None], stop: Event
) -> dict[str, Told]:
    """Tell what pushes changed; what is known is told again while the one before is the same."""
    from loyalty_tui.crowdtwist import changes, differences

    read: dict[str, dict[str, object]] = {}  # the push before one is mostly the next row

    def document(ref: str) -> dict[str, object]:
        if ref not in read:
            read[ref] = cast("dict[str, object]", differences.decode(archive.text(ref)))
        return read[ref]

    told: dict[str, Told] = {}
    for entry in entries:
        if stop.is_set():
            break
        try:
            before = archive.previous(entry.ref, stop)
            if before is None:
                told[entry.ref] = Told(_first(entry), of=_anywhere(entry))
                continue
            of, since, kept = _anywhere(entry), _anywhere(before), known.get(entry.ref)
            if kept is not None and (kept.of, kept.since) == (of, since):
                told[entry.ref] = kept
                continue
            found = changes.read(document(before.ref), document(entry.ref), reveal=False)
        except ArchiveError:  # the inspector says why
            told[entry.ref] = Told("cannot be read", of=_anywhere(entry))
        else:
            told[entry.ref] = Told(found.summary, found.points, of, since)
    return told


def _first(entry: Entry) -> str:
    """Return what is said of a push before which its member has none of the same kind."""
    if entry.member_id is None and not entry.email.strip() and not entry.phone_digits:
        return ""  # nobody can say who sent others
    return "first push" if entry.kind is PushKind.PROFILE else f"first {entry.kind} push"


def _anywhere(entry: Entry) -> Entry:
    return replace(entry, key=(), copies=1)
