"""The desk's two themes; the only place where colours have values."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="loyalty-dark",
    dark=True,
    primary="#7aa2f7",
    secondary="#9ece6a",
    accent="#e0af68",
    success="#9ece6a",
    warning="#e0af68",
    error="#f7768e",
    foreground="#d5daf0",
    background="#12141f",
    surface="#191c2b",
    panel="#222639",
    variables={
        "border": "#3b4261",
        "border-blurred": "#3b4261",
        "footer-key-foreground": "#e0af68",
    },
)
LIGHT: Final = Theme(
    name="loyalty-light",
    dark=False,
    primary="#2450b2",
    secondary="#3d6b14",
    accent="#8f5200",
    success="#3d6b14",
    warning="#8f5200",
    error="#b3202c",
    foreground="#1d2233",
    background="#f4f5fa",
    surface="#ffffff",
    panel="#e6e8f2",
    variables={
        "border": "#b8bed3",
        "border-blurred": "#b8bed3",
        "footer-key-foreground": "#8f5200",
        "foreground-muted": "#1d2233b3",  # of the 60 % that Textual has, one reads less on light
    },
)
