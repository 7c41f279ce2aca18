"""By what the member of a push can be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty_tui.archive.model import Entry
    from loyalty_tui.identifiers import Identifier


def identifier_of(entry: Entry, region: str) -> str:
    """Return a phone number or an e-mail address of a push's member, empty when neither can be.

    Digits are read with their country code, as they are everywhere else, and as a national number
    of the region. Where the latter gives another number, the address says more surely who it is;
    without one the number that is in use.
    """
    digits, address = entry.phone_digits, entry.email.strip()
    abroad, home = _read(f"+{digits}", ""), _read(digits, region)
    if home is not None and home.notice:
        home = None
    if abroad is not None and home in {None, abroad}:
        return abroad.value
    if _read(address, "") is not None:
        return address
    number = home if home is not None and (abroad is None or abroad.notice) else abroad
    return number.value if number is not None else ""


def _read(text: str, region: str) -> Identifier | None:
    from loyalty_tui import identifiers
    from loyalty_tui.errors import IdentifierError

    try:
        return identifiers.parse(text, region)
    except IdentifierError:
        return None
