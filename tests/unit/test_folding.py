import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("George Lim", "george lim"),
        ("José", "jose"),
        ("JOSE\u0301", "jose"),
        ("Straße", "strasse"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("  a \t b\u00a0c\n", "a b c"),
        ("ＡＢＣ１２", "abc12"),
        ("東京", "東京"),
        ("", ""),
        ("\u0301", ""),
    ],
)
def test_case_accents_and_spaces_make_no_difference(text, folded):
    assert fold(text) == folded


@given(st.text(st.characters()))
def test_folding_a_folded_text_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters()))
def test_composed_and_decomposed_text_fold_to_the_same(text):
    composed, apart = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(apart)


@given(st.text(st.sampled_from("abcXYZ ÅÉÖüßñ")))
def test_letter_case_makes_no_difference(text):
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@given(st.text(st.characters()))
def test_no_edge_and_no_double_spaces_are_left(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
