"""One push at a glance: who, which tier, how many points, and what they agreed to.

Only what was sent is said; what is absent, null or not as documented is said to be so. Everything
returned is safe to show as plain text, and masked as in `reading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from loyalty_tui.crowdtwist import profile, reading
from loyalty_tui.crowdtwist.fields import BY_PATH, CUSTOM, LINKED, POINTS, SIGN_UP
from loyalty_tui.crowdtwist.profile import PushKind
from loyalty_tui.crowdtwist.readable import MINUS, NOT_SENT, NOT_SET, grouped

if TYPE_CHECKING:
    from loyalty_tui.crowdtwist.reading import Line, Section

_NAMES: Final = ("firstName", "middleName", "lastName")
_CONTACT: Final = ("id", "emailAddress", "mobilePhoneNumber")
_ACCOUNT: Final = ("thirdPartyId", "userName", "isActive", "dateLastLogin", "dateLastUpdated")
_TIER: Final = "tierInfo"
_NOW: Final = "tierInfo.currentLevel"
_NEXT: Final = "tierInfo.nextLevel"
_SCORES: Final = ("tierInfo.timeframeScore", "tierInfo.tierScore", "tierInfo.score")
_ALL_SCORES: Final = tuple(name for path in _SCORES for name in (path, *BY_PATH[path].aliases))
_TO_REACH: Final = "tierInfo.scoreNeededToReach"
_TO_KEEP: Final = "tierInfo.scoreNeededToMaintain"
_EVENT: Final = "tierInfo.assignedByEvent"
_DATED: Final = (
    ("tierInfo.resetDate", "tierInfo.daysUntilResetDate"),
    ("tierInfo.expirationDate", "tierInfo.daysUntilExpirationDate"),
)
_CONSENTS: Final = ("receiveEmailUpdates", "receiveSmsMessages", "activityStreamOptIn")
_VERIFIED: Final = ("emailIsVerified", "dateMobileVerified")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a push says, or does not say."""

    label: str
    value: str
    is_said: bool = True
    """Whether there is a value; else it says in which way there is none."""
    is_odd: bool = False
    """Whether it is not as documented, and shown as it came."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Two numbers that were sent, of which the first is seen as a part of the second."""

    done: str
    """What the first is, with its number: "Timeframe score 640"."""
    whole: str
    """What the second is, with its number: "1,000 needed for next tier"."""
    share: float
    """From 0 to 1; a first number beyond the second is 1."""
    paths: tuple[str, str]
    """Those of both numbers."""


@dataclass(frozen=True, slots=True)
class Block:
    """Facts that belong together."""

    title: str
    facts: tuple[Fact | Bar, ...]


def read(push: Mapping[str, object], *, reveal: bool) -> tuple[Block, ...]:
    """Return a push at a glance; of one that is no profile all its properties."""
    sections = reading.read(push, reveal=reveal, is_whole=True)
    kind = profile.understand(push).kind
    if kind is not PushKind.PROFILE:
        return _other_kind(kind, reading.read(push, reveal=reveal))
    lines = {line.path: line for section in sections for line in section.lines}
    for path, field in BY_PATH.items():
        if path in lines and field.path not in lines:
            lines[field.path] = lines.pop(path)
    by_group = {section.name: section.lines for section in sections}
    blocks = (
        ("Member", [*_name(lines), *_facts(lines, _CONTACT), _since(lines["dateCreated"])]),
        ("Tier", list(_tier(push, lines))),
        ("Points", [_fact(line) for line in by_group.get(POINTS, ())]),
        ("Consents", _facts(lines, _CONSENTS)),
        ("Verification", _facts(lines, _VERIFIED)),
        ("Sign-up", [_fact(line) for line in by_group.get(SIGN_UP, ())]),
        ("Linked accounts", list(_accounts(by_group.get(LINKED, ())))),
        ("Account", _facts(lines, _ACCOUNT)),
        ("Custom data", [_fact(line) for line in by_group.get(CUSTOM, ())]),
    )
    return tuple(Block(title, tuple(facts)) for title, facts in blocks if facts)


def _other_kind(kind: PushKind, sections: tuple[Section, ...]) -> tuple[Block, ...]:
    what = "Push of a kind that is not known" if kind is PushKind.UNKNOWN else f"{kind} push"
    note = Fact("", "This is no profile push; these are all its properties.", is_said=False)
    blocks = [Block(what[0].upper() + what[1:], (note,))]
    blocks += [Block(each.name, tuple(map(_fact, each.lines))) for each in sections]
    return tuple(blocks)


def _facts(lines: Mapping[str, Line], paths: tuple[str, ...]) -> list[Fact]:
    return [_fact(lines[path]) for path in paths if path in lines]


def _since(line: Line) -> Fact:
    return replace(_fact(line), label="Member since")


def _fact(line: Line) -> Fact:
    is_said = not (line.null or line.absent)
    return Fact(line.label, line.value, is_said=is_said, is_odd=line.odd)


def _name(lines: Mapping[str, Line]) -> Iterator[Fact]:
    parts = [lines[path] for path in _NAMES if path in lines]
    said = [line.value for line in parts if not (line.null or line.absent) and line.sent != '""']
    if said:
        yield Fact("Name", " ".join(said), is_odd=any(line.odd for line in parts))
    else:
        is_null = any(line.null for line in parts)
        is_empty = any(not (line.null or line.absent) for line in parts)
        yield Fact("Name", "empty" if is_empty else NOT_SET if is_null else NOT_SENT, is_said=False)


def _tier(push: Mapping[str, object], lines: Mapping[str, Line]) -> Iterator[Fact | Bar]:
    if _TIER in lines:  # null, absent or no object
        yield _fact(lines[_TIER])
        yield _fact(lines["fanLevelName"])
        return
    now, named = _title(_NOW, lines), _fact(lines["fanLevelName"])
    said, other = (now, named) if now.is_said or not named.is_said else (named, now)
    following = _title(_NEXT, lines)
    words = f"{said.value} · {_next(following, is_null=_NEXT in lines and lines[_NEXT].null)}"
    yield replace(said, label="Tier", value=words, is_odd=said.is_odd or following.is_odd)
    bars = list(_bars(push, lines))
    yield from bars
    drawn = {path for bar in bars for path in bar.paths}
    shown = (path for path in (_TO_REACH, _TO_KEEP, *_ALL_SCORES) if path not in drawn)
    yield from _facts(lines, tuple(shown))
    yield from _bounds(_NOW, lines)
    yield from _bounds(_NEXT, lines)
    if said.value != other.value:
        yield other
    assigned, on = _fact(lines[_EVENT]), lines["tierInfo.dateAssigned"]
    if not _are_missing_alike(assigned, _fact(on)):
        words = f"{assigned.value}, {_on(on)}"
        assigned = replace(assigned, value=words, is_odd=assigned.is_odd or on.odd)
    yield assigned
    yield from _facts(lines, ("tierInfo.dateReached",))
    for date, days in _DATED:
        count = lines[days]
        number = count.value.removeprefix(MINUS)
        where = "from" if number == count.value else "before"
        left = f"{number} {'day' if number == '1' else 'days'} {where} the push"
        if count.null or count.absent or count.odd:
            left = f"days {count.value}"
        fact = _fact(lines[date])
        if not _are_missing_alike(fact, _fact(count)):
            fact = replace(fact, value=f"{fact.value} · {left}", is_odd=fact.is_odd or count.odd)
        yield fact
    yield from _facts(lines, ("fanRank",))


def _are_missing_alike(one: Fact, other: Fact) -> bool:
    """Return whether neither is there, so that saying it once says it of both."""
    return not (one.is_said or other.is_said) and one.value == other.value


def _on(line: Line) -> str:
    return f"date {line.value}" if line.null or line.absent else f"on {line.value}"


def _title(path: str, lines: Mapping[str, Line]) -> Fact:
    """Return a tier's name, or in which way there is none."""
    return _fact(lines[path] if path in lines else lines[f"{path}.title"])


def _next(title: Fact, *, is_null: bool) -> str:
    """Return which tier is next, or that there is none."""
    if is_null:
        return "no next tier"
    return f"next {title.value}" if title.is_said else f"next tier {title.value}"


def _bounds(path: str, lines: Mapping[str, Line]) -> Iterator[Fact]:
    """Return a tier's least and most points, where there is such an object."""
    if path not in lines:
        low, high = _fact(lines[f"{path}.minValue"]), _fact(lines[f"{path}.maxValue"])
        is_missing = _are_missing_alike(low, high)
        apart = "" if low.is_said and high.is_said else ","  # else it says "not set up"
        words = low.value if is_missing else f"from {low.value}{apart} up to {high.value}"
        yield Fact(
            BY_PATH[path].label,
            words,
            is_said=low.is_said or high.is_said,
            is_odd=low.is_odd or high.is_odd,
        )


def _bars(push: Mapping[str, object], lines: Mapping[str, Line]) -> Iterator[Bar]:
    scored = next(((path, n) for path in _SCORES if (n := _number(push, path)) is not None), None)
    if scored is None:
        return
    path, score = scored
    for needed, words in ((_TO_REACH, "needed for next tier"), (_TO_KEEP, "needed to keep tier")):
        whole = _number(push, needed)
        if whole is not None and whole > 0 and score >= 0:
            yield Bar(
                f"{lines[path].label} {lines[path].value}",
                f"{grouped(whole)} {words}",
                1.0 if score >= whole else float(Decimal(score) / Decimal(whole)),
                (path, needed),
            )


def _number(push: Mapping[str, object], path: str) -> int | Decimal | None:
    info = push.get(_TIER)
    if not isinstance(info, Mapping):
        return None
    names = (path, *BY_PATH[path].aliases)
    sent = (info[key] for name in names if (key := name.partition(".")[2]) in info)
    number = profile.read_number(next(sent, None))
    # Far from any score; dividing it could take the memory of the machine.
    return (
        number if number is not None and abs(Decimal(number).adjusted()) < reading.LONGEST else None
    )


def _accounts(lines: tuple[Line, ...]) -> Iterator[Fact]:
    """Return the accounts that are linked, then in one line each which are not."""
    yield from (_fact(line) for line in lines if not (line.null or line.absent))
    null = [line.label for line in lines if line.null]
    absent = [line.label for line in lines if line.absent]
    for labels, state in ((null, NOT_SET), (absent, NOT_SENT)):
        if labels:
            yield Fact(state[0].upper() + state[1:], ", ".join(labels), is_said=False)
