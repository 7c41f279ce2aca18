"""A demo archive of CrowdTwist pushes, saved as the receiver saves them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from loyalty_tui.errors import ArchiveError
from loyalty_tui.sandbox.profiles import DOCUMENT_PUSH, profiles
from loyalty_tui.sandbox.stories import SIBLINGS, STORIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def write_archive(folder: Path) -> None:
    """Write the demo archive into a folder, which is made when it is not there.

    The document's own sample goes to `vendor-sample/`, byte for byte; everything else to
    `pushes/`, a file for each day of receipt. Only the owner may read it. The same archive is
    written every time. ArchiveError when that cannot be done, or when a file of that name is
    there: none is ever overwritten.
    """
    contents = {"vendor-sample/live-push-user-profile.json": DOCUMENT_PUSH}
    contents |= {f"pushes/{day}.ndjson": lines for day, lines in _days().items()}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in contents.items():
            path = folder / name
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(content)
    except OSError as error:
        raise ArchiveError(
            f"The demo archive cannot be written: {error.strerror or error}.",
            "Name a folder that is new or empty and that you may write to.",
        ) from error


def _days() -> dict[str, bytes]:
    days: defaultdict[str, bytes] = defaultdict(bytes)
    for received, line in sorted(_deliveries()):
        days[f"{received:%Y-%m-%d}"] += line + b"\n"
    return days


def _deliveries() -> Iterator[tuple[datetime, bytes]]:
    """Yield the lines of the archive, each with its time of receipt, one story after another."""
    for story in STORIES:
        for change, (at, profile) in zip(story.changes, profiles(story), strict=True):
            # Some fraction of a second, always the same for the same push.
            received = at + timedelta(seconds=change.late, microseconds=story.id * 7919 % 1_000_000)
            if change.cut_first:
                line = _line(received, profile)
                yield received, line[: len(line) // 2]
                received += timedelta(minutes=12)
            yield received, _line(received, profile)
    for moment, push in SIBLINGS:
        received = datetime.fromisoformat(moment).replace(tzinfo=UTC, microsecond=250_000)
        yield received, _line(received, push)


def _line(received: datetime, push: Mapping[str, Any]) -> bytes:
    envelope = {"received_at": f"{received:%Y-%m-%dT%H:%M:%S.%f}Z", "push": push}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
