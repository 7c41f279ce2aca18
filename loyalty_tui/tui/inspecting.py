"""What the inspector reads of one push. Everything here blocks and runs in threads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from loyalty_tui.crowdtwist import changes, differences, json_text, overview, profile, reading
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.crowdtwist.readable import NOT_SENT, NOT_SET
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from threading import Event

    from loyalty_tui.archive.model import Entry
    from loyalty_tui.crowdtwist.changes import Changes
    from loyalty_tui.crowdtwist.overview import Block
    from loyalty_tui.crowdtwist.reading import Section
    from loyalty_tui.tui.program import PushArchive


@dataclass(frozen=True, slots=True)
class Compared:
    """A push compared with another one."""

    kind: PushKind
    """Of what kind it is; without a mark it is compared with one of the same."""
    base: Entry | None
    """The one it is compared with; None when there is none."""
    is_marked: bool
    """Whether that one was marked; else it is the member's previous push."""
    changes: Changes | None


@dataclass(frozen=True, slots=True)
class Opened:
    """One push, as far as the view that is shown needs it."""

    drift: str = ""
    """How it departs from the document, in one line."""
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    compared: Compared | None = None
    text: str = ""
    points: tuple[str, str] | None = None
    """Why total and redeemable points may be no numbers; None where the index knows both."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read."""

    entry: Entry
    view: str
    """One of "overview", "fields", "changes" and "json"."""
    marked: Entry | None
    """With what to compare it; None for the push before it."""
    reveal: bool


def open_push(archive: PushArchive, asked: Asked, stop: Event) -> Opened:
    """Read a push for one view. Blocks.

    Raises:
        ArchiveError: It cannot be read.
    """
    text = archive.text(asked.entry.ref)
    if stop.is_set():
        return Opened()
    opened = _read(archive, asked, text, stop)
    numbers = asked.entry.total_points, asked.entry.redeemable_points
    is_said = asked.entry.kind is not PushKind.PROFILE or None not in numbers
    return opened if is_said else replace(opened, points=_points(_decoded(text)))


def _read(archive: PushArchive, asked: Asked, text: str, stop: Event) -> Opened:
    reveal = asked.reveal
    if asked.view == "json":
        return Opened(text=text)  # the view masks it itself
    if asked.view == "changes":
        return Opened(compared=_compare(archive, asked, text, stop))
    push = _decoded(text)
    is_profile = profile.understand(push).kind is PushKind.PROFILE
    sections = reading.read(push, reveal=reveal, is_whole=is_profile)
    drift = reading.drift(sections) if is_profile else ""
    if asked.view == "fields":
        return Opened(drift, sections=sections)
    return Opened(drift, overview.read(push, reveal=reveal))


def _decoded(text: str) -> dict[str, object]:
    return cast("dict[str, object]", json_text.loads(text))  # only objects are kept as pushes


def _points(push: Mapping[str, object]) -> tuple[str, str]:
    total, redeemable = (
        NOT_SENT if name not in push else NOT_SET if push[name] is None else "no number"
        for name in ("totalPoints", "redeemablePoints")
    )
    return total, redeemable


def _compare(archive: PushArchive, asked: Asked, text: str, stop: Event) -> Compared:
    is_marked = asked.marked is not None
    base = asked.marked if is_marked else archive.previous(asked.entry.ref, stop)
    if base is None or stop.is_set():
        return Compared(asked.entry.kind, None, is_marked=False, changes=None)
    try:
        before = archive.text(base.ref)
    except ArchiveError as error:
        raise ArchiveError(
            f"The push to compare with cannot be read: {error.sentence}", error.remedy
        ) from None
    one, other = (cast("dict[str, object]", differences.decode(each)) for each in (before, text))
    told = changes.read(one, other, reveal=asked.reveal)
    return Compared(asked.entry.kind, base, is_marked, told)
