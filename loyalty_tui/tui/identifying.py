"""By what the member of a push can be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty_tui.archive.model import Entry
    from loyalty_tui.identifiers import Identifier


def identifier_of(entry: Entry, region: str) -> str:
    """Return a phone number or an e-mail address of a push's member, empty when neither is sure.

    Digits are read with their country code, and as a national number of the region. Where that
    gives two numbers, or only the latter, the address says more surely who it is; of two numbers
    neither is looked up, for one of them is somebody else's.
    """
    digits, address = entry.phone_digits, entry.email.strip()
    abroad, home = _read(f"+{digits}", ""), _read(digits, region)
    if home is not None and home.notice:
        home = None
    if abroad is not None and home in {None, abroad}:
        return abroad.value
    if _read(address, "") is not None:
        return address
    return home.value if home is not None and abroad is None else ""


def _read(text: str, region: str) -> Identifier | None:
    from loyalty_tui import identifiers
    from loyalty_tui.errors import IdentifierError

    try:
        return identifiers.parse(text, region)
    except IdentifierError:
        return None
