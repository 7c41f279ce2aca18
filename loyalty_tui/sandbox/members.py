"""The members of the sandbox, as CrowdManager knows them.

Apart from the two documents' own, phone numbers are from the ranges that telephone authorities
keep for fiction, and e-mail addresses from the domains that RFC 2606 keeps for examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from loyalty_tui.sandbox.schemes import (
    DISTINCTIONS,
    DOCUMENT_ANSWER,
    HOSTILE_DISTINCTIONS,
    HOSTILE_RANKS,
    MANY_DISTINCTIONS,
    MANY_RANKS,
    RANKS,
    answer,
    earned,
)

_BRONZE, _SILVER, _GOLD = RANKS


@dataclass(frozen=True, slots=True)
class Member:
    """An individual CrowdManager can be asked about, and how it answers."""

    phone: str
    """E.164."""
    email: str
    """Lower case; asked for in any."""
    note: str
    """What there is to see, in a few words."""
    answer: bytes | None
    """The body of the answer; None when the service is to know nobody by this phone or e-mail."""
    typed: str = ""
    """How staff would type one of the two, for the list of examples; empty when not listed."""
    delay: float = 0.0
    """Seconds until the answer."""
    busy_first: bool = False
    """Whether every other request is answered with 503, beginning with the first."""


MEMBERS: Final = (
    Member(
        "+4722345678",
        "ingrid.solheim@example.org",
        "CrowdManager's own sample",
        DOCUMENT_ANSWER,
        typed="+47 22 34 56 78",
    ),
    Member(
        "+12312312321",
        "george15@crowdtwist.com",
        "CrowdTwist's own sample",
        answer("5840", rank=_BRONZE, ranks=RANKS, distinctions=earned("Regular Member", "VIP")),
        typed="george15@crowdtwist.com",
    ),
    Member(
        "+447700900101",
        "amara.okafor@example.com",
        "no rank yet",
        answer("45", rank=None, ranks=RANKS, distinctions=DISTINCTIONS),
        typed="+44 7700 900101",
    ),
    Member(
        "+447700900102",
        "tomasz.zielinski@example.net",
        "no rank in the answer",
        answer("0", ranks=RANKS, distinctions=DISTINCTIONS),
    ),
    Member(
        "+61491570156",
        "priya.raghunathan@example.com",
        "top rank, all earned",
        answer(
            "9020",
            rank=_GOLD,
            ranks=RANKS,
            distinctions=earned(*(award["name"] for award in DISTINCTIONS)),
        ),
        typed="+61 491 570 156",
    ),
    Member(
        "+12125550143",
        "sofia.herrera@example.com",
        "middle rank, 2 of 4",
        answer(
            "1310",
            rank=_SILVER,
            ranks=RANKS,
            distinctions=earned("Regular Member", "Premium Member"),
        ),
        typed="sofia.herrera@example.com",
    ),
    Member(
        "+33639980012",
        "camille.nguyen@example.org",
        "no distinctions",
        answer("310", rank=_BRONZE, ranks=RANKS, distinctions=[]),
    ),
    Member(
        "+61491570157",
        "luca.bianchi@example.net",
        "a balance of sixteen digits",
        answer("9007199254740993", rank=_GOLD, ranks=RANKS, distinctions=earned("VIP")),
    ),
    Member(
        "+13105550112",
        "fatima.elidrissi@example.com",
        "a balance with decimals",
        answer("12.50", rank=_BRONZE, ranks=RANKS, distinctions=earned("FastEarning")),
    ),
    Member(
        "+46701740605",
        "lindqvist.family@example.org",
        "shared by two members",
        answer("777", rank=MANY_RANKS[9], ranks=MANY_RANKS, distinctions=MANY_DISTINCTIONS),
        typed="lindqvist.family@example.org",
    ),
    Member(
        "+491713920001",
        "hostile.text@example.net",
        "names made of hostile text",
        answer(
            "101",
            rank=HOSTILE_RANKS[2],
            ranks=HOSTILE_RANKS,
            distinctions=HOSTILE_DISTINCTIONS,
        ),
    ),
    Member(
        "+447700900400",
        "mateo.silva@example.com",
        "slow to answer",
        answer("220", rank=_BRONZE, ranks=RANKS, distinctions=earned("Premium Member")),
        typed="+44 7700 900400",
        delay=4.0,
    ),
    Member(
        "+447700900404",
        "nobody@example.com",
        "not a member",
        None,
        typed="+44 7700 900404",
    ),
    Member(
        "+447700900503",
        "aroha.ngata@example.net",
        "the service is busy at first",
        answer("1450", rank=_SILVER, ranks=RANKS, distinctions=earned("Regular Member")),
        busy_first=True,
    ),
)
"""Everyone the sandbox knows, and one it does not."""

EXAMPLES: Final = tuple((member.typed, member.note) for member in MEMBERS if member.typed)
"""What the desk lists to try: (identifier as staff would type it, what there is to see)."""
