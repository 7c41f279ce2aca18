"""Who a push is about, as the index keeps it: once for all the pushes that say the same of them."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
from xxhash import xxh3_64_intdigest

from loyalty_tui.archive import searching

Identity: TypeAlias = tuple[int | str | None, str, str, str, str, str, str, str]
"""Member id (as text beyond 63 bits), name, e-mail, phone digits, user name, third-party id,
country, city."""

Packed: TypeAlias = tuple[int, bytes]
"""An identity as it crosses between processes: its key of 64 bits, and its MessagePack."""

Home: TypeAlias = tuple[str, str]
"""Country and city."""

Person: TypeAlias = tuple[int | str, str, str, str | None, str, Home, str, str, str]
"""Member id or "", name, e-mail in lower case, e-mail as sent where that differs, phone digits,
home, name to sort by, texts to search (see `searching`): names and numbers."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def pack(identity: Identity) -> Packed:
    """Return an identity with the key that it is known by."""
    packed = _encode(identity)
    return xxh3_64_intdigest(packed) - 2**63, packed


def unpack(packed: bytes) -> Person:
    """Return the person of a packed identity."""
    member, name, email, phone, user, crm, country, city = _decode(packed)
    address = email.strip().lower()
    names = searching.encode(name, email, user)
    return (
        "" if member is None else member,
        name,
        address,
        email if email != address else None,
        phone,
        (country, city),
        searching.first_part(names),
        names,
        searching.encode(phone, "" if member is None else str(member), crm),
    )
