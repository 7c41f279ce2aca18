"""What the values of a profile may be; each check returns the value as it is used.

They raise SettingsError with a sentence and a remedy that do not repeat the value.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from loyalty_tui.errors import SettingsError

BASE_URL: Final = "https://api.crowdmanager.io"
"""The CrowdManager service (crowdmanager-loyalty-summary.txt)."""

LONGEST_NAME: Final = 64
"""Characters in the name of a profile."""


def check_base_url(url: str) -> str:
    """Return the URL without a slash at its end: https, or http for this machine only.

    SettingsError when it is no such URL, or has a user name, a query or a fragment in it; the
    error does not repeat the URL, which may hold a password.
    """
    from urllib.parse import urlsplit

    text = url.strip()
    if not re.fullmatch(r"(?:(?![\"<>\\^`{|}])[!-~])+", text):
        raise _url_error("is empty or has characters in it that no URL has")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _url_error("cannot be understood") from None
    if parts.scheme not in {"https", "http"}:
        raise _url_error("has to begin with https://")
    if "@" in parts.netloc:
        raise _url_error("has a user name or a password in it")
    if "?" in text or "#" in text:
        raise _url_error("has a query or a fragment in it")
    is_host, is_here = _host(host)
    if not is_host or port == 0:
        raise _url_error("names no host and port that can exist")
    if parts.scheme == "http" and not is_here:
        raise _url_error("would send the API key through the network in plain text")
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{where}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"


def _url_error(reason: str) -> SettingsError:
    remedy = f"Write it like {BASE_URL}; http:// is for a service on this machine only."
    return SettingsError(f"The base URL {reason}.", remedy)


def _host(host: str) -> tuple[bool, bool]:
    """Say whether a host can exist, and whether it is this machine."""
    from ipaddress import ip_address

    try:
        address = ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        named = all(re.fullmatch(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", label) for label in labels)
        return named and not labels[-1].isdigit(), host == "localhost"
    return "%" not in host, address.is_loopback


def check_organization(text: str) -> str:
    """Return the organization id: letters, digits, - and _; SettingsError for anything else."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text.strip()):
        raise SettingsError(
            "The organization id consists of 1 to 64 letters, digits, - and _.",
            "Write the one that CrowdManager gave to your organization, such as 1201.",
        )
    return text.strip()


def check_region(text: str) -> str:
    """Return the region as two capital letters, or empty; SettingsError for anything else."""
    region = text.strip()
    if not re.fullmatch(r"[A-Za-z]{2}|", region):
        raise SettingsError("The region is a country's code of two letters.", "Write it like NO.")
    if region.upper() == "UK":
        raise SettingsError("UK is not the code of a country.", "Write GB for the United Kingdom.")
    return region.upper()


def check_folder(text: str | Path, base: Path = Path()) -> Path:
    """Return a folder as an absolute path; ~ is the home folder, a relative one is below base.

    SettingsError when it is empty or cannot be a path. Nothing is looked up on disk.
    """
    wrong = SettingsError("This is not the path of a folder.", "Write it like ~/pushes.")
    if not str(text).strip() or "\0" in str(text):
        raise wrong
    try:
        return (base / Path(text).expanduser()).absolute()
    except (RuntimeError, OSError):  # nobody's home, or no working folder
        raise wrong from None


def check_profile_name(text: str) -> str:
    """Return the name of a profile: 1 to 64 visible characters, no space at the ends.

    SettingsError when it is no such name.
    """
    if not 0 < len(text) <= LONGEST_NAME or not text.isprintable() or text != text.strip():
        raise SettingsError(
            "The name of a profile has 1 to 64 visible characters.", "Call it something like main."
        )
    return text
