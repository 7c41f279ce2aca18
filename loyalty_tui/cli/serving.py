"""The receiver on a socket: uvicorn with limits, TLS that can be reloaded, and a quick end."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import socket
import ssl
import sys
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from loyalty_tui.cli.guarding import KEEP_ALIVE, GuardedProtocol, Limits
from loyalty_tui.errors import UsageError
from loyalty_tui.privacy import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from loyalty_tui.cli.lane import Lane
    from loyalty_tui.crowdtwist.receiver import Entry

_IN_FLIGHT: Final = 3
"""Seconds in which what is in flight has to end when the receiver ends."""
_HANDSHAKE: Final = 5.0
_GOODBYE: Final = 1.0
_LOOKS: Final = 5
"""Tenths of a second between two looks for slow connections."""
_BACKLOG: Final = 2048
_MAPPED: Final = 96
"""Bits before those of an IPv4 address in an IPv6 address."""
_SPARE_FILES: Final = 64
_MOST_FILES: Final = 1 << 16
"""Asked for where they may be had: connections that never shake hands are none yet."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a certificate with its chain, and of its key, in PEM."""

    chain: Path
    key: Path

    def load(self) -> ssl.SSLContext:
        """Return what encrypts with what is in the files now, in TLS 1.2 or newer.

        Raises:
            UsageError: They cannot be used.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # A passphrase would be asked for on the terminal; an empty one is always wrong.
            context.load_cert_chain(self.chain, self.key, password=lambda: "")
        except (OSError, ValueError) as error:
            raise UsageError(
                f"The certificate and its key cannot be used: {_flaw(error)}.",
                "Name a PEM file of the certificate with its chain, and one of its key without "
                "a passphrase.",
            ) from None
        return context


def _flaw(error: OSError | ValueError) -> str:
    """Return what is wrong with a certificate or its key; of some of it OpenSSL tells no reason."""
    if isinstance(error, ssl.SSLError):
        reason = error.reason or "one of them is not the PEM that it has to be"
    else:
        reason = getattr(error, "strerror", None) or "no PEM"
    return neutralise(reason)


class Tls:
    """What connections are encrypted with; new ones with the certificate that was read last.

    Raises:
        UsageError: The certificate cannot be used.
    """

    def __init__(self, certificate: Certificate) -> None:
        self._certificate = certificate
        self._latest = certificate.load()
        self.context = certificate.load()
        # One context keeps a certificate of each kind of key, the old one of another kind too.
        self.context.sni_callback = self._choose

    def reload(self) -> None:
        """Read the certificate again; raises UsageError, and the one before stays in use."""
        self._latest = self._certificate.load()

    def _choose(self, connection: ssl.SSLObject, _name: str | None, _: ssl.SSLContext) -> None:
        connection.context = self._latest


def listen(host: str, port: int, *, is_plain: bool) -> socket.socket:
    """Return a socket that listens on one address of a host; in plain http only on this machine.

    Raises:
        UsageError: It cannot.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        if is_plain and not ip_address(str(address[0]).partition("%")[0]).is_loopback:
            raise UsageError(
                "Plain http is for this machine only: secrets and personal data would travel "
                "readable.",
                "Use --tls-cert and --tls-key, or --behind-proxy ADDRESS where a reverse proxy "
                "does that.",
            )
        is_both = family == socket.AF_INET6 and host == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(
            address[:2], family=family, backlog=_BACKLOG, dualstack_ipv6=is_both
        )
    except (OSError, OverflowError, UnicodeError) as error:
        told = getattr(error, "strerror", None) or "there is no such address"
        reason = told.partition(" (while ")[0]  # Python adds the address, which is said already
        raise UsageError(
            f"{neutralise(host)} port {port} cannot be listened on: {reason}.",
            "Name another with --host and --port, or end the program that has it.",
        ) from None


def as_seen(proxies: Sequence[str]) -> list[str]:
    """Return addresses and networks, those of IPv4 also as a socket for both kinds shows them."""
    networks = [ip_network(each) for each in proxies]
    mapped = [
        f"::ffff:{each.network_address}/{_MAPPED + each.prefixlen}"
        for each in networks
        if isinstance(each, IPv4Network)
    ]
    return [*proxies, *mapped]


def allow_files(most_connections: int) -> int:
    """Ask for so many open files; return how many connections there can be."""
    if sys.platform == "win32":
        return most_connections
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (_MOST_FILES, most_connections + _SPARE_FILES):
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if soft < wanted:
            with contextlib.suppress(OSError, ValueError):  # a system may have a lower limit yet
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                soft = wanted
    return min(most_connections, max(1, soft - _SPARE_FILES))


class Server(uvicorn.Server):
    """Serves an app on one socket until SIGTERM or SIGINT, then finishes what is in flight."""

    def __init__(  # noqa: PLR0913, PLR0917 - every one is a part of its own
        self,
        app: Any,
        listener: socket.socket,
        context: ssl.SSLContext | None,
        limits: Limits,
        log: Callable[[Entry], None],
        lane: Lane | None,
    ) -> None:
        guarded = type(
            "Protocol",
            (GuardedProtocol,),
            {"limits": limits, "log": staticmethod(log), "lane": lane},
        )
        super().__init__(
            uvicorn.Config(
                app,
                http=guarded,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=_IN_FLIGHT,
            )
        )
        self.on_listening: Callable[[], None] = lambda: None
        """Called once it listens."""
        self._listener = listener
        self._context = context

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, with limits on how long a handshake may take."""
        del sockets
        import asyncio

        await self.lifespan.startup()
        loop = asyncio.get_running_loop()

        def connection() -> asyncio.Protocol:
            protocol: Any = self.config.http_protocol_class
            made: asyncio.Protocol = protocol(
                config=self.config, server_state=self.server_state, app_state={}, _loop=loop
            )
            return made

        context = self._context
        server = await loop.create_server(
            connection,
            sock=self._listener,
            ssl=context,
            backlog=_BACKLOG,
            ssl_handshake_timeout=_HANDSHAKE if context else None,
            ssl_shutdown_timeout=_GOODBYE if context else None,
        )
        self.servers = [server]
        self.started = True
        gc.freeze()  # what is there now stays, and need not be looked through again
        self.on_listening()

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does every tenth of a second, and look for slow connections."""
        if counter % _LOOKS == 0:
            import asyncio

            now = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                connection.cut_off(now)  # type: ignore[union-attr] # all are guarded
        return await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let the caller's handlers be: they have been there since before it listened."""
        yield


def route_library_logs(handler: logging.Handler) -> None:
    """Have uvicorn's and asyncio's warnings go where the log goes."""
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.ERROR)


HANDLED: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, name)
]
"""The signals that end the receiver."""
