"""What the set-up screen hands over is kept whole or not at all."""

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from loyalty_tui.cli.desk import DeskProgram
from loyalty_tui.errors import SettingsError
from loyalty_tui.privacy import Secret
from loyalty_tui.settings import load
from loyalty_tui.tui.program import Draft

KEY = "aaabbbccc111222333"


@pytest.fixture
def program():
    names = ("profile", "base_url", "organization", "region", "archive")
    return DeskProgram(argparse.Namespace(**dict.fromkeys(names)))


def draft(**changes):
    typed = {
        "organization": "1201",
        "region": "no",
        "api_key": Secret(f"Basic {KEY}"),
        "archive": "",
        "identifier": "",
    }
    return Draft(**{**typed, **changes})


def test_profile_and_key_are_kept_where_they_belong(program, kept_keys, home):
    program.save(draft())
    profile = load().profiles["main"]
    assert (profile.organization, profile.region) == ("1201", "NO")
    assert kept_keys == {("loyalty-tui", "main"): KEY}
    assert KEY not in (home / "settings.toml").read_text()


@pytest.mark.parametrize("before", [{}, {("loyalty-tui", "main"): "an-older-key"}])
def test_settings_that_cannot_be_written_leave_the_keyring_as_it_was(
    program, kept_keys, monkeypatch, before
):
    kept_keys.update(before)

    def refuse(_profile):
        raise SettingsError("It cannot be written.")

    monkeypatch.setattr("loyalty_tui.settings.saving.save_profile", refuse)
    with pytest.raises(SettingsError):
        program.save(draft())
    assert kept_keys == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"organization": ""}, "organization"),
        ({"region": "xx"}, "There is no region XX"),
        ({"archive": "/nowhere/at/all"}, "archive folder is not there"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_kept(
    program, kept_keys, home, changes, said
):
    with pytest.raises(SettingsError, match=said):
        program.save(draft(**changes))
    assert kept_keys == {}
    assert not home.exists()


def test_the_demo_asked_for_several_times_at_once_is_one_that_leaves_nothing(
    program, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ThreadPoolExecutor(3) as threads:
        first, *others = [threads.submit(program.demo) for _ in range(3)]
    assert all(other.result() is first.result() for other in others)
    program.close()
    assert list(tmp_path.iterdir()) == []
