"""What is kept of a body: every token, but no password and no salt."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist.stored import keep, keep_quickly, without_loose_secrets

SAMPLE = Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
REDACTED = "[redacted]"

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers() | st.text() | FLOATS
KEYS = st.text(max_size=8) | st.sampled_from(
    ["password", "Password", "SALT", "salt", "passwordGenerated", "asphalt", "tierInfo"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
LIKE_JSON = st.text(alphabet='{}[]",:01eE.- \t\r\n\u00a0ntrufalse\\', max_size=40)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=6)


def redacted(value):
    """The same, worked out the plain way."""
    if isinstance(value, dict):
        return {
            key: REDACTED
            if key.casefold() in {"password", "salt"} and held is not None
            else redacted(held)
            for key, held in value.items()
        }
    if isinstance(value, list):
        return [redacted(one) for one in value]
    return value


@given(OBJECTS, st.sampled_from([None, 0, 3]), st.booleans())
def test_all_values_are_kept_and_secrets_are_not(push, indent, is_ascii):
    body = json.dumps(push, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    kept = keep(body)
    if kept is None:  # half a surrogate pair is no UTF-8
        with pytest.raises(UnicodeDecodeError):
            body.decode()
        return
    assert b"\n" not in kept.line
    assert json.loads(kept.line) == redacted(push)


@given(st.binary(max_size=40) | LIKE_JSON.map(str.encode))
def test_only_what_is_json_is_kept(body):
    try:
        value = json.loads(
            body.decode().replace("\u00a0", " ").removeprefix("\ufeff"),
            parse_constant=lambda _: 1 / 0,
        )
    except (ValueError, ZeroDivisionError):
        value = None
    assert (keep(body) is not None) == isinstance(value, dict)


@given(OBJECTS, st.sampled_from([None, 0, 3]), st.booleans())
def test_the_quick_way_keeps_the_same_or_nothing(push, indent, is_ascii):
    body = json.dumps(push, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    quick, kept = keep_quickly(body), keep(body)
    if quick is not None:
        assert b"\n" not in quick[0]
        assert json.loads(quick[0]) == json.loads(kept.line)
        assert json.dumps(redacted(json.loads(body))) == json.dumps(json.loads(quick[0]))


@given(st.binary(max_size=40) | LIKE_JSON.map(str.encode))
def test_the_quick_way_takes_nothing_that_is_not_kept(body):
    quick, kept = keep_quickly(body), keep(body)
    if quick is not None:
        assert json.loads(quick[0]) == json.loads(kept.line)


@pytest.mark.parametrize(
    "body",
    [
        b'{"password":"x"}', b'{"a":{"password":null,"password":"x"}}', b'{"a":[{"SALT":1}]}',
        b'{"password":null,"password":"x"}', b'{"password":"x","password":null}',
        b'{"passwordGenerated":1,"a":{"password":2}}', b'{"pass\\u0077ord":"x"}',
        b'{"c":"{\\"salt\\":\\"x\\"}"}', '{"ſalt":"x"}'.encode(), '{"paßword":"x"}'.encode(),
        '{"paẞword":"x"}'.encode(), b'{"salt":"x"}', b'{"Password":"x","password":null}',
        b'{"passwordGenerated":1,"passwordGenerated":1,"a":{"password":"x"}}',
    ],
)  # fmt: skip
def test_the_quick_way_leaves_whatever_may_be_a_secret(body):
    assert keep_quickly(body) is None


@pytest.mark.parametrize("indent", [None, 0, 3])
def test_the_quick_way_takes_the_vendors_push(indent):
    push = json.loads(SAMPLE.read_text(encoding="utf-8").replace("\u00a0", " "))
    quick = keep_quickly(json.dumps(push, indent=indent).encode())
    assert json.loads(quick[0]) == push
    assert quick[1].id == push["id"]


def test_the_vendors_sample_loses_white_space_only():
    body = SAMPLE.read_bytes()
    line = keep(body).line
    assert "\u00a0" in body.decode()
    assert json.loads(line) == json.loads(body.decode().replace("\u00a0", " "))
    assert b"\xc2\xa0" not in line


@pytest.mark.parametrize(
    "body",
    [
        '{"n":1.10,"big":123456789012345678901234567890,"e":1E+2,"z":-0,"huge":1e999}',
        '{"a":1,"a":2,"\\u0041":"\\/\\u00e9é"}',
        '{"spaces":"two  spaces and a\u00a0no-break one"}',
        '{"lone":"\\ud800"}',
        f'{{"digits":{"9" * 6000}}}',
        '{"passwordGenerated":"0","hashAlgorithmId":null,"password":null,"salt" : null}',
        '{"reward":"sea salt","note":"password"}',
        '{"received_at":"2026-01-01","push":{"id":1}}',
    ],
)
def test_tokens_stay_as_they_came(body):
    line = keep(body.encode()).line.decode()
    assert line.replace(" ", "") == body.replace(" ", "")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('{"password":"x","a":1.0}', '{"password":"[redacted]","a":1.0}'),
        ('{"PassWord" : {"a":[1]}, "b":[ ]}', '{"PassWord":"[redacted]","b":[]}'),
        ('{"a":[{"Salt":0}]}', '{"a":[{"Salt":"[redacted]"}]}'),
        ('{"pass\\u0077ord":"x"}', '{"pass\\u0077ord":"[redacted]"}'),
        ('{"ſalt":"x","paßword":""}', '{"ſalt":"[redacted]","paßword":"[redacted]"}'),
        ('{"c":"{\\"salt\\":1}"}', '{"c":"{\\"salt\\":\\"[redacted]\\"}"}'),
        ('{"salt":null,"salt":"x"}', '{"salt":null,"salt":"[redacted]"}'),
        ('{"salt":"x","lone":"\\ud800"}', '{"salt":"[redacted]","lone":"\\ud800"}'),
    ],
)
def test_secrets_are_replaced_wherever_they_are(body, line):
    assert keep(body.encode()).line.decode() == line


@pytest.mark.parametrize("depth", [500, 9_999])
def test_a_deep_document_is_kept(depth):
    body = b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    assert keep(body).line == body


def test_what_is_nested_beyond_all_reason_is_not():
    for depth in (10_001, 20_000):
        assert keep(b'{"a":' * depth + b"1" + b"}" * depth) is None


def test_a_name_spelled_with_escapes_of_escapes_is_one_too():
    body = rb'{"a":"{\"p\\u00\u00361ssword\":\"hush\"}"}'
    assert b"hush" not in keep(body).line
    assert keep_quickly(body) is None


@pytest.mark.parametrize(
    "body",
    [b"[1]", b'"text"', b"", b"null", b'{"a":1', b'{"a":"\n"}', b'{"a":1}{"b":2}', b"\xff\xfe{\0",
     b'{"a":NaN}', b'{"a":1}\x0c', b'{"a":"\xff"}', b"a=1&b=2"],
)  # fmt: skip
def test_what_is_no_json_object_is_not_kept(body):
    assert keep(body) is None


@pytest.mark.parametrize(
    "body",
    [b'{"password":"hush"', b"password=hush&a=1", b'[{"Password":"hush"}]', b"salt: 'hush'",
     b'{"a":"{\\"salt\\":\\"hush\\"}', '{"password":"hush"'.encode("utf-16"),
     b'{"salt":{"a":"hush"', b'{"password":["hush', b'{"password" : "a\\"hush"', b'"salt":hush}',
     b'[{"pass\\u0077ord":"hush"}]', '{"a":1,"password":\u00a0"hush","b":'.encode(),
     '{"password"\u00a0:"hush",'.encode(), '{"Salt"\ufeff:\x0b"hush",'.encode(),
     b'{"b":"{\\"Salt\\": \\"a\\\\nhush\\"}","z":NaN}',
     b'{"b":"{\\"Salt\\": \\"a\\\\\\"hush\\"}","z":NaN}',
     b'{"p\\u0061ssword":"hush","a":NaN}', '{"pa\u00dfword":"hush","a":NaN}'.encode(),
     '{"\u017falt":"hush","a":NaN}'.encode(), b'{"password": null-hush',
     rb'{"x":"{\u0022password\u0022:\u0022hush\u0022}"', rb'{"x":"{\"salt\u0022:\"hush\"}"',
     rb'{"x":"{\u0022salt\u0022\u003a\u0022hush\u0022}"', '{"salt":null\u00a0hush'.encode(),
     b'{"salt":null\x0bhush', '{"salt":\u2028"hush"'.encode(), b'{"password"=>"hush"}',
     b"payload=%7B%22password%22%3A%22hush%22%7D", b"p=%7B%22Salt%22%3a+%22%5c%22hush%22%2C",
     b"p=%22%7B%5C%22salt%5C%22%3A%5C%22hush"],
)  # fmt: skip
def test_what_goes_to_quarantine_has_no_secret_that_can_be_told(body):
    assert b"hush" not in without_loose_secrets(body).replace(b"\0", b"")


@given(st.binary(max_size=60))
def test_what_goes_to_quarantine_is_otherwise_as_it_came(body):
    if not {b"password", b"salt"} & {body.lower()[at : at + n] for at in range(60) for n in (4, 8)}:
        assert without_loose_secrets(body) == body


@pytest.mark.parametrize(
    ("body", "kept"),
    [(b"p=%7B%22salt%22%3A%22hush%22%2C%22id%22%3A1%7D&q=1",
      b'p=%7B%22salt%22%3A"[redacted]"%2C%22id%22%3A1%7D&q=1'),
     (b"p=%7B%22salt%22%3Anull%2C%22id%22%3A1%7D", b"p=%7B%22salt%22%3Anull%2C%22id%22%3A1%7D")],
)  # fmt: skip
def test_what_stands_behind_a_secret_in_a_form_stays(body, kept):
    assert without_loose_secrets(body) == kept


def test_a_broken_body_without_secrets_stays_as_it_came():
    body = b'{"password":null,"salt" : null,"a":"\xff" '
    assert without_loose_secrets(body) == body
