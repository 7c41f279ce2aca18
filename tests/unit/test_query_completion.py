from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query.completion import KNOWN, MOST, Completion, apply, complete
from loyalty_tui.archive.query.language import parse
from loyalty_tui.archive.query.model import Choice, QueryError
from loyalty_tui.privacy import neutralise

NOW = datetime(2026, 11, 22, tzinfo=UTC)
VALUES = {
    "tier": ("Tier 1", "Gold", "Tier 2", "a|b", "null", 'the "best"', "Évian", "-", ">5"),
    "event": ("drop", "jump"),
    "country": ("NO", "GB", ""),
    "city": ("Oslo", "New Oslo", "Evil\x1b[31m", "x" * 201),
    "type": ("profile", "redemption"),
}


def offers(text, cursor=None):
    return complete(text, len(text) if cursor is None else cursor, VALUES.__getitem__).offers


def applied(marked, offer):
    """Complete where the bar with two sides stands, and mark the new cursor the same way."""
    cursor = marked.index("¦")
    text = marked.replace("¦", "")
    completion = complete(text, cursor, VALUES.__getitem__)
    assert offer in completion.offers
    text, cursor = apply(text, completion, offer)
    return f"{text[:cursor]}¦{text[cursor:]}"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ti", "tier:"),
        ("TI", "tier:"),
        ("anna ti", "tier:"),
        ("-ti", "tier:"),
        ("rec", "received:"),
        ("signupch", "signUpChannelId:"),
        ("tierInfo.ne", "tierInfo.nextLevel.title:"),
        ("cust", "custom."),
        ("resetD", "resetDate:"),
        ("currentl", "tierInfo.currentLevel.title:"),
        ("nextLevel.", "tierInfo.nextLevel.title:"),
        ("nextlevel.ma", "tierInfo.nextLevel.maxValue:"),
        ("title", "tierInfo.currentLevel.title:"),
        ("timeframe_", "tierInfo.timeframeScore:"),
        ("tier", "tier:"),
    ],
)
def test_names_of_fields_are_offered_while_a_word_is_typed(text, first):
    assert offers(text)[0] == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("event:", ("drop", "jump")),
        ("event:j", ("jump",)),
        ("EVENT:J", ("jump",)),
        ("-event:d", ("drop",)),
        ("event:drop|", ("jump",)),
        ("event:DROP|j", ("jump",)),
        ("tier:tier", ('"Tier 1"', '"Tier 2"')),
        ('tier:"Tier 2', ('"Tier 2"',)),
        ("tier:a", ('"a|b"',)),
        ("tier:nu", ('"null"',)),
        ("tier:the", (r'"the \"best\""',)),
        ("tier:ev", ("Évian",)),
        ("tier:é", ("Évian",)),
        ("city:os", ("Oslo", '"New Oslo"')),
        ("city:e", ()),
        ("city:x", ()),
        ("country:", ("NO", "GB")),
        ("type:re", ("redemption",)),
        ("isActive:", ("yes", "no")),
        ("-isactive:n", ("no",)),
        ("emailIsVerified:y", ("yes",)),
        ("event:jump", ()),
    ],
)
def test_known_values_are_offered_behind_their_field(text, expected):
    assert offers(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "anna ", "zzz", "+4", '"ti', "anna|ti", "foo:", "points:", "title:", "event:jumpy",
        "salt", "custom.", "custom.a:", "-", ":", "|", "tier:gold ", "|tier:",
    ],
)  # fmt: skip
def test_nothing_is_offered_where_nothing_fits(text):
    assert offers(text) == ()


@pytest.mark.parametrize(
    ("before", "offer", "after"),
    [
        ("ti¦", "tier:", "tier:¦"),
        ("anna -ti¦", "tier:", "anna -tier:¦"),
        ("ti¦er:gold", "tier:", "tier:¦gold"),
        ("ti¦ anna", "tier:", "tier:¦ anna"),
        ("tier:t¦", '"Tier 2"', 'tier:"Tier 2"¦'),
        ("tier:gold|t¦", '"Tier 2"', 'tier:gold|"Tier 2"¦'),
        ("tier:g¦one|x anna", "Gold", "tier:Gold¦|x anna"),
        ('tier:"Ti¦er 2" anna', '"Tier 1"', 'tier:"Tier 1"¦ anna'),
        ('tier:"Ti¦ name:"george lim"', '"Tier 1"', 'tier:"Tier 1"¦ name:"george lim"'),
        ('tier:"Ti¦', '"Tier 1"', 'tier:"Tier 1"¦'),
    ],
)
def test_an_offer_takes_the_place_of_the_word_at_the_cursor(before, offer, after):
    assert applied(before, offer) == after


def test_a_property_is_offered_by_its_path_only_where_no_name_of_its_own_fits():
    assert offers("timef") == ("timeframeScore:",)
    assert offers("title") == ("tierInfo.currentLevel.title:", "tierInfo.nextLevel.title:")


def test_values_that_a_query_cannot_tell_apart_are_offered_once():
    def known(_):
        return ("NO", "no", "Évian", "evian", "No")

    assert complete("country:", 8, known).offers == ("NO", "Évian")
    assert complete("country:NO|", 11, known).offers == ("Évian",)


def test_no_more_is_offered_than_can_be_read():
    many = [f"town {number}" for number in range(100)]
    assert complete("city:", 5, lambda _: many).offers == tuple(
        f'"town {number}"' for number in range(MOST)
    )
    assert len(offers("t")) == MOST


def test_only_fields_with_known_values_are_asked_for_them():
    asked = []

    def known(field):
        asked.append(field)
        return ()

    for field in ("tier", "points", "email", "firstName", "custom.a", "nothing"):
        complete(f"{field}:", len(field) + 1, known)
    assert asked == ["tier"]


def test_a_cursor_outside_of_the_text_counts_as_its_end():
    assert complete("ti", 99, VALUES.__getitem__) == complete("ti", 2, VALUES.__getitem__)
    assert complete("ti", -1, VALUES.__getitem__) == Completion(0, 0, ())


TEXTS = st.one_of(
    st.text(st.characters(), max_size=40),
    st.lists(
        st.sampled_from(
            ["tier:", "city:", "ti", "custom.", "isActive:", '"', "\\", "|", "-", " ", ":", "Ti",
             "gold", "null", "+47", "*", "é"]
        ),
        max_size=10,
    ).map("".join),
)  # fmt: skip


@given(TEXTS, st.integers(0, 45))
def test_anything_can_be_completed_at_any_place(text, cursor):
    completion = complete(text, cursor, VALUES.__getitem__)
    assert 0 <= completion.start <= min(cursor, len(text)) <= completion.end <= len(text)
    assert len(completion.offers) == len(set(completion.offers)) <= MOST
    for offer in completion.offers:
        changed, place = apply(text, completion, offer)
        assert changed[completion.start : place] == offer
        assert neutralise(offer) == offer


def can_be_read(text):
    try:
        parse(text, NOW)
    except QueryError:
        return False
    return True


@given(TEXTS.filter(can_be_read))
def test_a_completed_query_can_be_read_if_it_could_be_before(text):
    completion = complete(text, len(text), VALUES.__getitem__)
    for offer in completion.offers:
        assert can_be_read(apply(text, completion, offer)[0])


@given(
    st.sampled_from(sorted(KNOWN - {"type"})),
    st.text(st.characters(), min_size=1, max_size=20),
    st.integers(0, 20),
)
def test_an_offered_value_is_what_the_query_then_asks_for(field, value, typed):
    assume(fold(value) and neutralise(value) == value)
    text = f"{field}:" + "".join(sign for sign in fold(value)[:typed] if sign.isalnum())
    completion = complete(text, len(text), lambda _: [value])
    for offer in completion.offers:
        (clause,) = parse(apply(text, completion, offer)[0], NOW).clauses
        assert clause.tests == (Choice(field, fold(value)),)
        assert not clause.is_negated


@given(st.text(st.characters(), min_size=1, max_size=20))
def test_every_usable_value_is_offered_before_anything_is_typed(value):
    found = complete("city:", 5, lambda _: [value]).offers
    assert bool(found) == bool(fold(value) and neutralise(value) == value)


@pytest.mark.parametrize("text", ['event:¦"drop x" anna', 'event:¦dr"op" anna', "event:¦drop anna"])
def test_an_offer_takes_the_place_of_all_of_a_value(text):
    assert applied(text, "jump") == "event:jump¦ anna"
