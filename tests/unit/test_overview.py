import copy
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist import json_text, overview, reading
from loyalty_tui.crowdtwist.fields import BY_PATH
from loyalty_tui.crowdtwist.overview import Bar

SAMPLE = json_text.loads(
    (Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json").read_text("utf-8")
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**4000)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([Decimal("1E+999999"), Decimal("-1E-999999"), "\x1b[2J", "\u202e", "640"])
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from([path.rpartition(".")[2] for path in BY_PATH]), inner
        )
    ),
    max_leaves=10,
)
PUSHES = st.dictionaries(
    st.text() | st.sampled_from([path.partition(".")[0] for path in BY_PATH]), VALUES, max_size=8
)


def push(**others):
    made = copy.deepcopy(SAMPLE)
    made["tierInfo"] |= others.pop("tier", {})
    return made | others


def blocks(document, *, reveal=True):
    return {block.title: block.facts for block in overview.read(document, reveal=reveal)}


def facts(document, title, *, reveal=True):
    held = blocks(document, reveal=reveal)[title]
    return {fact.label: (fact.value, fact.is_said) for fact in held if not isinstance(fact, Bar)}


def bars(document):
    return [fact for fact in blocks(document)["Tier"] if isinstance(fact, Bar)]


def test_the_vendors_own_push_is_told_as_sent():
    assert list(blocks(SAMPLE)) == [
        "Member", "Tier", "Points", "Consents", "Verification", "Sign-up", "Linked accounts",
        "Account", "Custom data",
    ]  # fmt: skip
    assert facts(SAMPLE, "Member") == {
        "Name": ("George Lim", True),
        "CrowdTwist id": ("6566", True),
        "E-mail": ("george15@crowdtwist.com", True),
        "Mobile phone": ("12312312321", True),
        "Member since": ("23 Mar 2017 18:28:45 UTC", True),
    }
    tier = facts(SAMPLE, "Tier")
    assert tier["Tier"] == ("Tier 1 · next Tier 2", True)
    assert tier["Assigned by"] == ("dropped a tier (drop), on 23 Mar 2017 19:00:00 UTC", True)
    assert tier["Current tier"] == ("from not set, up to 999", True)
    assert tier["Needed to keep tier"] == ("not set", False)
    assert tier["Resets on"] == ("23 Mar 2017 20:00:00 UTC · 0 days from the push", True)
    assert facts(SAMPLE, "Points") == {
        "Total points": ("5,200", True), "Redeemable points": ("5,200", True),
        "Points this month": ("0", True), "Points this week": ("0", True),
        "Points purchased": ("0", True),
    }  # fmt: skip
    assert facts(SAMPLE, "Verification") == {
        "E-mail verified": ("no", True), "Mobile verified": ("not set", False),
    }  # fmt: skip


def test_personal_data_is_masked_until_it_is_asked_for():
    member = facts(SAMPLE, "Member", reveal=False)
    assert member["E-mail"] == ("g•••@crowdtwist.com", True)
    assert "12312312321" not in repr(blocks(SAMPLE, reveal=False))


def test_the_bar_shows_two_numbers_that_were_sent_and_names_both():
    (bar,) = bars(push(tier={"timeframe_score": 640}))
    assert bar == Bar(
        "Timeframe score 640", "1,000 needed for next tier", 0.64,
        ("tierInfo.timeframeScore", "tierInfo.scoreNeededToReach"),
    )  # fmt: skip
    (bar,) = bars(push(tier={"timeframe_score": None, "tierScore": "250"}))
    assert (bar.done, bar.share) == ("Tier score 250", 0.25)
    tier = facts(push(tier={"timeframe_score": 640}), "Tier")
    assert "Timeframe score" not in tier  # the bar says it
    assert tier["Tier score"] == ("0", True)
    kept = bars(push(tier={"timeframe_score": 1500, "scoreNeededToMaintain": 2000}))
    assert [(bar.whole, bar.share) for bar in kept] == [
        ("1,000 needed for next tier", 1.0), ("2,000 needed to keep tier", 0.75),
    ]  # fmt: skip


def test_a_score_that_was_sent_under_two_names_is_told_under_both():
    document = push(tier={"timeframe_score": 9, "timeframeScore": 8})
    (bar,) = bars(document)
    assert bar.done == "Timeframe score (timeframeScore) 8"
    assert facts(document, "Tier")["Timeframe score (timeframe_score)"] == ("9", True)


@pytest.mark.parametrize(
    "tier",
    [
        {"scoreNeededToReach": None},
        {"scoreNeededToReach": 0},
        {"scoreNeededToReach": "many"},
        {"scoreNeededToReach": Decimal("1E+999999")},
        {"timeframe_score": None, "tierScore": None, "score": None},
        {"timeframe_score": -5},
    ],
)
def test_there_is_no_bar_without_both_numbers(tier):
    assert bars(push(tier=tier)) == []


def test_what_two_properties_lack_alike_is_said_once():
    level = {"title": "Gold", "minValue": None, "maxValue": None}
    tier = facts({**SAMPLE, "tierInfo": {"currentLevel": level}}, "Tier")
    assert tier["Current tier"] == ("not set", False)
    assert tier["Assigned by"] == tier["Resets on"] == tier["Expires on"] == ("not sent", False)
    halves = {"resetDate": None, "daysUntilExpirationDate": 5, "assignedByEvent": None}
    tier = facts({**SAMPLE, "tierInfo": halves}, "Tier")
    assert tier["Resets on"] == ("not set · days not sent", False)
    assert tier["Expires on"] == ("not sent · 5 days from the push", False)
    assert tier["Assigned by"] == ("not set, date not sent", False)


def test_at_the_top_there_is_no_next_tier():
    top = push(tier={"nextLevel": None, "scoreNeededToReach": None})
    tier = facts(top, "Tier")
    assert tier["Tier"] == ("Tier 1 · no next tier", True)
    assert tier["Needed for next tier"] == ("not set", False)
    assert "Next tier" not in tier
    assert bars(top) == []


def test_a_tier_that_only_its_name_is_sent_of_is_told_by_that():
    tier = facts(push(tier={"currentLevel": None, "nextLevel": None}, fanLevelName="Gold"), "Tier")
    assert tier["Tier"] == ("Gold · no next tier", True)
    assert tier["Current tier"] == ("not set", False)
    document = push(tier={"currentLevel": None}, fanLevelName=None)
    del document["tierInfo"]["nextLevel"]
    assert facts(document, "Tier")["Tier"] == ("not set · next tier not sent", False)


def test_absent_null_and_zero_are_three_things():
    none = facts(push(totalPoints=None), "Points")["Total points"]
    document = push(totalPoints=0)
    zero = facts(document, "Points")["Total points"]
    del document["totalPoints"]
    absent = facts(document, "Points")["Total points"]
    assert [none, zero, absent] == [("not set", False), ("0", True), ("not sent", False)]
    for tier, words in ((None, "not set"), ({}, "empty"), ("Gold", "Gold")):
        assert facts(push() | {"tierInfo": tier}, "Tier")["Tier details"][0] == words
    document = push(fanLevelName="Silver")
    del document["tierInfo"]
    assert facts(document, "Tier") == {
        "Tier details": ("not sent", False), "Tier name": ("Silver", True),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "words"),
    [(2, "2 days from"), (1, "1 day from"), (-1, "1 day before"), ("-1200", "1,200 days before")],
)
def test_a_date_is_told_by_its_days_before_or_after_the_push(days, words):
    tier = facts(push(tier={"daysUntilResetDate": days}), "Tier")
    assert tier["Resets on"] == (f"23 Mar 2017 20:00:00 UTC · {words} the push", True)


def test_what_is_not_as_documented_is_marked_where_it_stands():
    document = push(
        receiveEmailUpdates=2, dateCreated=99999999999999, isActive="maybe", firstName=5,
        tier={"resetDate": "soon", "currentLevel": {"title": "Tier 1", "minValue": "low"}},
    )  # fmt: skip
    told = [fact for block in overview.read(document, reveal=True) for fact in block.facts]
    marked = {fact.label for fact in told if not isinstance(fact, Bar) and fact.is_odd}
    assert marked == {
        "Name", "Member since", "Current tier", "Resets on", "E-mail updates", "Active",
    }  # fmt: skip


def test_a_name_is_said_as_far_as_it_was_sent():
    def name(**parts):
        return facts({"emailAddress": "", **parts}, "Member")["Name"]

    assert name(firstName="Ada", middleName=None, lastName="") == ("Ada", True)
    assert name(firstName=None) == ("not set", False)
    assert name(firstName="", lastName=None) == ("empty", False)
    assert name() == ("not sent", False)


def test_accounts_that_are_linked_are_listed_and_the_others_are_summed_up():
    document = push(twitterUserId="42")
    del document["yahooUserId"]
    assert facts(document, "Linked accounts") == {
        "Facebook friends": ("0", True),
        "Twitter id": ("42", True),
        "Twitter followers": ("0", True),
        "Not set": ("Facebook id, Instagram id, Google id, Foursquare id", False),
        "Not sent": ("Yahoo id", False),
    }


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, {"Custom data": ("not set", False)}),
        ({"till": "1", "n": None}, {"till": ("1", True), "n": ("not set", False)}),
        (
            '{"till":"1"}',
            {"Custom data": ("sent as text that holds JSON", True), "till": ("1", True)},
        ),
        ("as it came", {"Custom data": ("as it came", True)}),
    ],
)
def test_custom_data_is_told_in_its_three_forms(data, told):
    assert facts(push(customData=data), "Custom data") == told


def test_a_push_of_another_kind_is_told_as_what_it_is():
    read = blocks({"userActivityId": 5, "userId": 6566})
    assert list(read) == ["Activity push", reading.NOT_DOCUMENTED]
    assert next(iter(blocks({"x": 1}))) == "Push of a kind that is not known"


def test_what_departs_from_the_document_is_counted_in_one_line():
    def drift(document):
        return reading.drift(reading.read(document, reveal=False, is_whole=True))

    assert drift(SAMPLE) == ""
    document = push(new=1, totalPoints="many")
    del document["city"]
    del document["tierInfo"]["score"]
    assert drift(document) == (
        "1 not in the document · 2 documented but not sent · 1 not as documented"
    )
    assert drift(push(tierInfo=None)) == ""


def test_the_value_as_sent_stands_beside_the_readable_one():
    def line(document, path, *, reveal=True):
        sections = reading.read(document, reveal=reveal, is_whole=True)
        return next(line for section in sections for line in section.lines if line.path == path)

    assert line(SAMPLE, "dateLastUpdated").sent == '"1490302144"'
    assert line(SAMPLE, "totalPoints").sent == "5200"
    assert line(SAMPLE, "emailAddress", reveal=False).sent == '"g•••@crowdtwist.com"'
    assert line(push(password="hunter2"), "password").sent == '"[redacted]"'
    assert line(push(new={"a": [1]}), "new").sent == '{"a":[1]}'
    assert line(push(customData={"k": "v"}), "customData.k").sent == '"v"'
    assert line({}, "city").absent


@given(PUSHES, st.booleans())
def test_any_push_is_told_in_harmless_words(document, reveal):
    texts = [reading.drift(reading.read(document, reveal=reveal, is_whole=True))]
    for block in overview.read(document, reveal=reveal):
        assert block.facts
        for fact in block.facts:
            if isinstance(fact, Bar):
                assert 0 <= fact.share <= 1
                texts += [fact.done, fact.whole]
            else:
                texts += [fact.label, fact.value]
    for sign in "".join(texts):
        assert unicodedata.category(sign) not in {"Cc", "Cs"}
        assert unicodedata.bidirectional(sign) not in {"RLO", "LRO", "RLE", "LRE", "PDF"}
