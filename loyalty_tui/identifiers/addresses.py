"""E-mail addresses, checked by email-validator."""

from __future__ import annotations

import re
from typing import Final

from loyalty_tui.identifiers.model import Email, RefusalError, line
from loyalty_tui.identifiers.wrapping import refuse_several

_ADDRESS_LIMIT: Final = 254  # RFC 5321 with erratum 1690, there in octets: the library counts those


def read_address(address: str) -> Email:
    """Return the address, or refuse it with the library's reason."""
    refuse_several(address)
    local, at, domain = address.rpartition("@")
    if not (local and domain):
        raise _no_address(_missing(local, at, domain))
    if len(address) > _ADDRESS_LIMIT:
        raise _no_address("it is longer than 254 characters")
    from email_validator import validate_email

    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except ValueError as error:  # the library's errors, and those of idna below it
        raise _no_address(_missing(local, at, domain), _reason(error)) from error
    if "." not in checked.ascii_domain:
        raise _no_address("the domain is not whole yet")
    return Email(address, f"{local}@{checked.ascii_domain}")


def _missing(local: str, at: str, domain: str) -> str:
    """Return what an address lacks while it is being typed, or ""."""
    if not at:
        return "the @ and the domain are missing"
    if not local:
        return "the part before the @ is missing"
    if not domain:
        return "the domain is missing"
    if "<" in local and ">" not in domain:
        return "the closing > is missing"
    return "" if "." in domain.rstrip(".") else "the domain is not whole yet"


def _reason(error: ValueError) -> str:
    """Return the library's reason as one sentence, without typed text that is not plain ASCII."""
    reason = str(error).replace(" email", " e-mail").replace(". It ", ": it ")
    if not (reason.isascii() and reason.isprintable()):
        reason = re.split(r" \(|:", reason)[0] + "."
    return reason


def _no_address(missing: str, reason: str = "") -> RefusalError:
    first, rest = reason[:1].lower(), reason[1:].rstrip(".")
    return RefusalError(
        line("e-mail", missing or first + rest),
        reason or f"This is not an e-mail address: {missing}.",
        "An e-mail address is written like name@example.com.",
    )
