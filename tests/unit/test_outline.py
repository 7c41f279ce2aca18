import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loyalty_tui.archive import outline
from loyalty_tui.archive.outline import Outcome, Outline

TOKENS = [
    "{", "}", "[", "]", ",", ":", '"a"', '"a":', '"\\u00e5\\n"', "1", "-0.5e3", "true", "nul", "01",
    '"', "\\", " ", "\n", "\u00a0", '{"a":1}', '[{"a":[1]}]', "[]", "{}", '{"a":{"b":{"c":[[]]}}}',
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(TOKENS), max_size=30).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=2), inner),
)
SPACED = st.sampled_from([(",", ":"), (", ", ": "), ("\u00a0,\n", " :\t")])


@st.composite
def torn(draw):
    text = json.dumps(draw(VALUES), separators=draw(SPACED))
    at = draw(st.integers(0, len(text)))
    gone = draw(st.integers(0, 5))
    return text[:at] + draw(TEXTS) + text[at + gone :]


def followed(text, cuts, *, is_all, long):
    """Return all that an outline tells of a text that comes in pieces."""
    told = Outline()
    outcome = Outcome.CUT
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outline, "_LONG", long)
        for cut in sorted(cuts):
            if outcome is Outcome.CUT:
                outcome = told.follow("  " + text[:cut], 2, is_all=False)
        if outcome is Outcome.CUT:
            outcome = told.follow("  " + text, 2, is_all=is_all)
    return outcome, vars(told) | {"open": vars(told.open)}


@given(TEXTS | torn(), st.lists(st.integers(0, 60), max_size=3), st.booleans())
@example(text='{"a":1,"b":\n', cuts=[], is_all=False)
@example(text="[1,\n", cuts=[2], is_all=False)
def test_many_tokens_at_once_are_followed_as_each_of_them(text, cuts, is_all):
    one_by_one = followed(text, cuts, is_all=is_all, long=1 << 30)
    assert followed(text, cuts, is_all=is_all, long=0) == one_by_one


@given(VALUES, SPACED, st.sampled_from(["", "\n", " {", "]"]))
def test_a_whole_value_is_followed_to_its_end(value, separators, after):
    text = json.dumps(value, separators=separators)
    is_word = text[-1] not in '"]}'
    outcome, told = followed(text + (after or "\n" * is_word), [], is_all=True, long=0)
    assert (outcome, told["at"]) == (Outcome.WHOLE, len(text))


@pytest.mark.parametrize("count", [4_095, 4_096, 4_097, 100_000])
@pytest.mark.parametrize(
    ("end", "outcome", "left"),
    [(0, Outcome.WHOLE, 0), (-1, Outcome.CUT, 1), (-2, Outcome.CUT, 2)],
)
def test_any_depth_is_followed(count, end, outcome, left):
    text = '[1,{"a":' * count + "[]" + "}]" * count
    told = Outline()
    assert told.follow(text[: end or None], 0, is_all=True) is outcome
    assert (told.at, len(told.open)) == (len(text) - left, left)


def test_an_end_that_does_not_fit_is_told_at_any_depth():
    for wrong in (0, 1, 50_000, 99_999):
        text = "[" * 100_000 + "]" * wrong + "}" + "]" * 100_000
        told = Outline()
        assert told.follow(text, 0, is_all=True) is Outcome.WRONG
        assert (told.at, len(told.open)) == (100_000 + wrong, 100_000 - wrong)
