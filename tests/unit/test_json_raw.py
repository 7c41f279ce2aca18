import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from loyalty_tui.crowdtwist import json_raw, json_text, reading
from loyalty_tui.crowdtwist.json_tree import JsonTree, Kind, Look

from .test_json_tree import Redacting, documents, grown

UNHURRIED = settings(deadline=None)


def raw(look, row):
    return "".join(json_raw.value(look, row))


def lines_of(look, width, harmless=str):
    lines = json_raw.RawLines(look, width, harmless, cell_len)
    for _ in lines.grow():
        pass
    return lines


@UNHURRIED
@given(documents())
def test_the_whole_is_the_text_as_it_came(text):
    whole = "".join(piece for _, piece in json_raw.whole(Look(grown(text))))
    assert whole == text


@UNHURRIED
@given(documents())
def test_each_value_is_as_it_came_and_its_brackets_belong_to_it(text):
    look = Look(grown(text))
    for row in range(len(look.tree)):
        start = look.tree.value_start(look.tree.opener(row))
        value = raw(look, row)
        assert value == text[start : start + len(value)]
        rows = JsonTree(value)
        for _ in rows.grow():
            pass
        assert rows.fault is None
        assert value == value.strip(json_text.SPACES)


@UNHURRIED
@given(documents())
@example('{"a":{ },"b" : [1, {"c":"x"} ] ,"c":{"a":"y"}}')
def test_what_is_hidden_is_replaced_and_all_between_stays(text):
    veil = Redacting()
    look = Look(grown(text, veil), veil)
    whole = "".join(piece for _, piece in json_raw.whole(look))
    assert json_text.packed(whole) == json_text.packed(text, veil)
    if any(look.hides(row) for row in range(len(look.tree))):
        assert '"gone"' in whole
    else:
        assert whole == text


@UNHURRIED
@given(documents(), st.integers(2, 40))
@example('["' + "東京" * 9 + '"]', 7)
def test_lines_fit_and_together_are_the_text(text, width):
    look = Look(grown(text))
    lines = lines_of(look, width)
    assert all(cell_len(line) <= width for line in lines.lines)
    joined = "".join(lines.lines).replace(" ", "")
    assert joined == text.replace("\r\n", "").replace("\n", "").replace("\t", "").replace(" ", "")


@UNHURRIED
@given(documents(), st.integers(2, 40))
def test_a_row_is_found_in_the_line_where_it_begins(text, width):
    look = Look(grown(text))
    lines = lines_of(look, width)
    found = [lines.line_of(row) for row in range(len(look.tree))]
    assert found == sorted(found)
    assert found[-1] < len(lines.lines)
    for row, line in enumerate(found):
        begin = (look.tree.row(row).key or look.tree.row(row).token)[0]
        assert begin in lines.lines[line]
        first = lines.row_at(line)
        assert lines.line_of(first) == line
        assert first <= row


def test_lines_come_as_long_as_the_tree_grows():
    text = json.dumps([f"value {number}" for number in range(4_000)])
    tree = JsonTree(text)
    lines = json_raw.RawLines(Look(tree), 40, str, cell_len)
    growing, filling = tree.grow(), lines.grow()
    next(growing)
    for _ in range(400):
        next(filling)
    before = len(lines.lines)
    for _ in growing:
        next(filling)
    for _ in filling:
        pass
    assert 0 < before < len(lines.lines)
    assert "".join(lines.lines) == text


def test_a_text_that_goes_wrong_ends_where_it_does():
    look = Look(grown('{"emailAddress":"a@example.org" "password":"hunter2"}'))
    assert look.tree.fault is not None
    assert "hunter2" not in "".join(piece for _, piece in json_raw.whole(look))


def test_a_secret_array_is_replaced_whole():
    text = '{"password" : [1, "hunter2", {"a":[]}] , "id":6566 }'
    look = Look(grown(text, reading.veil(reveal=True)), reading.veil(reveal=True))
    assert "".join(piece for _, piece in json_raw.whole(look)) == (
        '{"password" : "[redacted]" , "id":6566 }'
    )
    assert [look.tree.row(row).kind for row in range(4)] == [
        Kind.OPEN, Kind.VALUE, Kind.VALUE, Kind.CLOSE,
    ]  # fmt: skip


def test_a_string_is_copied_as_the_text_it_stands_for():
    assert json_raw.plain(r'"Zo\u00eb \"Z\""') == 'Zoë "Z"'
    assert json_raw.plain("-1.50e3") == "-1.50e3"
    assert json_raw.plain('{"a": 1}') == '{"a": 1}'
