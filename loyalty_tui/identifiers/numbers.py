"""Phone numbers: how digits can be read, by the phonenumbers data."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from loyalty_tui.identifiers.model import EXTENSION_LEFT_OUT, UNKNOWN_RANGE, Phone, RefusalError
from loyalty_tui.identifiers.plans import fits, main_region, place_name, possible
from loyalty_tui.identifiers.wrapping import WHOLE_NUMBER, count_digits, refuse_several
from loyalty_tui.regions import nearest_region, region_name

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_NO_PARENTHESES: Final = str.maketrans("", "", "()")
_SIGNS: Final = {
    **dict.fromkeys("+＋﹢⁺", "+"),
    **dict.fromkeys("(（﹙", "("),
    **dict.fromkeys(")）﹚", ")"),
    **dict.fromkeys(".．·•/／⁄∕[]［］~∼～⁓−⁃ー", ""),
}
_EXTENSION: Final = re.compile(r"(?:ext(?:n|ension)?|x|#)[\s.:=]*\d{1,11}$", re.IGNORECASE)


def read_number(text: str, region: str | None, *, extension: bool) -> Phone:
    """Return the number, or refuse it with the reason."""
    refuse_several(text)
    if (label := _EXTENSION.search(text)) and count_digits(text[: label.start()]):
        text, extension = text[: label.start()].rstrip(" ,"), True
    number, valid = _best(_readings(_shape(text), (region or "").strip().upper()))

    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    code = number.country_code or 0
    home = phonenumbers.region_code_for_number(number) if valid else None
    if not (home and region_name(home)):
        home = main_region(code)
    notices = ((not valid, UNKNOWN_RANGE), (extension, EXTENSION_LEFT_OUT))
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        international=phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL),
        region=home,
        region_name=region_name(home) or place_name(code),
        notice=" ".join(notice for holds, notice in notices if holds),
    )


def _shape(text: str) -> str:
    """Return the digits, plus signs and parentheses of a number in ASCII; the rest separates."""
    shape = ""
    for character in text.strip("\"'`"):  # spreadsheets mark text with one apostrophe
        digit = unicodedata.decimal(character, None)
        category = unicodedata.category(character)
        if digit is not None:
            shape += str(digit)
        elif character in _SIGNS:
            shape += _SIGNS[character]
        elif category.startswith("L"):
            raise _letters(number=shape != "" or count_digits(text) >= WHOLE_NUMBER)
        elif not (character.isspace() or category in {"Pd", "Cf"}):
            raise _no_number("there is a sign in it that no phone number has")
    return shape


def _readings(shape: str, region: str) -> list[tuple[str, str]]:
    """Return the ways to read a number, as digits and region, the one to explain by last.

    A number with + needs no region. Digits after 00 are read by the region's own rules (in some
    of them 00 begins a carrier's prefix) before they are read as if + stood there. A zero in
    parentheses is dialled within the country only: where the data does not drop it, it goes.
    """
    from phonenumbers import SUPPORTED_REGIONS

    readings = []
    for variant in dict.fromkeys((shape, shape.replace("(0)", "", 1))):
        digits = variant.translate(_NO_PARENTHESES)
        if "+" in digits.lstrip("+"):
            raise _no_number("the + stands inside it, not before it")
        abroad = digits.startswith(("+", "00"))
        if digits and not abroad and region not in SUPPORTED_REGIONS:
            raise _no_region(region)
        if digits and not digits.startswith("+") and region in SUPPORTED_REGIONS:
            readings.append((digits, region))
        if abroad:
            readings.append(("+" + digits.lstrip("+").removeprefix("00"), ""))
    if not readings:
        raise RefusalError(
            "phone · the digits are missing",
            "There are no digits in this phone number.",
            "Type the whole number.",
        )
    return readings


def _best(readings: list[tuple[str, str]]) -> tuple[PhoneNumber, bool]:
    """Return the first reading that is valid, or the last if it is possible, and which it is."""
    import phonenumbers

    number = None
    for digits, region in readings:
        try:
            number = phonenumbers.parse(digits, region or None)
        except phonenumbers.NumberParseException:
            number = None
        else:
            if phonenumbers.is_valid_number(number) and fits(number):
                return number, True
    return possible(number, *readings[-1]), False


def _no_region(region: str) -> RefusalError:
    """Refuse a national number; the region's code is shown only where it can be one."""
    otherwise = "begin with + and the country code"
    if not region:
        return RefusalError(
            f"phone · the country is not known: {otherwise}, or set a region in the profile",
            "The country of this phone number is not known.",
            f"{otherwise.capitalize()}, or set a region in the profile.",
        )
    shown = f"{region} " if re.fullmatch("[A-Z]{2}", region) else ""
    nearest = nearest_region(region)
    right = f"{nearest} for {region_name(nearest)}" if nearest else "two letters such as NO or GB"
    return RefusalError(
        f"phone · the region {shown}is not known: set {nearest or 'NO, GB…'}, or {otherwise}",
        f"The region {shown}set for national numbers is not known.",
        f"Set it to {right}, or {otherwise}.",
    )


def _letters(*, number: bool) -> RefusalError:
    hint = "phone · letters cannot be part of it, and an e-mail address needs an @"
    return RefusalError(
        hint if number else "e-mail · the @ and the domain are missing",
        "This is neither a phone number nor an e-mail address.",
        "A phone number has no letters; an e-mail address has an @, as in name@example.com.",
    )


def _no_number(why: str) -> RefusalError:
    return RefusalError(
        f"phone · {why}",
        f"This is not a phone number: {why}.",
        "Leave out everything but the digits and the + before the country code.",
    )
