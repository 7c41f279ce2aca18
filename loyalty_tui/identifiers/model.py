"""What the box understands: a phone number or an e-mail address, and why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from loyalty_tui.errors import IdentifierError

UNKNOWN_RANGE: Final = (
    "This number is in no range known to be in use; it is looked up all the same."
)
"""Notice of a number that could exist and is not valid by the data."""

EXTENSION_LEFT_OUT: Final = "The extension is left out: members are known by the number alone."
"""Notice of a number typed with an extension or an ISDN subaddress."""

_HINT_LIMIT: Final = 110


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number that can exist."""

    e164: str
    """The international number without separators: "+4722345678"."""
    international: str
    """The same number to read: "+47 22 34 56 78"."""
    region: str
    """The two-letter code of its region ("NO"), or "" when it is tied to none."""
    region_name: str
    """The region in English, or what a number without one is ("international freephone")."""
    notice: str = field(default="", compare=False)
    """What the user should know about how it was understood; mostly empty."""

    @property
    def type(self) -> Literal["phone"]:
        """The type of credential, as CrowdManager names it."""
        return "phone"

    @property
    def value(self) -> str:
        """What is sent."""
        return self.e164

    @property
    def digits(self) -> str:
        """The international number without the plus sign, as CrowdTwist writes it."""
        return self.e164.removeprefix("+")

    @property
    def description(self) -> str:
        """What was understood, in one line: "phone · Norway · +47 22 34 56 78"."""
        return line("phone", self.region_name, self.international)


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address whose form is right."""

    address: str
    """The address as typed, without what stood around it."""
    value: str
    """What is sent: the local part as typed, the domain in the ASCII form of IDNA."""

    @property
    def type(self) -> Literal["email"]:
        """The type of credential, as CrowdManager names it."""
        return "email"

    @property
    def notice(self) -> str:
        """What the user should know about how it was understood: nothing, for an address."""
        return ""

    @property
    def key(self) -> str:
        """The address as typed in lower case, for comparison."""
        return self.address.lower()

    @property
    def keys(self) -> tuple[str, ...]:
        """Every lower-case form the address may be saved in, `key` first."""
        local, _, domain = self.value.lower().rpartition("@")
        readable = ".".join(_readable(label) for label in domain.split("."))
        return tuple(dict.fromkeys((self.key, f"{local}@{readable}", f"{local}@{domain}")))

    @property
    def description(self) -> str:
        """What was understood, in one line, with the domain when it is sent otherwise."""
        domain = self.value.rpartition("@")[2]
        same = domain == self.address.rpartition("@")[2].lower()
        return "e-mail" if same else line("e-mail", f"sent as {shortened(domain)}")


Identifier: TypeAlias = Phone | Email


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the box says while one types."""

    identifier: Identifier | None
    """What would be looked up now, if anything."""
    hint: str
    """One short line: what was understood, or what is missing. Empty for an empty box."""

    @property
    def complete(self) -> bool:
        """Whether there is something to look up."""
        return self.identifier is not None


class RefusalError(IdentifierError):
    """An IdentifierError that also knows what the box says while one types."""

    def __init__(self, hint: str, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence, remedy)
        self.hint = shortened(hint, _HINT_LIMIT)


def _readable(label: str) -> str:
    """Return a label of a checked domain in Unicode."""
    if not label.startswith("xn--"):
        return label
    return label.removeprefix("xn--").encode().decode("punycode")


def line(*parts: str) -> str:
    """Return the parts that are not empty, side by side."""
    return " · ".join(part for part in parts if part)


def shortened(text: str, limit: int = 60) -> str:
    """Return a text of at most so many characters, the last an ellipsis where more followed."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
