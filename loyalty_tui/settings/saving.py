"""Careful changes of the settings file: only the statement that changes is touched."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from tempfile import mkstemp
from typing import TYPE_CHECKING

from tomlkit.exceptions import TOMLKitError

from loyalty_tui.errors import SettingsError
from loyalty_tui.settings.checks import (
    check_base_url,
    check_folder,
    check_organization,
    check_profile_name,
    check_region,
)
from loyalty_tui.settings.file import file_error, parse, read_text
from loyalty_tui.settings.model import HOME_VARIABLE, Profile, settings_file
from loyalty_tui.settings.reading import check_theme, profile_in
from loyalty_tui.settings.toml_text import set_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loyalty_tui.settings.toml_text import Keys


def save_profile(profile: Profile, *, default: bool = False) -> Path:
    """Write a profile to the settings file, as the default one if asked; return the file.

    All else in the file stays as it is, and so does a value that already means the same.
    SettingsError when the profile or the present file cannot be used, or cannot be written.
    """
    name = check_profile_name(profile.name)
    wanted = {
        "organization": profile.organization and check_organization(profile.organization),
        "base_url": check_base_url(profile.base_url),
        "region": check_region(profile.region),
        "archive": profile.archive and check_folder(profile.archive),
    }
    path = settings_file()
    text = read_text(path)
    data = parse(text, path)
    changes: dict[Keys, object] = {}
    try:
        present = profile_in(data, name, path.parent)
    except SettingsError:
        raise _tangled(path) from None
    if name not in data.get("profiles", {}):
        changes["profiles", name] = {}
    for key, value in wanted.items():
        if getattr(present, key) != value:
            changes["profiles", name, key] = _written(value)
    if default and data.get("default_profile") != name:
        changes[("default_profile",)] = name
    _change(path, text, changes)
    return path


def save_theme(name: str) -> None:
    """Write the theme, one of THEMES, to the settings file.

    SettingsError when there is no such theme, the present file cannot be used, or not be written.
    """
    path = settings_file()
    _change(path, read_text(path), {("theme",): check_theme(name)})


def _written(value: str | Path | None) -> str | int:
    if isinstance(value, Path):
        try:
            return str(PurePosixPath("~", value.relative_to(Path.home()).as_posix()))
        except (ValueError, RuntimeError):  # not below the home folder, or there is none
            return str(value)
    is_number = value and re.fullmatch(r"0|[1-9][0-9]{0,17}", value)
    return int(value) if value and is_number else value or ""


def _tangled(path: Path) -> SettingsError:
    reason = "is laid out in a way that this program cannot change safely"
    return file_error(path, reason, "Change it in an editor.")


def _change(path: Path, text: str, changes: Mapping[Keys, object]) -> None:
    """Set values in the file, unless the outcome would say anything else than that."""
    wanted = parse(text, path, str)
    mark = text[: text.startswith("\ufeff")]
    text = text.removeprefix(mark)
    try:
        for keys, value in changes.items():
            text = set_value(text, keys, value)
            table = wanted
            for key in keys[:-1]:
                table = table.setdefault(key, {})
            table[keys[-1]] = {} if value == {} else value
        is_right = parse(text, path, str) == wanted
    except (TOMLKitError, SettingsError):
        is_right = False
    if not is_right:
        raise _tangled(path)
    if changes:
        _replace(path, mark + text)


def _replace(path: Path, text: str) -> None:
    try:
        target = path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = mkstemp(prefix=".settings-", suffix=".toml", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)
    except UnicodeEncodeError:
        raise SettingsError("The folder's name is not text.", "Choose another folder.") from None
    except OSError as error:
        remedy = f"Make its folder writable, or set {HOME_VARIABLE} to another one."
        raise file_error(path, f"cannot be written ({error.strerror})", remedy) from None
