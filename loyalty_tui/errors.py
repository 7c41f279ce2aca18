"""Every error the program raises on purpose: one plain sentence, a remedy, an exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the program returns to the shell."""

    FINE = 0
    BUG = 1
    USAGE = 2
    """Wrong usage, or an identifier that cannot be one."""
    NO_SUCH_MEMBER = 3
    CREDENTIALS = 4
    """Credentials are missing or refused."""
    UNREACHABLE = 5
    """The service could not be reached in time."""
    UNUSABLE_ANSWER = 6
    """The service answered what nobody can use."""
    ARCHIVE = 7
    """The archive cannot be read or written."""
    INTERRUPTED = 130


class LoyaltyError(Exception):
    """Base of all errors that are shown to a user.

    Both texts are plain and finished: no markup, no control characters, no secret.
    """

    exit_code = ExitCode.BUG
    """The program's exit code when this error ends it."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        """What is wrong, in one sentence."""
        self.remedy = remedy
        """What to do about it, in one or two sentences; empty when the first says it all."""

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}".strip()


class UsageError(LoyaltyError):
    """The command line was used wrongly."""

    exit_code = ExitCode.USAGE


class IdentifierError(UsageError):
    """The text is neither a phone number nor an e-mail address, or not a whole one yet."""


class SettingsError(UsageError):
    """The settings cannot be used or written."""


class NoSuchMemberError(LoyaltyError):
    """The service knows nobody by that identifier."""

    exit_code = ExitCode.NO_SUCH_MEMBER


class CredentialsError(LoyaltyError):
    """The API key is missing, cannot be kept, or was refused."""

    exit_code = ExitCode.CREDENTIALS


class UnreachableError(LoyaltyError):
    """The service could not be reached in time."""

    exit_code = ExitCode.UNREACHABLE


class UnusableAnswerError(LoyaltyError):
    """The service answered something nobody can use."""

    exit_code = ExitCode.UNUSABLE_ANSWER


class ArchiveError(LoyaltyError):
    """The archive cannot be read or written."""

    exit_code = ExitCode.ARCHIVE
