"""Profiles and preferences: one TOML file that people and the program both write.

It is read leniently: what cannot be used is named with its line and left out. It is written
carefully, by `loyalty_tui.settings.saving`: every byte but the changed statement stays.
"""

from loyalty_tui.settings.model import Profile, Settings, cache_folder, settings_file
from loyalty_tui.settings.reading import choose, load

__all__ = ["Profile", "Settings", "cache_folder", "choose", "load", "settings_file"]
