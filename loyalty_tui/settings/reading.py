"""The settings as far as they can be used, and the profile to use.

What cannot be used is named with its line and left out.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from loyalty_tui.errors import SettingsError
from loyalty_tui.settings.checks import (
    LONGEST_NAME,
    check_base_url,
    check_folder,
    check_organization,
    check_profile_name,
    check_region,
)
from loyalty_tui.settings.file import parse, read_text, shown
from loyalty_tui.settings.model import PROFILE_VARIABLE, THEMES, Profile, Settings, settings_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from loyalty_tui.settings.toml_text import Keys

_DEEPEST: Final = 3
_LONGEST_INTEGER: Final = 1000
_TOP_KEYS: Final = ("default_profile", "theme", "profiles")
_PROFILE_KEYS: Final = ("organization", "base_url", "region", "archive")
_SECRETS: Final = frozenset({"api_key", "apikey", "key", "password", "secret", "token"})
_KINDS: Final = {bool: "true or false", int: "a whole number", float: "a number with decimals",
                 str: "text", list: "a list", dict: "a table"}  # fmt: skip
_Value = TypeVar("_Value")


def load() -> Settings:
    """Read the settings file; a missing one gives settings without profiles.

    SettingsError when the file cannot be read at all or is not TOML.
    """
    path = settings_file()
    text = read_text(path)
    data = parse(text, path)
    found = _Findings()
    empty: dict[str, Any] = {}
    tables = found.take(data, ("profiles",), _table, empty)
    profiles: dict[str, Profile] = {}
    for name in tables:
        read = partial(_profile, name, path.parent, found)
        if profile := found.take(tables, ("profiles", name), read, None):
            profiles[name] = profile
    theme = found.take(data, ("theme",), check_theme, THEMES[0])
    default = found.take(data, ("default_profile",), partial(_known, profiles), "")
    found.add_unknown(data, ())
    problems = found.problems(text, path.name)
    return Settings(path, MappingProxyType(profiles), default, theme, problems)


def choose(  # noqa: PLR0913 - one argument for each option of the command line
    settings: Settings,
    *,
    profile: str | None,
    base_url: str | None = None,
    organization: str | None = None,
    region: str | None = None,
    archive: str | Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Profile:
    """Return the profile to work with; options that are not None win over what it says.

    Without settings and without a name it is a profile "main" made of the options alone, and its
    organization may be empty. SettingsError when there is no profile of that name, or when an
    option cannot be used.
    """
    known = settings.profiles
    if name := profile or environ.get(PROFILE_VARIABLE):
        _known(known, name)
    else:
        name = next((n for n in (settings.default_profile, "main", *known) if n in known), "main")
    options: dict[str, Any] = {}
    if base_url is not None:
        options["base_url"] = check_base_url(base_url)
    if organization is not None:
        options["organization"] = check_organization(organization)
    if region is not None:
        options["region"] = check_region(region)
    if archive is not None:
        options["archive"] = check_folder(archive)
    return replace(known.get(name, Profile(name)), **options)


def profile_in(data: Mapping[str, Any], name: str, folder: Path) -> Profile:
    """Return a profile of a parsed file, as far as it can be used; unset where there is none.

    SettingsError when the profile, or what holds it, is no table.
    """
    return _profile(name, folder, _Findings(), _table(data.get("profiles", {})).get(name, {}))


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_type("a table", value)
    return value


def _text(value: object, check: Callable[[str], _Value], right: str = "text in quotes") -> _Value:
    if not isinstance(value, str):
        raise _wrong_type(right, value)
    return check(value)


def _wrong_type(right: str, value: object) -> SettingsError:
    return SettingsError(f"It has to be {right}, not {_KINDS.get(type(value), 'a date or time')}.")


def check_theme(value: object) -> str:
    """Return one of THEMES; SettingsError for anything else."""
    if value not in THEMES:
        raise SettingsError('The theme is "dark" or "light".')
    return str(value)


def _organization(value: object) -> str:
    if type(value) is int:
        # Python refuses to turn numbers of thousands of digits into text.
        value = str(value) if value.bit_length() < _LONGEST_INTEGER else "too long"
    return _text(value, check_organization, "a whole number or text in quotes")


def _known(profiles: Mapping[str, Profile], value: object) -> str:
    name = _text(value, str)
    if name not in profiles:
        guess = _nearest(name, profiles)
        meant = f"; did you mean “{guess}”?" if guess else "."
        names = ", ".join(f"“{each}”" for each in profiles)
        remedy = f"There is {names}." if names else "There is none yet."
        raise SettingsError(f"There is no profile “{shown(name)}”{meant}", remedy)
    return name


def _profile(name: str, folder: Path, found: _Findings, value: object) -> Profile:
    check_profile_name(name)
    table = _table(value)
    checks: dict[str, Callable[[object], str | Path]] = {
        "organization": _organization,
        "base_url": partial(_text, check=check_base_url),
        "region": partial(_text, check=check_region),
        "archive": partial(_text, check=partial(check_folder, base=folder)),
    }
    unset = Profile(name)
    values: dict[str, Any] = {
        key: found.take(table, ("profiles", name, key), check, getattr(unset, key))
        for key, check in checks.items()
    }
    found.add_unknown(table, ("profiles", name))
    return Profile(name, **values)


class _Findings:
    """Takes values out of a parsed file and remembers what could not be taken."""

    def __init__(self) -> None:
        self._found: list[tuple[Keys, str]] = []

    def take(
        self,
        table: Mapping[str, object],
        path: Keys,
        check: Callable[[object], _Value],
        default: _Value,
    ) -> _Value:
        """Return the checked value of the path's last key, or the default.

        An empty text means that a setting is not set.
        """
        key = path[-1]
        is_setting = path[0] != "profiles" or len(path) == _DEEPEST
        if key not in table or (is_setting and table[key] == ""):
            return default
        try:
            return check(table[key])
        except SettingsError as error:
            instead = f", {default} is used" if key == "base_url" else ""
            self._found.append((path, f"`{shown(key)}` is ignored{instead}. {error}"))
            return default

    def add_unknown(self, table: Iterable[str], path: Keys) -> None:
        """Remember every key that has no place in this table."""
        right, elsewhere = (_PROFILE_KEYS, _TOP_KEYS) if path else (_TOP_KEYS, _PROFILE_KEYS)
        for key in table:
            if key in right:
                continue
            if key.lower() in _SECRETS:
                advice = "; keys live in the OS keyring. Delete it and run `loyalty-tui login`."
            elif key in elsewhere:
                place = "above the first [table]" if path else "below [profiles.NAME]"
                advice = f" here; it belongs {place}. It is ignored."
            elif guess := _nearest(key, right):
                advice = f"; did you mean `{guess}`? It is ignored."
            else:
                advice = f"; there are {', '.join(f'`{name}`' for name in right)}. It is ignored."
            self._found.append(((*path, key), f"`{shown(key)}` is no setting{advice}"))

    def problems(self, text: str, file: str) -> tuple[str, ...]:
        """Return what was found in the order of the file, each with file and line."""
        if not self._found:
            return ()
        from loyalty_tui.settings.toml_text import line_numbers

        lines = line_numbers(text, _DEEPEST)
        return tuple(
            f"{file} line {lines[path]}: {sentence}" if path in lines else f"{file}: {sentence}"
            for path, sentence in sorted(self._found, key=lambda found: lines.get(found[0], 0))
        )


def _nearest(name: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches

    by_lower = {each.lower(): each for each in names}
    near = get_close_matches(name.lower()[:LONGEST_NAME], by_lower, 1)
    return by_lower[near[0]] if near else ""
