import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.reach import Reach, reach

PUSH = '{"id":1,"emailAddress":"a@b.c"}'
TEXTS = st.lists(st.sampled_from([
    "{", "}", "[", "]", "{}", "\n", ",", '"a":', "1", '"', " ", "\u00a0", "é", '{"a":1}', PUSH,
    "nope", "tru",
])).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a":1}\n', Reach.LINE),
        ('{"a":1}nope\n', Reach.LINE),
        ("nope {\n", Reach.LINE),
        ('{"a":1}\n{\n}\n', Reach.LINE),
        ('{"a":1}{\n}\n', Reach.DOCUMENT),
        ('{"a":1}\r{"b":1}\u00a0[{\n}]\n', Reach.DOCUMENT),
        ('{"a":1,{\n}\n', Reach.DOCUMENT),
        ('{"a":1}', Reach.OPEN),
        ('{"a":nope,\n', Reach.LINE),
        ('{"a":"cut\n', Reach.LINE),
        ('{"a":1,\n{"b":2}\n', Reach.LINE),
        ('{"a":\n{"b":2}\n{"c":3}\n', Reach.LINE),
        (f'{{"a":\n{PUSH}\n', Reach.LINE),
        ("", Reach.OPEN),
        ("\n", Reach.OPEN),
        ("{\n", Reach.OPEN),
        ('{\n "a": 1', Reach.OPEN),
        ("{\n}", Reach.DOCUMENT),
        ('\ufeff\u00a0{\n "a": [\n{', Reach.DOCUMENT),
        ('{\n "a": nope\n', Reach.DOCUMENT),
        (f"[\n{PUSH}\n]", Reach.DOCUMENT),
        (f"[{PUSH},\n{PUSH}\n]", Reach.DOCUMENT),
        (f"[{PUSH}, {PUSH},\n{PUSH}\n, {PUSH}]", Reach.DOCUMENT),
        (f"[{PUSH},\n{PUSH}\n{PUSH}\n", Reach.LINE),
        (f'[{PUSH},{{"a":1,\n{PUSH}\n', Reach.LINE),
        (f'{{"body":\n {PUSH}\n}}', Reach.DOCUMENT),
    ],
)
def test_it_tells_a_document_on_several_lines_from_a_line_that_is_torn(text, told):
    assert reach([text.encode()]) is told


@given(TEXTS, TEXTS, st.integers(1, 9))
def test_more_bytes_never_change_an_answer(text, more, size):
    raw, rest = text.encode(), more.encode()
    told = reach([raw])
    assert reach(raw[at : at + size] for at in range(0, len(raw), size)) is told
    if told is not Reach.OPEN:
        assert reach([raw + rest]) is told


def test_no_more_is_taken_than_is_needed():
    def chunks():
        yield b'{"a":1,\n'
        yield b'{"b":2}\n'
        raise AssertionError

    assert reach(chunks()) is Reach.LINE
