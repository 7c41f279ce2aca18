"""Long work in slices between which the screen goes on: for what is made step by step."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SLICE: Final = 0.005
"""Seconds after which the screen has its turn."""

TELLING: Final = 0.1
"""Seconds between two looks at what there is so far."""


async def in_slices(steps: Iterator[object], tell: Callable[[], None]) -> None:
    """Do all steps, and tell now and then, and at the end, that there is more to see.

    Cancelling what waits for it ends it between two steps.
    """
    now = perf_counter()
    turn, told = now + SLICE, now + TELLING
    for _ in steps:
        now = perf_counter()
        if now < turn:
            continue
        if now >= told:
            tell()
            told = now + TELLING
        await asyncio.sleep(0)
        turn = perf_counter() + SLICE
    tell()
