"""The desk's commands, each declared once: key, footer, palette and help come from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from textual.binding import Binding

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.screen import Screen


class Command(NamedTuple):
    """Something the user can ask the desk to do."""

    action: str
    """Textual's name of the action: a method `action_…` of the desk, or of the app after "app."."""
    keys: str
    """Textual's key names, comma-separated; the first one is shown."""
    label: str
    """Two words at most, for the footer."""
    help: str
    """One sentence, for help and palette."""
    is_in_footer: bool = True

    def binding(self, *, is_first: bool = False) -> Binding:
        """Return Textual's binding of the command; a first one is asked before any other part."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=self.is_in_footer,
            tooltip=self.help,
            priority=is_first,
        )


LOOK_UP = Command("look_up", "enter", "Look up", "Look up the member behind the identifier.")
BACK = Command(
    "back",
    "escape",
    "Clear",
    "Leave the pushes, cancel a look-up that is under way, or clear the box.",
)
REFRESH = Command(
    "refresh",
    "ctrl+r,f5",
    "Refresh",
    "Fetch the member again and read the archive again; after an error, try again.",
)
PANE = Command("pane", "ctrl+t,f2", "Pushes", "Go to the CrowdTwist pushes, or back to the member.")
REVEAL = Command(
    "reveal", "ctrl+o,f3", "Reveal", "Show or hide personal data in the CrowdTwist pushes."
)
ARCHIVE = Command("archive", "f6,ctrl+g", "Archive", "Browse and search the whole archive.")
BEHIND = Command(
    "behind",
    "f7",
    "In archive",
    "Show the pushes of the members behind the identifier in the archive.",
    is_in_footer=False,
)
INSPECT = Command(
    "inspect", "f11,ctrl+e", "Inspect", "Inspect the push under the cursor on the whole screen."
)
MARK = Command(
    "mark",
    "f10,ctrl+b",
    "Mark",
    "Mark this push: the changes of others are told against it; once more, against the one before.",
    is_in_footer=False,
)
ALL_CHANGES = Command(
    "all_changes",
    "f12,ctrl+n",
    "All changes",
    "Show all changes, or fold away those that one can do without.",
)
LIGHTS = Command(
    "app.lights",
    "ctrl+l",
    "Light/dark",
    "Change between the dark and the light theme.",
    is_in_footer=False,
)
FOCUS_BOX = Command("focus_box", "slash", "Box", "Go to the identifier box.", is_in_footer=False)
PROFILE = Command(
    "app.profile", "f4", "Profile", "Change to another profile of the settings.", is_in_footer=False
)
HELP = Command("app.help", "f1,question_mark", "Help", "Show what the keys do.")

DESK = (
    LOOK_UP, BACK, PANE, INSPECT, ALL_CHANGES, ARCHIVE, REVEAL, REFRESH, BEHIND, MARK, LIGHTS,
    FOCUS_BOX, PROFILE, HELP,
)  # fmt: skip
"""All commands of the desk, in the order of footer and help."""

DESK_AGAIN = Command("desk", "f6,ctrl+g", "Desk", "Go back to the desk.")
LEAVE = Command(
    "back",
    "escape",
    "Back",
    "Close what is open, stop a search that is under way, clear the box, or go back to the desk.",
    is_in_footer=False,
)
FILTER = Command("focus_filter", "slash", "Filter", "Go to the filter box.")
MEMBER = Command(
    "member", "f7,ctrl+t", "Member", "Look the member of this push up, by phone or e-mail."
)
SORT = Command("sort", "f8,ctrl+s", "Sort", "Sort by update, receipt, points or member, in turn.")
REVERSE = Command("reverse", "f9,ctrl+y", "Reverse", "Turn the order round.", is_in_footer=False)
ASK_AGAIN = Command("refresh", "ctrl+r,f5", "Refresh", "Ask the archive again.", is_in_footer=False)
PAUSE = Command(
    "pause",
    "f4,ctrl+x",
    "Pause",
    "Let what arrives wait, and the list stand still; once more, and it follows again.",
)
REVEAL_LIST = Command("reveal", "ctrl+o,f3", "Reveal", "Show or hide personal data.")

IN_ARCHIVE = (
    DESK_AGAIN, FILTER, INSPECT, ALL_CHANGES, MEMBER, SORT, PAUSE, REVERSE, REVEAL_LIST, MARK,
    ASK_AGAIN, LEAVE, LIGHTS, HELP,
)  # fmt: skip
"""All commands of the archive view, in the order of footer and help."""

JSON_SEARCH = Command("search", "slash", "Search", "Search the JSON for words, as it is shown.")
JSON_MATCH = Command(
    "match(1)", "n", "Next", "Go to the next match; N goes to the previous one.", is_in_footer=False
)
JSON_LEAVE = Command("leave_search", "escape", "End search", "Search the JSON no more.")
JSON_FOLD = Command("fold", "space,enter", "Fold", "Fold or unfold what begins under the cursor.")
JSON_LEVEL = Command(
    "level(1)",
    "1",
    "Fold to 1",
    "Fold the JSON to one level; 2 to 9 fold it to as many.",
    is_in_footer=False,
)
JSON_UNFOLD = Command("level(0)", "0", "Unfold all", "Unfold all of the JSON.", is_in_footer=False)
JSON_UNFOLD_IN = Command(
    "unfold_in", "e", "Unfold in", "Unfold all under the cursor.", is_in_footer=False
)
JSON_RAW = Command("raw", "r", "Raw", "Change between the tree and the text as it came.")
COPY_VALUE = Command("copy_value", "y", "Copy", "Copy the value under the cursor, as it is shown.")
COPY_PATH = Command(
    "copy_path",
    "p",
    "Copy path",
    "Copy the path of the value under the cursor.",
    is_in_footer=False,
)
COPY_PUSH = Command(
    "copy_push", "a", "Copy all", "Copy the whole push, as it is shown.", is_in_footer=False
)

CLOSE = Command("back", "escape,f11,ctrl+e", "Back", "Go back to where this was opened.")
NEXT = Command("step(1)", "ctrl+down,right_square_bracket", "Next", "Go on to the next push.")
PREVIOUS = Command(
    "step(-1)", "ctrl+up,left_square_bracket", "Previous", "Go back to the push before in the list."
)
TIMELINE = Command(
    "timeline", "f9,ctrl+t", "Timeline", "Go to the member’s points over time, or back."
)
FOLD_TIMELINE = Command(
    "fold_timeline",
    "f8,ctrl+s",
    "Put away",
    "Put the member’s points over time away, or bring them back.",
)

IN_INSPECTOR = (
    CLOSE, ALL_CHANGES, NEXT, PREVIOUS, TIMELINE, FOLD_TIMELINE, MARK._replace(is_in_footer=True),
    REVEAL_LIST, LIGHTS, HELP,
)  # fmt: skip
"""All commands of the inspector on the whole screen, in the order of footer and help."""


IN_JSON = (
    JSON_LEAVE, JSON_SEARCH, JSON_MATCH, JSON_FOLD, JSON_LEVEL, JSON_UNFOLD, JSON_UNFOLD_IN,
    JSON_RAW, COPY_VALUE, COPY_PATH, COPY_PUSH,
)  # fmt: skip
"""All commands of a push's JSON, in the order of footer and help."""


class Way(NamedTuple):
    """Something that is done where one is with keys that no command stands for."""

    keys: str
    """As help names them."""
    help: str
    """One sentence, for help."""


JUMP = Way(
    "A–Z, 0–9",
    "In the list, go to what is typed: a date, points or the beginning of a name, as it is sorted.",
)
OPEN = Way("Enter", "In the list, open the push under the cursor.")
OFFERS = Way("Tab", "In the filter box, take what is offered; Up and Down choose another.")
OTHER_MEMBER = Way(
    "Left, Right", "In the list of pushes, go to another member behind the identifier."
)
RANGE = Way(
    "Shift+arrows",
    "In the bars over time, choose a range, as dragging does; Enter shows only its pushes.",
)
ALL_TIMES = Way("Backspace", "In the bars over time, show the pushes of all times again.")
ALONG = Way(
    "Left, Right",
    "In the points over time, go to another push; with Ctrl, to one with more than an update.",
)

ON_DESK: tuple[Way, ...] = (OTHER_MEMBER, OPEN, JUMP)
"""What else is done with keys on the desk."""
OVER_ARCHIVE: tuple[Way, ...] = (OFFERS, OPEN, JUMP, RANGE, ALL_TIMES)
"""What else is done with keys in the archive view."""
IN_TIMELINE: tuple[Way, ...] = (ALONG,)
"""What else is done with keys in the inspector on the whole screen."""


def reach(screen: Screen[Any]) -> list[tuple[DOMNode, Command]]:
    """Return the commands in reach, each with what acts on it: of the focused parts, of the screen.

    Whoever has commands declares them as its `known_commands`.
    """
    nodes = screen.focused.ancestors_with_self if screen.focused else [screen]
    return [(node, command) for node in nodes for command in getattr(node, "known_commands", ())]
