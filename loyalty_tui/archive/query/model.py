"""What a query says, as conditions on pushes: what the language is read into."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003 - who makes any of these looks their types up
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from loyalty_tui.errors import UsageError

LONGEST: Final = 2_000
"""Characters of a query."""


class QueryError(UsageError):
    """A query that cannot be understood, with the place and what could stand there."""

    def __init__(
        self, sentence: str, remedy: str, start: int, end: int, offers: tuple[str, ...] = ()
    ) -> None:
        super().__init__(sentence, remedy)
        self.start = start
        """The first character of the query that is wrong, counted from 0."""
        self.end = end
        """The character after the last that is wrong."""
        self.offers = offers
        """What could stand there instead, nearest first."""


class Words(Struct, frozen=True):
    """Text in what a member is called: the beginning of a part, or a run of 3 characters or more.

    Indexed.
    """

    field: Literal["any", "name", "email", "user"]
    """"any" looks at name parts, e-mail and user name."""
    folded: str
    """Never empty; see `folding.fold`."""


class Digits(Struct, frozen=True):
    """Digits in a member's numbers: the beginning of one, or a run of 3 or more. Indexed.

    A phone number that somebody has is that number alone.
    """

    field: Literal["any", "phone", "crm"]
    """"any" looks at phone, id and third-party id. The third-party id may hold letters."""
    folded: str
    is_part: bool = False
    """Whether it is a part of a number, even if somebody has exactly this one."""


class Email(Struct, frozen=True):
    """A whole e-mail address, compared in lower case. Indexed."""

    folded: str


class Given(Struct, frozen=True):
    """A member has such a value at all. Indexed."""

    field: Literal["name", "email", "user", "phone", "crm"]


class Range(Struct, frozen=True):
    """A number between two bounds; without any, a number at all. Indexed."""

    field: Literal["id", "points", "redeemable"]
    low: Decimal | None
    high: Decimal | None
    low_included: bool = True
    high_included: bool = True


class Period(Struct, frozen=True):
    """A time in a half-open stretch. Indexed."""

    field: Literal["at", "updated", "received"]
    """"at" is the last update, or the receipt of a push that has none."""
    since: int | None
    """Microseconds since 1970 UTC, included."""
    until: int | None
    """Microseconds since 1970 UTC, not included."""


class Choice(Struct, frozen=True):
    """One of a small set of texts, or, when none of them is this one, all that begin so. Indexed.

    When asked for the beginning, all that begin so in any case.

    Type is the kind of push: profile, activity, redemption, expiration, segmentation, unknown.
    """

    field: Literal["tier", "event", "country", "city", "type"]
    folded: str
    """Empty for pushes without any."""
    is_beginning: bool = False


class InFile(Struct, frozen=True):
    """The path of the push's file, relative to the archive, holds this text, folded. Indexed."""

    folded: str


class Document(Struct, frozen=True):
    """A property of the push itself. Not indexed: the push has to be looked at."""

    path: tuple[str, ...]
    """Names from the top: ("tierInfo", "nextLevel", "title"); custom data is read also where it
    is a string of JSON: ("customData", "register_id")."""
    aliases: tuple[tuple[str, ...], ...]
    """Other paths of the same property."""
    matcher: Matcher


class IsNull(Struct, frozen=True):
    """The property has no value: it was not sent, or as null or an empty text."""


class IsSet(Struct, frozen=True):
    """The property has a value."""


class IsText(Struct, frozen=True):
    """A text, number or flag equals this one, folded; or begins with it."""

    folded: str
    is_beginning: bool = False


class IsNumber(Struct, frozen=True):
    """A number, also one sent as a string, lies between two bounds."""

    low: Decimal | None
    high: Decimal | None
    low_included: bool = True
    high_included: bool = True


class IsFlag(Struct, frozen=True):
    """A flag, in any of the forms in which flags are sent, is this."""

    flag: bool


class IsInstant(Struct, frozen=True):
    """A date, in any of the forms in which dates are sent, lies in a half-open stretch."""

    since: int | None
    """Microseconds since 1970 UTC."""
    until: int | None


Matcher: TypeAlias = IsNull | IsSet | IsText | IsNumber | IsFlag | IsInstant
Test: TypeAlias = Words | Digits | Email | Given | Range | Period | Choice | InFile | Document


class Clause(Struct, frozen=True):
    """One condition: one of its tests holds, or, negated, none of them does."""

    tests: tuple[Test, ...]
    is_negated: bool
    start: int
    """Where it stands in the query's text."""
    end: int


class Query(Struct, frozen=True):
    """What is asked for: pushes for which every clause holds. Without clauses, all of them."""

    text: str
    clauses: tuple[Clause, ...] = ()

    @property
    def needs_documents(self) -> bool:
        """Whether pushes have to be looked at to answer it."""
        return any(isinstance(test, Document) for clause in self.clauses for test in clause.tests)


EVERYTHING = Query("")


def of_kind(query: Query, kind: str) -> Query:
    """Return a query for those pushes only that are of a kind, such as "profile"."""
    only = Clause((Choice("type", kind),), is_negated=False, start=0, end=0)
    return Query(f"{query.text} type:{kind}".strip(), (*query.clauses, only))
