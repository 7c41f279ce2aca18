import copy
import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist import changes, json_text
from loyalty_tui.crowdtwist.differences import decode
from loyalty_tui.crowdtwist.fields import BY_PATH
from loyalty_tui.crowdtwist.reading import NOT_DOCUMENTED

SAMPLE = json_text.loads(
    (Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json").read_text("utf-8")
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["0", "1", "not sent", "\x1b[2J", "\u202e", '{"a":1}', Decimal("1E+999999")]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text() | st.sampled_from(["title", "password", "score"]), inner)
    ),
    max_leaves=8,
)
PUSHES = st.dictionaries(
    st.text() | st.sampled_from([path.partition(".")[0] for path in BY_PATH]), VALUES, max_size=8
)


def after(**others):
    """Return the sample with other values; dots lead into objects, ... takes a member away."""
    push = copy.deepcopy(SAMPLE)
    for path, value in others.items():
        *around, name = path.split("__")
        holder = push
        for key in around:
            holder = holder[key]
        if value is ...:
            del holder[name]
        else:
            holder[name] = value
    return push


def lines(one, other, *, reveal=False):
    read = changes.read(one, other, reveal=reveal)
    return {line.path: line for section in read.sections for line in section.lines}


def summary(**others):
    return changes.read(SAMPLE, after(**others), reveal=False).summary


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"totalPoints": 5320}, "total points +120 → 5,320"),
        ({"totalPoints": 5000}, "total points −200 → 5,000"),
        ({"totalPoints": "5320"}, "total points +120 → 5,320"),
        ({"totalPoints": Decimal("5200.50")}, "total points +0.50 → 5,200.50"),
        ({"totalPoints": -5}, "total points −5,205 → −5"),
        ({"totalPoints": None}, "total points 5,200 → not set"),
        ({"totalPoints": ...}, "total points 5,200 → not sent"),
        ({"totalPoints": "many"}, "total points 5,200 → many"),
        ({"emailAddress": "new@example.org"}, "e-mail changed"),
        ({"emailAddress": None}, "e-mail removed"),
        ({"streetAddress1": "Main Street 1"}, "street address added"),
        ({"receiveSmsMessages": 1}, "SMS messages no → yes"),
        ({"city": "Oslo"}, "city New York City → Oslo"),
        ({"langPref": "nb"}, "language not set → nb"),
        ({"langPref": ...}, "language not set → not sent"),
        ({"password": "hunter2"}, "password added"),
        ({"numFacebookFriends": 3}, "Facebook friends +3 → 3"),
        ({"newField": 1}, "newField added"),
        ({"tierInfo__scoreNeededToReach": 900}, "needed for next tier −100 → 900"),
        ({"tierInfo__assignedByEvent": "RESET"}, "assigned by drop → reset"),
        ({"customData": {"till": 1}}, "custom data added"),
        ({"dateLastUpdated": "1490302999"}, "no change"),
        ({"tierInfo__daysUntilResetDate": 4}, "no change"),
        ({"passwordGenerated": 0}, "no change"),
        ({"dateCreated": 1490293725}, "no change"),
        ({}, "no change"),
    ],
)
def test_a_change_is_worded_as_people_say_it(others, words):
    assert summary(**others) == words


def test_a_change_of_tier_names_both_and_the_event():
    jump = {"tierInfo__currentLevel__title": "Tier 2", "tierInfo__assignedByEvent": "JUMP"}
    assert summary(**jump) == "Tier 1 → Tier 2 (jump)"
    assert summary(**jump, fanLevelName="Tier 2") == "Tier 1 → Tier 2 (jump)"
    unknown = jump | {"tierInfo__assignedByEvent": "Gift"}
    assert summary(**unknown) == "Tier 1 → Tier 2 (Gift)"
    assert summary(**jump | {"tierInfo__assignedByEvent": None}) == "Tier 1 → Tier 2"
    assert summary(tierInfo=None, fanLevelName=None) == "tier Tier 1 → not set"
    assert changes.read({}, SAMPLE, reveal=False).summary.startswith(
        "tier not sent → Tier 1 (drop)"
    )


def test_what_is_rare_comes_before_what_always_changes():
    words = summary(
        totalPoints=5320, emailAddress="a@b.c", tierInfo__currentLevel__title="Tier 2",
        monthlyPoints=120, dateLastLogin=1490290999, receiveSmsMessages=1, redeemablePoints=5320,
    )  # fmt: skip
    assert words == (
        "Tier 1 → Tier 2 (drop) · e-mail changed · SMS messages no → yes · "
        "redeemable +120 → 5,320 · total points +120 → 5,320"
    )
    assert summary(monthlyPoints=120) == "points this month +120 → 120"


def test_the_difference_of_points_is_exact_and_only_told_when_both_were_sent():
    def points(one, other):
        return changes.read({"totalPoints": one}, {"totalPoints": other}, reveal=False).points

    assert points(9007199254740993, 9007199254740994) == 1
    assert points(Decimal("0.10"), Decimal("0.3")) == Decimal("0.20")
    assert points("5200", 5000) == -200
    assert points(None, 5) is None
    assert changes.read({}, {"totalPoints": 5}, reveal=False).points is None
    assert points(Decimal("1E+999999"), 1) is None
    assert [changes.signed(n) for n in (120, -1480, 0, Decimal("0.50"))] == [
        "+120", "−1,480", "±0", "+0.50",
    ]  # fmt: skip


def test_both_sides_are_readable_and_personal_ones_masked_until_revealed():
    other = after(emailAddress="ann@example.org", dateOfBirth="142459200", password="hunter2")
    masked = lines(SAMPLE, other)
    assert (masked["emailAddress"].before, masked["emailAddress"].after) == (
        "g•••@crowdtwist.com", "a•••@example.org",
    )  # fmt: skip
    assert masked["emailAddress"].hidden
    shown = lines(SAMPLE, other, reveal=True)
    assert shown["emailAddress"].after == "ann@example.org"
    assert (shown["dateOfBirth"].before, shown["dateOfBirth"].after) == ("6 Jul 1974", "7 Jul 1974")
    assert masked["dateOfBirth"].before == "•••"
    assert not masked["dateOfBirth"].is_noise
    assert shown["password"].after == "[redacted]"
    everything = repr(changes.read(SAMPLE, other, reveal=False))
    for private in ("hunter2", "ann@", "george15", "1974"):
        assert private not in everything


def test_noise_is_marked_and_counted_but_not_lost():
    other = after(dateLastUpdated="1490302999", passwordGenerated=0, totalPoints=1)
    read = changes.read(SAMPLE, other, reveal=False)
    found = lines(SAMPLE, other)
    assert {path for path, line in found.items() if line.is_noise} == {
        "dateLastUpdated", "passwordGenerated",
    }  # fmt: skip
    assert read.noise == 2
    assert found["passwordGenerated"].words == "password generated written otherwise"
    assert (found["passwordGenerated"].before, found["passwordGenerated"].after) == ('"0"', "0")


def test_the_groups_are_those_of_the_fields():
    other = after(totalPoints=1, city="Oslo", new=1, emailAddress="a@b.c")
    assert [section.name for section in changes.read(SAMPLE, other, reveal=False).sections] == [
        "Contact", "Points", "Address", NOT_DOCUMENTED,
    ]  # fmt: skip


def test_custom_data_is_compared_by_key_in_every_form():
    one = {"till": "1", "kept": 1}
    for first, second in (
        (one, {"till": "2", "kept": 1}),
        (json.dumps(one), '{"till":"2","kept":1}'),
        (one, '{"till":"2","kept":1}'),
    ):
        found = lines(after(customData=first), after(customData=second), reveal=True)
        assert {path: (line.before, line.after) for path, line in found.items()} == {
            "customData.till": ("1", "2")
        }
    (line,) = lines(after(customData=one), after(customData=json.dumps(one))).values()
    assert (line.words, line.is_noise) == ("custom data written otherwise", True)
    found = lines(after(customData="as it came"), after(customData="or so"), reveal=True)
    assert found["customData"].before == "as it came"


def test_an_object_that_becomes_null_is_told_once_and_what_was_in_it_is_folded_away():
    for one, other, words in (
        (SAMPLE, after(tierInfo=None), "tier details removed"),
        (after(tierInfo=None), SAMPLE, "tier details added"),
        (after(customData={"till": "1"}), SAMPLE, "custom data removed"),
        (SAMPLE, after(tierInfo__currentLevel=None), "current tier removed"),
    ):
        told = [line.words for line in lines(one, other).values() if not line.is_aside]
        assert told == [words]
    assert summary(tierInfo__currentLevel=None) == "current tier removed"
    line = lines(SAMPLE, after(tierInfo=None))["tierInfo"]
    assert (line.before, line.after) == ("an object", "not set")


def test_parts_of_what_was_removed_and_what_the_tier_says_are_not_counted_as_noise():
    read = changes.read(SAMPLE, after(tierInfo=None, dateLastUpdated="1"), reveal=False)
    gone = lines(SAMPLE, after(tierInfo=None))
    assert (read.noise, read.said) == (1, len(gone) - 1)
    assert not gone["tierInfo.daysUntilResetDate"].is_noise
    other = after(tierInfo__currentLevel__title="Tier 9", fanLevelName="Tier 9")
    read = changes.read(SAMPLE, other, reveal=False)
    assert (read.noise, read.said) == (0, 2)


def test_a_tier_block_that_goes_leaves_nothing_unsaid():
    found = lines(SAMPLE, after(tierInfo=None))
    assert found["tierInfo.nextLevel.title"].after == "not sent"
    assert found["tierInfo.timeframe_score"].words == "timeframe score 0 → not sent"


def test_a_field_that_was_sent_under_two_names_is_told_by_them():
    both = after(tierInfo__timeframeScore=8, tierInfo__timeframe_score=9)
    for one, other, expected in (
        (both, SAMPLE, {"(timeframeScore) 8 → not sent", "(timeframe_score) −9 → 0"}),
        (both, both | {"tierInfo": both["tierInfo"] | {"timeframeScore": 10}},
         {"(timeframeScore) +2 → 10"}),
        (SAMPLE, after(tierInfo__timeframe_score=3), {"+3 → 3"}),
    ):  # fmt: skip
        told = {line.words for line in lines(one, other).values()}
        assert told == {f"timeframe score {words}" for words in expected}


def test_an_earlier_one_of_equal_names_is_told_as_changed():
    one = decode('{"city":"A","city":"B","emailAddress":""}')
    other = decode('{"city":"C","city":"B","emailAddress":""}')
    (line,) = lines(one, other).values()
    assert (line.path, line.words) == ("city", "city changed")


def test_documents_that_differ_everywhere_are_told_up_to_a_limit():
    other = {f"new{number}": number for number in range(5000)}
    read = changes.read({}, other, reveal=False)
    (section,) = read.sections
    assert len(section.lines) == changes.MOST + 1
    assert section.lines[-1].words == "there are more changes, see the JSON"
    assert len(read.summary) <= 240


def test_documented_changes_are_told_however_many_others_come_before_them():
    one, other = ({f"k{number}": sign for number in range(changes.MOST + 1)} for sign in "ab")
    read = changes.read(
        {"customData": one, "isActive": 1, "totalPoints": 1},
        {"customData": other, "isActive": 0, "totalPoints": 3},
        reveal=False,
    )
    assert read.summary.startswith("active yes → no · ")
    words = {section.name: [line.words for line in section.lines] for section in read.sections}
    assert words["Points"] == ["total points +2 → 3"]
    assert len(words["Custom data"]) == changes.MOST + 1
    assert words["Custom data"][-1] == "there are more changes, see the JSON"
    assert words.keys() == {"Member", "Points", "Custom data"}


@given(PUSHES, PUSHES, st.booleans())
def test_any_two_pushes_are_compared_in_harmless_words(one, other, reveal):
    read = changes.read(one, other, reveal=reveal)
    texts = [read.summary]
    for section in read.sections:
        assert section.lines
        for line in section.lines:
            texts += [section.name, line.words, line.before, line.after]
    for sign in "".join(texts):
        assert unicodedata.category(sign) not in {"Cc", "Cs"}
        assert unicodedata.bidirectional(sign) not in {"RLO", "LRO", "RLE", "LRE", "PDF"}
    assert changes.read(one, copy.deepcopy(one), reveal=reveal).sections == ()
