"""What a settings file says, and where it is."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from loyalty_tui.settings.checks import BASE_URL, check_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME_VARIABLE: Final = "LOYALTY_TUI_HOME"
"""Environment variable: one folder for settings, index and caches."""

PROFILE_VARIABLE: Final = "LOYALTY_TUI_PROFILE"
"""Environment variable: the profile when no option names one."""

THEMES: Final = ("dark", "light")
"""The two looks of the screen; the first one when nothing is set."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One organization that staff look members up in."""

    name: str
    """The name of the profile, and the user name of its key in the OS keyring."""
    organization: str = ""
    """CrowdManager's organization id; empty when not set."""
    base_url: str = BASE_URL
    """Where CrowdManager answers: https (or loopback), without a slash at the end."""
    region: str = ""
    """Two capital letters (ISO 3166) by which national phone numbers are read, or empty."""
    archive: Path | None = None
    """The folder of saved pushes, absolute; None when not set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says, as far as it can be used."""

    path: Path
    """The settings file, whether it exists or not."""
    profiles: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    """The profiles by name, in the order of the file; cannot be changed."""
    default_profile: str = ""
    """The name of one of the profiles, or empty."""
    theme: str = THEMES[0]
    """One of THEMES."""
    problems: tuple[str, ...] = ()
    """What was left out and why: finished texts with file and line."""


def settings_file() -> Path:
    """Return where the settings file is or would be, as an absolute path."""
    if home := os.environ.get(HOME_VARIABLE):
        return check_folder(home) / "settings.toml"
    from platformdirs import user_config_dir

    return Path(user_config_dir("loyalty-tui", appauthor=False), "settings.toml")


def cache_folder() -> Path:
    """Return the folder for what can be rebuilt at any time, as an absolute path."""
    if home := os.environ.get(HOME_VARIABLE):
        return check_folder(home) / "cache"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("loyalty-tui", appauthor=False))
