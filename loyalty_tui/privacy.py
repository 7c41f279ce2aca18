"""Personal data masked, secrets hidden, text from outside made harmless. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

REDACTED: Final = "[redacted]"
"""What stands where a secret stood."""

MASK: Final = "•"

SECRET_KEYS: Final = frozenset({"password", "salt"})
"""Names of push fields whose values are never shown or written, in lower case."""

_SHORT: Final = 3
MAX_COMBINING: Final = 3
"""Combining marks kept on one character: enough for any written language."""

_CONTROL_PICTURES: Final = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_BIDI: Final = {
    0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x206A, 0x2070),
}  # fmt: skip
# Variation selectors, skin tones, joiners between pictures and tags change how wide a terminal
# draws what stands before them; without them every picture is two cells wide everywhere.
_WIDTH_CHANGERS: Final = {
    *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0000, 0xE0200), 0x20E3,
}  # fmt: skip
_REPLACEMENTS: Final[dict[int, int | str | None]] = {
    **_CONTROL_PICTURES,
    **dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(_BIDI),
    **dict.fromkeys(_WIDTH_CHANGERS),
    **dict.fromkeys((0xAD, 0x180E, 0x200B, 0x2060, 0xFEFF)),
    **dict.fromkeys((0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029), " "),
}
_PICTURE: Final = "[\u231a-\u27bf\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_PICTURE_JOINER: Final = re.compile(f"(?<={_PICTURE})\u200d|\u200d(?={_PICTURE})")
_HALVES: Final = re.compile("[\ud800-\udfff]")
_MARK_RUN: Final = re.compile(rf"[^\x00-\u02ff]{{{MAX_COMBINING + 1},}}")


def unbroken(text: str) -> str:
    """Return a text that can be written out: without halves of surrogate pairs."""
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def neutralise(text: str, limit: int = 0) -> str:
    """Return text from outside as one line that is safe to show on a terminal.

    Control characters become visible pictures (ESC is shown as ␛), line breaks and tabs become
    spaces, directional overrides and other invisible characters go, no character carries more
    than MAX_COMBINING combining marks. Markup is the caller's concern: show the result as plain
    text. With a limit, longer text is cut to that many characters, the last one an ellipsis.
    """
    if not text.isascii():
        text = unbroken(_PICTURE_JOINER.sub("", text))
    text = text.translate(_REPLACEMENTS)
    if not text.isascii() and _MARK_RUN.search(text):
        text = _limit_marks(text)
    if limit and len(text) > limit:
        text = text[: limit - 1] + "…"
    return text


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MAX_COMBINING:
            kept.append(character)
    return "".join(kept)


def mask_email(email: str) -> str:
    """Return an e-mail address with all but its first character and its domain hidden."""
    local, at, domain = email.rpartition("@")
    return f"{local[:1]}{MASK * 3}{at}{domain}" if at else mask_text(email)


def mask_phone(phone: str) -> str:
    """Return a phone number with all but its last two digits hidden."""
    digits = sum(character.isdigit() for character in phone)
    hidden = []
    for character in phone:
        hide = character.isdigit() and digits > 2  # noqa: PLR2004 - the last two stay
        digits -= character.isdigit()
        hidden.append(MASK if hide else character)
    return "".join(hidden)


def mask_text(text: str) -> str:
    """Return any other personal text with all but its first character hidden.

    The length does not show, and of a short text, which one character might give away, nothing.
    """
    return f"{text[:1] if len(text) > _SHORT else ''}{MASK * 3}" if text else ""


class Secret:
    """A secret that no repr, error, log or traceback shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for the one place that sends or stores it."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret({REDACTED})"

    __str__ = __repr__
