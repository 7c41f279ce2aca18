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
def test_parts_prepared_together_are_what_each_is_alone(parts):
    alone = [searching.prepared([part]) for part in parts]
    folded, marked = searching.prepared(parts)
    assert folded == [one for (one,), _ in alone]
    assert marked == [one for _, (one,) in alone]


@given(TEXTS, TEXTS)
def test_parts_are_folded_without_marks_and_needless_space(one, other):
    folded, marked = searching.prepared([one, other])
    assert folded == [searching.fold(re.sub("[\x00-\x02]", "", part)) for part in (one, other)]
    text = searching.encode(one, other)
    assert text == searching.joined(marked)
    assert text.count(searching.PART) == 2


@given(st.lists(TEXTS, min_size=1, max_size=3), st.data())
def test_a_needle_is_in_the_text_exactly_if_a_part_has_it(parts, data):
    folded, _ = searching.prepared(parts)
    part = data.draw(st.sampled_from(folded))
    start = data.draw(st.integers(0, len(part)))
    end = data.draw(st.integers(start, len(part)))
    text = searching.encode(*parts)
    for looked_for in (part[start:end], data.draw(TEXTS)):
        wanted = searching.fold(re.sub("[\x00-\x02]", "", looked_for))
        if not wanted:
            continue
        words = [word for each in folded for word in _beginnings(each)]
        found = (
            any(wanted in each for each in folded)
            if len(wanted) >= searching.RUN
            else any(word.startswith(wanted) for word in words)
        )
        assert (searching.needle(looked_for) in text) is found


def _beginnings(part):
    """Return what stands from the beginning of each word on."""
    words = part.split(" ")
    return [" ".join(words[at:]) for at in range(len(words))]
