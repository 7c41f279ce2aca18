import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive import documents, mending
from loyalty_tui.archive.outline import Nesting, Outline
from loyalty_tui.archive.pushes import Fault, Found
from loyalty_tui.archive.reading import read

BOTH = pytest.mark.parametrize("container", ["lines", "documents"])


def everything(raw, container):
    """Return the texts found, the faults as line and reason, and the end."""
    *items, end = read(io.BytesIO(raw.encode()), container)
    texts = [item.text for item in items if isinstance(item, Found)]
    faults = [(item.line, item.reason) for item in items if isinstance(item, Fault)]
    return texts, faults, end


@pytest.mark.parametrize("word", ["n", "nul", "tru", "fals", "-", "1.", "12e", "0.5E+"])
def test_a_document_that_breaks_off_within_a_word_may_still_be_written(word):
    texts, faults, end = everything(f'{{\n "a": 1,\n "b": {word}', "lines")
    assert (texts, faults, end.offset) == ([], [], 0)
    _, faults, _ = everything(f'{{"b": {word}', "documents")
    assert faults == [(1, f"The JSON breaks off at column {7 + len(word)}.")]


@pytest.mark.parametrize("broken", ["[" * 100_000, '{"a":' * 50_000, '{"a":[1,', '[{"a":', '{"a":'])
@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_pushes_after_what_was_never_finished_are_found(broken, indent, count):
    push = json.dumps({"id": 1, "emailAddress": "å@b.c", "l": [{"x": 1}]}, indent=indent)
    texts, faults, _ = everything(broken + f"\n{push}" * count, "documents")
    assert texts == [push] * count
    assert faults


@pytest.mark.parametrize(
    "before", ['{"a":', '{"a":"Osl', '{"a":nope,"b":', '{"a":[{"b":1},', "nope", "\0" * 9]
)
@BOTH
def test_a_push_on_the_line_of_one_that_is_torn_is_found_by_its_envelope(before, container):
    line = '{"received_at":"2026-11-21T10:00:00Z","push":{"id":1}}'
    texts, faults, _ = everything(f"{before}{line}\n{line}\n", container)
    assert texts == ['{"id":1}', '{"id":1}']
    assert [line for line, _ in faults] in ([1], [2])


TORN = (
    '{"id":1,"a":{"b":[12,"\\u00e5"]},"tierInfo":{"title":"x"},"emailAddress":"\\"a@b.c","l":null}'
)
WHOLE = ['{"id":2,"emailAddress":"a@b.c","a":{"b":{"c":[]}}}', '{"id":3,"emailAddress":"a@b.c"}']


@pytest.mark.parametrize("cut", range(1, len(TORN)))
@BOTH
def test_a_push_without_envelope_on_the_line_of_one_that_is_torn_is_found(cut, container):
    texts, faults, _ = everything(TORN[:cut] + "\n".join(WHOLE) + "\n", container)
    assert texts == WHOLE
    assert [line for line, _ in faults] in ([1], [2])


@pytest.mark.parametrize("stray", ["}", "}}", ": ", "]", " x "])
@BOTH
def test_a_push_behind_what_does_not_belong_to_any_is_found(stray, container):
    texts, faults, _ = everything(stray.join([TORN, *WHOLE]) + f"\n{TORN}\n", container)
    assert texts == [TORN, *WHOLE, TORN]
    assert {line for line, _ in faults} == {1}


@pytest.mark.parametrize("before", ["\0" * 50, "\x1e", "INFO "])
def test_a_push_after_what_is_no_json_is_found_on_the_same_line(before):
    push = '{"id":1,"emailAddress":"a@b.c"}'
    texts, faults, _ = everything(f"{push}\n{before}{push}\n{before}{push}\n", "lines")
    assert texts == [push] * 3
    assert [line for line, _ in faults] == [2, 3]


@pytest.mark.parametrize("indent", [1, 4, "\t"])
@pytest.mark.parametrize("start", [0, 1])
@BOTH
def test_an_indented_array_of_which_a_part_is_lost_loses_no_push_behind_it(
    indent, start, container
):
    pushes = [
        {"id": number, "emailAddress": "å@b.c", "tierInfo": {"x": {"y": 1}}, "l": [{"z": [{}]}]}
        for number in range(4)
    ]
    whole = json.dumps(pushes, indent=indent, ensure_ascii=False)
    places = [whole.index(f'"id": {number}') for number in range(4)]
    for cut in range(places[start] + 1, places[start + 1] - 20):
        texts, faults, _ = everything(whole[: places[start] * start] + whole[cut:], container)
        ids = [push["id"] for push in map(json.loads, texts) if "id" in push]
        assert ids == [*range(start), *range(start + 1, 4)]
        assert faults or len(texts) == len(pushes)  # a property less may be sound


def test_pushes_after_a_broken_document_without_an_indent_are_found():
    push = '{"id":1,"emailAddress":"a@b.c"}'
    texts, faults, _ = everything(f'{{\n"a": nope,\n"b": {{\n{push}\n{push}\n', "documents")
    assert texts == [push, push]
    assert [line for line, _ in faults] == [2]


@pytest.mark.parametrize("broken", ['{"a":\n', 'nope {"a":{"received_at":', '{"a":[{},\n'])
def test_no_part_of_what_never_ends_is_looked_at_more_than_a_few_times(broken, monkeypatch):
    raw, looked = broken * 20_000, 0

    class Counting(Outline):
        def follow(self, text, start, *, is_all):
            nonlocal looked
            before = self.at
            outcome = super().follow(text, start, is_all=is_all)
            looked += self.at - before
            assert looked <= 10 * len(raw)
            return outcome

    for module in (documents, mending):
        monkeypatch.setattr(module, "Outline", Counting)
    everything(raw, "documents")
    assert looked


@given(
    st.lists(st.sampled_from([
        "{", "}", "[", "]", ",", '"a"', '"', "\\", " ", "\n", '{"a":[1]}', '"[}"', "[[]]", "}]",
    ])).map("".join),
    st.text("[{", max_size=5),
    st.booleans(),
)  # fmt: skip
def test_marks_are_passed_over_only_where_they_tell_nothing(raw, opened, in_array):
    def ends(*, passes):
        nesting = Nesting()
        nesting.open(opened)
        brackets, at, told = mending.Brackets(nesting, in_array=in_array), 0, []
        while True:
            at = brackets.pass_over(raw, at) if passes else at
            mark, at = mending.next_mark(raw, at, is_all=True)
            if not mark:
                return told
            is_end = mark != "\n" and brackets.is_end(mark)
            if mark == "\n" or is_end or (mark in "}]" and brackets.are_closed()):
                told.append((at, mark, is_end))
            if is_end:
                return told
            at += 1

    assert ends(passes=True) == ends(passes=False)
