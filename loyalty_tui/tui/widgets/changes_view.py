"""What changed from one push to another, in groups, before and after side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty_tui.privacy import neutralise
from loyalty_tui.tui import wording
from loyalty_tui.tui.widgets import lines
from loyalty_tui.tui.widgets.lines import Line, Lines

if TYPE_CHECKING:
    from loyalty_tui.crowdtwist.changes import Changes
    from loyalty_tui.crowdtwist.changes import Line as Change
    from loyalty_tui.tui.glyphs import Glyphs
    from loyalty_tui.tui.inspecting import Compared

_LONGEST_NAME: Final = 40
_BESIDE: Final = 100
"""Cells from which on both values stand beside the words."""
_ASIDE: Final = (
    ("says nothing of the member", "say nothing of the member"),
    ("is part of another", "are part of others"),
)
"""What goes for one, and for several, of the changes one can do without: noise, and those said."""


class ChangesView(Lines):
    """Shows what changed."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__("changes-lines")
        self._glyphs = glyphs
        self._compared: Compared | None = None
        self._notice = ""
        self._shows_all = False

    def show(self, compared: Compared | None, *, shows_all: bool, notice: str = "") -> None:
        """Show another comparison, or say why there is none to show."""
        is_other = compared is not self._compared
        self._compared, self._notice, self._shows_all = compared, notice, shows_all
        self.changed(is_other=is_other)

    def lay_out(self, width: int) -> list[Line]:
        """Return against what, then the groups, then what is folded away."""
        compared = self._compared
        if self._notice or compared is None:
            return [((line, "notice"),) for line in lines.wrapped(self._notice, width)]
        made: list[Line] = [((each, "aside"),) for each in lines.wrapped(_against(compared), width)]
        changes = compared.changes
        if changes is None:
            return made
        for section in changes.sections:
            shown = [line for line in section.lines if self._shows_all or not line.is_aside]
            if shown:
                made.append(((section.name, "group"),))
            for line in shown:
                made += self._change(line, width)
        if all(line.is_aside for section in changes.sections for line in section.lines):
            nothing = "Nothing else differs." if changes.noise else "Nothing differs."
            made.append(((nothing, "value"),))
        made += [((each, "aside"),) for each in lines.wrapped(self._folded(changes), width)]
        return made

    def _change(self, line: Change, width: int) -> list[Line]:
        """Return the words, and where they do not say it the values before and after."""
        arrow = self._glyphs.arrow
        words = line.words.replace("→", arrow)
        values = f"{line.before} {arrow} {line.after}" if line.path else ""
        if f" {values}" in f" {words}":
            values = ""
        style = "aside" if line.is_aside else "strong"
        lead = f" {self._glyphs.bullet} " if line.is_aside else " "  # told apart without colour too
        if width >= _BESIDE:
            half = width // 2
            left = _led(lead, words, half - lines.GAP)
            right = lines.wrapped(values, width - half)
            return [
                (
                    (lines.padded(left[n] if n < len(left) else "", half), style),
                    (right[n] if n < len(right) else "", "label"),
                )
                for n in range(max(len(left), len(right)))
            ]
        made: list[Line] = [((each, style),) for each in _led(lead, words, width)]
        if values:
            below = " " * (len(lead) + 2)
            made += [((each, "label"),) for each in _led(below, values, width)]
        return made

    def _folded(self, changes: Changes) -> str:
        counts = zip((changes.noise, changes.said), _ASIDE, strict=True)
        kinds = [(count, words) for count, words in counts if count]
        if not kinds:
            return ""
        if self._shows_all:
            what = " or ".join(several for _, (_, several) in kinds)
            return f"Those with {self._glyphs.bullet} {what}; F12 folds them away."
        what = ", ".join(wording.counted(count, *words) for count, words in kinds)
        return f"Folded away: {what}; F12 shows all."


def _led(lead: str, text: str, width: int) -> list[str]:
    """Return a text in lines of at most so many cells, the first one after a lead."""
    broken = lines.wrapped(text, width - len(lead))
    return [f"{' ' * len(lead) if number else lead}{line}" for number, line in enumerate(broken)]


def _against(compared: Compared) -> str:
    if compared.base is None:
        kind = "push of this kind" if compared.kind == "unknown" else f"{compared.kind} push"
        return f"No earlier {kind} of this member is saved."
    when = wording.moment(compared.base.updated_at or compared.base.received_at)
    if compared.is_marked:
        name = neutralise(compared.base.name.strip(), _LONGEST_NAME)
        whose = f" of {name}" if name else ""
        return f"Against the marked push{whose}, {when}. F10 there takes the mark away."
    return f"Against the member’s previous push, {when}."
