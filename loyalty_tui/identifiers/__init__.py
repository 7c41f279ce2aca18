"""What was typed into the one box: a phone number, an e-mail address, or neither yet.

`parse` serves the look-up and raises; `understand` serves every key typed and does not. Both read
a text the same way: numbers by the phonenumbers data, addresses by email-validator.
"""

from __future__ import annotations

import re
from typing import Final

from loyalty_tui.identifiers.addresses import read_address
from loyalty_tui.identifiers.model import (
    EXTENSION_LEFT_OUT,
    UNKNOWN_RANGE,
    Email,
    Identifier,
    Phone,
    RefusalError,
    Understanding,
    line,
)
from loyalty_tui.identifiers.numbers import read_number
from loyalty_tui.identifiers.wrapping import recipient, unwrapped, without_parameters

__all__ = [
    "EXTENSION_LEFT_OUT",
    "UNKNOWN_RANGE",
    "Email",
    "Identifier",
    "Phone",
    "Understanding",
    "parse",
    "prepare",
    "understand",
]

_REMARKS: Final = {UNKNOWN_RANGE: "in no known range", EXTENSION_LEFT_OUT: "extension left out"}
_TEXT_LIMIT: Final = 1000
_SCHEME: Final = re.compile(r"(tel|mailto)\s*:\s*(?://)?(.*)", re.IGNORECASE | re.DOTALL)


def understand(text: str, region: str | None) -> Understanding:
    """Say what a text is understood as, or what it lacks. Never raises.

    The region is the two-letter code that national numbers are read by, or None.
    """
    try:
        identifier = parse(text, region)
    except RefusalError as refusal:
        return Understanding(None, refusal.hint)
    remarks = [short for notice, short in _REMARKS.items() if notice in identifier.notice]
    return Understanding(identifier, line(identifier.description, *remarks))


def parse(text: str, region: str | None) -> Identifier:
    """Return the phone number or e-mail address that a text stands for.

    The region is the two-letter code that national numbers are read by, or None. Raises
    IdentifierError with the reason when the text stands for neither, or for more than one.
    """
    if len(text) > _TEXT_LIMIT:
        raise RefusalError(
            "too long for a phone number or an e-mail address",
            "The text is too long for a phone number or an e-mail address.",
            "Type or paste the number or the address alone.",
        )
    text = unwrapped(text)
    if not text:
        raise RefusalError("", "Nothing was typed.", "Type a phone number or an e-mail address.")
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() == "mailto":
        return read_address(unwrapped(recipient(scheme[2])))
    if "@" in text and not scheme:
        return read_address(text)
    number, extension = without_parameters(scheme[2] if scheme else text, uri=scheme is not None)
    return read_number(number, region, extension=extension)


def prepare(region: str | None) -> None:
    """Load libraries and data, so that the first key typed is answered as fast as the others.

    Takes about a tenth of a second; it is for a worker, after the first paint.
    """
    for text in ("22", "+16502530000", "name@example.com"):
        understand(text, region)
