"""Pushes opened one by one and looked at, where the index leaves only a few."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from loyalty_tui.archive import seeking, streams
from loyalty_tui.archive.finding import HAND_OVER
from loyalty_tui.archive.matching import Matching
from loyalty_tui.archive.pushes import Found, from_bytes
from loyalty_tui.archive.scanning import FILE_BITS, is_compressed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from threading import Event

    from loyalty_tui.archive.pushes import Fault
    from loyalty_tui.archive.query.model import Clause

_CHUNK: Final = 1 << 20
_FEW: Final = 4
"""Pushes of one compressed file up to which each is opened on its own."""


@dataclass(frozen=True, slots=True)
class ScanPlace:
    """A push to look at."""

    no: int
    """Of its file."""
    path: str
    name: str
    offset: int
    length: int
    checkpoints: bytes | None
    """From seeking.make_checkpoints."""


def scan_places(
    places: Sequence[ScanPlace],
    clauses: tuple[Clause, ...],
    on_found: Callable[[list[int]], None],
    on_progress: Callable[[int, int], None],
    stop: Event,
) -> None:
    """Open pushes and look at each, in their order; blocks. Otherwise as scanning.scan.

    Several of one compressed file are looked at together, where the first of them would be.
    """
    matching = Matching(clauses)
    done, total = 0, sum(place.length for place in places)
    found: list[int] = []
    handed_at = time.monotonic()
    on_progress(done, total)
    for place, push in _opened(places, stop):
        if stop.is_set():
            return
        done += place.length
        if isinstance(push, Found) and matching.holds(push.value):
            found.append(place.no << FILE_BITS | place.offset)
        if time.monotonic() - handed_at > HAND_OVER:
            handed_at = time.monotonic()
            if found:
                on_found(found)
                found = []
            on_progress(done, total)
    if stop.is_set():
        return
    if found:
        on_found(found)
    on_progress(total, total)


def _opened(
    places: Sequence[ScanPlace], stop: Event
) -> Iterator[tuple[ScanPlace, Found | Fault | None]]:
    """Yield places with what is there; those of a file that cannot be read are left out."""
    together: dict[str, list[ScanPlace]] = {}
    for place in places:
        if is_compressed(place.name):
            together.setdefault(place.path, []).append(place)
    for place in places:
        if place.path not in together:
            yield from _opened_alone([place])
        elif several := together[place.path]:
            together[place.path] = []
            is_near = len(several) <= _FEW and all(each.checkpoints for each in several)
            yield from (_opened_alone if is_near else partial(_passed, stop=stop))(several)


def _opened_alone(places: list[ScanPlace]) -> Iterator[tuple[ScanPlace, Found | Fault]]:
    for place in places:
        form = streams.form_of(place.name)
        if form is None:
            continue
        with suppress(OSError, ValueError, streams.StreamError):
            yield (
                place,
                seeking.read_push(place.path, form, place.offset, place.length, place.checkpoints),
            )


def _passed(
    places: list[ScanPlace], stop: Event
) -> Iterator[tuple[ScanPlace, Found | Fault | None]]:
    """Yield what a compressed file has at places, read once from its beginning."""
    form = streams.form_of(places[0].name)
    if form is None:
        return
    held, start = bytearray(), 0
    with (
        suppress(OSError, ValueError, streams.StreamError),
        streams.open_bytes(places[0].path, form) as stream,
    ):
        text = streams.Utf8(stream)
        for place in sorted(places, key=lambda place: place.offset):
            skip = place.offset - start
            while len(held) < skip + place.length:
                dropped = min(len(held), max(0, skip))
                del held[:dropped]
                start += dropped
                skip -= dropped
                data = text.read(_CHUNK)
                if not data or stop.is_set():
                    return
                held += data
            yield place, from_bytes(bytes(held[skip : skip + place.length]))
