"""What changed from one push to the next, in the words of the people who ask. Pure functions.

Everything returned is safe to show as plain text: neutralised, secrets redacted, personal data
masked unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Final, NamedTuple

from loyalty_tui.crowdtwist import differences, profile, reading
from loyalty_tui.crowdtwist.differences import Absent, Earlier
from loyalty_tui.crowdtwist.fields import (
    ADDRESS,
    BY_PATH,
    CONSENTS,
    CONTACT,
    CUSTOM,
    FIELDS,
    GROUPS,
    LINKED,
    MEMBER,
    POINTS,
    SIGN_UP,
    TECHNICAL,
    TIER,
    Field,
    Form,
    Sensitivity,
)  # fmt: skip
from loyalty_tui.crowdtwist.readable import EMPTY, NOT_SENT, NOT_SET, grouped
from loyalty_tui.privacy import neutralise

ARROW: Final = "→"
MOST: Final = 500
"""Changes at places that no document names that are worded; those of documented ones all are."""

_TIER_NAME: Final = "tierInfo.currentLevel.title"
_EVENT: Final = "tierInfo.assignedByEvent"
_SAID_WITH_TIER: Final = frozenset({_TIER_NAME, _EVENT, "fanLevelName"})
_TELLING_EVENTS: Final = frozenset(profile.EVENTS) - {"update"}
_COUNTDOWNS: Final = frozenset({"tierInfo.daysUntilResetDate", "tierInfo.daysUntilExpirationDate"})
_READ: Final = frozenset(Form) - {Form.TEXT, Form.CUSTOM, Form.OBJECT}
"""Forms in which values that are written in different ways read the same."""
_NOISE: Final = _COUNTDOWNS | {"dateLastUpdated"}
_SPECIAL: Final = {
    _TIER_NAME: 0, "isActive": 1, "redeemablePoints": 6, "totalPoints": 9, "dateLastLogin": 12,
}  # fmt: skip
_WEIGHTS: Final = {
    CONTACT: 2, MEMBER: 3, CONSENTS: 4, ADDRESS: 5, LINKED: 8, CUSTOM: 8, SIGN_UP: 8,
    reading.NOT_DOCUMENTED: 9, TECHNICAL: 9, POINTS: 10, TIER: 11,
}  # fmt: skip
_SHORT: Final = {"redeemablePoints": "redeemable"}
"""Names that would take the room in which a list says by how much."""
_AS_DETAIL: Final = 10
"""The weight from which on a change is only told in a summary when there is no other."""
_LONGEST_SUMMARY: Final = 240
_LONGEST_NAME: Final = 60
_TWICE: Final = tuple(field for field in FIELDS if field.aliases)
"""Fields that may be sent under two names."""
_HELD: Final = (Form.OBJECT, Form.CUSTOM)
"""Forms of what holds other properties."""
_OBJECT: Final = "an object"
_PLACES: Final = {path: number for number, path in enumerate(BY_PATH)}
_EXACT: Final = Context(
    prec=400, Emax=999_999, Emin=-999_999, traps=[Inexact, InvalidOperation, Overflow]
)


@dataclass(frozen=True, slots=True)
class Line:
    """One change, worded."""

    path: str
    """With the names around it, joined by dots; may hold any character."""
    words: str
    """All of it, but for what is masked or long: "total points +120 → 5,320", "e-mail changed"."""
    before: str
    """The value as one reads it; "not sent", "not set" or "empty" where there was none."""
    after: str
    is_noise: bool = False
    """Whether it says nothing of the member."""
    hidden: bool = False
    """Whether personal data in it is masked."""
    is_said: bool = False
    """Whether another line says it, or says it of all that this is a part of."""

    @property
    def is_aside(self) -> bool:
        """Whether one can do without it."""
        return self.is_noise or self.is_said


@dataclass(frozen=True, slots=True)
class Section:
    """The changes of one group, never none."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one push to another."""

    sections: tuple[Section, ...]
    """In the order in which the fields are shown, those one can do without included."""
    summary: str
    """The most telling ones on one line, without personal data; "no change" without any."""
    points: int | Decimal | None
    """By how much the total points changed; None unless both pushes sent a number."""
    noise: int
    """How many of the lines say nothing of the member."""
    said: int
    """How many others another line says, or says of all that they are a part of."""


class _Told(NamedTuple):
    weight: int
    group: str
    line: Line


def read(before: Mapping[str, object], after: Mapping[str, object], *, reveal: bool) -> Changes:
    """Return what changed from one decoded push to another, in groups and words."""
    told = sorted(_told(before, after, reveal=reveal), key=lambda each: each.weight)
    groups: dict[str, list[Line]] = {name: [] for name in (*GROUPS, reading.NOT_DOCUMENTED)}
    # Properties that are not in the dictionary keep the order in which they came.
    for each in sorted(told, key=lambda each: _PLACES.get(each.line.path, len(_PLACES))):
        groups[each.group].append(each.line)
    return Changes(
        tuple(Section(name, tuple(lines)) for name, lines in groups.items() if lines),
        _summary(told),
        _difference(before.get("totalPoints"), after.get("totalPoints")),
        sum(each.line.is_noise for each in told),
        sum(each.line.is_said for each in told),
    )


def _summary(told: list[_Told]) -> str:
    telling = [each for each in told if not each.line.is_aside]
    chosen = [each for each in telling if each.weight < _AS_DETAIL] or telling
    words = " · ".join(each.line.words for each in chosen) or "no change"
    return neutralise(words, _LONGEST_SUMMARY)


def _told(
    before: Mapping[str, object], after: Mapping[str, object], *, reveal: bool
) -> Iterator[_Told]:
    tier = _tier_line(before, after)
    if tier is not None:
        yield _Told(0, TIER, tier)
    one, other = _opened(before), _opened(after)
    spelled = {path for field in _TWICE for path in _both(one, other, field)}
    has_custom = False
    undocumented, left_out = 0, ""
    for change, is_said in _apart(differences.between(one, other)):
        if _field(change.path) is None:
            undocumented += 1
            if undocumented > MOST:
                left_out = left_out or _group_of(change)
                continue
        told = _told_of(change, spelled, reveal=reveal)
        has_custom = has_custom or told.group == CUSTOM
        if is_said or (tier is not None and told.line.path in _SAID_WITH_TIER):
            told = told._replace(line=replace(told.line, is_noise=False, is_said=True))
        elif told.line.path == _EVENT and _event(change.after) in _TELLING_EVENTS:
            told = told._replace(weight=1)
        yield told
    if left_out:
        yield _Told(99, left_out, Line("", "there are more changes, see the JSON", "", ""))
    if not has_custom and isinstance(one.get("customData"), dict):
        yield from _rewritten(before.get("customData"), after.get("customData"))


def _rewritten(before: object, after: object) -> Iterator[_Told]:
    """Yield that custom data is an object now and was a string, or the other way round."""
    if type(before) is not type(after):
        kinds = ["a string" if isinstance(data, str) else _OBJECT for data in (before, after)]
        line = Line(
            "customData", "custom data written otherwise", kinds[0], kinds[1], is_noise=True
        )  # fmt: skip
        yield _Told(_WEIGHTS[CUSTOM], CUSTOM, line)


def _opened(push: Mapping[str, object]) -> dict[str, object]:
    """Return a push with custom data as an object also where it was sent as a string of one."""
    data = push.get("customData")
    if isinstance(data, str) and data.lstrip().startswith("{"):
        return {**push, "customData": profile.read_custom_data(data)}
    return dict(push)


def _apart(changes: Iterator[differences.Change]) -> Iterator[tuple[differences.Change, bool]]:
    """Yield the changes, and whether one before says it already.

    Those of a whole documented object come with one for each of its members.
    """
    for change in changes:
        field = _field(change.path)
        sides = (change.before, change.after)
        is_object = field is not None and field.form in _HELD
        if not is_object or not any(isinstance(side, dict) and side for side in sides):
            yield change, False
            continue
        is_said = not all(isinstance(side, (dict, Absent)) for side in sides)
        if is_said:
            yield change, False
        one, other = (side if isinstance(side, dict) else {} for side in sides)
        for inner in differences.between(one, other):
            path = (*change.path, *inner.path)
            part = differences.Change(path, inner.before, inner.after)
            yield from ((each, is_said or said) for each, said in _apart(iter([part])))


def _field(path: differences.Path) -> Field | None:
    if any(not isinstance(step, str) or isinstance(step, Earlier) or "." in step for step in path):
        return None
    return BY_PATH.get(".".join(map(str, path)))


def _both(
    before: Mapping[str, object], after: Mapping[str, object], field: Field
) -> tuple[str, ...]:
    """Return the paths under which a field was sent, where they are several."""
    paths = {**reading.sent_under(before, field), **reading.sent_under(after, field)}
    return tuple(paths) if len(paths) > 1 else ()


def _told_of(change: differences.Change, spelled: Collection[str], *, reveal: bool) -> _Told:
    field = _field(change.path)
    path = ".".join(map(str, change.path))
    if field is None:
        group = _group_of(change)
        name = path.partition(".")[2] if group == CUSTOM else path
        line = _words_of(
            change, None, path, neutralise(name, _LONGEST_NAME) or EMPTY, reveal=reveal
        )
        return _Told(_WEIGHTS[group], group, line)
    name = reading.spelled(_label(field), path) if path in spelled else _label(field)
    line = _words_of(change, field, path, name, reveal=reveal)
    return _Told(_SPECIAL.get(field.path, _WEIGHTS[field.group]), field.group, line)


def _group_of(change: differences.Change) -> str:
    """Return the group of a change at a place that no document names."""
    return CUSTOM if change.path[0] == "customData" else reading.NOT_DOCUMENTED


def _words_of(
    change: differences.Change, field: Field | None, path: str, name: str, *, reveal: bool
) -> Line:
    key = next((str(step) for step in reversed(change.path) if isinstance(step, str)), "")

    def shown(value: object, *, reveal: bool) -> reading.Line:
        if isinstance(value, Absent):
            return reading.Line(path, "", NOT_SENT, absent=True)
        if field is None:
            return reading.free_line(path, key, value, label=path, reveal=reveal)
        if field.form in _HELD and isinstance(value, dict) and value:
            return reading.Line(path, "", _OBJECT)  # what is in it has lines of its own
        return reading.line(field, value, reveal=reveal)

    sides = change.before, change.after
    before, after = (shown(value, reveal=reveal) for value in sides)
    values = before.value, after.value
    is_same = field is not None and field.form in _READ and values[0] == values[1]
    is_same = is_same and all(map(_is_something, sides))
    if is_same and before.hidden:  # two masks may look alike
        plain = [shown(value, reveal=True).value for value in sides]
        is_same = plain[0] == plain[1]
    if is_same:
        words = f"{name} written otherwise"
        sent = [reading.sent(field, key, value, reveal=reveal) for value in sides]
        values = sent[0], sent[1]
    elif field is not None and field.form is Form.EVENT:
        words = f"{name} {_event(change.before)} {ARROW} {_event(change.after)}"
    elif (
        field is None
        or field.sensitivity is not Sensitivity.OPEN
        or isinstance(change.path[-1], Earlier)
        or any(isinstance(side, (dict, list)) for side in sides)
    ):
        had, has = (_is_something(value) for value in sides)
        words = f"{name} {'changed' if had is has else 'added' if has else 'removed'}"
    else:
        by = _difference(change.before, change.after) if field.form is Form.NUMBER else None
        was = values[0] if by is None else signed(by)
        words = f"{name} {was} {ARROW} {values[1]}"
    return Line(
        path, words, values[0], values[1],
        is_noise=is_same or path in _NOISE, hidden=before.hidden or after.hidden,
    )  # fmt: skip


def _is_something(value: object) -> bool:
    return not isinstance(value, Absent) and value is not None and value != ""


def _tier_line(before: Mapping[str, object], after: Mapping[str, object]) -> Line | None:
    """Return how the tier changed, with the event that the later push names for it."""
    names = (_tier(before), _tier(after))
    if names[0] == names[1]:
        return None
    info = after.get("tierInfo")
    event = info.get("assignedByEvent") if isinstance(info, Mapping) else None
    why = f" ({_event(event)})" if isinstance(event, str) and event.strip() else ""
    is_bare = not {NOT_SENT, NOT_SET, EMPTY}.isdisjoint(names)
    what = "tier " if is_bare else ""
    return Line(_TIER_NAME, f"{what}{names[0]} {ARROW} {names[1]}{why}", names[0], names[1])


def _event(value: object) -> str:
    """Return a tier event as one says it, or in which way there is none."""
    if isinstance(value, str) and (word := value.strip()):
        return neutralise(word.lower() if word.lower() in profile.EVENTS else word, _LONGEST_NAME)
    return NOT_SENT if isinstance(value, Absent) else NOT_SET if value is None else "another type"


def _tier(push: Mapping[str, object]) -> str:
    """Return the name of the current tier as sent, or in which way there is none."""
    info = push.get("tierInfo")
    level = info.get("currentLevel") if isinstance(info, Mapping) else None
    holders = ((level, "title"), (push, "fanLevelName"))
    states = []
    for holder, key in holders:
        if isinstance(holder, Mapping) and key in holder:
            value = holder[key]
            if isinstance(value, str) and value:
                return neutralise(value, _LONGEST_NAME)
            states.append(NOT_SET if value is None else EMPTY)
    return states[0] if states else NOT_SENT


def _label(field: Field) -> str:
    """Return a field's label as it stands within a sentence."""
    if field.path in _SHORT:
        return _SHORT[field.path]
    first = field.label.split()[0]
    is_name = field.group == LINKED or any(sign.isupper() for sign in first[1:])
    if is_name and first != "E-mail":
        return field.label
    return field.label[0].lower() + field.label[1:]


def _difference(before: object, after: object) -> int | Decimal | None:
    one, other = profile.read_number(before), profile.read_number(after)
    if one is None or other is None:
        return None
    if isinstance(one, int) and isinstance(other, int):
        return other - one
    try:
        return _EXACT.subtract(Decimal(other), Decimal(one))
    except ArithmeticError:
        return None


def signed(number: int | Decimal) -> str:
    """Return a difference with its sign: "+120", "−1,480", "±0"."""
    if not number:
        return "±0"
    return f"+{grouped(number)}" if number > 0 else grouped(number)
