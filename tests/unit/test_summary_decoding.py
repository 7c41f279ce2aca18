"""The loyalty summary's decoding, from the vendor document's sample to what no JSON could mean."""

from __future__ import annotations

import copy
import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty_tui.crowdmanager.models import (
    FIRST_WORDS,
    Distinction,
    LoyaltySummary,
    Rank,
    decode,
)
from loyalty_tui.errors import ExitCode, UnusableAnswerError

SAMPLE = (
    Path(__file__).parents[1] / "fixtures" / "crowdmanager-loyalty-summary-sample.json"
).read_bytes()
PLACEHOLDER = "https://mypage.crowdmanager.io/assets/images/{}-placeholder.png"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs", "Cc", "Cf"]), max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
DECIMALS = st.from_regex(r"-?(0|[1-9][0-9]{0,40})\.[0-9]{1,40}", fullmatch=True)


def summary_of(**members):
    return decode(json.dumps(members).encode())


def refused(body):
    with pytest.raises(UnusableAnswerError) as caught:
        decode(body)
    return caught.value


def decoded_or_refused(body):
    """Return the summary or None; whatever else happens is a failure of the test."""
    try:
        summary = decode(body)
    except UnusableAnswerError as error:
        assert_is_shown_safely(error)
        return None
    assert_is_sound(summary)
    return summary


def assert_is_shown_safely(error):
    for text in (error.sentence, error.remedy):
        assert not any(unicodedata.category(character)[0] == "C" for character in text)
        assert len(text) <= FIRST_WORDS + len("It begins: ")


def assert_is_sound(summary):
    assert isinstance(summary, LoyaltySummary)
    assert type(summary.balance) in {int, Decimal, type(None)}
    assert all(type(rank) is Rank for rank in summary.ranks)
    assert all(type(distinction) is Distinction for distinction in summary.distinctions)
    assert summary.rank is None or summary.is_rank_readable
    awards = [*summary.ranks, *summary.distinctions, *([summary.rank] if summary.rank else [])]
    for award in awards:
        assert type(award.id) is int
        "".join((award.name, award.description, award.image_url or "")).encode()
    assert all(type(rank.threshold) in {int, Decimal, type(None)} for rank in summary.ranks)
    assert all(type(distinction.is_earned) is bool for distinction in summary.distinctions)


# The vendor document's sample


def test_the_sample_of_the_vendor_document_is_read_in_full():
    def rank(number, name, share, threshold):
        description = f"Top {share} within last 365 days"
        return Rank(number, name, description, PLACEHOLDER.format("rank"), Decimal(threshold))

    def distinction(number, name, description):
        picture = PLACEHOLDER.format("distinction")
        return Distinction(number, name, description, picture, is_earned=False)

    gold = rank(95, "Gold Supporter", "1%", "0.01")
    assert decode(SAMPLE) == LoyaltySummary(
        balance=56,
        rank=gold,
        ranks=(
            rank(96, "Bronze Supporter", "30%", "0.3"),
            rank(110, "Silver Supporter", "10%", "0.1"),
            gold,
        ),
        distinctions=(
            distinction(1393, "FastEarning", "FastEarning"),
            distinction(131, "VIP", "1000 points within last 365 days"),
            distinction(133, "Regular Member", "50 points ever"),
            distinction(134, "Premium Member", "10 points within last 30 days"),
        ),
    )


def test_a_byte_order_mark_before_the_sample_changes_nothing():
    assert decode(b"\xef\xbb\xbf" + SAMPLE) == decode(SAMPLE)


def test_what_is_earned_is_taken_as_sent_and_never_inferred():
    distinctions = [
        {"id": 133, "name": "50 points ever", "isEarned": False},
        {"id": 134, "name": "1000 points", "isEarned": True},
    ]
    summary = summary_of(balance=56, ranks=[], distinctions=distinctions)
    assert [distinction.is_earned for distinction in summary.distinctions] == [False, True]


# Numbers


@pytest.mark.parametrize(
    "literal",
    ["9007199254740993", "-9007199254740993", "0", "9" * 18, "9" * 300],
)
def test_a_whole_balance_keeps_every_digit(literal):
    balance = decode(b'{"balance":%b}' % literal.encode()).balance
    assert type(balance) is int
    assert str(balance) == literal


@pytest.mark.parametrize("literal", ["12.50", "0.10", "-0.00", "9007199254740993.000000000000001"])
def test_a_decimal_balance_keeps_every_digit(literal):
    assert str(decode(b'{"balance":%b}' % literal.encode()).balance) == literal


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_balance_of_5000_digits_keeps_them_all(sign):
    literal = sign + "1234567890" * 500
    balance = decode(b'{"balance":%b}' % literal.encode()).balance
    assert f"{balance:f}" == literal


@given(DECIMALS)
def test_any_decimal_balance_is_exact(literal):
    balance = decode(b'{"balance":%b}' % literal.encode()).balance
    assert f"{balance:f}" == literal


@given(st.integers())
def test_any_whole_balance_is_exact(number):
    balance = summary_of(balance=number).balance
    assert type(balance) is int
    assert balance == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_double_is_read_as_the_digits_that_were_sent(number):
    balance = summary_of(balance=number).balance
    assert balance == Decimal(repr(number))


@pytest.mark.parametrize(
    "literal", ["1e400", "1E+400", "-1e-400", "1e999999999", "1e-999999999", "1e999999999999999999"]
)
def test_a_huge_exponent_is_a_number_like_any_other(literal):
    balance = decode(b'{"balance":%b}' % literal.encode()).balance
    assert balance.as_tuple().digits == (1,)
    assert balance.as_tuple().exponent == int(literal.lower().partition("e")[2])


@pytest.mark.parametrize("exponent", ["1" + "0" * 18, "-2" + "0" * 18, "9" * 500, "-" + "9" * 500])
def test_an_exponent_beyond_all_bounds_is_no_number(exponent):
    body = b'{"balance":1e%b,"ranks":[]}' % exponent.encode()
    assert decode(body).balance is None


@pytest.mark.parametrize("constant", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_number_in_json_makes_the_whole_body_no_json(constant):
    assert "no JSON" in refused(b'{"balance":%b,"ranks":[]}' % constant).sentence
    assert "no JSON" in refused(b'{"balance":1,"unknown":[%b]}' % constant).sentence


@pytest.mark.parametrize("value", [True, False, "56", "", [56], {"value": 56}])
def test_a_balance_that_is_no_number_is_missing_and_said_so(value):
    summary = summary_of(balance=value, ranks=[], distinctions=[])
    assert summary.balance is None
    assert summary.notices == ("The answer has no balance that can be read.",)


@pytest.mark.parametrize("value", [None, "0.01", True, [], {}])
def test_a_threshold_that_is_no_number_is_unknown_and_its_rank_stays(value):
    [rank] = summary_of(balance=1, ranks=[{"id": 1, "threshold": value}]).ranks
    assert rank.threshold is None


# Left out


def test_unknown_fields_are_fine_everywhere():
    answer = json.loads(SAMPLE)
    for part in (answer, answer["rank"], *answer["ranks"], *answer["distinctions"]):
        part["unknown"] = {"deep": [None, "x", 1e99]}
    assert decode(json.dumps(answer).encode()) == decode(SAMPLE)


@pytest.mark.parametrize(
    "unreadable",
    [
        None,
        1,
        "Gold",
        [],
        {},
        {"name": "no id"},
        {"id": "95", "isEarned": True},
        {"id": 95.0, "isEarned": True},
        {"id": True, "isEarned": True},
        {"id": 95, "name": 5, "isEarned": True},
        {"id": 95, "description": [], "isEarned": True},
        {"id": 95, "imageUrl": {}, "isEarned": True},
    ],
    ids=repr,
)
def test_what_cannot_be_read_in_a_list_is_left_out_and_counted(unreadable):
    answer = json.loads(SAMPLE)
    answer["ranks"].insert(1, unreadable)
    answer["distinctions"] += [unreadable, unreadable]
    summary = decode(json.dumps(answer).encode())
    assert summary.ranks == decode(SAMPLE).ranks
    assert summary.distinctions == decode(SAMPLE).distinctions
    assert summary.notices == (
        "1 rank could not be read and is left out.",
        "2 distinctions could not be read and are left out.",
    )


def test_an_id_of_5000_digits_is_left_out_and_counted():
    summary = decode(b'{"ranks":[{"id":%b},{"id":1}]}' % (b"9" * 5000))
    assert [rank.id for rank in summary.ranks] == [1]
    assert "1 rank could not be read and is left out." in summary.notices


@pytest.mark.parametrize("is_earned", [None, 0, 1, "true", [], {}])
def test_a_distinction_that_is_neither_earned_nor_not_is_left_out(is_earned):
    distinctions = [{"id": 1, "isEarned": is_earned}, {"id": 2}]
    summary = summary_of(balance=1, ranks=[], distinctions=distinctions)
    assert summary.distinctions == ()
    assert summary.notices == ("2 distinctions could not be read and are left out.",)


def test_names_and_pictures_may_be_missing():
    summary = summary_of(
        balance=1, ranks=[{"id": 1, "name": None}], distinctions=[{"id": 2, "isEarned": True}]
    )
    assert summary.ranks == (Rank(1, "", "", None, None),)
    assert summary.distinctions == (Distinction(2, "", "", None, is_earned=True),)
    assert summary.notices == ()


@pytest.mark.parametrize("members", [{}, {"rank": None}])
def test_a_member_without_a_rank_is_no_error(members):
    summary = summary_of(balance=1, ranks=[], distinctions=[], **members)
    assert summary.rank is None
    assert summary.is_rank_readable
    assert summary.notices == ()


@pytest.mark.parametrize("rank", [95, "Gold", [], {}, False, {"id": None}, {"id": 1, "name": 1}])
def test_a_rank_of_the_member_that_cannot_be_read_is_said_so(rank):
    summary = summary_of(balance=1, ranks=[], distinctions=[], rank=rank)
    assert summary.rank is None
    assert not summary.is_rank_readable
    assert summary.notices == ("The member's rank could not be read.",)


@pytest.mark.parametrize("value", [None, 5, "x", True, {}])
def test_a_list_that_is_none_is_said_so(value):
    summary = summary_of(balance=1, ranks=value, distinctions=value)
    assert summary.ranks == summary.distinctions == ()
    assert summary.notices == (
        "The answer has no list of ranks.",
        "The answer has no list of distinctions.",
    )


@pytest.mark.parametrize("key", ["balance", "ranks", "distinctions"])
def test_one_of_the_three_is_enough(key):
    summary = summary_of(**{key: json.loads(SAMPLE)[key]})
    assert getattr(summary, key) == getattr(decode(SAMPLE), key)
    assert len(summary.notices) == 2


def test_half_a_surrogate_pair_is_text_that_can_be_written_out():
    [rank] = decode(b'{"ranks":[{"id":1,"name":"a\\ud800b","description":"\\udc00"}]}').ranks
    assert rank.name == "a\N{REPLACEMENT CHARACTER}b"
    assert rank.description == "\N{REPLACEMENT CHARACTER}"


@given(st.text())
def test_any_name_of_whole_characters_is_kept_as_it_is(name):
    [rank] = summary_of(ranks=[{"id": 1, "name": name}]).ranks
    assert rank.name == name


# Of no use


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"56", b'"x"', b"null", b"true", b"[]", b"[{}]", b"{", b"{}x", b"\xff", b"\0"],
)
def test_what_is_no_json_object_is_refused(body):
    error = refused(body)
    assert error.sentence.startswith("CrowdManager's answer cannot be used: it is ")
    assert error.exit_code == ExitCode.UNUSABLE_ANSWER


@pytest.mark.parametrize("cut", range(1, len(SAMPLE), 97))
def test_a_sample_cut_short_is_refused(cut):
    assert "no JSON" in refused(SAMPLE[:cut]).sentence


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"error": "unknown"},
        {"rank": {"id": 95}},
        {"Balance": 56},
        {"balance": "56", "ranks": {}, "distinctions": None},
        {"balance": None, "ranks": 5, "distinctions": "x", "rank": []},
    ],
)
def test_an_object_without_balance_ranks_and_distinctions_is_refused(members):
    body = json.dumps(members).encode()
    error = refused(body)
    assert "without balance, ranks and distinctions" in error.sentence
    assert error.remedy == f"It begins: {body.decode()}"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"balance":1,"unknown":' + b"["])
def test_nesting_without_end_is_refused(opening):
    assert "no JSON" in refused(opening * 100_000).sentence


def test_nesting_without_end_that_is_closed_is_refused():
    body = b'{"balance":1,"unknown":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert "no JSON" in refused(body).sentence


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!DOCTYPE html>\r\n\t<p>Log in</p>", "<!DOCTYPE html> <p>Log in</p>"),
        ("\x1b[2J\x1b]52;c;aGk=\x07hello", "[2J ]52;c;aGk= hello"),
        ("\u202egnp.exe\u2066x\u200b\ufeff", "gnp.exe x"),
        ("a\x00b\x7fc\x9bd\u2028e\u0085f", "a b c d e f"),
        ("[bold red]x", "[bold red]x"),
        ("日本語 ok", "日本語 ok"),
    ],
)
def test_the_first_words_of_what_is_refused_are_harmless(body, words):
    error = refused(body.encode())
    assert error.remedy == f"It begins: {words}"
    assert_is_shown_safely(error)


def test_the_first_words_are_few():
    error = refused(b"word " * 100_000)
    assert error.remedy.startswith("It begins: word word ")
    assert error.remedy.endswith("…")
    assert_is_shown_safely(error)


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\x00\x1b", "\u202e".encode()])
def test_what_has_no_words_is_said_to_be_empty(body):
    assert refused(body).remedy == "It is empty."


@pytest.mark.parametrize("body", [b"my secret", b'["my secret"]', b'{"key":"my secret"}'])
def test_a_secret_is_taken_out_of_the_first_words(body):
    with pytest.raises(UnusableAnswerError) as caught:
        decode(body, lambda text: text.replace(b"secret", b"[redacted]"))
    assert "my [redacted]" in caught.value.remedy
    assert "secret" not in caught.value.remedy
    assert caught.value.__context__ is None


# Whatever comes


@given(st.binary())
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe{\x00")
@example('{"balance":1}'.encode("utf-16"))
@example(b'{"balance":1,"ranks":[{"id":1,"name":"\xed\xa0\x80"}]}')
def test_any_bytes_give_a_summary_or_are_refused(body):
    decoded_or_refused(body)


@given(JSON)
def test_any_json_gives_a_summary_or_is_refused(value):
    decoded_or_refused(json.dumps(value).encode())


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(json.loads(SAMPLE), JSON)))
def test_any_types_in_the_documented_fields_give_a_summary_or_are_refused(answer):
    body = json.dumps(answer).encode()
    summary = decoded_or_refused(body)
    are_lists = [isinstance(answer.get(key), list) for key in ("ranks", "distinctions")]
    if any(are_lists) and not any(word in body for word in (b"NaN", b"Infinity")):
        assert summary is not None


@st.composite
def near_misses(draw):
    """The sample with up to three of its parts replaced, removed or doubled."""
    answer = json.loads(SAMPLE)
    for _ in range(draw(st.integers(1, 3))):
        part = draw(st.sampled_from(containers(answer)))
        keys = sorted(part) if isinstance(part, dict) else range(len(part))
        if not keys:
            continue
        key = draw(st.sampled_from(keys))
        change = draw(st.sampled_from(["replace", "remove", "double"]))
        if change == "replace":
            part[key] = draw(JSON)
        elif change == "remove":
            del part[key]
        elif isinstance(part, list):
            part.append(copy.deepcopy(part[key]))
        else:
            part[f"{key}2"] = part[key]
    return answer


def containers(value):
    if not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(found for part in inner for found in containers(part))]


@given(near_misses())
def test_a_near_miss_of_the_sample_leaves_out_only_what_it_counts(answer):
    body = json.dumps(answer).encode()
    summary = decoded_or_refused(body)
    if summary is None:
        return
    for key, readable in (("ranks", summary.ranks), ("distinctions", summary.distinctions)):
        sent = answer.get(key)
        left_out = len(sent) - len(readable) if isinstance(sent, list) else 0
        counted = [
            notice for notice in summary.notices if notice.startswith(f"{left_out} {key[:-1]}")
        ]
        assert len(counted) == (left_out > 0)


@given(st.integers(0, len(SAMPLE)), st.integers(0, 12), st.binary(max_size=12))
def test_the_sample_with_some_bytes_exchanged_gives_a_summary_or_is_refused(start, length, bytes_):
    decoded_or_refused(SAMPLE[:start] + bytes_ + SAMPLE[start + length :])
