"""Long work in slices between which the screen goes on: for what is made step by step."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from textual.dom import DOMNode
    from textual.worker import Worker

SLICE: Final = 0.005
"""Seconds after which the screen has its turn."""

TELLING: Final = 0.1
"""Seconds between two looks at what there is so far."""


def start(node: DOMNode, group: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin work of a node; what is under way of the same group ends.

    It is handed what makes the coroutine: one that is replaced before it begins leaves nothing.
    """
    _: Worker[None] = node.run_worker(work, group=group, exclusive=True)


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
