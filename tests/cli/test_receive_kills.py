"""The receiver killed under load: what it acknowledged is there, as it was sent, and whole."""

import importlib


def test_nothing_that_was_acknowledged_is_lost_by_a_kill(receiving, home, tmp_path):
    assert receiving
    kills = importlib.import_module("kills")
    acknowledged, there, sent = kills.kill_rounds(tmp_path / "archive", home, rounds=20, seed=5)
    assert 20 <= acknowledged <= there <= sent
