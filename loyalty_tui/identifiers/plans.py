"""Numbering plans: whether a number that is not valid could exist, and if not, why."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from loyalty_tui.identifiers.model import RefusalError, line
from loyalty_tui.regions import network_name, region_name

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_E164_LIMIT: Final = 15


def possible(number: PhoneNumber | None, digits: str, region: str) -> PhoneNumber:
    """Return a number that is not valid if it could exist, or refuse it with the reason."""
    import phonenumbers
    from phonenumbers import ValidationResult

    if number is None:
        code, national = _divided(digits, region)
    else:
        code, national = number.country_code or 0, phonenumbers.national_significant_number(number)
    at_home = region != "" and code == phonenumbers.country_code_for_region(region)
    place = region_name(region) if at_home else place_name(code)
    verdict = None if number is None else phonenumbers.is_possible_number_with_reason(number)
    if number is not None and verdict == ValidationResult.IS_POSSIBLE and fits(number):
        return _settled(number, place)
    main = phonenumbers.region_code_for_country_code(code)
    trunk = phonenumbers.ndd_prefix_for_region(main, strip_non_digits=True) or ""
    # phonenumbers takes the trunk prefix off where enough is left, so not off what is too short.
    # Prefixes other than 0 and 1 may as well be the first digits of a number.
    kept = trunk.startswith(("0", "1")) and national.startswith(trunk)
    prefixed = kept and verdict != ValidationResult.TOO_LONG
    if verdict == ValidationResult.IS_POSSIBLE_LOCAL_ONLY and at_home and not prefixed:
        raise RefusalError(
            line("phone", place, "the area code is missing"),
            "The area code of this phone number is missing.",
            "Type the number with its area code.",
        )
    count = len(national) - (len(trunk) if prefixed else 0)
    raise _wrong_length(code, count, place, at_home=at_home)


def _divided(digits: str, region: str) -> tuple[int, str]:
    """Return the calling code and the national part of digits that phonenumbers refuses."""
    import phonenumbers

    if region:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        prefix = metadata.international_prefix if metadata else None
        abroad = re.match(prefix, digits) if prefix else None
        if not abroad:
            return phonenumbers.country_code_for_region(region), digits
        digits = digits[abroad.end() :]
    digits = digits.removeprefix("+")
    codes = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
    for code in codes:
        if digits.startswith(code):
            return int(code), digits.removeprefix(code)
    if any(code.startswith(digits) for code in codes):
        raise RefusalError(
            "phone · the country code is missing",
            "This phone number ends before its country code does.",
            "Type + and the whole number.",
        )
    raise RefusalError(
        f"phone · no country has the code +{digits[:3]}",
        f"No country has the code +{digits[:3]}.",
        "Check the digits after the +.",
    )


def _settled(number: PhoneNumber, place: str) -> PhoneNumber:
    """Return a possible number, if reading it again as it is sent gives the same one."""
    import phonenumbers

    sent = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.parse(sent) == number:
        return number
    raise RefusalError(
        line("phone", place, f"no number begins so after +{number.country_code}"),
        f"No phone number begins with these digits after +{number.country_code}.",
        "Leave out what is dialled only within the country, such as a leading 0.",
    )


def _wrong_length(code: int, count: int, place: str, *, at_home: bool) -> RefusalError:
    lengths = _lengths(code)
    wanted = min((length for length in lengths if length > count), default=max(lengths))
    short = wanted > count
    difference = abs(wanted - count)
    digits = "digit" if difference == 1 else "digits"
    span = " to ".join(str(length) for length in sorted({lengths[0], lengths[-1]}))
    remedy = f"After +{code} ({place}) come {span} digits; this number has {count}."
    if at_home and not short:
        remedy += " If it begins with a country code, put + before it."
    return RefusalError(
        line("phone", place, f"{difference} {digits} too {'few' if short else 'many'}"),
        f"This phone number is too {'short' if short else 'long'}.",
        remedy,
    )


@cache
def _lengths(code: int) -> tuple[int, ...]:
    """Return how many digits the usual numbers after a calling code have, ascending."""
    from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult
    from phonenumbers import is_possible_number_for_type_with_reason as verdict

    longest = _E164_LIMIT - len(str(code))
    samples = [PhoneNumber(code, int("9" * length)) for length in range(1, longest + 1)]
    for kind in (PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN):
        possible = [verdict(one, kind) == ValidationResult.IS_POSSIBLE for one in samples]
        if any(possible):
            break
    return tuple(length for length, holds in enumerate(possible, start=1) if holds)


def fits(number: PhoneNumber) -> bool:
    """Return whether a number has no more digits than E.164 allows."""
    from phonenumbers import PhoneNumberFormat, format_number

    return len(format_number(number, PhoneNumberFormat.E164)) <= _E164_LIMIT + 1


def main_region(code: int) -> str:
    """Return the region a calling code is tied to, or "": +1 belongs to 25 equals."""
    from phonenumbers import region_code_for_country_code

    region = region_code_for_country_code(code)
    return region if code != 1 and region_name(region) else ""


def place_name(code: int) -> str:
    """Return in English where the numbers after a calling code belong."""
    if code == 1:
        return "North America"
    return region_name(main_region(code)) or network_name(code)
