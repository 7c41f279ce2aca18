"""What happened to the sandbox's members in 2026, as CrowdTwist tells it: one push a change.

Fixed data: no clock, no chance. `crowdtwist` makes whole profiles of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.sandbox.people import (
    AMARA,
    AROHA,
    CAMILLE,
    FATIMA,
    HANNA,
    HOSTILE,
    INGRID,
    LUCA,
    MATEO,
    NILS,
    PRIYA,
    SOFIA,
    TOMASZ,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Change:
    """One update of a member's profile, and so one push."""

    updated: str
    """When, UTC: YYYY-MM-DD HH:MM:SS."""
    event: str | None
    """Why the tier was assigned; None when the push carries no tier block."""
    tier: int
    """The tier the member is on then, from 1 to 4."""
    total: int
    """All points earned until then."""
    set: Mapping[str, Any] = field(default_factory=dict)
    """Profile fields that have another value from then on."""
    spent: int = 0
    """Points redeemed just before."""
    late: int = 2
    """Seconds until the push arrived."""
    cut_first: bool = False
    """Whether a first delivery was cut off while it was saved; the sender tried again."""


@dataclass(frozen=True, slots=True)
class Story:
    """A member and their changes, in the order in which they happened."""

    id: int
    """CrowdTwist's own id of the member."""
    person: Mapping[str, Any]
    """Profile fields in which the member differs from the document's sample."""
    changes: tuple[Change, ...]
    opening: int = 0
    """Points earned before the first change."""


_TILL: Final = {"employee_id": "employee1", "register_id": "1", "cashier_id": "2"}

STORIES: Final = (
    Story(
        6566,  # the CrowdTwist document's own member, nine years later
        {},
        (
            Change("2026-01-24 21:15:33", "update", 1, 5260),
            Change("2026-03-14 18:40:12", "update", 1, 5810, {"emailIsVerified": 1}),
            Change("2026-06-06 20:11:59", "jump", 2, 6215),
            Change("2026-09-19 17:05:27", "update", 2, 6340, spent=500),
            Change("2026-11-18 12:00:00", "drop", 1, 6340),
        ),
        opening=5200,
    ),
    Story(
        7101,
        INGRID,
        (
            Change("2026-02-03 17:20:05", "start", 1, 25),
            Change("2026-05-16 19:45:00", "update", 1, 640),
            Change("2026-08-29 15:10:42", "jump", 2, 1040),
            Change("2026-10-11 20:02:18", "update", 2, 1180, {"customData": _TILL}, spent=400),
            Change("2026-11-19 18:30:09", "update", 2, 1236, spent=780),
        ),
    ),
    Story(
        7203,
        AMARA,
        (
            Change("2026-11-07 14:00:31", "start", 1, 20),
            Change("2026-11-14 16:21:08", "update", 1, 45),
        ),
    ),
    Story(
        7204,
        TOMASZ,
        (
            Change("2026-10-02 09:12:44", None, 1, 0),
            Change("2026-11-18 11:47:02", None, 1, 0, {"receiveSmsMessages": 1}),
        ),
    ),
    Story(
        5012,
        PRIYA,
        (
            Change("2026-03-28 08:30:17", "update", 4, 7400),
            Change("2026-07-04 09:58:40", "update", 4, 8100, {"dateMobileVerified": 1783159120}),
            Change("2026-08-11 00:00:00", "maintain", 4, 8100),
            Change("2026-11-14 10:44:55", "update", 4, 9020),
        ),
        opening=6900,
    ),
    Story(
        6870,
        SOFIA,
        (
            Change("2026-04-19 23:05:10", "update", 3, 2710),
            Change("2026-06-20 01:40:36", "update", 3, 2790, {"emailIsVerified": 1}),
            Change(
                "2026-09-02 13:14:15",
                "update",
                3,
                2790,
                {"emailAddress": "sofia.herrera@example.com", "emailIsVerified": 0},
                spent=1480,
            ),
            Change("2026-11-12 05:00:00", "drop", 2, 2790),
        ),
        opening=2600,
    ),
    Story(
        7015,
        CAMILLE,
        (
            Change("2026-01-05 00:00:00", "reset", 1, 310),
            Change("2026-10-02 19:31:00", "update", 1, 860, late=93_784),
            Change("2026-10-03 20:48:09", "jump", 2, 1015),
            Change("2026-11-19 20:55:13", "update", 2, 1120, spent=825, late=11_415),
            Change("2026-11-19 21:40:58", "update", 2, 1135),
        ),
        opening=310,
    ),
    Story(
        4400,
        LUCA,
        (
            Change("2026-11-18 07:07:07", "update", 4, 9007199254740961),
            Change("2026-11-18 07:07:07", "update", 4, 9007199254740993, late=3),
        ),
        opening=9007199254740900,
    ),
    Story(
        6650,
        FATIMA,
        (
            Change("2026-06-30 00:00:00", "maintain", 2, 1990),
            Change(
                "2026-11-14 19:00:21",
                "update",
                2,
                2040,
                {"seasonTicket": {"stand": "North", "row": "F", "seats": [14, 15]}},
            ),
        ),
        opening=1990,
    ),
    Story(
        5501,
        HANNA,
        (
            Change("2026-05-03 14:20:00", "jump", 3, 2510),
            Change("2026-11-20 09:15:27", "update", 3, 2735, spent=1958),
        ),
        opening=2380,
    ),
    Story(
        5502,
        NILS,
        (
            Change("2026-05-03 14:26:11", "start", 1, 10),
            Change("2026-11-20 09:15:27", "update", 1, 85, late=4),
        ),
    ),
    Story(
        6666,
        HOSTILE,
        (
            Change("2026-09-09 09:09:09", "start", 1, 0),
            Change("2026-11-14 11:11:11", "\x1b[31mupdate", 1, 101, {"customData": "[/]"}),
        ),
    ),
    Story(
        7300,
        MATEO,
        (
            Change("2026-08-01 16:45:30", "update", 1, 205),
            Change("2026-10-31 22:10:04", "update", 1, 220),
        ),
        opening=180,
    ),
    Story(
        7411,
        AROHA,
        (
            Change("2026-07-11 07:30:00", "update", 2, 1400),
            Change("2026-11-14 08:02:49", "update", 2, 1450, cut_first=True),
        ),
        opening=1310,
    ),
)
"""The members' stories; each identifier in them is one of `members`, or was it earlier."""

SIBLINGS: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    (
        "2026-11-14 08:02:50",
        {
            "userActivityId": 12348765,
            "activityId": 198,
            "activityName": "match attended",
            "points": 50,
            "notes": None,
            "referenceId": None,
            "activityExtraData": '{"gate": "C"}',
            "thirdPartyId": "crm-00503",
            "title": "Be There",
            "description": "Attend a home match",
        },
    ),
    (
        "2026-11-19 05:00:03",
        {
            "user_id": 7411,
            "email_address": "aroha.ngata@example.net",
            "third_party_id": "crm-00503",
            "message_date": "2026-11-19T05:00:00.511-00:00",
            "last_qualified_date": "2026-11-14T08:02:49.000-00:00",
            "expiration_date": "2027-11-14T08:02:49.000-00:00",
            "points_expiring": 1450,
        },
    ),
)
"""Pushes of other kinds that came to the same endpoint: (received, body).

An activity and a points expiration, with the fields of CrowdTwist's documents "Live Push User
Activity" and "Live Push Points Expiration".
"""
