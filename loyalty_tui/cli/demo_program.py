"""The demo: a loyalty program on this computer, gone when the program ends."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir
from threading import Event
from typing import TYPE_CHECKING, Self

from loyalty_tui.cli.context import connect
from loyalty_tui.privacy import Secret
from loyalty_tui.settings import Profile
from loyalty_tui.tui.program import Example

if TYPE_CHECKING:
    from types import TracebackType

    from loyalty_tui.tui.program import Connection


class Demo:
    """Runs the stand-in CrowdManager and keeps the demo archive while it is open."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def start(self) -> Connection:
        """Start both and return a connection to them; the key is held in memory only."""
        from loyalty_tui.sandbox import crowdtwist
        from loyalty_tui.sandbox.crowdmanager import CrowdManagerStandIn
        from loyalty_tui.sandbox.members import EXAMPLES

        folder = Path(gettempdir()) / f"loyalty-tui-demo-{token_hex(8)}"
        # First, so that the folder goes whenever the program is told to end.
        self._open.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        self._folders = archive, cache = folder / "archive", folder / "index"
        crowdtwist.write_archive(archive)
        server = self._open.enter_context(CrowdManagerStandIn())
        profile = Profile(
            name="demo",
            organization=server.organization,
            base_url=server.base_url,
            region="NO",
            archive=archive,
        )
        return connect(
            profile,
            lambda: Secret(server.api_key),
            examples=tuple(Example(identifier, note) for identifier, note in EXAMPLES),
            is_demo=True,
            cache=cache,
        )

    def bring_up_to_date(self) -> None:
        """Index the demo archive."""
        from loyalty_tui.archive.following import keep_up_to_date

        keep_up_to_date(*self._folders, lambda _: None, Event(), is_once=True)

    def close(self) -> None:
        """Stop the stand-in and remove the archive."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
