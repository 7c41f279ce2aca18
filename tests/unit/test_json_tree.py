import json
import re
from array import array
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from loyalty_tui.crowdtwist import json_search, json_text, reading
from loyalty_tui.crowdtwist.json_folds import UNFOLDED, Folds
from loyalty_tui.crowdtwist.json_text import Veil
from loyalty_tui.crowdtwist.json_tree import STEP, JsonTree, Kind, Look

UNHURRIED = settings(deadline=None)
TEXT = st.text(max_size=6) | st.sampled_from(["a", "b", "a.b", "A", "password", "é", "[0]", '"'])
STRINGS = TEXT.flatmap(
    lambda text: st.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])
) | st.sampled_from([r'"\ud800"', r'"\/\u0061"', '"\\u202e"', '"{\\"a\\": [1]}"'])
NUMBERS = st.sampled_from(["0", "-0", "1.50", "1E+5", "9" * 5000, "1e9999999999", "-12.0e-3"])
SCALARS = STRINGS | NUMBERS | st.sampled_from(["true", "false", "null"])
GAPS = st.sampled_from(["", "", " ", "\n\t", "\u00a0", "\ufeff \r\n"])


@st.composite
def documents(draw, depth=4):
    """JSON text written in any way: spaces, escapes, equal keys and numbers as they like."""
    gap = draw(GAPS)
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return gap + draw(SCALARS) + gap
    is_object = draw(st.booleans())
    items = []
    for _ in range(draw(st.integers(0, 4))):
        key = f"{gap}{draw(STRINGS)}{draw(GAPS)}:" if is_object else ""
        items.append(key + draw(documents(depth=depth - 1)))
    inner = ",".join(items) or draw(GAPS)
    return gap + ("{%s}" if is_object else "[%s]") % inner + draw(GAPS)


class Redacting(Veil):
    """Hides whatever stands under the key "a" or "b", objects and arrays too."""

    def enter(self, key):
        return Hidden() if key in {"a", "b"} else self


class Hidden(Veil):
    def show(self, token):
        return None if token == "null" else '"gone"'


def grown(text, veil=None):
    tree = JsonTree(text, veil)
    for _ in tree.grow():
        pass
    return tree


def all_rows(look):
    return [look.row(row) for row in range(len(look.tree))]


@UNHURRIED
@given(documents(), st.sampled_from([Veil(), Redacting()]))
@example("[]", Veil())
@example('{"a":{"c":[1]},"a":{ }}', Redacting())
def test_all_rows_together_are_the_text_laid_out_token_for_token(text, veil):
    tree = grown(text, veil)
    laid_out = [line.strip().rstrip(",") for line in json_text.pretty(text, veil).split("\n")]
    assert tree.is_done
    assert tree.fault is None
    assert [row.text for row in all_rows(Look(tree, veil))] == laid_out


PIECES = ["{", "}", "[", "]", ",", ":", '"', '"a"', "1", "-", "01", "null", "nul", " ", "\n"]


@UNHURRIED
@given(
    documents().flatmap(lambda text: st.integers(0, len(text)).map(lambda end: text[:end])),
    st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
)
@example("", "")
@example('{"a":', "}")
@example("[1", ",]")
@example("1", " 2")
def test_a_text_is_at_fault_exactly_when_it_is_no_json_and_has_the_rows_before_that(start, more):
    tree = grown(start + more)
    try:
        json_text.pretty(tree.text)
    except json_text.JsonTextError:
        assert tree.fault is not None
    else:
        assert tree.fault is None
    assert all(row.text for row in all_rows(Look(tree)))


def test_nesting_is_followed_as_deep_as_json_is_read():
    assert grown("[" * 10_001 + "]" * 10_001).fault is None
    fault = grown("[" * 10_002 + "]" * 10_002).fault
    assert fault is not None
    assert (fault.reason, fault.column) == ("It is nested too deeply", 10_002)


@UNHURRIED
@given(documents())
def test_rows_know_what_they_stand_in_where_it_ends_and_how_much_is_in_it(text):
    tree = grown(text)
    around, sizes = [], []
    for number in range(len(tree)):
        row = tree.row(number)
        if row.kind is Kind.CLOSE:
            opener, size = around.pop(), sizes.pop()
            assert (tree.end(opener), tree.opener(number)) == (number, opener)
            assert tree.size(opener) == size > 0
            assert (tree.depth(number), tree.parent(number)) == (
                tree.depth(opener),
                tree.parent(opener),
            )
            continue
        assert tree.depth(number) == len(around)
        assert tree.parent(number) == (around[-1] if around else -1)
        if sizes:
            assert tree.number(number) == sizes[-1]
            sizes[-1] += 1
        if row.kind is Kind.OPEN:
            around.append(number)
            sizes.append(0)
        else:
            assert tree.end(number) == number


def steps(path):
    """Take a path apart again, as its reader would."""
    found = re.findall(r'\[(\d+)\]|\.?(?:("(?:[^"\\]|\\.)*")|(\w+))', path)
    return [
        int(number) if number else json.loads(quoted) if quoted else word
        for number, quoted, word in found
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


@UNHURRIED
@given(VALUES, st.booleans(), st.none() | st.integers(0, 3))
@example(value={"a.b": [{"": 1}], "1": {"é": 2}, "[0]": 3}, is_ascii=True, indent=None)
def test_a_path_leads_back_to_its_value(value, is_ascii, indent):
    text = json.dumps(value, ensure_ascii=is_ascii, indent=indent)
    tree = grown(text)
    paths = set()
    for number in range(len(tree)):
        row, there = tree.row(number), value
        if row.kind is Kind.CLOSE:
            assert tree.path(number) == tree.path(tree.opener(number))
            continue
        paths.add(tree.path(number))
        for step in steps(tree.path(number)):
            there = there[step]
        if row.kind is Kind.OPEN:
            assert len(there) == tree.size(number)
        else:
            assert json.loads(row.token) == there
    assert len(paths) == sum(tree.row(n).kind is not Kind.CLOSE for n in range(len(tree)))


def test_paths_quote_the_keys_that_need_it_and_count_elements():
    tree = grown(
        '{"tierInfo":{"currentLevel":{"title":1}},'
        '"customData":{"a b":[0,{"\\u0061.b":1}],"1":2,"é":3}}'
    )
    paths = [tree.path(number) for number in range(len(tree))]
    level, custom = "tierInfo.currentLevel", 'customData."a b"'
    assert paths == [
        "", "tierInfo", level, f"{level}.title", level, "tierInfo",
        "customData", custom, f"{custom}[0]", f"{custom}[1]", f'{custom}[1]."\\u0061.b"',
        f"{custom}[1]", custom, 'customData."1"', 'customData."é"', "customData", "",
    ]  # fmt: skip


def test_a_path_of_ten_thousand_steps_is_cut_at_its_beginning():
    tree = grown('{"a":' * 9_999 + "1" + "}" * 9_999)
    deepest = 9_999
    assert tree.path(deepest) == ".".join("a" * 9_999)
    assert tree.path(deepest, 11) == "….a.a.a.a.a"


def test_a_document_grows_in_steps_and_its_first_rows_are_known_at_once():
    tree = JsonTree("[" + ",".join("1" * 10_000) + "]")
    growing = tree.grow()
    next(growing)
    assert STEP <= len(tree) < 2 * STEP
    assert tree.end(0) is None
    assert tree.size(0) is None
    assert (tree.row(5).text, tree.path(5)) == ("1", "[4]")


def test_a_hidden_value_of_megabytes_is_one_row_and_passed_in_steps():
    text = '{"b":[' + ",".join("1" * 10_000) + '],"c":1}'
    tree = JsonTree(text, Redacting())
    assert sum(1 for _ in tree.grow()) > 10
    assert [row.text for row in all_rows(Look(tree, Redacting()))] == [
        "{", '"b": "gone"', '"c": 1', "}",
    ]  # fmt: skip


class FoldsMachine(RuleBasedStateMachine):
    """Folding by hand and by depth, beside a slow model that walks all rows."""

    @initialize(text=documents(depth=5), depth=st.sampled_from([UNFOLDED, 0, 1, 2]))
    def read(self, text, depth):
        self.tree = JsonTree(text)
        self.growing = self.tree.grow()
        for _ in self.growing:
            pass
        self.folds = Folds(self.tree, depth)
        self.rule = {(): depth}
        self.base = depth
        self.by_hand = {}

    def is_folded(self, opener):
        """The rule: the nearest exception around, else the depth."""
        if opener in self.by_hand and self.by_hand[opener][1]:
            return True
        return self.tree.depth(opener) >= self.depth_at(opener)

    def depth_at(self, opener):
        if opener in self.by_hand:
            return self.by_hand[opener][0]
        parent = self.tree.parent(opener)
        return self.base if parent < 0 else self.depth_at(parent)

    def shown(self):
        rows, row = [], 0
        while row < len(self.tree):
            rows.append(row)
            is_open = self.tree.row(row).kind is Kind.OPEN
            row = self.tree.end(row) + 1 if is_open and self.is_folded(row) else row + 1
        return rows

    def pick(self, data, folded):
        rows = [
            row
            for row in self.shown()
            if self.tree.row(row).kind is Kind.OPEN and self.is_folded(row) is folded
        ]
        return data.draw(st.sampled_from(rows)) if rows else None

    @rule(data=st.data())
    def fold(self, data):
        if (row := self.pick(data, folded=False)) is not None:
            self.folds.fold(row)
            self.by_hand[row] = (self.depth_at(row), True)

    @rule(data=st.data())
    def unfold(self, data):
        if (row := self.pick(data, folded=True)) is not None:
            self.folds.unfold(row)
            self.by_hand[row] = (max(self.depth_at(row), self.tree.depth(row) + 1), False)

    @rule(data=st.data())
    def unfold_all_in(self, data):
        rows = [row for row in self.shown() if self.tree.row(row).kind is Kind.OPEN]
        if rows:
            row = data.draw(st.sampled_from(rows))
            self.folds.unfold_all_in(row)
            inside = range(row + 1, self.tree.end(row))
            self.by_hand = {r: held for r, held in self.by_hand.items() if r not in inside}
            self.by_hand[row] = (UNFOLDED, False)

    @rule(depth=st.sampled_from([0, 1, 2, 3, UNFOLDED]))
    def fold_from(self, depth):
        self.folds.fold_from(depth)
        self.base, self.by_hand = depth, {}

    @rule(data=st.data())
    def show(self, data):
        row = data.draw(st.integers(0, len(self.tree) - 1))
        self.folds.show(row)
        around = []
        at = self.tree.parent(row) if self.tree.opener(row) == row else self.tree.opener(row)
        while at >= 0:
            around.append(at)
            at = self.tree.parent(at)
        for opener in reversed(around):
            if self.is_folded(opener):
                depth = max(self.depth_at(opener), self.tree.depth(opener) + 1)
                self.by_hand[opener] = (depth, False)
        assert row in self.shown()

    @invariant()
    def the_lines_are_the_rows_that_a_walk_finds(self):
        shown = self.shown()
        assert self.folds.height == len(shown)
        assert [self.folds.row_at(line) for line in range(len(shown))] == shown
        assert [self.folds.line_of(row) for row in shown] == list(range(len(shown)))

    @invariant()
    def a_hidden_row_is_found_at_what_is_folded_around_it(self):
        shown = self.shown()
        for before, after in pairwise([*shown, len(self.tree)]):
            for hidden in range(before + 1, after):
                assert self.folds.shown_for(hidden) == before

    @precondition(lambda self: self.tree.row(0).kind is Kind.OPEN)
    @invariant()
    def marks_say_what_is_folded(self):
        for row in self.shown():
            is_open = self.tree.row(row).kind is Kind.OPEN
            assert self.folds.is_folded(row) is (is_open and self.is_folded(row))


TestFolds = FoldsMachine.TestCase
TestFolds.settings = settings(deadline=None, max_examples=60, stateful_step_count=12)


@UNHURRIED
@given(st.integers(1, 9), st.integers(0, 12))
def test_folds_of_a_tree_that_still_grows_show_rows_that_are_known(breaths, depth):
    text = json.dumps({f"k{n}": {"a": [n, [n]], "b": {}} for n in range(400)})
    tree = JsonTree(text)
    folds = Folds(tree, depth)
    assert folds.height == 0
    growing = tree.grow()
    for _ in range(breaths):
        next(growing)
        lines = range(folds.height)
        rows = [folds.row_at(line) for line in lines]
        assert rows == sorted(set(rows))
        assert all(row < len(tree) and tree.depth(row) <= depth for row in rows)
        assert [folds.line_of(row) for row in rows] == list(lines)


def search(look, words):
    found = array("I")
    for _ in json_search.find(look, words, found):
        pass
    return list(found)


@UNHURRIED
@given(
    documents(),
    st.text(min_size=1, max_size=3) | st.sampled_from(["a", ": ", '": ', "{}", "1", "é", '"', "}"]),
    st.sampled_from([Veil(), Redacting()]),
)
@example('{ "b" :\n[ ]}', "[]", Veil())
@example('{ "c" :\n 1}', '": 1', Veil())
def test_search_finds_exactly_the_rows_that_a_walk_finds(text, words, veil):
    look = Look(grown(text, veil), veil)
    wanted = json_search.pattern(words)
    walked = [
        number
        for number, row in enumerate(all_rows(look))
        if wanted.search(row.text) and wanted.search(look.tree.row(number).text)
    ]
    assert search(look, words) == (walked if words.strip(json_text.SPACES) else [])


def test_search_takes_capitals_seriously_only_where_there_are_any():
    look = Look(grown('["Lim","lim","LIM"]'))
    assert search(look, "lim") == [1, 2, 3]
    assert search(look, "Lim") == [1]


def test_search_goes_on_as_long_as_the_tree_grows():
    tree = JsonTree("[" + ",".join("1" * 3_000) + ",77]")
    found = array("I")
    growing, finding = tree.grow(), json_search.find(Look(tree), "77", found)
    next(growing)
    for _ in range(5):
        next(finding)
    assert not found
    for _ in growing:
        next(finding)
    for _ in finding:
        pass
    assert list(found) == [3_001]


def test_a_quick_veil_hides_the_whole_of_a_long_string_that_may_hold_secrets():
    long = json.dumps({"password": "hunter2", "more": "x" * 70_000})
    text = json.dumps(
        {"customData": {"long": long, "short": '{"salt":"s","a":1}', "plain": "y" * 70_000}}
    )
    exact, quick = (reading.veil(reveal=True, is_quick=is_quick) for is_quick in (False, True))
    tree = grown(text, exact)
    values = [[json.loads(Look(tree, each).row(row).token) for row in (2, 3, 4)]
              for each in (exact, quick)]  # fmt: skip
    assert [json.loads(value) for value in values[0][:2]] == [
        {"password": "[redacted]", "more": "x" * 70_000}, {"salt": "[redacted]", "a": 1},
    ]  # fmt: skip
    assert values[1] == ["[redacted]", *values[0][1:]]


def test_search_does_not_find_what_is_masked_nor_secrets():
    text = (
        '{"emailAddress":"george.lim@example.org","password":{"is":"hunter2"},"totalPoints":5200}'
    )
    hidden, revealed = (reading.veil(reveal=reveal) for reveal in (False, True))
    tree = grown(text, revealed)
    assert search(Look(tree, hidden), "george") == []
    assert search(Look(tree, revealed), "george") == [1]
    assert search(Look(tree, revealed), "hunter") == []
    assert search(Look(tree, hidden), "5200") == [3]
    assert Look(tree, hidden).hides(1)
    assert not Look(tree, hidden).hides(3)
