"""`loyalty-tui demo`: the desk with made-up members, or one pass of it without a terminal."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from typing import TYPE_CHECKING

from loyalty_tui.errors import ExitCode

if TYPE_CHECKING:
    import argparse

    from loyalty_tui.tui.program import Connection

LOOKED_UP = 3
"""How many of the examples are looked up where there is no screen; the document's own first."""


def run(arguments: argparse.Namespace) -> int:
    """Open the demo's desk; without a terminal, print some members and their pushes."""
    if sys.stdout.isatty() and sys.stdin.isatty():
        from loyalty_tui.cli import desk

        return desk.run(arguments, starts_in_demo=True)
    from loyalty_tui.cli.demo_program import Demo

    with Demo() as demo:
        connection = demo.start()
        demo.bring_up_to_date()
        asyncio.run(_print_members(connection))
    return ExitCode.FINE


async def _print_members(connection: Connection) -> None:
    from loyalty_tui import identifiers
    from loyalty_tui.cli.summary import member_lines, push_lines

    archive = connection.archive
    assert archive is not None  # noqa: S101 - the demo always has one

    try:
        for example in connection.examples[:LOOKED_UP]:
            identifier = identifiers.parse(example.identifier, connection.profile.region)
            summary = await connection.look_up(identifier, lambda _: None)
            now = datetime.now().astimezone()
            for line in member_lines(identifier, summary, now):
                print(line)
            for line in push_lines(archive, archive.behind(identifier)):
                print(line)
            print()
    finally:
        await connection.close()
