"""What is kept of a body that was received: one line of JSON, token for token, without secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.reading import without_secrets
from loyalty_tui.privacy import REDACTED

_NO_ASCII_TWINS: Final = ("ß".encode(), "ẞ".encode(), "ſ".encode())
"""Letters outside ASCII that are the same as s or ss in another letter case."""


class Ids(msgspec.Struct, gc=False):
    """What tells whose a push is, and the names in it that have a secret's.

    The rest is only checked for being JSON.
    """

    id: Any = None
    userId: Any = None  # noqa: N815 - as it is sent
    user_id: Any = None
    password: Any = msgspec.UNSET
    salt: Any = msgspec.UNSET
    passwordGenerated: Any = msgspec.UNSET  # noqa: N815 - as it is sent


_DECODER: Final = msgspec.json.Decoder()
_IDS: Final = msgspec.json.Decoder(Ids)
_NO_BREAK_SPACE: Final = b"\xc2\xa0"
_SPACES: Final = b" \t\r\n" + _NO_BREAK_SPACE
_HARMLESS: Final = (b'"password":null', b'"password": null', b'"salt":null', b'"salt": null')

# A name that is "password" or "salt" in any letter case, before a value other than null, or in
# a string that holds JSON itself; and escapes that could spell one.
_SECRET: Final = re.compile(
    rb"(?:pa(?:s|\xc5\xbf|\xc3\x9f|\xe1\xba\x9e){1,2}word|(?:s|\xc5\xbf)alt)"
    rb'(?:"[ \t\r\n]*+:(?![ \t\r\n]*+null)|\\)|\\u(?:00[3-7]|00df|017f|1e9e)',
    re.IGNORECASE,
)


def _spelled(letters: str) -> bytes:
    """Return a pattern of letters as they are, or escaped as in JSON, in any letter case."""
    codes = ((each, f"{ord(each):02x}|{ord(each.upper()):02x}") for each in letters)
    return "".join(rf"(?:{each}|\\{{1,8}}u00(?:{code}))" for each, code in codes).encode()


_S: Final = rb"(?:%b|\xc5\xbf|\\{1,8}u017f)" % _spelled("s")
_TWO_S: Final = rb"(?:%b%b|\xc3\x9f|\xe1\xba\x9e|\\{1,8}u(?:00df|1e9e))" % (_S, _S)
_LOOSE_SPACES: Final = rb"(?:[ \t\r\n\x0b\x0c]|\xc2\xa0|\xef\xbb\xbf|\xe2\x80[\xa8\xa9])*+"
_LOOSE_NAME: Final = rb"(?:%b%b%b|%b%b)" % (
    _spelled("pa"), _TWO_S, _spelled("word"), _S, _spelled("alt")
)  # fmt: skip
_LOOSE: Final = re.compile(
    rb"""(%b(?:\\{1,8}u002[27]|\\(?!\\{0,7}u003a)|%%2[27]|%%5c|["'])*+%b(?:[:=]>?|\\{1,8}u003a|%%3a)%b)"""
    rb"""(?!null%b(?:[,;&"'\\}\])%%]|\Z))"""
    % (_LOOSE_NAME, _LOOSE_SPACES, _LOOSE_SPACES, _LOOSE_SPACES)
    + rb"""(?:\\{1,8}u002[27].*+|%22(?:%5c%[0-9a-f]{2}|(?!%22)[^&])*+(?:%22)?"""
    rb"""|"(?:[^"\\]|\\.)*+"?|(\\+)"(?:(?!(?<!\\)\2").)*+(?:\2")?"""
    rb"""|'[^']*+'?|[{\[].*+|[^ \t\r\n,;&"'{}\[\]]++)""",
    re.IGNORECASE | re.DOTALL,
)
"""What looks like such a name and its value, in a body that is no JSON."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A push as it is stored."""

    line: bytes = field(repr=False)
    """Its JSON in UTF-8, without a line break."""
    value: dict[str, object] = field(repr=False)
    """What it says, more or less: enough to tell whose it is. Empty where Python cannot read it."""


def keep_quickly(body: bytes) -> tuple[bytes, Ids] | None:
    """Return the line to keep of a push as they mostly are; None where keep has to look.

    It agrees with keep but for the white space between tokens.
    """
    try:
        ids = _IDS.decode(body)
        is_ascii = body.isascii()
        if not is_ascii:
            body.decode()
    except (ValueError, RecursionError):
        return None
    if b"\\" in body and b"\\u" in body:
        return None
    if not is_ascii and any(letter in body for letter in _NO_ASCII_TWINS):
        return None
    # Every place that has such a name in it has to be one that is known to be harmless.
    lower = body.lower()
    passwords = (ids.password is None) + (ids.passwordGenerated is not msgspec.UNSET)
    if lower.count(b"password") != passwords or lower.count(b"salt") != (ids.salt is None):
        return None
    line = body.replace(b"\n", b"")
    return (line.replace(b"\r", b"") if b"\r" in line else line), ids


def keep(body: bytes) -> Kept | None:
    """Return what to keep of a body, or None when it is no JSON object.

    Values named password or salt become "[redacted]" unless they are null, everything else stays
    token for token; white space between tokens may go. U+00A0 between tokens counts as such.
    """
    is_plain = _NO_BREAK_SPACE not in body
    try:
        value = _DECODER.decode(body if is_plain else body.replace(_NO_BREAK_SPACE, b"  "))
    except (ValueError, RecursionError):
        return _keep_carefully(body)
    if not isinstance(value, dict):
        return None
    # It has no line breaks within strings, so what is at the ends of lines is between tokens.
    lines = body.splitlines()
    if is_plain:
        line = b"".join(map(bytes.strip, lines))
    else:
        line = b"".join([line.strip(_SPACES) for line in lines])
    if _may_have_secrets(line) or (not is_plain and _NO_BREAK_SPACE in line):
        return _keep_carefully(body)
    return Kept(line, value)


def without_loose_secrets(body: bytes) -> bytes:
    """Return a body that is no JSON object as it came, but for what looks like a secret in it.

    Where there is one and what is around it can be told no more, the end of the body goes too.
    """
    try:
        text = body.decode()
        safe = without_secrets(text)
    except ValueError:
        wide = body.replace(b"\0", b"")
        cleaned = _LOOSE.sub(_redact, wide)
        return body if cleaned == wide else cleaned
    return body if safe == json_text.packed(text) else _encoded(safe)


def _may_have_secrets(line: bytes) -> bool:
    lower = line.lower()
    for harmless in _HARMLESS:
        lower = lower.replace(harmless, b"")
    return (
        b'word"' in lower or b'alt"' in lower or b"word\\" in lower or b"alt\\" in lower
        or b"\\u" in lower
    ) and _SECRET.search(line) is not None  # fmt: skip


def _keep_carefully(body: bytes) -> Kept | None:
    try:
        line = without_secrets(body.decode())
        if line.count("{") + line.count("[") >= json_text.MAX_DEPTH:
            json_text.packed(f"[{line}]")  # in its envelope it is nested once more
        if not line.startswith("{"):
            return None
    except ValueError:
        return None
    try:
        value = json_text.loads(line)
    except json_text.JsonTextError:
        value = {}
    assert isinstance(value, dict)  # noqa: S101 - it starts as one
    return Kept(_encoded(line), value)


def _encoded(text: str) -> bytes:
    # Half a surrogate pair, which only strings have, is escaped as JSON escapes it.
    return text.encode("utf-8", "backslashreplace")


def _redact(match: re.Match[bytes]) -> bytes:
    return match[1] + f'"{REDACTED}"'.encode()
