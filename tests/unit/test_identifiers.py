from __future__ import annotations

import string
import subprocess
import sys
import time
import unicodedata
from dataclasses import FrozenInstanceError

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty_tui.errors import ExitCode, IdentifierError
from loyalty_tui.identifiers import (
    EXTENSION_LEFT_OUT,
    UNKNOWN_RANGE,
    Email,
    Identifier,
    Phone,
    Understanding,
    parse,
    prepare,
    understand,
)
from loyalty_tui.regions import names

NORWEGIAN = "+4722345678"


def refusal(text: str, region: str | None = None) -> IdentifierError:
    with pytest.raises(IdentifierError) as caught:
        parse(text, region)
    return caught.value


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("+4722345678", None),
        ("+47 22 34 56 78", None),
        ("  +47 22 34 56 78\n", None),
        ("+47\t22345678", None),
        ("+47\n22 34 56 78", None),
        ("+47\u00a022\u202f34\u200756\u200978", None),
        ("\u202a+47 22 34 56 78\u202c", None),
        ("\u2066+47\u200b22\ufeff34\u206056\u00ad78\u2069", None),
        ("+47-22-34-56-78", None),
        ("+47‐22‑34‒56–78", None),
        ("+47—22―34−56－78", None),
        ("+47.22.34.56.78", None),
        ("+47/22/34/56/78", None),
        ("(+47) 22 34 56 78", None),
        ("（＋４７）２２３４５６７８", None),
        ("＋４７ ２２ ３４ ５６ ７８", None),
        ("[+47] 22 34 56 78", None),
        ("+47 (22) 34~56~78", None),
        ("++47 22 34 56 78", None),
        ("+٤٧٢٢٣٤٥٦٧٨", None),
        ("+४७ २२ ३४ ५६ ७८", None),
        ("0047 22 34 56 78", None),
        ("0047 22 34 56 78", "NO"),
        ("0047 22 34 56 78", "US"),
        ("0047 22 34 56 78", "KR"),
        ("0047 22 34 56 78", "SG"),
        ("0047 22 34 56 78", "UK"),
        ("(0047) 22 34 56 78", "US"),
        ("+0047 22 34 56 78", None),
        ("００４７ ２２３４５６７８", None),
        ("011 47 22 34 56 78", "US"),
        ("001 47 22 34 56 78", "KR"),
        ("8~10 47 22 34 56 78", "RU"),
        ("22345678", "NO"),
        ("22 34 56 78", "no"),
        ("22 34 56 78", " No "),
        ("٢٢٣٤٥٦٧٨", "NO"),
        ("4722345678", "NO"),
        ("+47 22 34 56 78", "UK"),
        ("+47 22 34 56 78", "US"),
        ("+47 (0) 22 34 56 78", None),
        ("+47(0)22345678", None),
        ("0047 (0) 22 34 56 78", "NO"),
        ("(0) 22 34 56 78", "NO"),
        ("tel:+47-22-34-56-78", None),
        ("TEL:+47(22)34.56.78", None),
        ("tel: +47 22 34 56 78", None),
        ("tel://+4722345678", None),
        ("tel:%2B47%2022345678", None),
        ("tel:22345678;phone-context=+47", None),
        ("tel:22-34-56-78;Phone-Context=+4-7", None),
        ("tel:+4722345678;phone-context=+1", None),
        ("tel:22345678;phone-context=%2B47;unknown=1;npdi", "US"),
        ("tel:22345678;phone-context=example.com", "NO"),
        ("22345678;phone-context=+47", None),
        ('"+47 22 34 56 78"', None),
        ("'+47 22 34 56 78'", None),
        ("'+47 22 34 56 78", None),
        ("“+47 22 34 56 78”", None),
        ("„+47 22 34 56 78“", None),
        ("«+47 22 34 56 78»", None),
        ("`+47 22 34 56 78`", None),
        ("<+47 22 34 56 78>", None),
        ('<"+47 22 34 56 78">,', None),
        ("<tel:+4722345678>", None),
        ("Kari Nordmann <+47 22 34 56 78>", None),
        ("+47 22 34 56 78;", None),
        ("+47 22 34 56 78,,", None),
        (", +47 22 34 56 78 ;", None),
    ],
)
def test_a_phone_number_is_understood_in_every_form_people_paste(text, region):
    phone = parse(text, region)
    assert phone == Phone(NORWEGIAN, "+47 22 34 56 78", "NO", "Norway")
    assert phone.notice == ""
    assert understand(text, region) == Understanding(phone, "phone · Norway · +47 22 34 56 78")


def test_a_phone_number_says_how_it_is_sent_shown_and_compared():
    phone = parse("22 34 56 78", "NO")
    assert isinstance(phone, Phone)
    assert phone.type == "phone"
    assert phone.value == phone.e164 == "+4722345678"
    assert phone.digits == "4722345678"
    assert phone.international == "+47 22 34 56 78"
    assert phone.description == "phone · Norway · +47 22 34 56 78"
    with pytest.raises(FrozenInstanceError):
        phone.e164 = "+1"


@pytest.mark.parametrize(
    ("text", "region", "e164", "place"),
    [
        ("12312312321", "US", "+12312312321", "United States"),
        ("+12312312321", None, "+12312312321", "United States"),
        ("650 253 0000", "US", "+16502530000", "United States"),
        ("1 (650) 253-0000", "US", "+16502530000", "United States"),
        ("+1 416 555 0134", "NO", "+14165550134", "Canada"),
        ("+1 242 345 6789", None, "+12423456789", "Bahamas"),
        ("020 7946 0958", "GB", "+442079460958", "United Kingdom"),
        ("+44 (0)20 7946 0958", None, "+442079460958", "United Kingdom"),
        ("+39 (0)6 1234 5678", None, "+390612345678", "Italy"),
        ("06 1234 5678", "IT", "+390612345678", "Italy"),
        ("030/123456", "DE", "+4930123456", "Germany"),
        ("8 (800) 555-35-35", "RU", "+78005553535", "Russia"),
        ("+47 79 12 34 56", None, "+4779123456", "Svalbard and Jan Mayen"),
        ("+383 44 123 456", None, "+38344123456", "Kosovo"),
        ("+800 1234 5678", None, "+80012345678", "international freephone"),
        ("+881 612 345 678", None, "+881612345678", "satellite network"),
    ],
)
def test_a_number_belongs_to_the_place_the_data_gives_it(text, region, e164, place):
    phone = parse(text, region)
    assert isinstance(phone, Phone)
    assert (phone.e164, phone.region_name, phone.notice) == (e164, place, "")
    assert names().get(phone.region, "") in {place, ""}
    assert phone.region or place[0].islower()


def test_a_number_tied_to_no_country_has_no_region():
    assert parse("+80012345678", "NO").description == (
        "phone · international freephone · +800 1234 5678"
    )
    assert parse("+80012345678", "NO").region == ""


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_example_number_of_every_region_is_understood_with_and_without_its_code(region):
    example_number = phonenumbers.example_number(region)
    e164 = phonenumbers.format_number(example_number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(example_number, phonenumbers.PhoneNumberFormat.NATIONAL)
    phone = parse(national, region)
    assert isinstance(phone, Phone)
    assert (phone.e164, phone.notice) == (e164, "")
    # The data gives some numbers to more than one region; the first of them names it.
    assert phone.region == phonenumbers.region_code_for_number(example_number)
    assert phone.region_name == names()[phone.region]
    assert parse(e164, None) == parse(f"00{e164[1:]}", None) == phone


@pytest.mark.parametrize(
    ("text", "region", "e164", "description"),
    [
        ("+47 20 00 00 00", None, "+4720000000", "phone · Norway · +47 20 00 00 00"),
        ("22345", "NO", "+4722345", "phone · Norway · +47 22345"),
        ("020 7946 095", "GB", "+44207946095", "phone · United Kingdom · +44 207946095"),
        ("222 222 2222", "CA", "+12222222222", "phone · North America · +1 222-222-2222"),
    ],
)
def test_a_number_that_could_exist_in_no_known_range_is_taken_with_a_notice(
    text, region, e164, description
):
    phone = parse(text, region)
    assert phone.value == e164
    assert phone.notice == UNKNOWN_RANGE
    assert understand(text, region).hint == f"{description} · in no known range"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("tel:+47-22-34-56-78;ext=12", None),
        ("tel:+4722345678;isub=12345", None),
        ("+4722345678;ext=1234567", None),
        ("22 34 56 78 ext. 12", "NO"),
        ("22 34 56 78, extension 12", "NO"),
        ("22345678x12", "NO"),
        ("22345678 #12", "NO"),
    ],
)
def test_an_extension_is_left_out_with_a_notice(text, region):
    phone = parse(text, region)
    assert phone == parse(NORWEGIAN, None)
    assert phone.notice == EXTENSION_LEFT_OUT
    assert understand(text, region).hint.endswith("+47 22 34 56 78 · extension left out")


def test_two_notices_are_both_given():
    text = "tel:+4720000000;ext=1"
    assert parse(text, None).notice == f"{UNKNOWN_RANGE} {EXTENSION_LEFT_OUT}"
    assert understand(text, None).hint.endswith(" · in no known range · extension left out")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("george15@crowdtwist.com", "george15@crowdtwist.com"),
        ("  george15@crowdtwist.com\n", "george15@crowdtwist.com"),
        ("\u00a0\u200egeorge15@crowdtwist.com\u200f\u200b", "george15@crowdtwist.com"),
        ("george15@\u200bcrowd\u00adtwist.com", "george15@crowdtwist.com"),
        ("\u200dgeorge15@crowdtwist.com\u200c", "george15@crowdtwist.com"),
        ("george15＠crowdtwist.com", "george15@crowdtwist.com"),
        ("George.Lim+tag@crowdtwist.com", "George.Lim+tag@crowdtwist.com"),
        ("mailto:george15@crowdtwist.com", "george15@crowdtwist.com"),
        ("MailTo: george15@crowdtwist.com", "george15@crowdtwist.com"),
        ("mailto:george%2B1%40crowdtwist.com?subject=Hei%20du&body=x", "george+1@crowdtwist.com"),
        ("mailto:george+1@crowdtwist.com", "george+1@crowdtwist.com"),
        ("mailto:?to=george15@crowdtwist.com&subject=x", "george15@crowdtwist.com"),
        ("mailto:gr%C3%B8nn@example.com", "grønn@example.com"),
        ("<mailto:george15@crowdtwist.com>", "george15@crowdtwist.com"),
        ("mailto:George%20<george15@crowdtwist.com>", "george15@crowdtwist.com"),
        ("George Lim <george15@crowdtwist.com>", "george15@crowdtwist.com"),
        ("J. Lim (x) <george15@crowdtwist.com>", "george15@crowdtwist.com"),
        ('"Lim, George" <george15@crowdtwist.com>', "george15@crowdtwist.com"),
        ('"Lim <at> @ home" <george15@crowdtwist.com>', "george15@crowdtwist.com"),
        ("Lim, George <george15@crowdtwist.com>;", "george15@crowdtwist.com"),
        ("“Lim, George” <george15@crowdtwist.com>", "george15@crowdtwist.com"),
        ("George@x.no <mailto:george@x.no>", "george@x.no"),
        ("99887766 <george@x.no>", "george@x.no"),
        ('"george@x.no"', "george@x.no"),
        ("'george@x.no'", "george@x.no"),
        ("‘george@x.no’", "george@x.no"),
        ("(george@x.no)", "george@x.no"),
        ("[mailto:george@x.no]", "george@x.no"),
        ('  “<"george@x.no">”, ', "george@x.no"),
        ("＜george@x.no＞", "george@x.no"),
        ("george@x.no,", "george@x.no"),
        ("o'hara@x.no", "o'hara@x.no"),
        ("4722345678@sms.example.com", "4722345678@sms.example.com"),
        ("INFO@x.no", "INFO@x.no"),
        ("member@example.com", "member@example.com"),
        ("member@club.test", "member@club.test"),
    ],
)
def test_an_email_address_is_understood_in_every_form_people_paste(text, address):
    email = parse(text, None)
    assert email == Email(address, address)
    assert email.notice == ""
    assert understand(text, None) == Understanding(email, "e-mail")


@pytest.mark.parametrize(
    ("typed", "sent", "hint"),
    [
        (
            "Grete@Blåbærsyltetøy.no",
            "Grete@xn--blbrsyltety-y8ao3x.no",
            "e-mail · sent as xn--blbrsyltety-y8ao3x.no",
        ),
        ("jörg@straße.de", "jörg@xn--strae-oqa.de", "e-mail · sent as xn--strae-oqa.de"),
        (
            "用户@例子.公司",
            "用户@xn--fsqu00a.xn--55qx5d",
            "e-mail · sent as xn--fsqu00a.xn--55qx5d",
        ),
        ("a@例子。公司", "a@xn--fsqu00a.xn--55qx5d", "e-mail · sent as xn--fsqu00a.xn--55qx5d"),
        ("George15@CrowdTwist.COM", "George15@crowdtwist.com", "e-mail"),
        ("a@ｅｘａｍｐｌｅ.com", "a@example.com", "e-mail · sent as example.com"),
    ],
)
def test_a_domain_is_sent_in_ascii_and_shown_as_typed(typed, sent, hint):
    email = parse(typed, None)
    assert isinstance(email, Email)
    assert email.type == "email"
    assert (email.address, email.value) == (typed, sent)
    assert email.key == typed.lower()
    assert email.description == understand(typed, None).hint == hint


def test_an_address_is_compared_in_lower_case_in_every_form_of_its_domain():
    forms = {"grete@blåbærsyltetøy.no", "grete@xn--blbrsyltety-y8ao3x.no"}
    typed, encoded = parse("Grete@Blåbærsyltetøy.no", None), parse("GRETE@" + max(forms)[6:], None)
    assert isinstance(typed, Email)
    assert isinstance(encoded, Email)
    assert typed.keys[0] == typed.key == "grete@blåbærsyltetøy.no"
    assert encoded.keys[0] == encoded.key == "grete@xn--blbrsyltety-y8ao3x.no"
    assert set(typed.keys) == set(encoded.keys) == forms
    assert Email("A@x.no", "A@x.no").keys == ("a@x.no",)


def test_a_long_domain_does_not_fill_the_line():
    hint = understand(f"a@{'ø' * 40}.{'å' * 40}.no", None).hint
    assert hint.startswith("e-mail · sent as xn--")
    assert hint.endswith("…")
    assert len(hint) <= 80


@pytest.mark.parametrize(
    ("text", "region", "sentence", "remedy", "hint"),
    [
        ("", None, "Nothing was typed.", "Type a phone number or an e-mail address.", ""),
        (" \u200b\u00a0\n", "NO", "Nothing was typed.", "Type a phone", ""),
        ('“""”', None, "Nothing was typed.", "Type a phone", ""),
        ("<>", None, "Nothing was typed.", "Type a phone", ""),
        (
            "22345678",
            None,
            "The country of this phone number is not known.",
            "Begin with + and the country code, or set a region in the profile.",
            "phone · the country is not known: begin with + and the country code, or set a region",
        ),
        (
            "tel:22345678;phone-context=example.com",
            "",
            "The country of this phone number is not known.",
            "Begin with +",
            "phone · the country is not known",
        ),
        (
            "22345678",
            "uk",
            "The region UK set for national numbers is not known.",
            "Set it to GB for United Kingdom, or begin with + and the country code.",
            "phone · the region UK is not known: set GB, or begin with +",
        ),
        (
            "22345678",
            "XX",
            "The region XX set for national numbers is not known.",
            "Set it to two letters such as NO or GB",
            "phone · the region XX is not known: set NO, GB…, or begin",
        ),
        (
            "22345678",
            "Norwya\x1b[31m",
            "The region set for national numbers is not known.",
            "Set it to two letters such as NO or GB",
            "phone · the region is not known",
        ),
        (
            "22345678",
            "Norway",
            "The region set for national numbers is not known.",
            "Set it to NO for Norway",
            "phone · the region is not known: set NO",
        ),
        (
            "+47 22 34",
            None,
            "This phone number is too short.",
            "After +47 (Norway) come 8 digits; this number has 4.",
            "phone · Norway · 4 digits too few",
        ),
        (
            "22 34 56",
            "NO",
            "This phone number is too short.",
            "After +47 (Norway) come 8 digits; this number has 6.",
            "phone · Norway · 2 digits too few",
        ),
        ("22 34 56 7", "NO", "This phone number is too short.", "has 7.", "1 digit too few"),
        ("+47", None, "This phone number is too short.", "has 0.", "Norway · 8 digits too few"),
        ("1", "NO", "This phone number is too short.", "has 1.", "Norway · 7 digits too few"),
        ("0119", "US", "ends before its country code does", "Type +", "country code is missing"),
        (
            "011 47 22 34",
            "US",
            "This phone number is too short.",
            "After +47 (Norway) come 8 digits; this number has 4.",
            "phone · Norway · 4 digits too few",
        ),
        (
            "+1 650 253 000",
            "NO",
            "This phone number is too short.",
            "After +1 (North America) come 10 digits; this number has 9.",
            "phone · North America · 1 digit too few",
        ),
        (
            "416 555 013",
            "CA",
            "This phone number is too short.",
            "After +1 (Canada) come 10 digits; this number has 9.",
            "phone · Canada · 1 digit too few",
        ),
        ("02071", "GB", "too short", "come 9 to 10 digits; this number has 4.", "5 digits too few"),
        (
            "+44 2071",
            None,
            "too short",
            "come 9 to 10 digits; this number has 4.",
            "5 digits too few",
        ),
        (
            "7946 0958",
            "GB",
            "area code",
            "with its area code",
            "Kingdom · the area code is missing",
        ),
        ("+800 123", None, "too short", "(international freephone) come 8", "5 digits too few"),
        (
            "+47 22 34 56 78 9",
            None,
            "This phone number is too long.",
            "After +47 (Norway) come 8 digits; this number has 9.",
            "phone · Norway · 1 digit too many",
        ),
        (
            "12312312321",
            "NO",
            "This phone number is too long.",
            "If it begins with a country code, put + before it.",
            "phone · Norway · 3 digits too many",
        ),
        ("9" * 300, "NO", "This phone number is too long.", "has 300.", "292 digits too many"),
        ("+49" + "1" * 14, None, "too long", "come 5 to 13 digits", "1 digit too many"),
        (
            "+1 111 750 346 002",
            None,
            "too long",
            "10 digits; this number has 11.",
            "1 digit too many",
        ),
        (
            "253 0000",
            "US",
            "The area code of this phone number is missing.",
            "Type the number with its area code.",
            "phone · United States · the area code is missing",
        ),
        (
            "+999 22 34 56 78",
            "NO",
            "No country has the code +999.",
            "Check the digits after the +.",
            "phone · no country has the code +999",
        ),
        ("+0 22 34 56 78", None, "No country has the code +022.", "Check", "the code +022"),
        ("011 210 4567890", "US", "No country has the code +210.", "Check", "the code +210"),
        ("+", "NO", "ends before its country code does", "Type + and the", "code is missing"),
        ("+21", "NO", "ends before its country code does", "Type + and the", "code is missing"),
        ("00", "NO", "ends before its country code does", "Type + and the", "code is missing"),
        (
            "+49 00 30 123456",
            None,
            "No phone number begins with these digits after +49.",
            "such as a leading 0",
            "phone · Germany · no number begins so after +49",
        ),
        ("(", "NO", "There are no digits", "Type the whole number.", "the digits are missing"),
        ("tel:", "NO", "There are no digits", "Type the whole number.", "the digits are missing"),
        (
            "1-800-FLOWERS",
            "US",
            "This is neither a phone number nor an e-mail address.",
            "A phone number has no letters; an e-mail address has an @",
            "phone · letters cannot be part of it, and an e-mail address needs an @",
        ),
        ("+47 22 34 56 7O", None, "neither a phone", "no letters", "phone · letters cannot"),
        ("Tlf 22345678", "NO", "neither a phone", "no letters", "phone · letters cannot"),
        ("tel:a@b.cc", "NO", "neither a phone", "no letters", "the @ and the domain are missing"),
        ("*100#", "NO", "there is a sign in it", "Leave out", "there is a sign in it"),
        ("22_34_56_78", "NO", "there is a sign in it", "Leave out", "a sign in it"),
        ("\x00", None, "there is a sign in it", "Leave out", "a sign in it"),
        ("22\x1b[0m345678", "NO", "there is a sign in it", "Leave out", "a sign in it"),
        ("47+22345678", "NO", "the + stands inside it", "Leave out", "phone · the + stands inside"),
        ("22345678²", "NO", "there is a sign in it", "Leave out", "a sign in it"),
        ("tel:%FF22345678", "NO", "there is a sign in it", "Leave out", "a sign in it"),
        ("12" * 600, "NO", "The text is too long", "alone.", "too long for a phone"),
        ("x" * 1001, "NO", "The text is too long", "alone.", "too long for a phone"),
    ],
)
def test_what_cannot_be_a_phone_number_is_refused_with_the_reason(
    text, region, sentence, remedy, hint
):
    error = refusal(text, region)
    assert sentence in error.sentence
    assert remedy in error.remedy
    assert error.exit_code is ExitCode.USAGE
    assert understand(text, region).identifier is None
    assert hint in understand(text, region).hint


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("g", "This is neither a phone number nor", "e-mail · the @ and the domain are missing"),
        ("george15", "This is neither", "e-mail · the @ and the domain are missing"),
        ("mailto:", "the @ and the domain are missing", "e-mail · the @ and the domain are"),
        ("mailto:george", "the @ and the domain are missing", "e-mail · the @ and the domain are"),
        ("mailto:22345678", "the @ and the domain are missing", "e-mail · the @ and the domain"),
        ("george@", "the domain is missing", "e-mail · the domain is missing"),
        ("@x.no", "the part before the @ is missing", "e-mail · the part before the @ is missing"),
        ("george@x", "it should have a period", "e-mail · the domain is not whole yet"),
        ("george@x.", "cannot end with a period", "e-mail · the domain is not whole yet"),
        ("george@test", "the domain is not whole yet", "e-mail · the domain is not whole yet"),
        ("Lim <george@x.n", "close angle bracket", "e-mail · the closing > is missing"),
        ("george@x..no", "two periods in a row", "e-mail · an e-mail address cannot have two"),
        (".george@x.no", "cannot start with a period", "e-mail · an e-mail address cannot start"),
        ("geo rge@x.no", "before the @-sign: SPACE", "e-mail · the e-mail address contains inval"),
        ("george@x y.no", "after the @-sign contains invalid characters: SPACE", "SPACE"),
        ("george@@x.no", "after the @-sign contains invalid characters: '@'", "'@'"),
        ("a@b@x.no", "after the @-sign contains invalid characters: '@'", "'@'"),
        ("george@-x.no", "cannot have a hyphen immediately after", "hyphen"),
        ("george@x.no\x1b]52;c;", "invalid characters: ';', ']', U+001B.", "U+001B"),
        ("george@x\x00.no", "after the @-sign contains invalid characters: U+0000", "U+0000"),
        ("geo\x1brge@x.no", "before the @-sign: U+001B", "U+001B"),
        ("george@x\u200c.no", "unsafe characters: ZERO WIDTH NON-JOINER", "NON-JOINER"),
        ("mailto:%FFgeorge@x.no", "contains unsafe characters: U+DCFF", "U+DCFF"),
        ('"george lim"@x.no', "Quoting the part before the @-sign is not allowed", "quoting"),
        ("george@[127.0.0.1]", "bracketed IP address", "bracketed IP address"),
        ("george@127.0.0.1", "not within a valid top-level domain", "top-level domain"),
        ("george@club.local", "special-use or reserved name", "special-use or reserved name"),
        ("george@xn--\u00e5.no", "The part after the @-sign is", "e-mail · the part after"),
        (f"george@{'x' * 64}.no", "so many characters (1 character too many)", "so many"),
        (f"{'x' * 300}@x.no", "it is longer than 254 characters", "longer than 254"),
        (f"{'ø' * 200}@x.no", "too long", "too long"),
    ],
)
def test_what_cannot_be_an_email_address_is_refused_with_the_reason(text, sentence, hint):
    error = refusal(text)
    assert sentence in error.sentence
    assert error.remedy
    assert understand(text, None).identifier is None
    assert hint in understand(text, None).hint


@pytest.mark.parametrize(
    "text",
    [
        "+4722345678, +4799887766",
        "+4722345678 +4799887766",
        "22345678\n99887766",
        "22 34 56 78; 99 88 77 66",
        "22345678\t99887766",
        "a@x.no b@x.no",
        "a@x.no,b@x.no",
        "a@x.no;\nb@x.no",
        "+47 22 34 56 78 a@x.no",
        "a@x.no | 22345678",
        "A <a@x.no>, B <b@x.no>",
        "<22345678>, <99887766>",
        "a@x.no <b@x.no>",
        "b@x.no <ab@x.no>",
        "mailto:a@x.no,b@x.no",
        "mailto:a@x.no?to=b@x.no",
        "mailto:a@x.no?CC=b@x.no",
        "mailto:a@x.no%0Ab@x.no",
        "tel:+4722345678,+4799887766",
    ],
)
def test_more_than_one_identifier_is_refused(text):
    error = refusal(text, "NO")
    assert error.sentence == "There is more than one phone number or e-mail address here."
    assert error.remedy == "Look them up one at a time."
    assert understand(text, "NO").hint == "more than one phone number or e-mail address: keep one"


def test_typing_a_number_counts_down_what_is_missing():
    typed = "+47 2234 5678"
    hints = [understand(typed[:end], None).hint for end in range(len(typed) + 1)]
    assert hints[0] == ""
    assert hints[1] == hints[2] == "phone · the country code is missing"
    assert hints[3] == hints[4] == "phone · Norway · 8 digits too few"
    assert hints[5] == "phone · Norway · 7 digits too few"
    assert hints[-2] == "phone · Norway · 1 digit too few"
    assert hints[-1] == "phone · Norway · +47 22 34 56 78"


def test_the_same_reading_serves_the_hint_and_the_lookup():
    understanding = understand("22 34 56 78", "NO")
    assert understanding.complete
    assert understanding.identifier == parse("22 34 56 78", "NO")
    assert not understand("22 34 56", "NO").complete


def test_the_libraries_are_imported_when_first_needed_and_not_before():
    code = (
        "import sys, loyalty_tui.identifiers as i; late = {'phonenumbers', 'email_validator'};"
        "print(sorted(late & sys.modules.keys())); i.prepare('NO');"
        "print(sorted(late & sys.modules.keys()))"
    )
    done = subprocess.run(  # noqa: S603 - the interpreter that runs the test
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["[]", "['email_validator', 'phonenumbers']"]


@pytest.mark.parametrize(
    "typed",
    [
        "+47 22 34 56 78",
        "22345678",
        "+1 650 253 0000",
        "tel:+47-22-34;ext=1",
        "1-800-FLOWERS",
        "george15@crowdtwist.com",
        '"Lim, George" <g@x.no>',
        "Grete@Blåbærsyltetøy.no",
    ],
)
def test_a_key_is_answered_within_a_millisecond(typed):
    prepare("NO")
    for end in range(1, len(typed) + 1):
        times = []
        for _ in range(7):
            before = time.perf_counter()
            understand(typed[:end], "NO")
            times.append(time.perf_counter() - before)
        assert min(times) < 0.001


# Properties

REGIONS = st.one_of(st.none(), st.sampled_from(sorted(names())), st.text(max_size=8))
PIECES = st.one_of(
    st.sampled_from(["+", "00", "47", "22345678", "1", "650253", "(0)", "٢", "９"]),
    st.sampled_from(["tel:", ";ext=", ";phone-context=", "mailto:", "?to=", "&cc=", "%40", "%"]),
    st.sampled_from(
        ["a", "ø", "ß", "例子", "x", "ext", "@", "＠", ".", "。", "example.com", "xn--"]
    ),
    st.sampled_from(list(" \u00a0\n-/()[]<>\"'“,;#\x1b\u202e\u0301\u200d\ud800")),
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


def possible_numbers() -> st.SearchStrategy[str]:
    codes = st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
    numbers = st.text(string.digits, min_size=4, max_size=14)
    return st.builds("+{}{}".format, codes, numbers).filter(
        lambda number: understand(number, None).complete
    )


@given(TEXTS, REGIONS)
@example("a@" + "\u0660" * 250, None)
@example("0" * 1000, "SG")
@example("((" * 250 + "))" * 250, "NO")
@example("mailto:%", None)
@example("tel:;phone-context=+", "NO")
@example("a@xn--", None)
def test_understanding_never_raises_and_agrees_with_the_lookup(text, region):
    understanding = understand(text, region)
    identifier: Identifier | None
    try:
        identifier = parse(text, region)
    except IdentifierError as error:
        identifier = None
        for shown in (error.sentence, error.remedy):
            assert shown.isprintable()
            assert shown.endswith(".")
    assert understanding.identifier == identifier
    assert understanding.complete == (identifier is not None)


@given(TEXTS, REGIONS)
def test_a_hint_is_one_short_plain_line(text, region):
    hint = understand(text, region).hint
    assert hint.isprintable()
    assert len(hint) <= 110
    assert "· 0 digits" not in hint


@given(TEXTS, REGIONS)
def test_a_refusal_repeats_nothing_that_was_typed_but_plain_ascii(text, region):
    try:
        parse(text, region)
    except IdentifierError as error:
        foreign = set(str(error)) - set(string.printable)
        assert foreign <= set("".join(names().values()))


@given(TEXTS, REGIONS)
@example("+4900000000", None)
@example("+491234567890123", None)
def test_what_is_sent_is_e164_or_an_address_with_an_ascii_domain(text, region):
    identifier = understand(text, region).identifier
    if isinstance(identifier, Phone):
        assert identifier.value[0] == "+"
        assert identifier.digits.isascii()
        assert identifier.digits.isdecimal()
        assert identifier.digits[0] != "0"
        assert 2 <= len(identifier.digits) <= 15
    elif isinstance(identifier, Email):
        local, _, domain = identifier.value.rpartition("@")
        assert domain.isascii()
        assert "." in domain
        assert domain == domain.lower()
        assert identifier.address.startswith(f"{local}@")
        assert identifier.key in identifier.keys


@given(possible_numbers(), REGIONS)
def test_a_number_that_was_understood_is_understood_the_same_when_sent_and_when_shown(
    number, region
):
    phone = parse(number, None)
    assert isinstance(phone, Phone)
    for text in (phone.value, phone.international, f"00{phone.digits}", f"tel:{phone.value}"):
        again = parse(text, None)
        assert again == phone
        assert again.notice == phone.notice
    assert parse(phone.value, region) == phone


def full_width(digit: str) -> str:
    return chr(ord(digit) - ord("0") + ord("０"))


def arabic(digit: str) -> str:
    return chr(ord(digit) - ord("0") + ord("٠"))


@given(st.data(), possible_numbers())
def test_decoration_does_not_change_a_number(data, number):
    separators = st.text(" \u00a0\u202f\u2007\u3000\u200b\u2060\u200e-‐‑–—−./~", max_size=3)
    scripts = st.sampled_from([str, full_width, arabic])
    decorated = data.draw(st.sampled_from(["+", "＋", "00", "(+"]))
    for digit in number[1:]:
        decorated += data.draw(separators) + data.draw(scripts)(digit)
    wrapping = data.draw(st.sampled_from(["{}", '"{}"', "“{}”", "<{}>", "tel:{}", "Kari <{}>;"]))
    understood = parse(wrapping.format(decorated), None)
    assert understood == parse(number, None)


@given(
    st.text(string.ascii_letters + string.digits + "+_-øæåÉß例", min_size=1, max_size=20),
    st.lists(st.text(string.ascii_lowercase + "øåé", min_size=2, max_size=12), min_size=1),
)
def test_an_address_goes_out_with_its_local_part_as_typed_and_reads_back_the_same(local, labels):
    address = f"{local}@{'.'.join(labels)[:80].strip('.')}.com"
    email = understand(address, None).identifier
    assert isinstance(email, Email)
    assert email.address == address
    assert email.value.startswith(f"{local}@")
    sent = parse(email.value, None)
    assert isinstance(sent, Email)
    assert sent.value == email.value
    assert set(sent.keys) == set(email.keys)


def test_every_dash_and_space_of_unicode_separates():
    dashes = [chr(c) for c in range(sys.maxunicode) if unicodedata.category(chr(c)) == "Pd"]
    spaces = [chr(c) for c in range(sys.maxunicode) if unicodedata.category(chr(c)) == "Zs"]
    assert len(dashes) > 20
    assert len(spaces) > 15
    for separator in dashes + spaces:
        assert parse(f"+47{separator}22{separator}345678", None).value == NORWEGIAN
