"""`loyalty-tui lookup ID`: one member on standard output."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loyalty_tui import identifiers
from loyalty_tui.cli.context import Session, choose, stored_key
from loyalty_tui.cli.json_line import escaped
from loyalty_tui.cli.main import complain
from loyalty_tui.errors import ExitCode

if TYPE_CHECKING:
    import argparse

    from loyalty_tui.crowdmanager.models import Distinction, LoyaltySummary, Rank, Try
    from loyalty_tui.identifiers import Identifier

SCHEMA = "loyalty-tui/lookup/1"


def run(arguments: argparse.Namespace) -> int:
    """Look the member up, print what there is, and return the exit code."""
    chosen = choose(arguments)
    for problem in chosen.settings.problems:
        complain(problem)
    profile = chosen.profile
    identifier = identifiers.parse(arguments.identifier, profile.region)
    if identifier.notice:
        complain(identifier.notice)
    session = Session(profile, lambda: stored_key(profile.name))
    summary = asyncio.run(_look_up(session, identifier))
    fetched_at = datetime.now(UTC)
    if arguments.json:
        for notice in summary.notices:
            complain(notice)
        sys.stdout.write(as_json(identifier, summary, fetched_at) + "\n")
    else:
        from loyalty_tui.cli.summary import member_lines

        for line in member_lines(identifier, summary, fetched_at.astimezone()):
            print(line)
    return ExitCode.FINE


async def _look_up(session: Session, identifier: Identifier) -> LoyaltySummary:
    try:
        return await session.look_up(identifier, _on_try)
    finally:
        await session.close()


def _on_try(attempt: Try) -> None:
    if attempt.pause and sys.stderr.isatty():
        complain(f"{attempt.cause}; try {attempt.number} of {attempt.of} in {attempt.pause:.1f} s")


def as_json(identifier: Identifier, summary: LoyaltySummary, fetched_at: datetime) -> str:
    """Return the document of schema loyalty-tui/lookup/1; numbers have all their digits.

    The time is in UTC.
    """
    import msgspec

    from loyalty_tui.crowdmanager import ladder

    document = {
        "schema": SCHEMA,
        "identifier": {"type": identifier.type, "value": identifier.value},
        "fetched_at": f"{fetched_at:%Y-%m-%dT%H:%M:%S}Z",
        "balance": summary.balance,
        "rank": _rank(summary.rank) if summary.rank else None,
        "ladder": [
            {
                "id": rung.rank.id,
                "name": rung.rank.name,
                "threshold": rung.rank.threshold,
                "from": rung.lower,
                "to": rung.upper,
                "is_current": rung.is_current,
            }
            for rung in ladder.build(summary).rungs
        ],
        "distinctions": [_distinction(item) for item in summary.distinctions],
    }
    return escaped(msgspec.json.Encoder(decimal_format="number").encode(document).decode())


def _rank(rank: Rank) -> dict[str, object]:
    return {
        "id": rank.id,
        "name": rank.name,
        "description": rank.description,
        "image_url": rank.image_url,
        "threshold": rank.threshold,
    }


def _distinction(distinction: Distinction) -> dict[str, object]:
    return {
        "id": distinction.id,
        "name": distinction.name,
        "description": distinction.description,
        "image_url": distinction.image_url,
        "is_earned": distinction.is_earned,
    }
