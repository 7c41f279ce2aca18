"""A query as SQL: what it asks of people, and what of pushes.

People are found first, by the search of runs and then exactly; pushes are then those of these
people. `p` stands for a person, `u` for a push.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec.structs import replace

from loyalty_tui.archive import searching
from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.index.schema import FILE_BITS
from loyalty_tui.archive.query.model import (
    Choice,
    Clause,
    Digits,
    Document,
    Email,
    Given,
    InFile,
    Period,
    Query,
    Range,
    Test,
    Words,
)
from loyalty_tui.archive.stored import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal

Value: TypeAlias = int | float | str

_SECOND: Final = 1_000_000
_LARGEST: Final = 2**63 - 1

_MARK: Final = f"char({ord(searching.PART)})"
_PARTS: Final = {"name": 0, "email": 1, "user": 2, "phone": 0, "crm": 2}
"""Where the fields stand in the searched texts; see people.unpack."""
_COLUMNS: Final = {"points": "u.points", "redeemable": "u.redeemable"}


@dataclass(slots=True)
class Conditions:
    """What holds for a query's people and pushes, as SQL with its values."""

    people: list[str] = field(default_factory=list)
    people_values: list[Value] = field(default_factory=list)
    pushes: list[str] = field(default_factory=list)
    pushes_values: list[Value] = field(default_factory=list)

    @property
    def of_people(self) -> str:
        """The condition on p; empty for everybody."""
        return " AND ".join(self.people)

    @property
    def of_pushes(self) -> str:
        """The condition on u; "1" for all."""
        return " AND ".join(self.pushes) or "1"


@dataclass(frozen=True, slots=True)
class Known:
    """What the index knows of the small sets that queries choose from."""

    standings: Sequence[tuple[int, str, str, str]]
    """Number, kind, event, tier."""
    files: Callable[[], Sequence[tuple[int, str]]]
    """Number and path as shown."""
    homes: Sequence[tuple[int, str, str]]
    """Number, country, city."""
    has_phone: Callable[[str], bool]
    """Whether somebody has exactly this number."""
    earliest: Callable[[str, Sequence[Value]], int | None]
    """When the first push came of those that are shown for some copies, which may be none."""
    is_searchable: bool
    """Whether the search of runs holds everybody; not while much is being read."""


def conditions(query: Query, known: Known) -> Conditions:
    """Return a query's conditions; those on properties that are not indexed are left out."""
    made = Conditions()
    for clause in query.clauses:
        if isinstance(clause.tests[0], Document):
            continue
        parts = [_test(test, known) for test in clause.tests]
        sql = "(" + " OR ".join(part[0] for part in parts) + ")"
        values = [value for part in parts for value in part[1]]
        if clause.is_negated:
            sql = f"{sql} IS NOT TRUE"
        if _is_of_people(clause):
            made.people.append(sql)
            made.people_values += values
        else:
            made.pushes.append(sql)
            made.pushes_values += values
    return made


def search_for(query: Query, known: Known) -> str:
    """Return a search that finds all of a query's people and perhaps others; empty without one.

    There is none either for people who are found at once: by their whole e-mail, phone or id.
    """
    if not known.is_searchable:
        return ""
    searches = []
    for clause in query.clauses:
        if clause.is_negated or not _is_of_people(clause):
            continue
        if any(_is_exact(test, known) for test in clause.tests):
            return ""
        folded = [test.folded for test in clause.tests if isinstance(test, (Words, Digits))]
        needles = [searching.needle(text) for text in folded]
        have_runs = all(len(needle) >= searching.RUN for needle in needles)
        if have_runs and len(needles) == len(clause.tests):
            searches.append("(" + " OR ".join(f"({_runs(needle)})" for needle in needles) + ")")
    return " AND ".join(searches)


def _is_exact(test: Test, known: Known) -> bool:
    return (
        isinstance(test, Email)
        or (isinstance(test, Range) and test.low is not None and test.low == test.high)
        or (isinstance(test, Digits) and _is_whole_phone(test, known))
    )


def _is_whole_phone(test: Digits, known: Known) -> bool:
    return test.field == "phone" and not test.is_part and known.has_phone(test.folded)


def _runs(needle: str) -> str:
    return " AND ".join('"' + run.replace('"', '""') + '"' for run in searching.runs(needle))


def _is_of_people(clause: Clause) -> bool:
    test = clause.tests[0]
    return (
        isinstance(test, (Words, Digits, Email, Given))
        or (isinstance(test, Range) and test.field == "id")
        or (isinstance(test, Choice) and test.field in {"country", "city"})
    )


def _test(  # noqa: C901, PLR0911 - a line for each kind of test
    test: Test, known: Known
) -> tuple[str, list[Value]]:
    match test:
        case Words():
            return _found("p.names", test.field, test.folded, known)
        case Digits() if _is_whole_phone(test, known):
            return "(p.phone = ? AND p.phone != '')", [test.folded]
        case Digits():
            return _found("p.numbers", test.field, test.folded, known)
        case Email():
            return "(p.address = ? AND p.address != '')", [test.folded]
        case Given():
            column = "p.numbers" if test.field in {"phone", "crm"} else "p.names"
            return f"{_part(column, test.field)} != ?", [searching.encode("")]
        case Range(field="id"):
            return _id_range(test)
        case Range():
            return _range(_COLUMNS[test.field], test)
        case Period():
            return _period(test, known)
        case Choice():
            return _choice(test, known)
        case InFile():
            return _in_file(test, known)
        case Document():
            raise TypeError(test)


def _found(column: str, name: str, text: str, known: Known) -> tuple[str, list[Value]]:
    needle = searching.needle(text)
    if len(needle) < searching.RUN:  # of a text that has no sign to look for
        return "0", []
    part = _part(column, name) if name in _PARTS else column
    sql, values = f"instr({part}, ?)", [needle]
    if known.is_searchable:
        sql = f"(p.no IN (SELECT rowid FROM search WHERE search MATCH ?) AND {sql})"
        values.insert(0, _runs(needle))
    return sql, list(values)


def _part(column: str, name: str) -> str:
    """Return the part of a searched text that is a field, with the mark behind it."""
    for _ in range(_PARTS[name]):
        column = f"substr({column}, instr({column}, {_MARK}) + 1)"
    return f"substr({column}, 1, instr({column}, {_MARK}))"


def _bounds(
    column: str, test: Range, low: Value | None, high: Value | None
) -> tuple[str, list[Value]]:
    parts: list[str] = []
    values: list[Value] = []
    for bound, sign, included in (
        (low, ">", test.low_included), (high, "<", test.high_included),
    ):  # fmt: skip
        if bound is not None:
            parts.append(f"{column} {sign}{'=' if included else ''} ?")
            values.append(bound)
    return " AND ".join(parts), values


def _range(column: str, test: Range) -> tuple[str, list[Value]]:
    sql, values = _bounds(column, test, _number(test.low), _number(test.high))
    return f"{column} != {NEVER}" + (f" AND {sql}" if sql else ""), values


def _id_range(test: Range) -> tuple[str, list[Value]]:
    low, high = _number(test.low), _number(test.high)
    if test.low is not None and test.low == test.high:
        is_whole = test.low == test.low.to_integral_value()
        return "p.member IN (?, ?)", [low or 0, str(int(test.low)) if is_whole else low or 0]
    # Beyond 62 bits they are text, which stands above all numbers; '' when not sent.
    within, values = _bounds("p.member", test, low, high)
    beyond, _ = _bounds("CAST(p.member AS REAL)", test, low, high)
    either = [
        " AND ".join(part for part in parts if part)
        for parts in (("p.member < ''", within), ("p.member > ''", beyond))
    ]
    return f"({' OR '.join(either)})", [*values, *values]


def _number(bound: Decimal | None) -> int | float | None:
    if bound is None:
        return None
    if bound == bound.to_integral_value() and abs(bound) < _LARGEST:
        return int(bound)
    return float(bound)


def _period(test: Period, known: Known) -> tuple[str, list[Value]]:
    if test.field == "received":
        return _receipt(test, known)
    parts, values = _stretch("u.at", test, _SECOND)
    if test.field == "updated":
        parts.append("u.hash >= 0")
    return " AND ".join(parts), values


def _receipt(test: Period, known: Known) -> tuple[str, list[Value]]:
    """Return what holds of pushes that came, or came again, within a stretch of time.

    What is shown came first: what came again within it is not later, and not before `earliest`.
    """
    of_copies, values = _stretch("received", test, 1)
    copies = f"FROM copy WHERE {' AND '.join(of_copies)}"
    earliest = known.earliest(copies, values)
    parts, own = _stretch("u.received", test, 1)
    if earliest is None or test.since is None:
        return " AND ".join(parts), own
    wider = replace(test, since=min(test.since, earliest))
    bounds, within = _stretch("u.received", wider, 1)
    either = f"(u.received >= ? OR u.place IN (SELECT shown {copies}))"
    return " AND ".join([*bounds, either]), [*within, test.since, *values]


def _stretch(column: str, test: Period, unit: int) -> tuple[list[str], list[Value]]:
    parts, values = [f"{column} > {NEVER}"], list[Value]()
    for bound, sign in ((test.since, ">="), (test.until, "<")):
        if bound is not None:
            parts.append(f"{column} {sign} ?")
            values.append(-(-bound // unit))
    return parts, values


def absent(query: Query, known: Known) -> Clause | None:
    """Return what a query chooses from a small set that has it not; None where all may be found."""
    for clause in query.clauses:
        chosen = [test for test in clause.tests if isinstance(test, Choice) and test.folded]
        is_absent = len(chosen) == len(clause.tests) and not clause.is_negated
        if is_absent and not any(_standing_or_home(test, known) for test in chosen):
            return clause
    return None


def _choice(test: Choice, known: Known) -> tuple[str, list[Value]]:
    column = "p.home" if test.field in {"country", "city"} else "u.standing"
    return f"{column} IN ({_numbers(_standing_or_home(test, known))})", []


def _standing_or_home(test: Choice, known: Known) -> list[int]:
    """Return the numbers of the standings, or of the homes, that a test chooses."""
    rows: Sequence[tuple[Any, ...]] = known.standings
    at = {"type": 1, "event": 2, "tier": 3}.get(test.field)
    if at is None:
        rows, at = known.homes, 1 if test.field == "country" else 2
    texts = set(_chosen(test, [row[at] for row in rows]))
    return [row[0] for row in rows if row[at] in texts]


def _chosen(test: Choice, texts: Sequence[str]) -> list[str]:
    """Return the texts that a test chooses."""
    by_text = {text: fold(text) for text in dict.fromkeys(texts)}
    same = [text for text, folded in by_text.items() if folded == test.folded]
    if not test.folded or (same and not test.is_beginning):
        return same
    return [text for text, folded in by_text.items() if folded.startswith(test.folded)]


def _in_file(test: InFile, known: Known) -> tuple[str, list[Value]]:
    meant = _numbers([no for no, path in known.files() if test.folded in fold(path)])
    copies = f"SELECT shown FROM copy WHERE place >> {FILE_BITS} IN ({meant})"
    return f"(u.place >> {FILE_BITS} IN ({meant}) OR u.place IN ({copies}))", []


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
