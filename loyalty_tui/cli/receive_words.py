"""The words of `loyalty-tui receive`, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loyalty_tui.errors import UsageError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    import argparse

    from loyalty_tui.cli.serving import Certificate

_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SIZE: Final = re.compile(r"([0-9]{1,15})([kmg]?)(?:i?b)?", re.IGNORECASE)
_PATH: Final = re.compile(r"/(?:(?![\"<>\\^`{|}?#%])[!-~])*")
_SMALLEST: Final = 1 << 10
_MOST_DAYS: Final = 36_500
_LARGEST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Options:
    """What `receive` was asked for."""

    host: str
    port: int
    path: str
    certificate: Certificate | None
    """None for plain http."""
    proxies: tuple[str, ...]
    """Addresses and networks whose word on the sender's address is taken."""
    has_auth: bool
    ids_file: Path | None
    largest_body: int
    """Bytes."""
    largest_segment: int
    """Bytes."""
    keep: timedelta | None
    """None for ever."""
    patience: float
    """Seconds in which a request has to come."""
    is_json: bool
    """Whether the log is in JSON."""


def add_words(verb: argparse.ArgumentParser) -> None:
    """Add the options to the command line."""
    where = verb.add_argument_group("where to listen")
    where.add_argument("--host", default="127.0.0.1", help="address; default %(default)s")
    where.add_argument(
        "--port", type=int, default=8443, help="0 for any that is free; default %(default)s"
    )
    where.add_argument("--path", default="/push", help="of the endpoint; default %(default)s")
    where.add_argument("--tls-cert", metavar="FILE", help="certificate with its chain, PEM")
    where.add_argument("--tls-key", metavar="FILE", help="its key, PEM, without a passphrase")
    where.add_argument(
        "--behind-proxy", metavar="ADDRESS", action="append", default=[],
        help="plain http for a reverse proxy; its X-Forwarded-For is believed (several: a comma)",
    )  # fmt: skip
    who = verb.add_argument_group("who may push")
    who.add_argument("--no-auth", action="store_true", help="anybody")
    who.add_argument(
        "--third-party-ids", metavar="FILE", help="CSV of key,third_party_id to answer with"
    )
    who.add_argument(
        "--force", action="store_true", help="answer third-party ids with authentication, too"
    )
    what = verb.add_argument_group("what is kept")
    what.add_argument("--max-body", default="1M", metavar="SIZE", help="default %(default)s")
    what.add_argument("--segment-size", default="256M", metavar="SIZE", help="default %(default)s")
    what.add_argument("--keep", metavar="DAYS", help="such as 400d; default: for ever")
    verb.add_argument(
        "--timeout", default="20s", metavar="SECONDS", help="for one request; default %(default)s"
    )
    verb.add_argument("--log-format", choices=["text", "json"], default="text")


def read_options(arguments: argparse.Namespace) -> Options:
    """Return the options of a command line.

    Raises:
        UsageError: One of them is wrong, or two do not go together.
    """
    from loyalty_tui.crowdtwist.receiver import HEALTH

    if not 0 <= arguments.port <= _LARGEST_PORT:
        raise UsageError("The port is no number from 0 to 65535.", "Write it like --port 8443.")
    if not _PATH.fullmatch(arguments.path) or arguments.path == HEALTH:
        raise UsageError(
            f"The path does not begin with /, has signs that no path has, or is {HEALTH}.",
            "Write it like --path /push.",
        )
    ids_file = _file(arguments.third_party_ids) if arguments.third_party_ids else None
    if ids_file and not arguments.no_auth and not arguments.force:
        raise UsageError(
            "CrowdTwist takes third-party ids only from endpoints without authentication.",
            "Use --no-auth and let only CrowdTwist reach the endpoint, or --force to answer them "
            "all the same.",
        )
    return Options(
        host=arguments.host,
        port=arguments.port,
        path=arguments.path,
        certificate=_certificate(arguments),
        proxies=_proxies(arguments.behind_proxy),
        has_auth=not arguments.no_auth,
        ids_file=ids_file,
        largest_body=_size(arguments.max_body, "--max-body"),
        largest_segment=_size(arguments.segment_size, "--segment-size"),
        keep=_days(arguments.keep),
        patience=_seconds(arguments.timeout),
        is_json=arguments.log_format == "json",
    )


def _certificate(arguments: argparse.Namespace) -> Certificate | None:
    chain, key = arguments.tls_cert, arguments.tls_key
    if not chain and not key:
        return None
    if not chain:
        raise UsageError("A key is named, but no certificate.", "Name one with --tls-cert FILE.")
    from loyalty_tui.cli.serving import Certificate

    return Certificate(_file(chain), _file(key or chain))


def _file(text: str) -> Path:
    """Return the path of a file; ~ is the home folder."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise UsageError(
            f"{neutralise(text)} is in nobody's home folder.", "Write out the path of the file."
        ) from None


def _proxies(words: list[str]) -> tuple[str, ...]:
    named = [one.strip() for word in words for one in word.split(",")]
    for one in named:
        try:
            ip_network(one)
        except ValueError:
            raise UsageError(
                "--behind-proxy takes the proxy's IP address, or its network.",
                "Write it like --behind-proxy 127.0.0.1 or --behind-proxy 10.0.3.0/24.",
            ) from None
    return tuple(named)


def _size(text: str, option: str) -> int:
    found = _SIZE.fullmatch(text.strip())
    size = int(found[1]) * _UNITS[found[2].lower()] if found else 0
    if not _SMALLEST <= size <= 1 << 50:
        raise UsageError(f"{option} is no size from 1K on.", f"Write it like {option} 1M.")
    return size


def _days(text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})d?", text.strip())
    days = int(found[1]) if found else 0
    if not 1 < days <= _MOST_DAYS:
        raise UsageError("--keep is no number of days from 2 on.", "Write it like --keep 400d.")
    return timedelta(days=days)


def _seconds(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)s?", text.strip())
    seconds = float(found[1]) if found else 0.0
    if not 0 < seconds <= 3600:  # noqa: PLR2004 - an hour
        raise UsageError("--timeout is no number of seconds.", "Write it like --timeout 20s.")
    return seconds
