from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.regions import names, nearest_region, network_name, region_name


def test_every_region_of_the_phone_data_has_a_name_and_no_other_has():
    assert set(names()) == set(phonenumbers.SUPPORTED_REGIONS)


def test_every_name_is_short_plain_and_its_own():
    assert len(set(names().values())) == len(names())
    for name in names().values():
        assert name == name.strip()
        assert name.isprintable()
        assert 4 <= len(name) <= 30
        assert name[0].isupper()
        assert not set(name) & set("&();.,·")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("NO", "Norway"),
        ("AC", "Ascension Island"),
        ("AX", "Åland Islands"),
        ("CI", "Côte d’Ivoire"),
        ("TA", "Tristan da Cunha"),
        ("VC", "St Vincent and the Grenadines"),
        ("XK", "Kosovo"),
        ("ZW", "Zimbabwe"),
    ],
)
def test_a_region_is_named_by_its_code(code, name):
    assert region_name(code) == name


@pytest.mark.parametrize("code", ["", "no", "UK", "ZZ", "001", "N", "NOR", "\x1b["])
def test_what_is_no_code_has_no_name(code):
    assert region_name(code) == ""


def test_every_calling_code_without_a_country_says_what_it_stands_for():
    shared = phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS
    assert shared
    assert all(network_name(code) for code in shared)
    assert network_name(800) == "international freephone"
    assert network_name(47) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("UK", "GB"),
        ("uk", "GB"),
        (" EL ", "GR"),
        ("USA", "US"),
        ("Norway", "NO"),
        ("NOR", "NO"),
        ("norwya", "NO"),
        ("SWE", "SE"),
        ("AUS", "AU"),
        ("united   kingdom", "GB"),
        ("Germny", "DE"),
        ("XX", ""),
        ("N", ""),
        ("", ""),
        ("Atlantis of the deep", ""),
    ],
)
def test_a_region_that_is_none_leads_to_the_nearest_right_one(text, code):
    assert nearest_region(text) == code


def test_a_code_that_leads_to_another_is_not_the_code_of_a_region():
    assert not [code for code in names() if nearest_region(code)]


@given(st.text(max_size=60))
def test_the_nearest_region_is_always_a_region_or_nothing(text):
    assert nearest_region(text) in {"", *names()}
