"""`loyalty-tui receive`: the endpoint that CrowdTwist pushes to, writing the archive."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack, suppress
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

from loyalty_tui.cli.context import archive_of, choose
from loyalty_tui.cli.main import complain, fault_in_words, say
from loyalty_tui.cli.receive_words import Options, read_options
from loyalty_tui.errors import ExitCode, UsageError

if TYPE_CHECKING:
    import argparse
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from loyalty_tui.cli.serving import Server, Tls
    from loyalty_tui.crowdtwist.authentication import Senders
    from loyalty_tui.crowdtwist.third_party import ThirdPartyIds

_MOST_CONNECTIONS: Final = 1000
_GRACE: Final = 4.5
"""Seconds in which it ends once it was told to, whatever hangs: who was told that a push is saved
was told the truth."""


def run(arguments: argparse.Namespace) -> int:
    """Receive until SIGTERM or Ctrl+C."""
    chosen = choose(arguments)
    for problem in chosen.settings.problems:
        complain(problem)
    options = read_options(arguments)
    senders = _senders(chosen.profile.name, options)
    ending = _Ending()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_receive(archive_of(chosen), options, senders, ending))
    return ending.code


class _Ending:
    """The signals that end the receiver, heard from before anything of it is there."""

    def __init__(self) -> None:
        from loyalty_tui.cli.serving import HANDLED

        self.signal: int | None = None
        self.server: Server | None = None
        self.reload: Callable[[], None] = lambda: None
        for number in HANDLED:
            signal.signal(number, self._end)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, lambda *_: self.reload())

    @property
    def code(self) -> ExitCode:
        """The program's."""
        return ExitCode.INTERRUPTED if self.signal == signal.SIGINT else ExitCode.FINE

    def _end(self, number: int, _: object) -> None:
        if self.server is not None:
            self.server.should_exit = True
        if self.signal is None:
            self.signal = number
            backstop = Timer(_GRACE, os._exit, (self.code,))
            backstop.daemon = True
            with suppress(RuntimeError):  # the system gives no thread
                backstop.start()


async def _receive(archive: Path, options: Options, senders: Senders, ending: _Ending) -> None:
    from loyalty_tui.archive.commits import Commits
    from loyalty_tui.archive.folder_lock import FolderLock
    from loyalty_tui.archive.segments import Segments
    from loyalty_tui.archive.syncing import syncer
    from loyalty_tui.archive.upkeep import Upkeep
    from loyalty_tui.cli import serving
    from loyalty_tui.cli.guarding import Limits
    from loyalty_tui.cli.lane import Lane
    from loyalty_tui.cli.receive_log import Handler, Log
    from loyalty_tui.crowdtwist.receiver import Receiver

    async with AsyncExitStack() as stack:
        tls = serving.Tls(options.certificate) if options.certificate else None
        lock = FolderLock(archive)
        lock.take()
        stack.callback(lock.release)
        listener = serving.listen(
            options.host, options.port, is_plain=not tls and not options.proxies
        )
        stack.callback(listener.close)
        # A file of its own: what could not be said once may be written again.
        log = Log(os.dup(sys.stderr.fileno()), is_json=options.is_json)
        stack.callback(log.close)
        serving.route_library_logs(Handler(log))
        segments = Segments(archive, options.largest_segment, log.tell, lock.renew)
        commits = Commits(archive, segments, log.tell, syncer=syncer(), meanwhile=log.write_up)
        stack.push_async_callback(commits.close)
        await commits.open()
        ids = _read_ids(options.ids_file, log.tell, ending) if options.ids_file else None
        if ids:
            stack.callback(ids.close)
        upkeep = Upkeep(archive, segments.moving, options.keep, log.tell)
        upkeep.start()
        stack.callback(upkeep.stop)
        receiver = Receiver(
            commits,
            senders,
            log.tell,
            path=options.path,
            largest_body=options.largest_body,
            ids=ids,
            report=lambda error: log.tell(fault_in_words(error)),
        )
        app: Any = receiver
        # Behind a proxy, who sends is told by a header that ASGI's part understands.
        lane = None if options.proxies else Lane(receiver)
        if options.proxies:
            from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

            app = ProxyHeadersMiddleware(app, serving.as_seen(options.proxies))
        limits = Limits(
            options.patience, options.largest_body, serving.allow_files(_MOST_CONNECTIONS)
        )
        context = tls.context if tls else None
        server = serving.Server(app, listener, context, limits, log.tell, lane)
        server.on_listening = lambda: _say_where(listener, options)
        ending.server = server
        if tls:
            ending.reload = lambda: _reload(tls, log.tell)
        if ending.signal is None:
            await server.serve()


def _read_ids(file: Path, tell: Callable[[str], None], ending: _Ending) -> ThirdPartyIds | None:
    from loyalty_tui import settings
    from loyalty_tui.crowdtwist.third_party import StoppedError, ThirdPartyIds

    try:
        return ThirdPartyIds(file, settings.cache_folder(), tell, lambda: ending.signal is not None)
    except StoppedError:
        return None
    except OSError as error:
        raise UsageError(
            f"The third-party ids cannot be read: {error.strerror or error}.",
            "Check the file that --third-party-ids names.",
        ) from None


def _senders(profile: str, options: Options) -> Senders:
    from loyalty_tui.crowdtwist.authentication import Senders

    if not options.has_auth:
        return Senders()
    from loyalty_tui.credentials import ReceiverCredentials

    secrets = ReceiverCredentials().require(profile)
    return Senders(secrets.basic, secrets.api_key)


def _reload(tls: Tls, tell: Callable[[str], None]) -> None:
    try:
        tls.reload()
    except UsageError as error:
        tell(f"{error.sentence} The one from before stays in use.")
    else:
        tell("The certificate is read again.")


def _say_where(listener: socket.socket, options: Options) -> None:
    host, port = listener.getsockname()[:2]
    scheme = "https" if options.certificate else "http"
    where = f"[{host}]" if ":" in host else host
    say(f"listening on {scheme}://{where}:{port}{options.path}")


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32" or sys.implementation.name != "cpython":
        return None
    import uvloop

    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
