import io
import json

from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive.pushes import Found
from loyalty_tui.archive.reading import read


class Slow(io.BytesIO):
    """A stream that gives little at a time."""

    def __init__(self, raw, size):
        super().__init__(raw)
        self.most = size

    def read(self, size):
        return super().read(min(size, self.most))


WRITTEN = st.sampled_from([
    {"id": 1, "emailAddress": "å@b.c"}, {"tierInfo": {"a": []}, "l": [{}, {"x": [1]}]},
    {"received_at": "2026-11-21T10:00:00Z", "push": {"id": 1}},
    {"headers": {"h": [1, 2]}, "body": {"emailAddress": "", "l": [{"a": 1}]}},
])  # fmt: skip


@st.composite
def mixtures(draw):
    """A text of pushes in many forms and of torn lines, and where each document starts."""
    text, places = "", []
    for _ in range(draw(st.integers(1, 6))):
        push, indent = draw(WRITTEN), draw(st.sampled_from([None, 0, 1, 4, "\t"]))
        compact = json.dumps(push, ensure_ascii=False)
        match draw(st.sampled_from(["push", "array", "torn", "joined", "blank"])):
            case "push":
                places.append(len(text.encode()))
                text += json.dumps(push, indent=indent, ensure_ascii=False) + "\n"
            case "array":
                one = json.dumps([push], indent=indent, ensure_ascii=False)
                places.append(len(text.encode()) + one.index("{"))
                text += one + "\n"
            case "torn":
                # The line after it is a push, as with every segment.
                text += compact[: draw(st.integers(1, len(compact) - 1))] + "\n"
                places.append(len(text.encode()))
                text += compact + "\n"
            case "joined":
                places.append(len(text.encode()))
                text += compact + draw(st.sampled_from(["", " ", "\r"]))
            case "blank":
                text += draw(st.sampled_from(["\n", " \r\n", "\u00a0\n"]))
    return text.encode(), places


def test_a_push_behind_a_torn_line_is_found_once():
    torn = b'{"headers": {"h": [1, 2]}, "body": {"emailAddress": "", "l":\n'
    whole = b'{"headers": {"h": [1, 2]}, "body": {"emailAddress": "", "l": [{"a": 1}]}}\n'
    last = b'[{"received_at": "2026-11-21T10:00:00Z", "push": {"id": 1}}]\n'
    before = b'{\n"id": 1,\n"emailAddress": "b@b.c"\n}\n'
    *items, _ = read(io.BytesIO(before + torn + whole + last), "lines")
    offsets = [item.offset for item in items if isinstance(item, Found)]
    start = len(before + torn)
    assert offsets == [0, start, start + len(whole) + 1]


@given(mixtures(), st.integers(1, 40))
def test_every_push_of_any_mixture_is_found_where_it_starts(mixture, size):
    raw, places = mixture
    *items, _ = read(Slow(raw, size), "lines")
    assert [item.offset for item in items if isinstance(item, Found)] == places


@given(st.data(), mixtures())
def test_a_mixture_read_on_from_any_cut_is_as_when_read_at_once(data, mixture):
    raw, _ = mixture
    cut = data.draw(st.integers(0, len(raw)))
    whole = [item.offset for item in read(io.BytesIO(raw), "lines") if isinstance(item, Found)]
    *first, end = read(io.BytesIO(raw[:cut]), "lines")
    kept = [item.offset for item in first if isinstance(item, Found) and item.offset < end.offset]
    *rest, _ = read(io.BytesIO(raw[end.offset :]), end.container, end.offset, end.line)
    assert kept + [item.offset for item in rest if isinstance(item, Found)] == whole
