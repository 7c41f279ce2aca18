"""Clauses that look at the push itself: exactly, and quickly without ever contradicting that."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.matching import Matching
from loyalty_tui.archive.pushes import Found, from_bytes
from loyalty_tui.archive.query.model import (
    Clause,
    Document,
    InFile,
    IsFlag,
    IsInstant,
    IsNull,
    IsNumber,
    IsSet,
    IsText,
)
from loyalty_tui.crowdtwist import json_text


def matching(path, matcher, *, aliases=(), negated=False):
    test = Document(tuple(path.split(".")), tuple(tuple(a.split(".")) for a in aliases), matcher)
    return Matching([clause(test, negated=negated)])


def clause(*tests, negated=False):
    return Clause(tests, negated, 0, 0)


def number(low, high=None, **included):
    bounds = (None if bound is None else Decimal(bound) for bound in (low, high))
    return IsNumber(*bounds, **included)


def told(asked, raw):
    """Return what is told quickly of one document; None where nothing is."""
    return next(iter(asked.quick([raw])), None)


HOLDS = [
    ('{"a":4}', "a", number(4, 4), True),
    ('{"a":4.0}', "a", number(4, 4), True),
    ('{"a":40e-1}', "a", number(4, 4), True),
    ('{"a":" 04 "}', "a", number(4, 4), True),
    ('{"a":"4e0"}', "a", number(4, 4), False),
    ('{"a":true}', "a", number(1, 1), False),
    ('{"a":null}', "a", number(None), False),
    ("{}", "a", number(None), False),
    ('{"a":12345678901234567890123}', "a", number("12345678901234567890122"), True),
    ('{"a":5}', "a", number(5, low_included=False), False),
    ('{"a":5}', "a", number(4, 5, high_included=False), False),
    ('{"a":1e999999999}', "a", number(5), True),
    ('{"a":"ÅRSMØTE  2026"}', "a", IsText(fold("årsmøte 2026")), True),
    ('{"a":"New York"}', "a", IsText("new", is_beginning=True), True),
    ('{"a":"New York"}', "a", IsText("new"), False),
    ('{"a":4.50}', "a", IsText("4.50"), True),
    ('{"a":4.50}', "a", IsText("4.5"), False),
    ('{"a":false}', "a", IsText("false"), True),
    ('{"a":["x"]}', "a", IsText("", is_beginning=True), False),
    ('{"a":""}', "a", IsText(""), True),
    ('{"a":"TRUE"}', "a", IsFlag(flag=True), True),
    ('{"a":0}', "a", IsFlag(flag=False), True),
    ('{"a":2}', "a", IsFlag(flag=True), False),
    ('{"a":"1490290125"}', "a", IsInstant(1490290125_000_000, 1490290125_000_001), True),
    ('{"a":"2017-03-23T17:28:45Z"}', "a", IsInstant(1490290125_000_000, 1490290125_000_001), True),
    ('{"a":1490290125}', "a", IsInstant(None, 1490290125_000_000), False),
    ('{"a":"soon"}', "a", IsInstant(None, None), False),
    ('{"a":null}', "a", IsNull(), True),
    ("{}", "a", IsNull(), True),
    ('{"a":" "}', "a", IsNull(), True),
    ('{"a":" "}', "a", IsSet(), False),
    ('{"a":0}', "a", IsNull(), False),
    ('{"a":{"b":null}}', "a.b", IsNull(), True),
    ('{"a":null}', "a.b", IsNull(), True),
    ('{"a":{}}', "a", IsSet(), True),
    ('{"a":null}', "a", IsSet(), False),
    ('{"a":{"b":{"c":"x"}}}', "a.b.c", IsText("x"), True),
    ('{"a":[{"b":1}]}', "a.b", IsSet(), False),
    ('{"a":1,"a":2}', "a", number(2, 2), True),
    ('{"a":{"b":1},"a":{}}', "a.b", IsSet(), False),
    (r'{"\u0061":1}', "a", number(1, 1), True),
    ('{"customData":{"b":1}}', "customData.b", number(1, 1), True),
    (r'{"customData":"{\"b\":1}"}', "customData.b", number(1, 1), True),
    (r'{"customData":"{\"b\":{\"c\":\"x\"}}"}', "customData.b.c", IsText("x"), True),
    ('{"customData":"not JSON"}', "customData.b", IsSet(), False),
    ('{"customData":"not JSON"}', "customData", IsText("not json"), True),
    (r'{"tierInfo":"{\"score\":1}"}', "tierInfo.score", IsSet(), False),
]


@pytest.mark.parametrize(("text", "path", "matcher", "expected"), HOLDS)
def test_each_matcher_reads_values_as_the_rest_of_the_program_does(text, path, matcher, expected):
    asked = matching(path, matcher)
    assert asked.holds(json_text.loads(text)) is expected
    enveloped = f'{{"received_at":"2026-11-21T10:00:00.000000Z","push":{text}}}'.encode()
    assert told(asked, enveloped) is expected


def test_the_first_path_that_is_set_counts():
    asked = matching("timeframeScore", number(5, 5), aliases=["timeframe_score"])
    assert asked.holds({"timeframeScore": None, "timeframe_score": 5})
    assert not asked.holds({"timeframeScore": 4, "timeframe_score": 5})
    null = matching("timeframeScore", IsNull(), aliases=["timeframe_score"])
    assert null.holds({"timeframe_score": None})
    assert null.holds({})
    assert not null.holds({"timeframeScore": None, "timeframe_score": 0})


def test_a_negated_clause_holds_where_none_of_its_tests_does():
    tests = tuple(Document(("state",), (), IsText(state)) for state in ("ny", "ca"))
    asked = Matching([clause(*tests, negated=True)])
    assert not asked.holds({"state": "NY"})
    assert not asked.holds({"state": "CA"})
    assert asked.holds({"state": None})
    assert asked.holds({})


def test_all_clauses_have_to_hold():
    clauses = [clause(Document((name,), (), number(1, 1))) for name in ("one", "two")]
    assert Matching(clauses).holds({"one": 1, "two": "1"})
    assert not Matching(clauses).holds({"one": 1, "two": 2})


def test_a_test_that_is_none_of_the_push_itself_is_refused():
    with pytest.raises(ValueError, match="push itself"):
        Matching([clause(InFile("x"))])


USUAL = {"state": "NY", "tierInfo": {"score": 1}, "customData": None, "emailAddress": "a@b.example"}


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_the_usual_push_is_told_quickly_in_the_envelope_and_without(separators):
    asked = matching("state", IsText("ny"))
    for state, expected in (("NY", True), ("CA", False), ("Zoë", False), (None, False)):
        push = USUAL | {"state": state}
        enveloped = {"received_at": "2026-11-21T10:00:00.000000Z", "push": push}
        for document in (push, enveloped, push):
            raw = json.dumps(document, separators=separators, ensure_ascii=False).encode()
            assert told(asked, raw) is expected


UNUSUAL = [
    b'{"state":"NY"}',
    b'{"tierInfo":null,"state":"NY","push":{"state":"CA"}}',
    b'{"payload":{"state":"NY","tierInfo":null}}',
    b'{"tierInfo":null,"state":"NY"} {}',
    b'{"tierInfo":null,"state":"NY","city":"\xff"}',
    b'{"tierInfo":null,"state":"NY"',
    b"[]",
    b"",
]


@pytest.mark.parametrize("raw", UNUSUAL)
def test_what_is_unusual_is_not_told_quickly(raw):
    assert told(matching("state", IsText("ny")), raw) is None


def test_any_name_can_be_asked_for():
    for name in ('a"b', "a\\b", "\x00", "\ud800", "", "é", "push", "received_at", "of_61"):
        asked = Matching([clause(Document((name,), (), IsSet()))])
        push = {name: 1, "tierInfo": None}
        raw = json.dumps(push).encode()
        assert asked.holds(push)
        assert told(asked, raw) in {True, None}


NAMES = [
    "signUpChannelId", "state", "tierInfo", "score", "title", "customData", "push", "emailAddress",
    "received_at", "é",
]  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.integers(),
    st.sampled_from(["NY", "ny", "4", " 4.0 ", "true", "1", "1490290125", "2017-03-23", "Ñy", ""]),
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=4), st.lists(inner, max_size=2)
    ),
    max_leaves=8,
)


def written(draw, text):
    signs = []
    for sign in text:
        if ord(sign) < 0x20 or sign in '"\\' or draw(st.integers(0, 9)) == 0:
            units = sign.encode("utf-16-be", "surrogatepass")
            signs += [f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)]
        else:
            signs.append(sign)
    return f'"{"".join(signs)}"'


@st.composite
def spelled(draw, value):
    """Write a value as JSON in one of the many ways in which that can be done."""

    def space():
        return draw(st.sampled_from(["", "", "", "", " ", "\t", "\r", "\u00a0"]))

    def write(value):
        if isinstance(value, dict):
            items = list(value.items())
            if items and draw(st.booleans()):
                items.insert(draw(st.integers(0, len(items) - 1)), (items[-1][0], draw(SCALARS)))
            members = (
                f"{written(draw, key)}{space()}:{space()}{write(held)}" for key, held in items
            )
            return f"{{{space()}{f'{space()},{space()}'.join(members)}{space()}}}"
        if isinstance(value, list):
            return f"[{','.join(map(write, value))}]"
        if isinstance(value, str):
            return written(draw, value)
        if isinstance(value, int) and not isinstance(value, bool):
            shape = draw(st.sampled_from(["{}", "{}", "{}", "{}.0", "{}e0", "{}0E-1", "{}.50"]))
            return shape.format(value)
        return json.dumps(value)

    return write(value)


BOUND = st.one_of(st.none(), st.integers(-3, 12).map(Decimal))
MATCHERS = st.one_of(
    st.just(IsNull()),
    st.just(IsSet()),
    st.builds(IsText, st.sampled_from(["ny", "4", "4.0", "true", "n", ""]), st.booleans()),
    st.builds(IsNumber, BOUND, BOUND, st.booleans(), st.booleans()),
    st.builds(IsFlag, st.booleans()),
    st.builds(IsInstant, st.sampled_from([None, 0]), st.sampled_from([None, 1490290126_000_000])),
)
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)
TESTS = st.builds(Document, PATHS, st.lists(PATHS, max_size=1).map(tuple), MATCHERS)
CLAUSES = st.lists(
    st.builds(
        Clause,
        st.lists(TESTS, min_size=1, max_size=2).map(tuple),
        st.booleans(),
        st.just(0),
        st.just(0),
    ),
    max_size=3,
)


@st.composite
def documents(draw):
    push = draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
    if draw(st.booleans()):
        push.setdefault("tierInfo", {"score": 4})
    custom = push.get("customData")
    if isinstance(custom, dict) and draw(st.booleans()):
        push["customData"] = draw(spelled(custom))
    shape = draw(st.sampled_from(["bare", "envelope", "string"]))
    if shape == "envelope":
        push = {"received_at": "2026-11-21T10:00:00.000000Z", "push": push}
    elif shape == "string":
        push = {"payload": draw(spelled(push))}
    return draw(spelled(push))


@settings(max_examples=400, deadline=None)
@given(documents(), CLAUSES)
def test_the_quick_way_never_contradicts_the_exact_one(text, clauses):
    raw = text.encode("utf-8", "surrogatepass")
    found = from_bytes(raw)
    asked = Matching(clauses)
    quick = [told(asked, raw), told(asked, raw)]
    if isinstance(found, Found):
        assert set(quick) <= {None, asked.holds(found.value)}
    else:
        assert True not in quick


COMPACT = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5).map(
    lambda push: json.dumps(push | {"tierInfo": None}, separators=(",", ":"), ensure_ascii=False)
)


@st.composite
def torn(draw, whole):
    text = draw(whole)
    return text[: draw(st.integers(0, len(text)))] + draw(st.one_of(st.just(""), whole))


LINES = st.one_of(COMPACT, COMPACT, COMPACT, documents(), torn(COMPACT), torn(documents()))


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=8), CLAUSES)
def test_many_are_told_as_each_alone_is(texts, clauses):
    raws = [text.encode("utf-8", "surrogatepass") for text in texts]
    asked = Matching(clauses)
    answers = []
    while len(answers) < len(raws):
        answers += asked.quick(raws[len(answers) :])
        answers += [None] if len(answers) < len(raws) else []
    for raw, answer in zip(raws, answers, strict=True):
        found = from_bytes(raw)
        if isinstance(found, Found):
            assert answer in {None, asked.holds(found.value)}
        else:
            assert answer is not True


def test_many_are_told_at_once():
    asked = matching("state", IsText("ny"))
    bare = [b'{"tierInfo":null,"state":"%b"}' % state for state in (b"NY", b"CA", b"ny")]
    enveloped = [b'{"received_at":"","push":%b}' % each for each in bare]
    assert asked.quick(bare) == [True, False, True]
    assert asked.quick(enveloped) == [True, False, True]
    assert asked.quick([*bare, b" ", *bare]) == [True, False, True]
    assert asked.quick([*bare, *enveloped]) == [True, False, True]
    assert asked.quick([bare[1], bare[0].replace(b"}", b',"city":"\xff"}'), bare[0]]) == [False]
    either = Matching(
        [clause(Document(("state",), (), IsText("ca")), Document(("a",), (), IsSet()))]
    )
    assert either.quick([*bare, b'{"tierInfo":{},"a":1}']) == [False, True, False, True]
