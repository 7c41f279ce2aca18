"""What the inspector reads of one push. Everything here blocks and runs in threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from loyalty_tui.crowdtwist import changes, differences, json_text, overview, profile, reading
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.errors import ArchiveError

if TYPE_CHECKING:
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
    reveal = asked.reveal
    if stop.is_set():
        return Opened()
    if asked.view == "json":
        return Opened(text=text)  # the view masks it itself
    if asked.view == "changes":
        return Opened(compared=_compare(archive, asked, text, stop))
    # Only objects are kept as pushes.
    push = cast("dict[str, object]", json_text.loads(text))
    is_profile = profile.understand(push).kind is PushKind.PROFILE
    sections = reading.read(push, reveal=reveal, is_whole=is_profile)
    drift = reading.drift(sections) if is_profile else ""
    if asked.view == "fields":
        return Opened(drift, sections=sections)
    return Opened(drift, overview.read(push, reveal=reveal))


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
