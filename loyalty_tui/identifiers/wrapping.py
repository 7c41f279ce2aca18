"""What stands around an identifier: invisible marks, quotes, names, the parts of a URI."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from loyalty_tui.identifiers.model import RefusalError

WHOLE_NUMBER: Final = 7
"""So many digits apart from others are a phone number of their own."""

_EDGES: Final = ",;“”„‟‘’‚‛«»‹›＂＇\u200c\u200d"
_PAIRS: Final = frozenset({'""', "''", "``", "()", "[]"})
_JOINERS: Final = frozenset("\u200c\u200d")  # they tell some written words apart
_PLAIN_SIGNS: Final = str.maketrans("＠﹫＜＞", "@@<>")
_PARAMETERS: Final = frozenset({"ext", "isub", "phone-context"})


def unwrapped(text: str) -> str:
    """Return a text without invisible marks, and without what stands around the identifier."""
    text = "".join(c for c in text if c in _JOINERS or unicodedata.category(c) != "Cf")
    text = text.translate(_PLAIN_SIGNS)
    before = None
    while text != before:
        before = text
        text = text.strip().strip(_EDGES)
        if len(text) > 1 and text[0] + text[-1] in _PAIRS:
            text = text[1:-1]
        elif text.endswith(">") and "<" in text:
            text = _bracketed(text)
    return text


def _bracketed(text: str) -> str:
    """Return what stands in angle brackets after a name."""
    name, _, inner = text[:-1].rpartition("<")
    bare = re.sub(r'"[^"]*"', "", name).strip().casefold()
    repeated = bare == inner.strip().casefold().removeprefix("mailto:")
    if "<" in bare or ("@" in bare and not repeated):
        raise _several()
    return inner


def recipient(rest: str) -> str:
    """Return the one recipient of a mailto URI (RFC 6068), or ""."""
    from urllib.parse import unquote

    address, _, query = rest.partition("?")
    headers = [header.partition("=") for header in query.split("&")]
    copies = [value for name, _, value in headers if name.lower() in {"to", "cc", "bcc"}]
    everybody = ",".join([address, *copies]).split(",")
    # Octets that are no text become lone surrogates, which no address may contain.
    recipients = [unquote(one, errors="surrogateescape") for one in everybody if one.strip()]
    if len(recipients) > 1:
        raise _several()
    return recipients[0] if recipients else ""


def without_parameters(text: str, *, uri: bool) -> tuple[str, bool]:
    """Return a number without the parameters of RFC 3966, and whether one was an extension.

    A context that is a number goes before a local number; one that is a domain says nothing about
    the country. Without `tel:` before them, only well-known parameters are such.
    """
    from urllib.parse import unquote

    number, *rest = text.split(";")
    pairs = [parameter.partition("=") for parameter in rest]
    found = {name.strip().lower(): unquote(value).strip() for name, _, value in pairs}
    if not uri and not found.keys() & _PARAMETERS:
        return text, False
    number, context = unquote(number).strip(), found.get("phone-context", "")
    if context.startswith("+") and not number.startswith("+"):
        number = context + number
    return number, bool(found.keys() & {"ext", "isub"})


def refuse_several(text: str) -> None:
    """Refuse a text that holds more than one number or address."""
    pieces = re.split(r"[\s,;|]+", text)
    addresses = [piece for piece in pieces if "@" in piece.strip("@")]
    others = "".join(piece for piece in pieces if piece not in addresses)
    if len(addresses) > 1 or (addresses and count_digits(others) >= WHOLE_NUMBER):
        raise _several()
    if "@" not in text:
        parts = re.split(r"[\n\r\t,;|]+", text)
        numbers = [part for part in parts if count_digits(part) >= WHOLE_NUMBER]
        if len(numbers) > 1 or len(re.findall(r"[+＋][^\w+＋]*\d", text)) > 1:
            raise _several()


def _several() -> RefusalError:
    return RefusalError(
        "more than one phone number or e-mail address: keep one",
        "There is more than one phone number or e-mail address here.",
        "Look them up one at a time.",
    )


def count_digits(text: str) -> int:
    """Return how many decimal digits of any script a text has."""
    return sum(character.isdecimal() for character in text)
