import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.envelopes import unwrap
from loyalty_tui.crowdtwist import json_text

MOMENT = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
WRITTEN = "2026-11-21T10:00:00.123456Z"
PROFILE = '{"id" :1, "emailAddress":"a@b.c", "n":1.50}'
KNOWN = {
    "profile": PROFILE,
    "tier": '{"tierInfo":null}',
    "activity": '{"userActivityId":5}',
    "redemption": '{"orderId": 7}',
    "expiration": '{"points_expiring":3}',
    "segmentation": '{"segment_id":3}',
}
UNKNOWN = '{"a":{"b":[1]}}'


def opened(text):
    return unwrap(json_text.loads(text), text)


def test_the_envelope_is_no_level_of_the_push_in_it():
    push = '{"a":' + "[" * 9_999 + "]" * 9_999 + "}"
    assert opened(f'{{"received_at":"{WRITTEN}","push":{push}}}').text == push


@pytest.mark.parametrize("push", [*KNOWN.values(), UNKNOWN, "{}"])
def test_our_own_envelope_always_holds_the_push(push):
    for text in (
        f'{{"received_at":"{WRITTEN}","push":{push}}}',
        f'{{ "push" : {push} , "received_at" : "{WRITTEN}" }}',
        f'{{"received_at":"{WRITTEN}","push":{push},"emailAddress":"other"}}',
        f'{{"push":5,"push":{push},"received_at":1,"received_at":"{WRITTEN}"}}',
    ):
        found = opened(text)
        assert (found.text, found.value) == (push, json_text.loads(push))
        assert found.received_at == MOMENT


@pytest.mark.parametrize("push", KNOWN.values(), ids=KNOWN)
@pytest.mark.parametrize(
    "envelope",
    [
        '{"body":%s}',
        '{"push": %s }',
        '{"headers":{"content-type":"json"},"body":%s,"method":"POST"}',
        '{"body":5,"body":%s}',
        '{"x":"{\\"y\\":1}","payload":%s}',
    ],
)
def test_other_envelopes_hold_it_one_level_down(push, envelope):
    for held in (push, json.dumps(push), json.dumps(f" \n{push}\u00a0\t")):
        found = opened(envelope % held)
        assert (found.text, found.value) == (push, json_text.loads(push))
        assert found.received_at is None


def test_a_time_of_receipt_beside_it_is_read():
    for text in (
        f'{{"received_at":"{WRITTEN}","body":{PROFILE}}}',
        f'{{"payload":{json.dumps(PROFILE)},"received_at":"{WRITTEN}"}}',
    ):
        assert opened(text).received_at == MOMENT
    assert opened(f'{{"received_at":"soon","body":{PROFILE}}}').received_at is None


def test_headers_that_sound_like_a_push_do_not_hide_the_body():
    text = f'{{"headers":{{"expires":"0"}},"query":"{{\\"segment\\":1}}","body":{PROFILE}}}'
    assert opened(text).text == PROFILE


@pytest.mark.parametrize("envelope", [
    '{"headers":{"expires":"0"},"body":%s}',
    '{"meta":"{\\"segment\\":\\"eu\\"}","body":%s}',
    '{"expires_at":1,"headers":{"expires":"0"},"body":%s}',
])  # fmt: skip
@pytest.mark.parametrize(
    "push", [PROFILE, '{"user_id":1,"points_expiring":3}', '{"segment_id":3,"user_id":"1"}']
)
def test_what_sounds_like_a_push_does_not_hide_one_that_says_of_whom_it_is(envelope, push):
    assert opened(envelope % push).text == push


@pytest.mark.parametrize(
    "text",
    [
        *KNOWN.values(),
        '{"user_id":1,"points_expiring":3,"user":{"id":1,"emailAddress":"a@b.c"}}',
        '{"points_expiring":3,"details":{"expires":"soon"}}',
        UNKNOWN,
        "{}",
        f'{{"body":{{"body":{PROFILE}}}}}',
        f'{{"body":[{PROFILE}]}}',
        '{"body":"{broken"}',
        '{"body":"[1]"}',
        '{"emailAddress":"a@b.c","push":{"tierInfo":{}}}',
        f'{{"orderId":1,"body":{PROFILE}}}',
        f'{{"tierInfo":{{"emailAddress":"x"}},"received_at":"{WRITTEN}","push":"text"}}',
        f'{{"body":{PROFILE},"body":1}}',
        '{"push":null,"received_at":1}',
    ],
)
def test_what_holds_no_push_is_one_itself(text):
    found = opened(text)
    assert (found.text, found.value, found.received_at) == (text, json_text.loads(text), None)


def test_a_held_text_can_always_be_written():
    inner = '{"emailAddress":"\ud800","x":"\U0001f600"}'
    found = opened(json.dumps({"body": inner}))
    assert found.text == '{"emailAddress":"\\ud800","x":"\U0001f600"}'
    assert found.text.encode()
    assert json_text.loads(found.text) == found.value


def test_no_personal_data_shows_in_the_representation():
    assert "a@b.c" not in repr(opened(PROFILE))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from([PROFILE, "{", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(["push", "received_at", "body", "emailAddress"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["push", "received_at", "body", "a", "orderId"]), VALUES))
def test_any_object_yields_one_push_whose_text_is_its_value(value):
    found = opened(json.dumps(value))
    assert json_text.loads(found.text) == found.value
    assert found.value == value or found.value in value.values() or found.text in value.values()
