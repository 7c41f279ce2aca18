"""From which sizes on there is room for more: the style sheet's classes, for every screen."""

from __future__ import annotations

from typing import Final

HORIZONTAL: Final = [(0, "-narrow"), (104, "-wide"), (160, "-very-wide")]
VERTICAL: Final = [(0, "-short"), (32, "-tall")]
