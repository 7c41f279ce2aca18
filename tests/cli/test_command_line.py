"""The words of the command line and the boundary no traceback crosses."""

import sys
from pathlib import Path

import pytest

import loyalty_tui
from loyalty_tui.cli.main import VERBS

README = Path(__file__).parents[2] / "README.md"


def test_help_and_version_exit_with_0(typed):
    assert "lookup" in typed("--help").out
    assert typed("--version").out.strip() == f"loyalty-tui {loyalty_tui.__version__}"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_and_is_in_the_readme(typed, verb):
    assert typed(verb, "--help").code == 0
    assert f"loyalty-tui {verb}" in README.read_text(encoding="utf-8")


def test_wrong_usage_exits_with_2_and_keeps_standard_output_clean(typed):
    outcome = typed("no-such-verb")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no-such-verb" in outcome.err


def test_the_desk_without_a_terminal_says_what_to_use_instead(typed):
    outcome = typed()
    assert (outcome.code, outcome.out) == (2, "")
    assert "loyalty-tui lookup" in outcome.err


def test_a_fault_of_ours_is_one_sentence_without_the_data(typed, monkeypatch):
    def broken(_words, _region):
        secret_of_a_member = "george15@crowdtwist.com"
        raise RuntimeError(secret_of_a_member)

    monkeypatch.setattr("loyalty_tui.identifiers.parse", broken)
    outcome = typed("lookup", "+4722345678")
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "RuntimeError in loyalty_tui.cli.lookup" in outcome.err
    assert "george15" not in outcome.err
    with pytest.raises(RuntimeError):
        typed("--debug", "lookup", "+4722345678")


def test_control_characters_in_an_argument_reach_no_terminal(typed):
    outcome = typed("--profile", "\x1b]52;c;aGk=\x07", "lookup", "+4722345678")
    assert outcome.code == 2
    assert "\x1b" not in outcome.err


def test_an_interrupt_exits_with_130(typed, monkeypatch):
    def interrupted(_words, _region):
        raise KeyboardInterrupt

    monkeypatch.setattr("loyalty_tui.identifiers.parse", interrupted)
    assert typed("lookup", "+4722345678").code == 130


def test_settings_that_are_no_toml_are_named_with_their_line(typed, home):
    home.mkdir()
    (home / "settings.toml").write_text("theme = \n")
    outcome = typed("lookup", "+4722345678")
    assert outcome.code == 2
    assert "settings.toml" in outcome.err
    assert "line 1" in outcome.err
    assert (home / "settings.toml").read_text() == "theme = \n"


def test_the_module_runs_as_the_script_does():
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "loyalty_tui", "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("loyalty-tui ")
