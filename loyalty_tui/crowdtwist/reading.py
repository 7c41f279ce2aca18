"""A push made readable: its fields as lines of plain text, and its JSON laid out.

Everything returned is safe to show as plain text: neutralised, secrets redacted, personal data
masked unless it is asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from loyalty_tui.crowdtwist import json_text, profile
from loyalty_tui.crowdtwist.fields import BY_PATH, FIELDS, GROUPS, Field, Form, Sensitivity
from loyalty_tui.crowdtwist.readable import EMPTY, NOT_SENT, NOT_SET, readable
from loyalty_tui.privacy import (
    MASK,
    REDACTED,
    SECRET_KEYS,
    mask_email,
    mask_phone,
    mask_text,
    neutralise,
)

NOT_DOCUMENTED: Final = "Not in the document"
"""The section of properties that the vendor document does not know."""

SENT_AS_TEXT: Final = "sent as text that holds JSON"
"""What is said of custom data that are read from a string."""

LONGEST: Final = 300
"""Characters of a value that are shown; the last one tells that there is more."""

MOST_LINES: Final = 200
"""Entries of custom data, and properties that are not documented, that are shown."""

_LONGEST_LABEL: Final = 60
_LONGEST_SEARCHED: Final = 64 << 10
_STRINGS_IN_STRINGS: Final = 4
"""Levels of JSON held in a string that are searched for secrets; deeper ones are redacted."""
_PHONE: Final = re.compile("[0-9 \u00a0+./()-]*")
_EMAIL: Final = re.compile(r"[^\s@]+@[\w.-]+")
_TOLD_BY_ONE_CHARACTER: Final = frozenset({"dateOfBirth", "gender"})
_MISSING: Final = object()
# Escapes for what may stand in a secret's name whatever its case: ASCII letters, the backslash of
# an escape in an escape, and the few others that a letter s, ss or st is another case of.
_SPELLS: Final = re.compile(r"\\u(?:00[4-7]|00[Dd][Ff]|017[Ff]|1[Ee]9[Ee]|[Ff][Bb]0)")


@dataclass(frozen=True, slots=True)
class Line:
    """One property of a push, ready to be shown."""

    path: str
    """As sent, with the names around it joined by dots; may hold any character."""
    label: str
    value: str
    null: bool = False
    odd: bool = False
    """Whether it cannot be read as what its field is documented to be, and is shown as it came."""
    hidden: bool = False
    """Whether personal data in it is masked."""
    absent: bool = False
    """Whether the property was not sent at all."""
    sent: str = ""
    """The value as JSON writes it, masked likewise; empty when nothing was sent."""


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one group, never none."""

    name: str
    lines: tuple[Line, ...]


def read(
    push: Mapping[str, object], *, reveal: bool, is_whole: bool = False
) -> tuple[Section, ...]:
    """Return a push's documented fields in their groups, then what is not documented.

    A documented field that was not sent has a line only when the whole dictionary is asked for,
    and when there is an object that it could be in.
    """
    groups: dict[str, list[Line]] = {name: [] for name in (*GROUPS, NOT_DOCUMENTED)}
    for field in FIELDS:
        lines = list(_field_lines(push, field, reveal=reveal))
        if not lines and is_whole and _is_missing(push, field):
            lines.append(Line(field.path, field.label, NOT_SENT, absent=True))
        groups[field.group] += lines
    groups[NOT_DOCUMENTED] += _capped(_undocumented_lines(push, reveal=reveal))
    return tuple(Section(name, tuple(lines)) for name, lines in groups.items() if lines)


def drift(sections: tuple[Section, ...]) -> str:
    """Return in one line how a push, read whole, departs from the document; empty when it does not.

    The contradictions of the document itself, such as dates sent as strings, are no departures.
    """
    lines = [line for section in sections for line in section.lines]
    unknown = sum(len(s.lines) for s in sections if s.name == NOT_DOCUMENTED)
    counts = (
        (unknown, "not in the document"),
        (sum(line.absent for line in lines), "documented but not sent"),
        (sum(line.odd for line in lines), "not as documented"),
    )
    return " · ".join(f"{count} {words}" for count, words in counts if count)


def veil(*, reveal: bool, is_quick: bool = False, is_seen: bool = False) -> json_text.Veil:
    """Return the veil over a push: secrets redacted, personal data masked unless revealed.

    Which objects and arrays it replaces whole does not depend on that. A quick one hides the whole
    of a string that is so long that to look for secrets in it would take a while. One for the eye
    leaves the masks of numbers without quotes; what it shows is no JSON.
    """
    longest = _LONGEST_SEARCHED if is_quick else None
    return _Place("", Sensitivity.OPEN, reveal=reveal, longest=longest, is_seen=is_seen)


def without_secrets(text: str) -> str:
    """Return a push's JSON on one line, token for token as it came but for its secrets.

    Raises:
        JsonTextError: The text is not JSON.
    """
    return json_text.packed(text, veil(reveal=True))


class _Place(json_text.Veil):
    """The veil over one place of a push."""

    __slots__ = ("is_seen", "level", "longest", "path", "reveal", "sensitivity")

    def __init__(  # noqa: PLR0913 - all that a look at a value depends on
        self,
        path: str | None,
        sensitivity: Sensitivity,
        *,
        reveal: bool,
        level: int = 0,
        longest: int | None = None,
        is_seen: bool = False,
    ) -> None:
        self.path = path  # None: below anything documented
        self.sensitivity = sensitivity
        self.reveal = reveal
        self.level = level  # strings of JSON around it
        self.longest = longest
        self.is_seen = is_seen

    def enter(self, key: str | None) -> _Place:
        if self.sensitivity is Sensitivity.SECRET or (self.path == "" and key is None):
            return self
        if key is not None and key.casefold() in SECRET_KEYS:
            path, sensitivity = None, Sensitivity.SECRET
        elif field := _documented(self.path, key):
            path, sensitivity = field.path, field.sensitivity
        elif self.path is None:
            return self
        else:
            path, sensitivity = None, Sensitivity.PERSONAL
        return _Place(
            path, sensitivity, reveal=self.reveal, level=self.level, longest=self.longest,
            is_seen=self.is_seen,
        )  # fmt: skip

    def show(self, token: str) -> str | None:
        if self.sensitivity is Sensitivity.SECRET:
            return None if token == "null" else json.dumps(REDACTED)  # noqa: S105 - JSON's null
        if token[0] in "{[tfn":
            return None
        masked = self.sensitivity is Sensitivity.PERSONAL and not self.reveal
        text = json_text.decoded(token) if token[0] == '"' else token
        shown = _mask(self.path, text) if masked else self._without_secrets(text)
        if shown == text:
            return None
        return shown if self.is_seen and token[0] != '"' else json.dumps(shown, ensure_ascii=False)

    def _without_secrets(self, text: str) -> str:
        return _without_secrets(text, self.level, self.longest)


def _documented(path: str | None, key: str | None) -> Field | None:
    if path is None or key is None or "." in key:
        return None
    return BY_PATH.get(f"{path}.{key}" if path else key)


def _without_secrets(text: str, level: int = 0, longest: int | None = None) -> str:
    """Return a text as it came, or, when it holds JSON with secrets, that without them."""
    if not text.lstrip(json_text.SPACES).startswith(("{", "[", '"')):
        return text
    folded = text.casefold()
    if not _SPELLS.search(text) and not any(key in folded for key in SECRET_KEYS):
        return text  # seen at once: reading megabytes to the same end would take seconds
    if level == _STRINGS_IN_STRINGS or (longest is not None and len(text) > longest):
        return REDACTED
    place = _Place(None, Sensitivity.PERSONAL, reveal=True, level=level + 1)
    try:
        safe = json_text.packed(text, place)
        return text if safe == json_text.packed(text) else safe
    except json_text.JsonTextError:
        return text


def _mask(path: str | None, text: str) -> str:
    # What is no address or number is hidden whole: the other masks leave parts of it readable.
    if path == "emailAddress" and _EMAIL.fullmatch(text):
        return mask_email(text)
    if path == "mobilePhoneNumber" and _PHONE.fullmatch(text):
        return mask_phone(text)
    if path in _TOLD_BY_ONE_CHARACTER:
        return MASK * 3
    return mask_text(text)


def _is_missing(push: Mapping[str, object], field: Field) -> bool:
    holder = field.path.rpartition(".")[0]
    held = _find(push, holder) if holder else push
    is_there = isinstance(held, Mapping)
    return is_there and not sent_under(push, field)


def sent_under(push: Mapping[str, object], field: Field) -> dict[str, object]:
    """Return what was sent of a field by the path under which it was: there may be two."""
    paths = (field.path, *field.aliases)
    return {path: value for path in paths if (value := _find(push, path)) is not _MISSING}


def spelled(label: str, path: str) -> str:
    """Return a label with the name as sent, for a field that was sent under two."""
    return f"{label} ({path.rpartition('.')[2]})"


def _field_lines(push: Mapping[str, object], field: Field, *, reveal: bool) -> Iterator[Line]:
    found = sent_under(push, field)
    for path, value in found.items():
        label = field.label if len(found) == 1 else spelled(field.label, path)
        if field.form is Form.CUSTOM:
            yield from _custom_lines(field, value, reveal=reveal)
        elif not (field.form is Form.OBJECT and isinstance(value, Mapping) and value):
            yield replace(
                line(field, value, reveal=reveal),
                path=path,
                label=label,
                sent=sent(field, path, value, reveal=reveal),
            )


def _custom_lines(field: Field, value: object, *, reveal: bool) -> Iterator[Line]:
    data = profile.read_custom_data(value)
    if isinstance(data, dict) and data:
        if isinstance(value, str):
            as_sent = sent(field, field.path, value, reveal=reveal)
            yield Line(field.path, field.label, SENT_AS_TEXT, sent=as_sent)
        yield from _capped(
            _sent_line(f"{field.path}.{key}", key, held, label=key, reveal=reveal)
            for key, held in data.items()
        )
    else:
        as_sent = sent(field, field.path, value, reveal=reveal)
        yield replace(line(field, value, reveal=reveal), sent=as_sent)


def _undocumented_lines(push: Mapping[str, object], *, reveal: bool) -> Iterator[Line]:
    for path in ("", *(field.path for field in FIELDS if field.form is Form.OBJECT)):
        holder = _find(push, path) if path else push
        if isinstance(holder, Mapping):
            for key, value in holder.items():
                if not _documented(path, key):
                    full = f"{path}.{key}" if path else key
                    yield _sent_line(full, key, value, label=full, reveal=reveal)


def _capped(lines: Iterator[Line]) -> Iterator[Line]:
    yield from islice(lines, MOST_LINES)
    if next(lines, None):
        yield Line("", "…", "there are more, see the JSON")


def line(field: Field, value: object, *, reveal: bool) -> Line:
    """Return the line of a documented field with a value that was sent."""
    if value is None:
        return Line(field.path, field.label, NOT_SET, null=True)
    if field.sensitivity is Sensitivity.SECRET:
        return Line(field.path, field.label, REDACTED)
    text = readable(field.form, value)
    shown, hidden = _shown(
        field.path,
        value if text is None else text,
        personal=field.sensitivity is Sensitivity.PERSONAL,
        reveal=reveal,
    )
    return Line(field.path, field.label, shown, odd=text is None, hidden=hidden)


def free_line(path: str, key: str, value: object, *, label: str, reveal: bool) -> Line:
    """Return the line of a property about which nothing is known: personal, to be safe."""
    label = _plain(label, _LONGEST_LABEL) or EMPTY
    if value is None:
        return Line(path, label, NOT_SET, null=True)
    if key.casefold() in SECRET_KEYS:
        return Line(path, label, REDACTED)
    shown, hidden = _shown(None, value, personal=True, reveal=reveal)
    return Line(path, label, shown, hidden=hidden)


def _sent_line(path: str, key: str, value: object, *, label: str, reveal: bool) -> Line:
    made = free_line(path, key, value, label=label, reveal=reveal)
    return replace(made, sent=sent(None, key, value, reveal=reveal))


def sent(field: Field | None, key: str, value: object, *, reveal: bool) -> str:
    """Return a value as JSON writes it, on one line; the field is None where nothing is known."""
    sensitivity = field.sensitivity if field else Sensitivity.PERSONAL
    if key.casefold() in SECRET_KEYS:
        sensitivity = Sensitivity.SECRET
    place = _Place(
        field.path if field else None, sensitivity, reveal=reveal, longest=_LONGEST_SEARCHED,
        is_seen=True,
    )  # fmt: skip
    return _plain(json_text.compact(value, place, 4 * LONGEST))


def _shown(path: str | None, value: object, *, personal: bool, reveal: bool) -> tuple[str, bool]:
    """Return a value as safe text, and whether something in it is masked."""
    if value in ("", {}, []):
        return EMPTY, False
    if isinstance(value, (dict, list)):
        place = _Place(
            None, Sensitivity.PERSONAL, reveal=reveal, longest=_LONGEST_SEARCHED, is_seen=True
        )
        return _plain(json_text.compact(value, place, 4 * LONGEST)), not reveal
    if isinstance(value, bool):
        return json_text.compact(value), False
    text = value if isinstance(value, str) else json_text.compact(value)
    if personal and not reveal:
        return _plain(_mask(path, _plain(text))), True
    return _plain(_without_secrets(text, longest=_LONGEST_SEARCHED)), False


def _plain(text: str, limit: int = LONGEST) -> str:
    # Cut first: neutralising megabytes of which a line is shown would be slow.
    shown = neutralise(text[: 4 * limit], limit)
    return shown if len(text) <= 4 * limit or shown.endswith("…") else f"{shown}…"


def harmless(text: str) -> str:
    """Return JSON with JSON's escapes for what a terminal must not receive; line breaks stay."""
    harmful = [sign for sign in set(text) - {"\n"} if neutralise(sign) != sign]
    text = text.translate({ord(sign): _escape(sign) for sign in harmful})
    if neutralise(text) == text.replace("\n", " "):
        return text
    # What is left is harmful only together: heaps of combining marks, joined pictures.
    return "\n".join(map(neutralise, text.split("\n")))


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) <= 0xFFFF else json.dumps(sign)[1:-1]  # noqa: PLR2004


def _find(push: Mapping[str, object], path: str) -> object:
    value: object = push
    for key in path.split("."):
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value
