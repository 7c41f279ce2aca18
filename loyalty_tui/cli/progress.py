"""The progress of indexing on a terminal's standard error: pushes, MB/s and the time left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from types import TracebackType

    from loyalty_tui.archive import model


class IndexProgress:
    """A line that goes when it is done."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("indexing"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[pushes]:,} pushes · {task.fields[rate]:.0f} MB/s"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, pushes=0, rate=0.0)

    def __call__(self, progress: model.Progress) -> None:
        """Show how far it is."""
        self._bar.update(
            self._task,
            total=progress.bytes_total,
            completed=progress.bytes_done,
            pushes=progress.pushes,
            rate=progress.bytes_done / 1e6 / max(progress.seconds, 1e-3),
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()
