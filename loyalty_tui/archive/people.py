"""Who a push is about, as the index keeps it: once for all the pushes that say the same of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
from xxhash import xxh3_64_intdigest

from loyalty_tui.archive import searching

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Text: TypeAlias = str | None

Said: TypeAlias = tuple[int | _Text, _Text, _Text, _Text, _Text, _Text, _Text, _Text, _Text, _Text]
"""What a push says of a person: member id (as text beyond 63 bits), first, middle and last name,
e-mail, phone digits, user name, third-party id, country, city."""

Packed: TypeAlias = tuple[int, bytes]
"""That as it crosses between processes: its hash, and its MessagePack."""

Identity: TypeAlias = tuple[int | _Text, str, str, str, str, str, str, str]
"""What tells a person from others: as said, with one name and without None for texts."""

Home: TypeAlias = tuple[str, str]
"""Country and city."""

Person: TypeAlias = tuple[int, int | str, str, str, str | None, str, Home, str, str, str]
"""Key of 64 bits, member id or "", name, e-mail in lower case, e-mail as sent where that differs,
phone digits, home, name to sort by, texts to search (see `searching`): names and numbers."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def pack(said: Said) -> Packed:
    """Return what a push says of a person, ready to cross between processes."""
    packed = _encode(said)
    return xxh3_64_intdigest(packed), packed


def unpack(packed: Iterable[bytes]) -> Iterator[Person]:
    """Yield the persons of what was packed. Of one key are those of the same identity."""
    all_of = [_identity(*_decode(each)) for each in packed]
    said: list[str] = []
    for member, name, email, phone, user, crm, _, _ in all_of:
        said += (name, email, user, phone, "" if member is None else str(member), crm)
    folded, marked = searching.prepared(said)  # together, which is quicker than one by one
    parts = iter(marked)
    for each, by_name, *texts in zip(all_of, folded[::6], *[parts] * 6, strict=True):
        member, name, email, phone, _, _, country, city = each
        address = email.strip().lower()
        yield (
            xxh3_64_intdigest(_encode(each)) - 2**63,
            "" if member is None else member,
            name,
            address,
            email if email != address else None,
            phone,
            (country, city),
            by_name,
            searching.joined(texts[:3]),
            searching.joined(texts[3:]),
        )


def _identity(  # noqa: PLR0913, PLR0917 - one for each that is said
    member: int | _Text, first: _Text, middle: _Text, last: _Text, email: _Text, phone: _Text,
    user: _Text, crm: _Text, country: _Text, city: _Text,
) -> Identity:  # fmt: skip
    name = first.strip() if first else ""
    if middle and (stripped := middle.strip()):
        name = f"{name} {stripped}" if name else stripped
    if last and (stripped := last.strip()):
        name = f"{name} {stripped}" if name else stripped
    return (
        member, name, email or "", phone or "", user or "", crm or "", country or "", city or "",
    )  # fmt: skip
