import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.differences import ABSENT, Change, Earlier, apply, between, decode

SAMPLE = (
    Path(__file__).parents[1] / "fixtures" / "crowdtwist-live-push-sample.json"
).read_text("utf-8")  # fmt: skip
TRUE = json.loads("true")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        [Decimal("1.0"), Decimal("1.00"), Decimal("-0"), Decimal("1E+2"), 100, 0, -0.0]
    )
    | st.text(max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab.", max_size=2), inner, max_size=4)
    ),
    max_leaves=20,
)
PUSHES = st.dictionaries(st.text(), VALUES, max_size=8)


def exact(value):
    """Return a value so that values that JSON writes in another way differ."""
    if isinstance(value, dict):
        return {key: exact(held) for key, held in value.items()}
    if isinstance(value, list):
        return [exact(held) for held in value]
    return type(value), str(value)


@given(VALUES | PUSHES, VALUES | PUSHES)
def test_changes_made_to_one_document_give_the_other(one, other):
    before = copy.deepcopy(one)
    changes = list(between(one, other))
    assert exact(apply(changes, one)) == exact(other)
    assert exact(one) == exact(before)
    assert bool(changes) == (exact(one) != exact(other))


@given(st.data(), PUSHES)
def test_two_documents_that_are_nearly_the_same_differ_at_few_places(data, one):
    other = copy.deepcopy(one)
    for key in data.draw(st.sets(st.sampled_from(sorted(one)))) if one else ():
        other[key] = data.draw(VALUES)
    changes = list(between(one, other))
    assert exact(apply(changes, one)) == exact(other)
    assert {change.path[0] for change in changes} <= {
        key for key in one if exact(one[key]) != exact(other[key])
    }


@given(VALUES)
def test_a_document_does_not_differ_from_itself(value):
    assert list(between(value, copy.deepcopy(value))) == []
    assert apply([], value) is value


@pytest.mark.parametrize(
    ("one", "other", "changes"),
    [
        ({"a": 1}, {"a": 2}, [Change(("a",), 1, 2)]),
        ({"a": 1}, {}, [Change(("a",), 1, ABSENT)]),
        ({}, {"a": None}, [Change(("a",), ABSENT, None)]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [Change(("a", "c"), 2, 3)]),
        ({"a": None}, {"a": {"b": 1}}, [Change(("a",), None, {"b": 1})]),
        ([1, 2, 3], [1, 4], [Change((1,), 2, 4), Change((2,), 3, ABSENT)]),
        ([1], [1, 2, 3], [Change((1,), ABSENT, 2), Change((2,), ABSENT, 3)]),
        ({"a": 1}, {"a": TRUE}, [Change(("a",), 1, TRUE)]),
        ({"a": 1}, {"a": Decimal("1.0")}, [Change(("a",), 1, Decimal("1.0"))]),
        ({"a": "1"}, {"a": 1}, [Change(("a",), "1", 1)]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        (1, {"a": 1}, [Change((), 1, {"a": 1})]),
    ],
)
def test_a_change_names_its_path_and_both_sides(one, other, changes):
    assert list(between(one, other)) == changes


def test_an_absent_value_is_not_a_null():
    assert list(between({"a": None}, {})) == [Change(("a",), None, ABSENT)]
    assert apply([Change(("a",), ABSENT, None)], {}) == {"a": None}
    assert apply([Change(("a",), None, ABSENT)], {"a": None}) == {}


def test_digits_that_no_float_can_tell_apart_are_a_change():
    one, other = (decode(f'{{"n":{n}}}') for n in ("9007199254740993.10", "9007199254740993.1"))
    (change,) = between(one, other)
    assert (str(change.before), str(change.after)) == ("9007199254740993.10", "9007199254740993.1")


def test_every_one_of_equal_names_is_compared():
    one, other = decode('{"a":1,"b":0,"a":2,"a":3}'), decode('{"a":1,"b":0,"a":5,"a":3}')
    (change,) = between(one, other)
    assert change == Change((Earlier("a", 2),), 2, 5)
    assert apply([change], one) == other
    assert one["a"] == 3
    assert list(between(one, decode('{"a":3,"b":0}'))) == [
        Change((Earlier("a", 1),), 1, ABSENT),
        Change((Earlier("a", 2),), 2, ABSENT),
    ]
    assert json_text.compact(one) == '{"a":1,"b":0,"a":2,"a":3}'


def test_an_earlier_name_is_none_of_the_plain_names():
    assert Earlier("a", 1) != "a"
    assert Earlier("a", 1) not in {"a", "b"}
    assert Earlier("a", 1) == Earlier("a", 1) != Earlier("a", 2)
    assert {"a": 1, Earlier("a", 1): 2}["a"] == 1
    assert str(Earlier("a", 1)) == "a"


@given(VALUES)
def test_a_document_without_equal_names_is_read_as_elsewhere(value):
    text = json_text.compact(value)
    assert decode(text) == json_text.loads(text)


@pytest.mark.parametrize("levels", [10, 9_990])
def test_equal_names_are_kept_however_deep_they_lie(levels):
    inner = '{"a":1,"a":[2]}'
    document = decode('{"x":' * levels + inner + "}" * levels)
    for _ in range(levels):
        document = document["x"]
    assert document == {Earlier("a", 1): 1, "a": [2]}


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a":NaN}', '{"a":1}x', pytest.param("[" * 10_002 + "]" * 10_002, id="deep")],
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(json_text.JsonTextError):
        decode(text)


def test_the_vendors_own_push_is_read_with_its_odd_spaces():
    assert decode(SAMPLE) == json_text.loads(SAMPLE)
    assert decode("\ufeff" + SAMPLE + "\u00a0\n") == json_text.loads(SAMPLE)


def test_documents_nested_ten_thousand_deep_are_compared():
    def nested(core):
        return decode('{"a":[' * 5_000 + core + "]}" * 5_000)

    one, other = nested("1"), nested("2")
    assert list(between(one, nested("1"))) == []
    (change,) = between(one, other)
    assert len(change.path) <= 100
    assert list(between(apply([change], one), other)) == []


def test_many_elements_are_added_and_removed():
    one, other = list(range(10_000)), [5, *range(3)]
    assert apply(between(one, other), one) == other
    assert apply(between(other, one), other) == one


def test_a_path_that_leads_nowhere_is_refused():
    for path in (("a", "b"), ("x", "y")):
        with pytest.raises(LookupError):
            apply([Change(path, 1, 2)], {"a": 1})


def test_changes_are_made_one_after_the_other_to_a_copy():
    one = json.loads('{"a":{"b":{"c":1,"d":2}},"e":{"f":1}}')
    made = apply([Change(("a", "b", "c"), 1, 3), Change(("a", "b", "d"), 2, ABSENT)], one)
    assert made == {"a": {"b": {"c": 3}}, "e": {"f": 1}}
    assert made["e"] is one["e"]
    assert one["a"]["b"] == {"c": 1, "d": 2}
