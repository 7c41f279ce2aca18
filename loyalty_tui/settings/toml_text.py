"""Where the statements of a TOML text stand, and how one of them changes. Pure functions.

A text that comes in is valid TOML; of what goes out, every byte outside the changed value is as
it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Keys = tuple[str, ...]
"""The path of a value: the names of its tables from the top, and its own."""

_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'{3}.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]",
    re.DOTALL,
)
_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY: Final = re.compile(
    rf"(?P<indent>[\ufeff \t]*)(?P<header>\[\[?[ \t]*)?(?P<key>{_PART}(?:[ \t]*\.[ \t]*{_PART})*)"
)
_OPENING: Final = re.compile(r"(?:[ \t]*#[^\n]*\n)+[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A table header, or a key with its value, from the start of its line to the end of it."""

    start: int
    end: int
    line: int
    indent: str
    section: Keys
    path: Keys

    def holds(self, path: Keys) -> bool:
        """Say whether the value of the path is this statement's, or in its inline table."""
        return self.path != self.section and path[: len(self.path)] == self.path


def _statements(text: str) -> list[_Statement]:
    """Return the statements of a valid TOML text in their order."""
    import tomllib

    ends, depth = [0], 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in {"[", "{"}) - (token[0] in {"]", "}"})
        if token[0] == "\n" and not depth:
            ends.append(token.end())
    found: list[_Statement] = []
    section: Keys = ()
    line = 1
    for start, end in pairwise([*ends, len(text)]):
        if key := _KEY.match(text, start, end):
            names, inner = [], tomllib.loads(f"{key['key']}=0")
            while inner:
                names.append(next(iter(inner)))
                inner = inner[names[-1]]
            path = tuple(names) if key["header"] else (*section, *names)
            section = path if key["header"] else section
            found.append(_Statement(start, end, line, key["indent"], section, path))
        line += text.count("\n", start, end)
    return found


def line_numbers(text: str, deepest: int) -> dict[Keys, int]:
    """Return the line on which each path first appears, as far as it can be told.

    Lines count from 1; paths longer than deepest are left out.
    """
    import tomllib

    lines: dict[Keys, int] = {}
    for each in _statements(text):
        paths = [each.path[:n] for n in range(1, min(len(each.path), deepest) + 1)]
        statement = text[each.start : each.end].strip("\ufeff \t\r\n")
        if each.path != each.section and "\n" not in statement:
            paths += _paths(each.section, tomllib.loads(statement), deepest)
        for path in paths:
            lines.setdefault(path, each.line)
    return lines


def _paths(above: Keys, table: dict[str, Any], deepest: int) -> Iterator[Keys]:
    for key, value in table.items():
        path = (*above, key)
        yield path
        if isinstance(value, dict) and len(path) < deepest:
            yield from _paths(path, value, deepest)


def set_value(text: str, path: Keys, value: object) -> str:
    """Return the text with one value set; {} stands for a new table.

    The caller checks that the outcome says what it wanted: TOML has ways to lay out a table that
    no further key fits into. TOMLKitError when tomlkit does not understand the statement.
    """
    import tomlkit

    statements = _statements(text)
    for each in statements:
        if each.holds(path):
            statement = tomlkit.parse(text[each.start : each.end])
            *parents, key = path[len(each.section) :]
            table: Any = statement
            for parent in parents:
                table = table[parent]
            table[key] = tomlkit.inline_table() if value == {} else value
            return text[: each.start] + statement.as_string() + text[each.end :]
    if value == {}:
        return _insert(text, len(text), "\n" * bool(text.strip()) + f"[{_dotted(path)}]")
    *table_path, _ = path
    depth = len(table_path)
    homes = [s for s in statements if len(s.section) <= depth and s.path[:depth] == path[:-1]]
    literal = tomlkit.item(value).as_string()
    if homes:
        home = homes[-1]
        key = _dotted(path[len(home.section) :])
        return _insert(text, home.end, f"{home.indent}{key} = {literal}")
    if depth:
        return set_value(set_value(text, path[:-1], {}), path, value)
    opening = _OPENING.match(text)
    at = (opening.end() if opening else 0) if statements else len(text)
    return _insert(text, at, f"{_dotted(path)} = {literal}" + "\n" * bool(statements))


def _insert(text: str, at: int, lines: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    before = text[:at]
    if before and not before.endswith("\n"):
        before += newline
    return before + f"{lines}\n".replace("\n", newline) + text[at:]


def _dotted(path: Keys) -> str:
    import tomlkit

    return ".".join(tomlkit.key(name).as_string() for name in path)
