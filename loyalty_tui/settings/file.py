"""The settings file as text and as TOML."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.errors import SettingsError
from loyalty_tui.settings.model import HOME_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LARGEST: Final = 250_000


def shown(text: str, limit: int = 60) -> str:
    """Return a text as one visible line of limited length."""
    visible = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return visible if len(visible) <= limit else f"{visible[: limit - 1]}…"


def file_error(path: Path, reason: str, remedy: str) -> SettingsError:
    """Return what to raise for a file that stays as it is."""
    return SettingsError(f"{shown(str(path), 400)} {reason}.", f"{remedy} Nothing was changed.")


def read_text(path: Path) -> str:
    """Return the text with its line ends as they are; empty when there is no file.

    SettingsError when it cannot be read.
    """
    elsewhere = f"Put that right, or set {HOME_VARIABLE} to another folder."
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise file_error(path, "is not a file", elsewhere)
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise file_error(path, f"cannot be read ({error.strerror})", elsewhere) from None
    if len(content) > _LARGEST:
        raise file_error(path, "is too large for a settings file", elsewhere)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        remedy = "Save it as UTF-8 in your editor."
        raise file_error(path, f"line {line} is not UTF-8 text", remedy) from None


def parse(text: str, path: Path, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """Return the values of a TOML text; SettingsError with the line when it is none."""
    import tomllib

    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        number = re.match(r"line (\d+)", place)
        line = number[1] if number else text.rstrip().count("\n") + 1
        remedy = "Correct that line; text stands in quotes."
        raise file_error(path, f"line {line} is not TOML: {shown(reason)}", remedy) from None
    except (ValueError, RecursionError):
        reason = "has a number too long or brackets too deep to be read"
        raise file_error(path, reason, "Delete what is no setting.") from None
