"""Who may push."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist.authentication import Senders
from loyalty_tui.privacy import Secret

BASIC, KEY = "test:pass:word123", "GRscvhg53SsDg1gxxsDgcsf123"


def header(text=BASIC, scheme="Basic "):
    return scheme.encode() + base64.b64encode(text.encode())


@pytest.mark.parametrize(
    ("basic", "key", "authorization", "api_key", "may"),
    [
        (None, None, [], [], True),
        (None, None, [b"anything"], [b"anything"], True),
        (BASIC, None, [header()], [], True),
        (BASIC, None, [header(scheme="bAsIc   ")], [], True),
        (BASIC, None, [header().rstrip(b"=")], [], True),
        (BASIC, None, [header() + b" "], [], True),
        (BASIC, None, [], [KEY.encode()], False),
        (BASIC, None, [header("test:wrong")], [], False),
        (BASIC, None, [header(), header()], [], False),
        (BASIC, None, [header("")], [], False),
        (BASIC, None, [b"Basic"], [], False),
        (BASIC, None, [b"Basic !!!"], [], False),
        (BASIC, None, [b"Basic \xff\xff"], [], False),
        (BASIC, None, [BASIC.encode()], [], False),
        (BASIC, None, [header(scheme="Bearer ")], [], False),
        (None, KEY, [], [KEY.encode()], True),
        (None, KEY, [], [b" \t" + KEY.encode() + b"  "], True),
        (None, KEY, [header()], [], False),
        (None, KEY, [], [KEY.encode() + b"4"], False),
        (None, KEY, [], [KEY.lower().encode()], False),
        (None, KEY, [], [KEY.encode(), KEY.encode()], False),
        (None, KEY, [], [b""], False),
        (BASIC, KEY, [header()], [KEY.encode()], True),
        (BASIC, KEY, [header()], [], False),
        (BASIC, KEY, [], [KEY.encode()], False),
        ("ola:påßword", None, [header("ola:påßword")], [], True),
    ],
)
def test_every_secret_there_is_has_to_be_right(basic, key, authorization, api_key, may):
    senders = Senders(basic and Secret(basic), key and Secret(key))
    assert senders.may(authorization, api_key) is may


@given(st.lists(st.binary(max_size=40), max_size=3), st.lists(st.binary(max_size=40), max_size=3))
def test_garbage_is_refused_without_a_fault(authorization, api_key):
    assert not Senders(Secret(BASIC), Secret(KEY)).may(authorization, api_key)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])).filter(len))
def test_any_user_and_password_in_utf_8_are_understood(text):
    assert Senders(Secret(f"u:{text}")).may([header(f"u:{text}")], [])


def test_only_basic_has_a_challenge():
    assert Senders(Secret(BASIC)).challenge[0][0] == b"www-authenticate"
    assert Senders(None, Secret(KEY)).challenge == ()
    assert not Senders().are_known
