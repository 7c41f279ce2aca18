import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui import privacy
from loyalty_tui.privacy import Secret, mask_email, mask_phone, mask_text, neutralise

BIDI = {*"\u061c\u200e\u200f", *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("[bold red]x[/]", "[bold red]x[/]"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m", "\N{REPLACEMENT CHARACTER}31m"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("nul\x00", "nul␀"),
        ("one\r\ntwo\tthree\u2028four", "one  two three four"),
        ("e" + "\u0301" * 60, "e" + "\u0301" * 3),
        ("👩‍👩‍👧", "👩👩👧"),
        ("❤️", "❤"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("می‌خواهم", "می‌خواهم"),
        ("東京", "東京"),
    ],
)
def test_text_from_outside_is_made_harmless(raw, shown):
    assert neutralise(raw) == shown


def test_long_text_is_cut_with_an_ellipsis():
    assert neutralise("n" * 300, 10) == "n" * 9 + "…"
    assert neutralise("n" * 10, 10) == "n" * 10


@given(st.text(st.characters()))
def test_nothing_that_controls_a_terminal_gets_through(text):
    shown = neutralise(text)
    assert not {c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}}
    assert not BIDI & set(shown)
    assert shown.encode().decode() == shown
    assert neutralise(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "Zs"], max_codepoint=0x2FF)))
def test_plain_text_stays_as_it_is(text):
    assert neutralise(text) == text


@pytest.mark.parametrize(
    ("email", "masked"),
    [
        ("george15@crowdtwist.com", "g•••@crowdtwist.com"),
        ("a@b@example.com", "a•••@example.com"),
        ("no address", "n•••"),
        ("ann", "•••"),
        ("", ""),
    ],
)
def test_a_masked_email_shows_first_character_and_domain(email, masked):
    assert mask_email(email) == masked


def test_a_masked_phone_shows_its_last_two_digits():
    assert mask_phone("+47 22 34 56 78") == "+•• •• •• •• 78"
    assert mask_phone("12") == "12"


def test_masked_text_hides_its_length():
    assert mask_text("Broadway 1") == mask_text("Broa") == "B•••"
    assert mask_text("Bo") == mask_text("x") == "•••"
    assert mask_text("") == ""


def test_a_secret_shows_itself_only_when_asked():
    secret = Secret("aaabbbccc111222333")
    assert "aaabbb" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "aaabbbccc111222333"
    assert secret == Secret("aaabbbccc111222333")
    assert secret != Secret("other")
    assert privacy.REDACTED in repr(secret)
