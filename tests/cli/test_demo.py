import re


def test_without_a_terminal_the_demo_prints_three_members_and_their_pushes(typed, kept_keys):
    outcome = typed("demo")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.count("Member: ") == 3
    assert "Member: phone, Norway, +47 22 34 56 78\nBalance: 56 points\n" in outcome.out
    assert "Rank: Gold Supporter" in outcome.out
    assert re.search(
        r"Push: 23 Mar 2017 20:49 UTC, drop, Tier 1, 5,200 points, George Lim", outcome.out
    )
    assert len(re.findall(r"^CrowdTwist pushes: [1-9]", outcome.out, re.MULTILINE)) >= 2
    assert kept_keys == {}


def test_the_demo_masks_contacts(typed):
    out = typed("demo").out
    pushes = [line for line in out.splitlines() if line.startswith("Push:")]
    assert any("g•••@crowdtwist.com" in line for line in pushes)
    assert not any("george15@" in line for line in pushes)


def test_the_demo_leaves_no_folder_behind(typed, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = set(tmp_path.iterdir())
    assert typed("demo").code == 0
    assert set(tmp_path.iterdir()) == before
