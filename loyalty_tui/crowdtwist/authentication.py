"""Who may push: Basic, x-api-key, both or none, as the vendor document has it."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty_tui.privacy import Secret

_BASIC: Final = re.compile(rb"basic +([A-Za-z0-9+/]+={0,2}) *", re.IGNORECASE)


class Senders:
    """Those who know the secrets; every secret there is has to be right.

    Basic is `user:password`, compared in UTF-8. With no secret everybody may push.
    """

    def __init__(self, basic: Secret | None = None, api_key: Secret | None = None) -> None:
        self._basic = _digest(basic.reveal().encode()) if basic else None
        self._api_key = _digest(api_key.reveal().encode()) if api_key else None

    @property
    def are_known(self) -> bool:
        """Whether anything has to be right."""
        return bool(self._basic or self._api_key)

    @property
    def challenge(self) -> tuple[tuple[bytes, bytes], ...]:
        """The headers that tell a sender how to authenticate."""
        if not self._basic:
            return ()
        return ((b"www-authenticate", b'Basic realm="loyalty-tui", charset="UTF-8"'),)

    def may(self, authorization: Sequence[bytes], api_key: Sequence[bytes]) -> bool:
        """Return whether a request with these values of both headers comes from one of them.

        A header that is there twice is wrong. Takes as long for a wrong secret as for another.
        """
        is_right = True
        if self._basic:
            is_right &= hmac.compare_digest(_digest(_credentials(authorization)), self._basic)
        if self._api_key:
            key = api_key[0].strip(b" \t") if len(api_key) == 1 else b""
            is_right &= hmac.compare_digest(_digest(key), self._api_key)
        return is_right


def _credentials(authorization: Sequence[bytes]) -> bytes:
    found = _BASIC.fullmatch(authorization[0]) if len(authorization) == 1 else None
    if not found:
        return b""
    encoded = found[1].rstrip(b"=")
    try:
        return binascii.a2b_base64(encoded + b"=" * (-len(encoded) % 4), strict_mode=True)
    except binascii.Error:
        return b""


def _digest(secret: bytes) -> bytes:
    # Of one length, so that comparing does not tell the secret's.
    return hashlib.sha256(secret).digest()
