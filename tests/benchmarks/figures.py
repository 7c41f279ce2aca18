"""What a benchmark has to say: one figure, beside a peer's or a limit."""

import statistics
from dataclasses import dataclass

HEADING = f"{'':<52}{'loyalty-tui':>12}{'peer':>34}{'ratio':>8}   limit"


class DisagreementError(Exception):
    """Ours and a peer's answer to the same question differ: no figure counts."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    """With its unit."""
    ours: float
    peer: tuple[str, float] | None = None
    """A name, and the figure in the same unit."""
    most: float | None = None
    """The limit, in the same unit."""
    most_ratio: float | None = None
    """The limit of ours divided by the peer's."""
    least_ratio: float | None = None
    """The same from below."""

    def __str__(self):
        line = f"{self.what:<52}{_number(self.ours):>12}"
        limit = ""
        if self.peer:
            name, figure = self.peer
            ratio = self.ours / figure
            line += f"{name + ' ' + _number(figure):>34}{ratio:8.3f}" if ratio < 0.1 else (
                f"{name + ' ' + _number(figure):>34}{ratio:8.2f}"
            )  # fmt: skip
            if self.most_ratio:
                limit = f"at most {self.most_ratio:g} times: {_verdict(ratio <= self.most_ratio)}"
            if self.least_ratio:
                verdict = "ok" if ratio >= self.least_ratio else "TOO LITTLE"
                limit = f"at least {self.least_ratio:g} times: {verdict}"
        if self.most:
            limit = f"at most {self.most:g}: {_verdict(self.ours <= self.most)}"
            line = f"{line:<106}"
        return f"{line}   {limit}".rstrip()


def agree(question, ours, peer):
    """Raise DisagreementError when two answers differ."""
    if ours != peer:
        raise DisagreementError(f"{question}: ours is {ours!r}, the peer's {peer!r}")


def late(times):
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _verdict(is_kept):
    return "ok" if is_kept else "TOO MUCH"


def _number(figure):
    digits = 1 if figure >= 10 else 2 if figure >= 1 else 3
    return f"{figure:,.{digits}f}"
