"""Loyalty schemes of the sandbox: the ranks and distinctions its members live among.

The base scheme is the one in CrowdManager's document, "Loyalty Summary"; the others have its
shape and other contents.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection

Award: TypeAlias = dict[str, Any]
"""A rank or a distinction as it travels: the document's keys in the document's order."""

DOCUMENT_ANSWER: Final = (files("loyalty_tui.sandbox") / "data/loyalty-summary.json").read_bytes()
"""The sample response of CrowdManager's document, byte for byte."""

_DOCUMENT: Final = json.loads(DOCUMENT_ANSWER)

RANKS: Final[tuple[Award, ...]] = tuple(_DOCUMENT["ranks"])
"""Bronze, Silver and Gold Supporter: the document's order, which is not that of the thresholds."""

DISTINCTIONS: Final[tuple[Award, ...]] = tuple(_DOCUMENT["distinctions"])
"""The document's four distinctions, none of them earned."""

HOSTILE_TEXTS: Final = (
    "[bold red]x[/]",
    "[/] [link=https://example.com]free tickets[/link]",
    "\x1b]52;c;c2FuZGJveA==\x07clipboard",
    "\x1b[2J\x1b[H\x9b31mcleared",
    "\u202ereversed\u202c \u2066isolated\u2069",
    "Z" + "\u0300\u0316\u0489" * 12 + "algo",
    "満員御礼・応援団長",
    "👩‍👩‍👧‍👦🏳️‍🌈🎟️👍🏽",
    "Season ticket holder of the north stand " * 7 + "since 1974, row F...",
    "NUL \x00, line\r\nbreak, tab\there,\x85next\u2028line, \u200bzero width\ufeff",
)
"""Names nobody should have.

Markup, escape sequences, directional overrides, combining stacks, wide characters, pictures made
of several characters, a text of 300 characters, and what breaks lines.
"""

_MANY: Final = (
    ("Terrace", 1.0),
    ("Main Stand", 0.75),
    ("Life President", 0.0005),
    ("Away Traveller", 0.5),
    ("Hall of Fame", 0.001),
    ("Front Row", 0.4),
    ("Early Bird", 0.3),
    ("Directors' Box", 0.01),
    ("Captain's Table", 0.005),
    ("Diamond", 0.02),
    ("Platinum", 0.05),
    ("Gold", 0.1),
    ("Silver", 0.15),
    ("Bronze", 0.2),
)


def rank(id_: int, name: str, description: str, threshold: float) -> Award:
    """Return a rank with the document's keys and picture."""
    return RANKS[0] | {
        "id": id_,
        "name": name,
        "description": description,
        "threshold": threshold,
    }


def distinction(id_: int, name: str, description: str, *, earned: bool) -> Award:
    """Return a distinction with the document's keys and picture."""
    return DISTINCTIONS[0] | {
        "id": id_,
        "name": name,
        "description": description,
        "isEarned": earned,
    }


MANY_RANKS: Final = tuple(
    rank(201 + number, name, f"Top {threshold * 100:g}% this season", threshold)
    for number, (name, threshold) in enumerate(_MANY)
)
"""Fourteen ranks, from the top 0.05 % to everyone."""

MANY_DISTINCTIONS: Final = tuple(
    distinction(year, f"Season {year}", f"10 home matches in {year}", earned=year % 3 == 0)
    for year in range(1991, 2027)
)
"""Thirty-six distinctions, twelve of them earned."""

HOSTILE_RANKS: Final = tuple(
    rank(301 + number, text, text, (number + 1) / 10) for number, text in enumerate(HOSTILE_TEXTS)
)
"""A rank for each hostile text."""

HOSTILE_DISTINCTIONS: Final = tuple(
    distinction(401 + number, text, text, earned=number % 2 == 0)
    for number, text in enumerate(HOSTILE_TEXTS)
)
"""A distinction for each hostile text."""


def earned(*names: str) -> tuple[Award, ...]:
    """Return the document's distinctions with the named ones earned."""
    return tuple(award | {"isEarned": award["name"] in names} for award in DISTINCTIONS)


def answer(balance: str, **fields: Award | Collection[Award] | None) -> bytes:
    """Return the body of an answer, laid out as the document's own sample is.

    The balance is a JSON number as it is to be written, for 12.50 has one digit more than any
    number of this language would keep. The other fields come in the order given; one that is not
    given is not sent.
    """
    text = json.dumps({"balance": 0} | fields, ensure_ascii=False, indent=3, separators=(",", ":"))
    return text.replace('"balance":0', f'"balance":{balance}', 1).encode()
