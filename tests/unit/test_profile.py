from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.fields import BY_PATH
from loyalty_tui.crowdtwist.profile import (
    Profile,
    PushKind,
    event_in_words,
    read_custom_data,
    read_flag,
    read_instant,
    read_number,
    understand,
)

SAMPLE = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
UNHURRIED = settings(deadline=None)
NOTHING = Profile(PushKind.UNKNOWN, None, "", "", "", None, "", "", None, None)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([Decimal("1e999999"), Decimal("-1e-999999"), Decimal("9" * 40)])
    | st.floats()
    | st.text()
    | st.from_regex(r"[+-]?[0-9]{1,40}(\.[0-9]+)?", fullmatch=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.text() | st.sampled_from(
    [*BY_PATH, "user_id", "userId", "activityId", "orderId", "points_expiration", "segment_name"]
)
LEVELS = st.dictionaries(st.sampled_from(["title", "minValue", "maxValue"]), VALUES)
TIER_INFOS = st.dictionaries(
    st.sampled_from(["assignedByEvent", "currentLevel", "nextLevel", "resetDate"]), VALUES | LEVELS
)
PUSHES = st.dictionaries(NAMES, VALUES, max_size=8) | st.builds(
    lambda push, tier: {**push, "tierInfo": tier},
    st.dictionaries(NAMES, VALUES, max_size=8),
    TIER_INFOS,
)


@pytest.mark.parametrize("odd_spaces", [True, False])
def test_the_vendor_documents_own_push_is_understood_with_and_without_its_no_break_spaces(
    odd_spaces,
):
    text = SAMPLE.read_text("utf-8")
    assert "\u00a0" in text
    push = json_text.loads(text if odd_spaces else text.replace("\u00a0", " "))
    assert understand(push) == Profile(
        kind=PushKind.PROFILE,
        member_id=6566,
        name="George Lim",
        email="george15@crowdtwist.com",
        phone_digits="12312312321",
        updated_at=datetime(2017, 3, 23, 20, 49, 4, tzinfo=UTC),
        event="drop",
        tier="Tier 1",
        total_points=5200,
        redeemable_points=5200,
    )


@UNHURRIED
@given(PUSHES)
def test_any_object_is_understood_without_an_exception(push):
    profile = understand(push)
    assert profile.kind in PushKind
    assert profile.member_id is None or isinstance(profile.member_id, int)
    assert profile.updated_at is None or profile.updated_at.tzinfo is UTC
    assert all(
        isinstance(text, str)
        for text in (profile.name, profile.email, profile.phone_digits, profile.event)
    )


@pytest.mark.parametrize(
    ("push", "kind"),
    [
        ({"tierInfo": None}, "profile"),
        ({"emailAddress": None}, "profile"),
        ({"tierInfo": {}, "activityId": 1}, "profile"),
        ({"userActivityId": 1, "emailAddress": "a@b.c"}, "activity"),
        ({"activityId": 1}, "activity"),
        ({"orderId": 1}, "redemption"),
        ({"rewardId": 1}, "redemption"),
        ({"user_id": 1, "points_expired": 5}, "expiration"),
        ({"user_id": 1, "expiration_date": None}, "expiration"),
        ({"user_id": 1, "segment_name": "x"}, "segmentation"),
        ({"segments": []}, "segmentation"),
        ({"segment_id": 1, "expires_at": 2}, "unknown"),
        ({"segmentId": 1}, "unknown"),
        ({"expirationDate": 1}, "unknown"),
        ({"unexpired_points": 1}, "unknown"),
        ({"id": 1}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_push_is_told_by_its_property_names(push, kind):
    assert understand(push).kind == kind


@pytest.mark.parametrize(
    ("push", "expected"),
    [
        ({"emailAddress": "", "id": "6566"}, {"member_id": 6566}),
        ({"emailAddress": "", "id": Decimal("6566.0")}, {"member_id": 6566}),
        ({"emailAddress": "", "id": 1.5}, {}),
        ({"emailAddress": "", "id": True}, {}),
        ({"emailAddress": "", "id": "x6"}, {}),
        ({"emailAddress": "", "id": Decimal("1e999999999")}, {}),
        ({"emailAddress": "", "firstName": " Ann ", "lastName": "Lee"}, {"name": "Ann Lee"}),
        ({"emailAddress": "", "middleName": "B", "lastName": 5}, {"name": "B"}),
        ({"emailAddress": " A@B.c"}, {"email": " A@B.c"}),
        ({"emailAddress": ["a@b.c"]}, {}),
        ({"emailAddress": "", "mobilePhoneNumber": 4722345678}, {"phone_digits": "4722345678"}),
        ({"emailAddress": "", "mobilePhoneNumber": "022345"}, {"phone_digits": "022345"}),
        ({"emailAddress": "", "mobilePhoneNumber": "0047 22 34"}, {"phone_digits": "472234"}),
        ({"emailAddress": "", "mobilePhoneNumber": "+1 (231)"}, {"phone_digits": "1231"}),
        ({"emailAddress": "", "mobilePhoneNumber": "１２"}, {"phone_digits": "12"}),
        ({"emailAddress": "", "mobilePhoneNumber": {"a": 1}}, {}),
        ({"tierInfo": {"currentLevel": None}, "fanLevelName": "Gold"}, {"tier": "Gold"}),
        ({"tierInfo": {"currentLevel": {"title": "A"}}, "fanLevelName": "B"}, {"tier": "A"}),
        ({"tierInfo": [1], "fanLevelName": 5}, {}),
        ({"tierInfo": {"assignedByEvent": "DROP"}}, {"event": "DROP"}),
        ({"tierInfo": {}, "totalPoints": 9007199254740993}, {"total_points": 9007199254740993}),
        ({"tierInfo": {}, "redeemablePoints": "12.50"}, {"redeemable_points": Decimal("12.50")}),
        ({"tierInfo": {}, "totalPoints": False}, {}),
    ],
)
def test_what_can_be_read_is_taken_and_the_rest_is_left_out(push, expected):
    assert understand(push) == replace(NOTHING, kind=PushKind.PROFILE, **expected)


def test_a_siblings_own_id_is_not_taken_for_the_members():
    activity = {"activityId": 7, "id": 99, "userId": "6566", "email": "a@b.c"}
    assert understand(activity).member_id == 6566
    assert understand(activity).email == "a@b.c"
    assert understand({"activityId": 7, "id": 99}).member_id is None
    assert understand({"points_expiration": 1, "user_id": 5}).member_id == 5


def test_no_personal_data_shows_in_the_representation():
    push = {"emailAddress": "ann@b.c", "mobilePhoneNumber": "4722345678", "lastName": "Lee"}
    assert not any(text in repr(understand(push)) for text in ("ann", "4722", "Lee"))


MOMENT = datetime(2017, 3, 23, 20, 49, 4, tzinfo=UTC)


DATES = [
    1490302144, 1490302144.0, Decimal(1490302144), "1490302144", " 1490302144 ", "1490302144.0",
    "2017-03-23T20:49:04Z", "2017-03-23T20:49:04", "2017-03-23T22:49:04+02:00",
    "2017-03-23T20:49:04.000000000Z", "2017-03-23 20:49:04", "2017-03-23t16:49:04-0400",
]  # fmt: skip
NO_DATES = [
    None, True, False, "", "soon", {}, [], 10**400, -(10**400), 10**12, "9" * 30, float("nan"),
    float("inf"), Decimal("1e999999"), "2017-02-30T00:00:00Z", "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00", "2017-03-23T20:49:04Zx", "1" * 35,
]  # fmt: skip
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = st.integers(min_value=-62_000_000_000_000_000, max_value=253_000_000_000_000_000)


@pytest.mark.parametrize("sent", DATES)
def test_a_date_is_read_from_every_documented_form(sent):
    assert read_instant(sent) == MOMENT
    assert read_instant(sent).tzinfo is UTC


@pytest.mark.parametrize("sent", NO_DATES)
def test_what_is_no_date_is_none(sent):
    assert read_instant(sent) is None


@UNHURRIED
@given(MICROSECONDS, st.integers(min_value=-1439, max_value=1439))
def test_every_moment_survives_its_ways_of_writing(microseconds, minutes):
    moment = EPOCH + timedelta(microseconds=microseconds)
    offset = timezone(timedelta(minutes=minutes))
    seconds = Decimal(microseconds) / 1_000_000
    assert read_instant(moment.astimezone(offset).isoformat()) == moment
    assert read_instant(moment.isoformat().replace("+00:00", "Z")) == moment
    assert read_instant(seconds) == moment
    assert read_instant(f"{seconds:f}") == moment


@UNHURRIED
@given(VALUES)
def test_any_value_is_read_or_none(value):
    assert read_instant(value) is None or read_instant(value).tzinfo is UTC
    assert read_flag(value) in (True, False, None)
    assert read_number(value) is None or isinstance(read_number(value), (int, Decimal))
    assert read_custom_data(value) is None or isinstance(read_custom_data(value), (dict, str))


@pytest.mark.parametrize("sent", [1, "1", True, "true", "TRUE", " 1 ", Decimal(1), 1.0])
def test_every_form_of_yes_is_yes(sent):
    assert read_flag(sent) is True


@pytest.mark.parametrize("sent", [0, "0", False, "false", "False", Decimal(0), 0.0])
def test_every_form_of_no_is_no(sent):
    assert read_flag(sent) is False


@pytest.mark.parametrize("sent", [None, 2, -1, "", "yes", "2", {}, [], 0.5, float("nan")])
def test_what_is_neither_yes_nor_no_is_none(sent):
    assert read_flag(sent) is None


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        (None, None),
        ({"register_id": "1"}, {"register_id": "1"}),
        ({}, {}),
        ('{"register_id": "1", "n": 1.50}', {"register_id": "1", "n": Decimal("1.50")}),
        ('\n \u00a0 {\u00a0"a": 1}', {"a": 1}),
        ("[1]", "[1]"),
        ("null", "null"),
        ("free text", "free text"),
        ("", ""),
        ("\n  {", "\n  {"),
        ("[" * 100_000, "[" * 100_000),
        (5, None),
        ([1], None),
    ],
)
def test_custom_data_is_read_in_each_of_its_forms(sent, data):
    assert read_custom_data(sent) == data


@pytest.mark.parametrize("event", ["jump", "update", "drop", "maintain", "reset", "start"])
def test_a_documented_event_is_put_into_words_in_any_letter_case(event):
    words = event_in_words(event)
    assert words != event
    assert event_in_words(event.upper()) == event_in_words(event.title()) == words


@UNHURRIED
@given(st.text().filter(lambda text: len(text) > 10))
def test_an_unknown_event_stays_as_it_came(event):
    assert event_in_words(event) == event
