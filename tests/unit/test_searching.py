"""The text in which members are searched."""

import re

from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.archive import searching

TEXTS = st.one_of(
    st.text(max_size=6),
    st.text("aZé ß\u0130\t\x01\x02\u00a0", max_size=6),
    st.sampled_from(["Anna", "Zoë  Ann", " Ann", "van der Berg", "", "Ж", "Ꭰ"]),
)


@given(st.lists(TEXTS, max_size=600))
def test_parts_marked_together_are_what_each_is_alone(parts):
    assert searching.marked(parts) == [searching.marked([part])[0] for part in parts]


@given(TEXTS, TEXTS)
def test_each_part_is_there_folded_without_marks_and_needless_space(one, other):
    plain = [searching.fold(re.sub("[\x00-\x02]", "", part)) for part in (one, other)]
    *parts, rest = searching.encode(one, other).split(searching.PART)
    assert rest == ""
    assert [part.split(searching.WORD)[0] for part in parts] == ["", ""]
    assert [" ".join(part.split(searching.WORD)[1:]) for part in parts] == plain
    assert [searching.unmarked(part) for part in searching.marked([one, other])] == plain
