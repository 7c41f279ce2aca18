import json
import re
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loyalty_tui.crowdtwist import json_text
from loyalty_tui.crowdtwist.json_text import JsonTextError, Veil

UNHURRIED = settings(deadline=None)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
PIECES = [
    "{", "}", "[", "]", ",", ":", '"', '"a"', '"\\u00e9"', "\\", "1", "-0", "1.50", "1e5", "01",
    "true", "null", "nul", "NaN", "\u00a0", "\ufeff", " ", "\n", "\t", "é", "\x00",
]  # fmt: skip
JSON_LIKE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
NOT_JSON = [
    "NaN", "[Infinity]", "-Infinity", "9" * 5000, "1e9999999999999999999999", '"a\tb"', '"\\x"',
    "{'a':1}", "01", "+1", ".5", "1.", "tru", '"open', "[1 2]", '{"a"}', "{,}", "[,]", "1 2",
    '{"a":1]', "[1}", "]", "١",
]  # fmt: skip
HUGE_AND_BROKEN = {
    "quotes": '"' + '\\"' * 1_000_000,
    "backslashes": '{"a":"' + "\\" * 2_000_001,
    "spaces": "[" + "\u00a0" * 1_000_000,
    "quotes after an odd space": '"\u00a0' + '\\"' * 1_000_000,
    "signs": "-" * 1_000_000,
    "depth": '{"a":' * 100_000,
    "exponents": "1e" * 500_000,
}


class Redacting(Veil):
    """Hides whatever stands under the key "hidden"."""

    def enter(self, key):
        return Hidden() if key == "hidden" else self


class Hidden(Veil):
    def show(self, token):
        return None if token == "null" else '"gone"'


def tokens(text):
    return re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', text)


@UNHURRIED
@given(VALUES)
def test_a_written_value_is_read_back_with_every_digit(value):
    text = json_text.compact(value)
    again = json_text.loads(text)
    assert again == value
    assert json_text.compact(again) == text


def evenly_spaced(text):
    return text.replace("\u00a0", " ").replace("\ufeff", " ")


@UNHURRIED
@given(JSON_LIKE)
@example("[1,]")
@example('{"a":1,}')
@example('{"a":1 "b":2}')
@example("[")
@example("")
@example('"\u00a0\ufeff"')
def test_what_pythons_strict_reader_takes_is_taken_and_nothing_else_but_odd_spaces(text):
    plain = evenly_spaced(text)
    try:
        expected = json.loads(plain, parse_float=Decimal, parse_constant=pytest.fail)
    except (ValueError, pytest.fail.Exception):
        with pytest.raises(JsonTextError):
            json_text.loads(text)
        with pytest.raises(JsonTextError):
            json_text.pretty(text)
    else:
        # Python's reader was given other spaces inside strings too; ours has to keep those.
        assert evenly_spaced(json_text.compact(json_text.loads(text))) == json_text.compact(
            expected
        )
        assert json_text.loads(json_text.pretty(text)) == json_text.loads(text)


@given(st.text(st.sampled_from(" \u00a0\ufeffab"), min_size=1))
def test_odd_spaces_inside_strings_are_kept(text):
    assert json_text.loads(f'\u00a0"{text}"\ufeff') == text


def fault(text):
    try:
        json_text.loads(text)
    except JsonTextError as error:
        return error
    return None


@UNHURRIED
@given(st.text() | JSON_LIKE)
def test_any_text_is_read_or_refused_with_one_sentence_that_says_where(text):
    error = fault(text)
    if error:
        assert re.fullmatch(r"[A-Z][^.]+ at line \d+, column \d+\.", str(error))
        assert 1 <= error.line <= text.count("\n") + 1


def test_no_break_spaces_between_tokens_are_white_space_and_inside_strings_stay():
    text = '\ufeff{\u00a0\n\u00a0 "a\u00a0b":\u00a0"c\ufeff\\"\u00a0" }\u00a0'
    assert json_text.loads(text) == {"a\u00a0b": 'c\ufeff"\u00a0'}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9007199254740993", 9007199254740993),
        ("1" * 4000, int("1" * 4000)),
        ("12.50", Decimal("12.50")),
        ("0.1000000000000000055511151231257827", Decimal("0.1000000000000000055511151231257827")),
        ("1e400", Decimal("1e400")),
        ('{"a":1,"a":2}', {"a": 2}),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_numbers_keep_every_digit_and_the_last_of_equal_keys_wins(text, value):
    read = json_text.loads(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_not_json_is_refused(text):
    with pytest.raises(JsonTextError):
        json_text.loads(text)


def test_the_refusal_names_line_and_column():
    with pytest.raises(JsonTextError, match=r"^The JSON goes wrong at line 2, column 6\.$"):
        json_text.loads('{\n "a":x}')
    with pytest.raises(JsonTextError, match=r"^The JSON breaks off at line 1, column 8\.$"):
        json_text.loads('{"a": 1')


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_nesting_is_read_down_to_the_limit_and_refused_below_it(opening, closing):
    levels = json_text.MAX_DEPTH // sum(opening.count(bracket) for bracket in "[{")
    text = opening * levels + "1" + closing * levels
    text = f"[{text}]" if text.count("[") + text.count("{") < json_text.MAX_DEPTH else text
    assert json_text.compact(json_text.loads(text)) == text
    assert json_text.packed(json_text.pretty(text)) == text
    with pytest.raises(JsonTextError, match="nested too deeply"):
        json_text.loads(f"[{text}]")
    with pytest.raises(JsonTextError, match="nested too deeply"):
        json_text.pretty(f"[{text}]")
    with pytest.raises(JsonTextError):
        json_text.loads(opening * 100_000)


@pytest.mark.parametrize("name", HUGE_AND_BROKEN)
def test_megabytes_of_broken_text_are_given_up_at_once(name):
    text = HUGE_AND_BROKEN[name]
    with pytest.raises(JsonTextError):
        json_text.loads(text)
    with pytest.raises(JsonTextError):
        json_text.pretty(text)


def test_a_document_of_five_megabytes_is_laid_out_whole():
    push = '{"name":"%s","points":1.50,"tags":["x","y"]}' % ("n" * 200)
    text = f"[{','.join([push] * (5_000_000 // len(push)))}]"
    assert json_text.packed(json_text.pretty(text)) == text


@UNHURRIED
@given(VALUES)
def test_laying_out_indents_by_two_spaces_as_pythons_writer_does(value):
    text = json_text.compact(value)
    plain = json.loads(text, parse_float=str, parse_int=str)
    laid = json.loads(json_text.pretty(text), parse_float=str, parse_int=str)
    assert laid == plain
    same = json.dumps(plain, indent=2, ensure_ascii=False)
    assert json_text.pretty(json.dumps(plain, ensure_ascii=False)) == same


@UNHURRIED
@given(VALUES)
def test_laying_out_keeps_every_token(value):
    text = json.dumps(json.loads(json_text.compact(value)), indent=1)
    assert tokens(json_text.pretty(text)) == tokens(text)


def test_laying_out_keeps_numbers_escapes_equal_keys_and_their_order():
    text = '{"b":1.50,"a":1E+2,"b":-0,"\\u0061":"\\/\\u00e9é","e":{},"f":[]}'
    assert json_text.packed(json_text.pretty(text)) == text
    assert json_text.pretty('{"b":[],"a":{"c":[1,{}]}}') == (
        '{\n  "b": [],\n  "a": {\n    "c": [\n      1,\n      {}\n    ]\n  }\n}'
    )


@pytest.mark.parametrize("held", ['"x"', "1", "false", "{}", "[]", '{"a":[1,{"b":2}]}', '[["x"]]'])
def test_a_veil_replaces_whole_values_and_leaves_the_rest(held):
    text = f'{{"a":1,"hidden":{held},"list":[{{"hidden":{held},"b":2}}],"c":{{}}}}'
    expected = '{"a":1,"hidden":"gone","list":[{"hidden":"gone","b":2}],"c":{}}'
    assert json_text.packed(text, Redacting()) == expected
    assert json_text.packed(json_text.pretty(text, Redacting())) == expected
    assert json_text.compact(json_text.loads(text), Redacting()) == expected


def test_a_veil_may_leave_null_as_it_is():
    assert json_text.packed('{"hidden": null}', Redacting()) == '{"hidden":null}'


@UNHURRIED
@given(VALUES, st.integers(min_value=1, max_value=50))
def test_a_limited_writing_is_the_beginning_of_the_whole(value, limit):
    whole, cut = json_text.compact(value), json_text.compact(value, limit=limit)
    assert whole.startswith(cut)
    assert cut == whole or len(cut) > limit


@UNHURRIED
@given(st.lists(VALUES, max_size=5), st.sampled_from(["", " ", "\n", "\u00a0"]))
def test_the_values_of_an_array_come_one_by_one_with_their_own_text(items, space):
    written = [json_text.compact(item) for item in items]
    text = f"{space}[{space}{f'{space},{space}'.join(written)}{space}]{space}"
    found = list(json_text.values(text))
    assert [span.value for span in found] == items
    assert [text[span.start : span.end] for span in found] == written


def test_documents_that_follow_each_other_come_one_by_one():
    found = json_text.values('{"a":1}\n{"a":2} [3,4]\n')
    assert [span.value for span in found] == [{"a": 1}, {"a": 2}, 3, 4]


@pytest.mark.parametrize(
    "text", ["[1,2,", "[1,2 3]", "[1,2", "[1,2,]", "[1,2,x]", "1 2 ]", "1 2,3"]
)
def test_the_values_before_a_fault_still_come(text):
    found = json_text.values(text)
    assert [next(found).value, next(found).value] == [1, 2]
    with pytest.raises(JsonTextError):
        next(found)


def test_members_come_in_order_with_equal_keys_and_their_own_text():
    text = ' {"a" : 1.0 , "p\\u0075sh":{"x": 1},"a":[ ]} '
    found = [(key, text[span.start : span.end]) for key, span in json_text.members(text)]
    assert found == [("a", "1.0"), ("push", '{"x": 1}'), ("a", "[ ]")]


@pytest.mark.parametrize("text", ["[]", "1", "", '{"a"}', '{"a":1', '{"a":1,}', "{1:2}", '{"a" 1}'])
def test_members_of_what_is_no_object_are_refused(text):
    with pytest.raises(JsonTextError):
        list(json_text.members(text))


def test_a_number_is_written_with_all_its_digits_however_many():
    assert json_text.number_text(10**5000) == "1" + "0" * 5000
    assert json_text.number_text(Decimal("12.50")) == "12.50"
