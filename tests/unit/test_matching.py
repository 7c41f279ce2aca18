"""Clauses that look at the push itself: exactly, and quickly without ever contradicting that."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_tui.archive import reading
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
from loyalty_tui.archive.sieve import lines, sieve
from loyalty_tui.crowdtwist import json_text


def matching(path, matcher, *, aliases=(), negated=False):
    test = Document(tuple(path.split(".")), tuple(tuple(a.split(".")) for a in aliases), matcher)
    return Matching([clause(test, negated=negated)])


def clause(*tests, negated=False):
    return Clause(tests, negated, 0, 0)


def number(low, high=None, **included):
    bounds = (None if bound is None else Decimal(bound) for bound in (low, high))
    return IsNumber(*bounds, **included)


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
    assert asked.quick(enveloped) is expected


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
            assert asked.quick(raw) is expected


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
    assert matching("state", IsText("ny")).quick(raw) is None


def test_any_name_can_be_asked_for():
    for name in ('a"b', "a\\b", "\x00", "\ud800", "", "é", "push", "received_at", "of_61"):
        asked = Matching([clause(Document((name,), (), IsSet()))])
        push = {name: 1, "tierInfo": None}
        raw = json.dumps(push).encode()
        assert asked.holds(push)
        assert asked.quick(raw) in {True, None}


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
    quick = [asked.quick(raw), asked.quick(raw)]
    if isinstance(found, Found):
        assert set(quick) <= {None, asked.holds(found.value)}
    else:
        assert True not in quick


STATE = Document(("state",), (), IsText("ny"))
KEPT = [
    ('{"state":"NY","a":1}', True),
    ('{"a":1,"state":"ny"}', True),
    ('{"a":1,"state":"ny"}\r', True),
    ('{"received_at":"","push":{"tierInfo":{},"state":"NY"}}', True),
    ('{"state":"FL","state":"NY"}', True),
    ('{"state" : "NY"}', True),
    ('{"state":\u00a0"NY"}', True),
    ('{"\\u0073tate":"NY"}', True),
    ('{"state":"\\u004eY"}', True),
    ('{"payload":"{\\"state\\":\\"NY\\"}"}', True),
    ('{"payload":"{\\u0022state\\u0022:\\"NY\\"}"}', True),
    ('{"state":"NY', True),
    ('{"state":"FL","a":"NY"}', False),
    ('{"a":1,"state":"FL"}', False),
    ('{"a":1,"state":"FL"}\r', False),
    ('{"received_at":"","push":{"tierInfo":{},"state":null}}', False),
    ('{"homestate":"NY"}', False),
    ('{"customData":"{\\"state\u00e9\\":\\"NY\\"}"}', False),
    ("", False),
]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_sieve_keeps_the_lines_in_which_a_value_may_be_asked_for(end):
    whole = "\n".join(text for text, _ in KEPT) + end
    data = b"before\n" + whole.encode() + b'{"state":"NY"}'
    kept = sieve([clause(STATE)])
    begin, stop = 7, len(data) - 14
    found = [
        data[line.begin : stop if line.end < 0 else line.end].decode()
        for line in kept.lines(data, begin, stop)
    ]
    assert found == [text for text, is_kept in KEPT if is_kept]


@pytest.mark.parametrize("apart", [0, 30_000, 100_000])
def test_a_sieve_looks_as_far_as_it_is_to(apart):
    far = b'{"a":"%b"}\n' % (b"x" * apart)
    data = far + b'{"state":"NY"}\n' + far * 2 + b'{"state":"FL","b":{"state":"NY"}}'
    kept = list(sieve([clause(STATE)]).lines(data, 0, len(data)))
    second = data.rfind(b"\n") + 1
    assert kept == [(len(far), len(far) + 14), (second, -1)]


def test_a_sieve_of_two_properties_keeps_the_lines_of_either_in_order():
    data = b'{"tier":1}\n{"state":"NY"}\n{"x":1}\n{"state":"NY","tier":1}\n{"tier":1}\n'
    either = clause(STATE, Document(("tierInfo", "tier"), (), IsSet()))
    told_apart = list(lines(data, 0, len(data)))
    assert list(sieve([either]).lines(data, 0, len(data))) == [
        *told_apart[:2], *told_apart[3:]
    ]  # fmt: skip


@pytest.mark.parametrize(
    "one",
    [
        clause(STATE, negated=True),
        clause(Document(("state",), (), IsNull())),
        clause(STATE, Document(("state",), (), IsNull())),
        clause(Document(("customData", "state"), (), IsSet())),
        clause(Document(("stäte",), (), IsSet())),
    ],
)
def test_what_may_hold_without_its_name_is_not_sieved(one):
    assert sieve([one]) is None
    assert sieve([one, clause(STATE)]) is not None


COMPACT = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5).map(
    lambda push: json.dumps(push, separators=(",", ":"), ensure_ascii=False)
)


@st.composite
def torn(draw, whole):
    text = draw(whole)
    return text[: draw(st.integers(0, len(text)))] + draw(st.one_of(st.just(""), whole))


LINES = st.one_of(COMPACT, COMPACT, documents(), torn(COMPACT), torn(documents()))


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=6), CLAUSES, st.booleans())
def test_no_line_is_passed_over_that_is_asked_for(texts, clauses, is_ended):
    kept = sieve(clauses)
    if kept is None:
        return
    raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = b"\n".join(raw) + (b"\n" if is_ended else b"")
    asked = Matching(clauses)
    told_apart = list(lines(data, 0, len(data)))
    through = list(kept.lines(data, 0, len(data)))
    assert through == [line for line in told_apart if line in through]
    for begin, end in told_apart:
        line = data[begin : len(data) if end < 0 else end]
        pushes = [found for found in reading.from_line(line, 0, 1) if isinstance(found, Found)]
        if any(asked.holds(found.value) for found in pushes):
            assert (begin, end) in through
