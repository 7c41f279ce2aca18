"""Ranks arranged as a ladder: every scheme the issue names, and whatever else can be decoded."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty_tui.crowdmanager.ladder import build, percent
from loyalty_tui.crowdmanager.models import LoyaltySummary, Rank, decode

SAMPLE = (
    Path(__file__).parents[1] / "fixtures" / "crowdmanager-loyalty-summary-sample.json"
).read_bytes()
SCIENTIFIC = re.compile(r"[0-9][eE][+-]?[0-9]")


def rank(number, threshold, name=None):
    usable = Decimal(threshold) if isinstance(threshold, str) else threshold
    return Rank(number, f"R{number}" if name is None else name, "", None, usable)


def summary(*ranks, own=None, is_rank_readable=True):
    return LoyaltySummary(0, own, ranks, (), is_rank_readable)


def ladder(*thresholds, own=None):
    """Build a ladder of ranks R1, R2, … with these thresholds; `own` is the member's number."""
    ranks = [rank(number, threshold) for number, threshold in enumerate(thresholds, start=1)]
    return build(summary(*ranks, own=ranks[own - 1] if own else None))


def names(built):
    return [rung.name for rung in built.rungs]


def bands(built):
    return [rung.band for rung in built.rungs]


# The schemes of the issue


def test_the_ladder_of_the_vendor_document_stands_best_first_with_its_bands():
    built = build(decode(SAMPLE))
    assert names(built) == ["Gold Supporter", "Silver Supporter", "Bronze Supporter"]
    assert bands(built) == ["top 1 %", "1–10 %", "10–30 %"]
    assert [rung.is_current for rung in built.rungs] == [True, False, False]
    assert built.current is built.rungs[0]
    assert built.meaning == "Gold Supporter is held by the top 1 % of all members."
    assert built.next is None
    assert built.outlook == "No rank is higher."
    assert built.has_everyone_else
    assert not built.is_unranked


def test_a_rank_in_the_middle_says_what_it_means_and_what_comes_next():
    built = ladder("0.3", "0.1", "0.01", own=2)
    assert built.current.name == "R2"
    assert built.meaning == (
        "R2 is held by members placed between the top 1 % and the top 10 % of all."
    )
    assert built.next.name == "R3"
    assert built.outlook == "Next rank: R3 (top 1 %)."


def test_a_member_without_a_rank_sees_which_comes_first():
    built = ladder("0.01", "0.3", "0.1")
    assert built.is_unranked
    assert built.current is None
    assert built.meaning == "This member holds no rank."
    assert built.next.name == "R2"
    assert built.outlook == "First rank: R2 (top 30 %)."


def test_no_ranks_at_all_is_a_ladder_without_rungs():
    built = ladder()
    assert built.rungs == ()
    assert built.current is built.next is None
    assert built.meaning == "This member holds no rank, and the answer lists none."
    assert built.outlook == ""
    assert not built.has_everyone_else


def test_a_rank_that_is_not_among_the_ranks_is_put_in_its_place_and_said_so():
    built = build(summary(rank(1, "0.01"), rank(2, "0.3"), own=rank(9, "0.1")))
    assert names(built) == ["R1", "R9", "R2"]
    assert bands(built) == ["top 1 %", "1–10 %", "1–30 %"]
    assert [rung.is_listed for rung in built.rungs] == [True, False, True]
    assert [rung.is_current for rung in built.rungs] == [False, True, False]
    assert built.meaning == (
        "R9 is held by members placed between the top 1 % and the top 10 % of all, "
        "but is not among the ranks the program lists."
    )
    assert built.outlook == "Next rank: R1 (top 1 %)."


def test_a_rank_of_the_member_is_shown_where_no_ranks_are_listed():
    built = build(summary(own=rank(9, "0.1")))
    assert names(built) == ["R9"]
    assert built.current.band == "top 10 %"
    assert "not among the ranks" in built.meaning


def test_the_members_rank_is_told_by_its_id_and_not_by_its_name_or_threshold():
    own = rank(2, "0.01", name="R1")
    built = build(summary(rank(1, "0.01"), rank(2, "0.1"), own=own))
    assert built.current.rank == rank(2, "0.1")
    assert len(built.rungs) == 2


def test_equal_thresholds_share_one_band_in_the_order_sent():
    built = ladder("0.3", "0.1", "0.10", "0.01", own=3)
    assert names(built) == ["R4", "R2", "R3", "R1"]
    assert bands(built) == ["top 1 %", "1–10 %", "1–10 %", "10–30 %"]
    assert built.current.name == "R3"
    assert built.next.name == "R4"


def test_equal_best_thresholds_are_all_at_the_top():
    built = ladder("0.01", "0.01", own=2)
    assert bands(built) == ["top 1 %", "top 1 %"]
    assert built.next is None
    assert built.outlook == "No rank is higher."


def test_a_rank_that_comes_twice_marks_one_rung():
    own = rank(1, "0.1")
    built = build(summary(own, own, own=own))
    assert [rung.is_current for rung in built.rungs] == [True, False]


@pytest.mark.parametrize("threshold", [None, "-0.01", "1.01", -1, 2, "1e400", "-1e-400", 10**4000])
def test_a_threshold_missing_or_outside_0_to_1_comes_last_as_unknown(threshold):
    built = ladder(threshold, "0.3", threshold, "0.01", own=1)
    assert names(built) == ["R4", "R2", "R1", "R3"]
    assert bands(built) == ["top 1 %", "1–30 %", "unknown", "unknown"]
    assert built.current.name == "R1"
    assert built.meaning == "R1 is held by an unknown share of all members."
    assert built.next is None
    assert built.outlook == "Which rank comes next cannot be told."


def test_an_unknown_threshold_may_hide_a_higher_rank():
    built = ladder("0.01", None, own=1)
    assert built.outlook == "No rank with a known threshold is higher."


def test_the_only_rank_with_an_unknown_threshold_has_no_outlook():
    assert ladder(None, own=1).outlook == ""


def test_a_member_without_a_rank_among_unknown_thresholds_is_told_so():
    built = ladder(None, 5)
    assert built.next is None
    assert built.outlook == "Which rank comes first cannot be told."
    assert not built.has_everyone_else


def test_a_small_threshold_keeps_its_digits():
    built = ladder("0.0005", "0.1", own=1)
    assert bands(built) == ["top 0.05 %", "0.05–10 %"]
    assert built.meaning == "R1 is held by the top 0.05 % of all members."


def test_sixty_ranks_stand_in_order_with_bands_that_meet():
    thresholds = [Decimal(number * 37 % 61) / 100 for number in range(1, 61)]
    built = ladder(*thresholds, own=1)
    assert bands(built) == ["top 1 %", *(f"{number}–{number + 1} %" for number in range(1, 60))]
    assert built.current.upper == thresholds[0]


@pytest.mark.parametrize("zero", [0, "0.0", "-0.0"])
def test_a_threshold_of_zero_is_the_best_of_all(zero):
    built = ladder("0.01", zero, own=1)
    assert bands(built) == ["top 0 %", "top 1 %"]
    assert built.outlook == "Next rank: R2 (top 0 %)."


@pytest.mark.parametrize("one", [1, "1.00"])
def test_a_threshold_of_one_leaves_nobody_below(one):
    built = ladder(one, "0.3")
    assert bands(built) == ["top 30 %", "30–100 %"]
    assert not built.has_everyone_else
    assert ladder("0.999").has_everyone_else


def test_a_rank_that_could_not_be_read_is_no_missing_rank():
    built = build(summary(rank(1, "0.1"), is_rank_readable=False))
    assert not built.is_unranked
    assert built.current is built.next is None
    assert built.meaning == "Which rank this member holds could not be read."
    assert built.outlook == ""


@pytest.mark.parametrize("name", ["", "  ", "\n", "\u2028\u00a0"])
def test_a_rank_without_a_name_is_called_by_its_number(name):
    built = build(summary(rank(95, "0.1", name), own=rank(95, "0.1", name)))
    assert names(built) == ["Rank 95"]
    assert built.meaning == "Rank 95 is held by the top 10 % of all members."


def test_a_name_of_several_lines_is_put_on_one():
    own = rank(1, "0.1", " Gold\r\n\u2029Supporter\x1c\x85")
    assert build(summary(own)).outlook == "First rank: Gold Supporter (top 10 %)."


# Percentages


@pytest.mark.parametrize(
    ("fraction", "words"),
    [
        (0, "0 %"),
        (1, "100 %"),
        ("0.01", "1 %"),
        ("0.010", "1 %"),
        ("1e-2", "1 %"),
        ("1E+0", "100 %"),
        ("0.125", "12.5 %"),
        ("0.0005", "0.05 %"),
        ("0.00000001", "0.000001 %"),
        ("0.12345678901234", "12.345678901234 %"),
        ("0.30000000000000004", "30 %"),
        ("0.07000000000000001", "7 %"),
        ("0.10049999999999999", "10.05 %"),
        ("0.3333333333333333", "33.3333 %"),
        ("-0.0", "0 %"),
        ("1e-14", "0.000000000001 %"),
        ("1e-15", "less than 0.000000000001 %"),
        ("1e-999999999999999999", "less than 0.000000000001 %"),
    ],
)
def test_a_fraction_is_a_percentage_in_plain_digits(fraction, words):
    assert percent(Decimal(fraction)) == words


@given(st.integers(0, 10**14))
def test_every_fraction_of_up_to_14_places_is_exact(number):
    words = percent(Decimal(number).scaleb(-14))
    assert Decimal(words.removesuffix(" %")) == Decimal(number).scaleb(-12)
    assert not SCIENTIFIC.search(words)


@given(st.floats(0, 1))
def test_every_double_is_near_its_percentage(number):
    words = percent(Decimal(repr(number)))
    assert not SCIENTIFIC.search(words)
    assert len(words) < 40
    if not words.startswith("less"):
        share = Decimal(words.removesuffix(" %"))
        assert abs(share - Decimal(repr(number)) * 100) <= share * Decimal("0.00001")


# Whatever can be decoded

PLAIN = st.integers(-1, 101).map(lambda number: str(Decimal(number) / 100))
TINY_OR_HUGE = st.builds("{}{}e{}".format, st.sampled_from(["", "-"]), st.integers(0, 99),
                         st.integers(-(10**9), 10**9) | st.integers(-400, 5))  # fmt: skip
LITERALS = st.one_of(
    PLAIN,
    TINY_OR_HUGE,
    st.floats(0, 1).map(repr),
    st.sampled_from(["null", '"0.1"', "true", "0", "1", "-0.0", "0." + "3" * 5000, "9" * 5000]),
)
NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='"\\0123456789'), max_size=9
).map(lambda name: re.sub(r"[\x00-\x1f]", lambda match: f"\\u{ord(match[0]):04x}", name))
RANKS = st.builds(
    '{{"id":{},"name":"{}","threshold":{}}}'.format, st.integers(0, 9), NAMES, LITERALS
)


@st.composite
def summaries(draw):
    """Summaries as they are decoded from an answer's text."""
    ranks = draw(st.lists(RANKS, max_size=8))
    own = draw(st.sampled_from([*ranks, "null", "7"]) | RANKS)
    return decode(f'{{"rank":{own},"ranks":[{",".join(ranks)}]}}'.encode())


@given(summaries())
def test_every_rank_has_one_rung(decoded):
    ranks = [rung.rank for rung in build(decoded).rungs if rung.is_listed]
    assert sorted(ranks, key=repr) == sorted(decoded.ranks, key=repr)


@given(summaries())
def test_rungs_stand_best_first_and_unknown_ones_last(decoded):
    uppers = [rung.upper for rung in build(decoded).rungs]
    known = [upper for upper in uppers if upper is not None]
    assert uppers == sorted(known) + [None] * (len(uppers) - len(known))
    assert all(0 <= upper <= 1 for upper in known)


@given(summaries())
def test_a_rung_is_unknown_only_where_its_threshold_is_of_no_use(decoded):
    for rung in build(decoded).rungs:
        threshold = rung.rank.threshold
        is_usable = threshold is not None and 0 <= threshold <= 1
        assert rung.upper == (threshold if is_usable else None)
        assert (rung.lower is None) == (rung.upper is None)
        assert (rung.band == "unknown") == (rung.upper is None)


@given(summaries())
def test_bands_of_the_listed_ranks_meet_without_gap_or_overlap(decoded):
    rungs = [rung for rung in build(decoded).rungs if rung.is_listed and rung.upper is not None]
    spans = sorted({(rung.lower, rung.upper) for rung in rungs})
    assert [lower for lower, _ in spans] == [0, *(upper for _, upper in spans[:-1])][: len(spans)]
    assert len({upper for _, upper in spans}) == len(spans)


@given(summaries())
def test_exactly_the_member_with_a_rank_has_one_rung_marked(decoded):
    built = build(decoded)
    marked = [rung for rung in built.rungs if rung.is_current]
    assert len(marked) == (decoded.rank is not None)
    assert [built.current] == (marked or [None])
    assert all(rung.rank.id == decoded.rank.id for rung in marked)
    assert built.is_unranked == (decoded.rank is None and decoded.is_rank_readable)


@given(summaries())
def test_the_next_rung_is_strictly_better_and_none_is_nearer(decoded):
    built = build(decoded)
    known = [rung for rung in built.rungs if rung.upper is not None]
    if built.current:
        ceiling = built.current.upper
        better = [rung for rung in known if ceiling is not None and rung.upper < ceiling]
    else:
        better = known if built.is_unranked else []
    if built.next is None:
        assert better == []
    else:
        assert built.next in better
        assert built.next.upper == max(rung.upper for rung in better)
        assert built.next.name in built.outlook


@given(summaries())
@example(decode(b'{"rank":{"id":1,"threshold":1e-999999999},"ranks":[]}'))
@example(decode(b'{"rank":{"id":1,"threshold":0.30000000000000004},"ranks":[]}'))
def test_sentences_are_one_line_each_in_plain_digits(decoded):
    built = build(decoded)
    assert built.meaning.endswith(".")
    for text in (built.meaning, built.outlook, *names(built), *bands(built)):
        assert len(text.splitlines()) <= 1
        assert not SCIENTIFIC.search(text)
        assert len(text) < 200
