from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
import tomllib
from contextlib import contextmanager
from pathlib import Path

import pytest
import tomlkit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loyalty_tui.errors import ExitCode, SettingsError
from loyalty_tui.settings import (
    Profile,
    Settings,
    cache_folder,
    choose,
    load,
    settings_file,
)
from loyalty_tui.settings.checks import (
    BASE_URL,
    check_base_url,
    check_folder,
    check_organization,
    check_profile_name,
    check_region,
)
from loyalty_tui.settings.saving import save_profile, save_theme

EVERYTHING = """\
# Settings of the member desk
default_profile = "dk"     # the Danes ask most
theme = "light"

[profiles.main]
organization = 1201
base_url = "https://api.crowdmanager.io/"
region = "no"
archive = "~/pushes"

[profiles.dk]
organization = "fan-club_2"
archive = "pushes/dk"
"""

with_home = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture(autouse=True)
def home(home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    home.mkdir()
    return home


@pytest.fixture
def file(home):
    return home / "settings.toml"


def problem(file, text):
    file.write_text(text)
    (only,) = load().problems
    return only


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def refusal(of, *arguments, **options):
    with pytest.raises(SettingsError) as caught:
        of(*arguments, **options)
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.remedy
    assert str(caught.value).isprintable()
    return str(caught.value)


# Where


def test_the_settings_and_the_cache_stand_in_the_folder_of_the_environment_variable(home):
    assert settings_file() == home / "settings.toml"
    assert cache_folder() == home / "cache"


@pytest.mark.parametrize("value", ["", None])
def test_without_the_variable_they_stand_where_the_platform_keeps_them(
    monkeypatch, tmp_path, value
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LOYALTY_TUI_HOME")
    if value is not None:
        monkeypatch.setenv("LOYALTY_TUI_HOME", value)
    import platformdirs

    config = platformdirs.user_config_dir("loyalty-tui", appauthor=False)
    assert settings_file() == Path(config, "settings.toml")
    assert cache_folder() == Path(platformdirs.user_cache_dir("loyalty-tui", appauthor=False))


def test_a_relative_folder_in_the_variable_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOYALTY_TUI_HOME", "portable")
    assert settings_file() == tmp_path / "portable" / "settings.toml"
    assert cache_folder() == tmp_path / "portable" / "cache"


def test_importing_the_settings_loads_no_parser_and_no_platformdirs():
    heavy = "{'tomllib', 'tomlkit', 'platformdirs', 'difflib', 'tempfile'}"
    code = f"import sys, loyalty_tui.settings; print(sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert run.stdout == "[]\n"


# Reading


def test_a_missing_file_gives_settings_without_profiles(file):
    assert load() == Settings(file)
    assert not load().profiles
    assert load().theme == "dark"


def test_every_setting_is_read(file, home, tmp_path):
    file.write_text(EVERYTHING)
    read = load()
    assert read.path == file
    assert read.problems == ()
    assert (read.default_profile, read.theme) == ("dk", "light")
    archive = tmp_path / "somebody" / "pushes"
    assert read.profiles == {
        "main": Profile("main", "1201", BASE_URL, "NO", archive),
        "dk": Profile("dk", "fan-club_2", archive=home / "pushes" / "dk"),
    }
    assert list(read.profiles) == ["main", "dk"]


def test_the_profiles_cannot_be_changed(file):
    file.write_text(EVERYTHING)
    with pytest.raises(TypeError):
        load().profiles["new"] = Profile("new")


def test_an_empty_text_means_not_set(file):
    file.write_text(
        'default_profile = ""\ntheme = ""\n'
        '[profiles.main]\norganization = ""\nbase_url = ""\nregion = ""\narchive = ""\n'
    )
    assert load() == Settings(file, {"main": Profile("main")})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_of_windows_editors_are_read(file, mark, newline):
    file.write_bytes((mark + EVERYTHING + "foo = 1\n").replace("\n", newline).encode())
    read = load()
    assert set(read.profiles) == {"main", "dk"}
    assert [text.partition(":")[0] for text in read.problems] == ["settings.toml line 14"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[profiles.main]\n\n\n\n\n\norgnization = 1", "line 7: `orgnization`, `organization`"),
        ("theme = 'dark'\nThemes = 1", "line 2: `Themes`, `theme`"),
        ("\n[profile.main]\nregion = 'NO'", "line 2: `profile`, `profiles`"),
        ("[profiles.main]\nOrganization = 5", "line 2: `Organization`, `organization`"),
        ("[profiles.main]\n'base-url' = 5", "line 2: `base-url`, `base_url`"),
    ],
)
def test_an_unknown_key_is_reported_with_file_line_and_the_nearest_right_name(file, text, told):
    where, right = told.split(", ")
    assert problem(file, text) == (
        f"settings.toml {where} is no setting; did you mean {right}? It is ignored."
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 5", "`x` is no setting; there are `default_profile`, `theme`, `profiles`."),
        ("region = 'NO'", "`region` is no setting here; it belongs below [profiles.NAME]."),
        (
            "profiles.main.theme = 'dark'",
            "`theme` is no setting here; it belongs above the first [table].",
        ),
    ],
)
def test_an_unknown_key_like_no_other_comes_with_what_is_right_there(file, text, told):
    assert problem(file, text) == f"settings.toml line 1: {told} It is ignored."


def test_a_key_of_the_api_in_the_file_is_never_shown(file):
    told = problem(file, '[profiles.main]\nregion = "NO"\nAPI_key = "sekrit"\n')
    assert told.startswith("settings.toml line 3: `API_key` is no setting")
    assert "loyalty-tui login" in told
    assert "sekrit" not in told


@pytest.mark.parametrize(
    ("line", "right", "wrong"),
    [
        ("organization = true", "a whole number or text in quotes", "true or false"),
        ("organization = 12.0", "a whole number or text in quotes", "a number with decimals"),
        ("region = 47", "text in quotes", "a whole number"),
        ("region = ['NO']", "text in quotes", "a list"),
        ("archive = {a = 1}", "text in quotes", "a table"),
        ("base_url = 2026-11-21", "text in quotes", "a date or time"),
    ],
)
def test_a_wrong_type_is_reported_and_the_rest_is_used(file, line, right, wrong):
    key = line.split()[0]
    rest = "region = 'SE'" if key != "region" else "organization = 7"
    told = problem(file, f"# first\n[profiles.main]\n{line}\n{rest}\n")
    assert told.startswith(f"settings.toml line 3: `{key}` is ignored")
    assert told.endswith(f"It has to be {right}, not {wrong}.")
    read = load().profiles["main"]
    assert (read.region, read.organization) == (("SE", "") if key != "region" else ("", "7"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("organization = 'a b'", "`organization` is ignored. The organization id consists of"),
        (f"organization = 0x{'f' * 9000}", "`organization` is ignored. The organization id"),
        ("region = 'UK'", "`region` is ignored. UK is not the code of a country. Write GB"),
        ("region = 'Norway'", "`region` is ignored. The region is a country's code"),
        ("archive = '  '", "`archive` is ignored. This is not the path of a folder."),
        ('archive = "a\\u0000b"', "`archive` is ignored. This is not the path of a folder."),
        ("archive = '~nobody-here/x'", "`archive` is ignored. This is not the path of a folder."),
        ("base_url = 'http://example.com'",
         "`base_url` is ignored, https://api.crowdmanager.io is used. The base URL would send"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_reported_and_left_out(file, line, told):
    text = problem(file, f"[profiles.main]\n{line}\n")
    assert text.startswith(f"settings.toml line 2: {told}")
    assert load().profiles == {"main": Profile("main")}


def test_a_password_in_the_base_url_is_never_shown(file):
    told = problem(file, '[profiles.main]\nbase_url = "https://bob:sekrit@example.com"')
    assert "user name or a password" in told
    assert "sekrit" not in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("profiles = ''", "line 1: `profiles` is ignored. It has to be a table, not text."),
        ("[profiles]\nregion = ''", "line 2: `region` is ignored. It has to be a table, not text."),
        ("profiles = 3", "line 1: `profiles` is ignored. It has to be a table, not a whole"),
        ("[[profiles]]", "line 1: `profiles` is ignored. It has to be a table, not a list."),
        ("[profiles]\nmain = 'x'", "line 2: `main` is ignored. It has to be a table, not text."),
        ("theme = 'blue'", 'line 1: `theme` is ignored. The theme is "dark" or "light".'),
        ("theme = ['dark']", 'line 1: `theme` is ignored. The theme is "dark" or "light".'),
        ("default_profile = 1", "line 1: `default_profile` is ignored. It has to be text"),
        ("default_profile = 'mian'\n[profiles.main]", "line 1: `default_profile` is ignored."),
        ("[profiles.' x']", "line 1: ` x` is ignored. The name of a profile"),
        ("[profiles.'']", "line 1: `` is ignored. The name of a profile"),
    ],
)  # fmt: skip
def test_what_stands_at_the_top_is_checked_too(file, text, told):
    assert problem(file, text).startswith(f"settings.toml {told}")
    assert load().theme == "dark"
    assert load().default_profile == ""


def test_control_characters_of_the_file_reach_no_message(file):
    told = problem(file, '[profiles.main]\n"\\u001b]52;c;x\\u0007\\u202e" = 1')
    assert told.startswith("settings.toml line 2: ")
    assert told.isprintable()


def test_a_key_of_ten_thousand_characters_makes_a_short_message(file):
    assert len(problem(file, f"{'k' * 10_000} = 1")) < 200


def test_a_default_profile_that_does_not_exist_comes_with_the_nearest_name(file):
    assert problem(file, "[profiles.main]\n[profiles.dk]\n[default_profile]").startswith(
        "settings.toml line 3: `default_profile` is ignored. It has to be text in quotes"
    )
    assert problem(file, "default_profile = 'mian'\n[profiles.main]\n[profiles.dk]") == (
        "settings.toml line 1: `default_profile` is ignored. There is no profile “mian”; "
        "did you mean “main”? There is “main”, “dk”."
    )


def test_problems_come_in_the_order_of_the_file(file):
    file.write_text("a = 1\n[profiles.main]\nb = 1\n[c]\n[profiles.dk]\nd = 1\n")
    lines = [re.search(r"line (\d+)", told)[1] for told in load().problems]
    assert lines == ["1", "3", "4", "6"]


def test_a_line_that_cannot_be_told_is_left_out(file):
    # A key behind a list of several lines inside an inline table.
    told = problem(file, "[profiles]\nmain = {region = 'NO', archive = '''\n/x''', foo = 1}\n")
    assert told.startswith("settings.toml: `foo` is no setting")


# Files that cannot be used


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"[profiles.main]\nregion = NO\n", "line 2 is not TOML"),
        (b"theme = 'dark'\n\n[profiles.main\n", "line 3 is not TOML"),
        (b"theme = 'dark'\ntheme = 'light'\n", "line 2 is not TOML"),
        (b'theme = """dark\n\n\n', "line 1 is not TOML"),
        (b"theme = 'dark'\n# caf\xe9\n", "line 2 is not UTF-8 text"),
        (b"\xff\xfet\x00h\x00", "line 1 is not UTF-8 text"),
        (b"a = " + b"[" * 50_000, "brackets too deep"),
        (b"a = " + b"1" * 5_000, "a number too long"),
        (b"#" * 300_000, "is too large for a settings file"),
        (b"a = '\x1b[31m'", "line 1 is not TOML"),
    ],
)
def test_what_is_no_toml_is_refused_with_file_and_line_and_left_as_it_is(file, content, place):
    file.write_bytes(content)
    for attempt in (load, lambda: save_theme("light"), lambda: save_profile(Profile("main"))):
        told = refusal(attempt)
        assert told.startswith(str(file))
        assert place in told
        assert file.read_bytes() == content
        assert names_in(file.parent) == ["settings.toml"]


def test_a_folder_or_a_pipe_in_place_of_the_file_is_refused(file):
    file.mkdir()
    assert "is not a file" in refusal(load)
    assert "is not a file" in refusal(save_theme, "dark")
    file.rmdir()
    os.mkfifo(file)
    assert "is not a file" in refusal(load)


def test_a_link_to_itself_is_refused(file):
    file.symlink_to(file)
    assert "cannot be read (" in refusal(load)
    assert "cannot be read (" in refusal(save_theme, "dark")


@contextmanager
def ordinary_user():
    """Permissions stop nobody who is root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder(monkeypatch):
    """A folder that other users can reach, unlike those of tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        monkeypatch.setenv("LOYALTY_TUI_HOME", name)
        yield Path(name)
        Path(name).chmod(0o755)


def test_a_file_that_may_not_be_read_is_refused(open_folder):
    file = open_folder / "settings.toml"
    file.write_text(EVERYTHING)
    file.chmod(0)
    with ordinary_user():
        assert "cannot be read (Permission denied)" in refusal(load)


def test_a_folder_that_may_not_be_written_is_refused_in_plain_words(open_folder):
    open_folder.chmod(0o555)
    with ordinary_user():
        told = refusal(save_profile, Profile("main"))
    assert f"{open_folder / 'settings.toml'} cannot be written (Permission denied)." in told
    assert names_in(open_folder) == []


def test_a_folder_that_cannot_be_made_is_refused_in_plain_words(home, monkeypatch):
    (home / "file").touch()
    monkeypatch.setenv("LOYALTY_TUI_HOME", str(home / "file"))
    assert "cannot be read (Not a directory)" in refusal(save_theme, "dark")


TOML_PIECES = st.sampled_from(
    ["profiles", "main", "theme", "region", "organization", "default_profile", ".", "=", "= ", "[",
     "]", "[[", "]]", "{", "}", ",", "\n", "\r\n", " ", "#", '"', "'", '"""', "'''", "\\", "1",
     "0x", "-", "_", "1.5", "nan", "2026-11-21", "07:00:00", "25:61:61", "true", '"NO"', '"dark"',
     "'x'", "\0", "\ufeff", "é", "\x1b"]
)  # fmt: skip
TOML_LINES = st.sampled_from(
    ["[profiles]", "[profiles.main]", "[ profiles . 'main' ]", "[[profiles.main]]", "[[profiles]]",
     "[profiles.main.sub]", "main = {}", "main = {region = 'NO', x = [1,", "2]}", "profiles = {}",
     "profiles.main.region = 'SE'", "main.organization = 7", "organization = 5", "theme = 'light'",
     "region = '''NO", "'''", "x = [", "]", "# comment [ ' \"", "", "a.b = nan", "[a]", "[a.b]"]
)  # fmt: skip
TOML_ISH = (
    st.one_of(
        st.lists(TOML_PIECES).map("".join),
        st.lists(TOML_LINES).map("\n".join),
        st.text(),
    ).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary()
)


@with_home
@given(TOML_ISH)
@example(b"\xef\xbb\xbf\xef\xbb\xbf")
def test_no_file_whatever_raises_anything_but_a_settings_error(file, content):
    file.write_bytes(content)
    try:
        read = load()
    except SettingsError as error:
        told = [str(error)]
    else:
        told = [*read.problems, read.theme, read.default_profile, *read.profiles]
    assert all(text.isprintable() for text in told)


@with_home
@given(TOML_ISH, st.sampled_from(["main", "new", "a.b", "é '\"\\"]))
def test_writing_into_any_file_works_or_leaves_it_untouched(file, content, name):
    file.write_bytes(content)
    profile = Profile(name, "12", region="NO")
    try:
        save_profile(profile, default=True)
    except SettingsError:
        assert file.read_bytes() == content
    else:
        read = load()
        assert read.default_profile == name
        assert (read.profiles[name].organization, read.profiles[name].region) == ("12", "NO")


# Lines, whatever the layout

NOISE = ["", "  ", "# [profiles.main]", "# region = 'NO' {", "\t# ''' \"\"\"", '#"', "#"]
GOOD = {
    "organization": ["1201", '"fan-club"', "0x10"],
    "region": ['"NO"', "'gb'", '"""SE"""', "'''\nDK'''"],
    "archive": [
        '"~/a#b"',
        "'C:\\[x]'",
        '"""a\\\n   b\n"""',
        '"\\"\\\\"',
        "'''it's'''",
        '"""a"""" # "[',
        "'''a'''' # '[",
    ],
    "base_url": ['"https://example.com"', "'http://localhost:1'"],
}
BAD = {
    "organization": ["[\n 1, # ]\n 2]", "1.5", '"a b"'],
    "region": ['"Norway"', "4", '"""\nN"""'],
    "archive": ["1979-05-27T07:32:00Z", '"\\u0000"', "[[], [']']]"],
    "orgnization": ["1", "[\n]", '"""x\n\n"""', "{a = '}', b = [1]}"],
    "strange key": ["nan", "'''\n]\n'''"],
}


class Layout:
    """Writes a settings file in one of many ways and notes where its problems start."""

    def __init__(self, draw):
        self.draw = draw
        self.text = ""
        self.problems = []
        self.names = draw(
            st.lists(st.sampled_from(["main", "dk", "no", "x y"]), min_size=1, unique=True)
        )

    def one_of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def add(self, line):
        for noise in self.draw(st.lists(st.sampled_from(NOISE), max_size=2)):
            self.text += f"{noise}\n"
        number = self.text.count("\n") + 1
        self.text += f"{line}\n"
        return number

    def quoted(self, name):
        return self.one_of(f'"{name}"', f"'{name}'", *[name] * name.isalpha())

    def pairs(self, *, on_one_line):
        """Yield key, value, and whether that is a problem; a key comes once."""
        for key in self.draw(st.lists(st.sampled_from(sorted({*GOOD, *BAD})), unique=True)):
            wrong = key not in GOOD or (key in BAD and self.draw(st.booleans()))
            values = (BAD if wrong else GOOD)[key]
            fitting = [v for v in values if not on_one_line or not re.search(r"\n| # ", v)]
            yield key, self.one_of(*fitting), wrong

    def statements(self, *parents):
        for key, value, wrong in self.pairs(on_one_line=False):
            path = self.one_of(".", " . ").join([*parents, self.quoted(key)])
            indent, equals = self.one_of("", "  ", "\t"), self.one_of(" = ", "=", "\t=  ")
            line = self.add(indent + path + equals + value + self.one_of("", " ", " # ' } ]"))
            self.problems += [(line, key)] * wrong

    def inline(self, name):
        pairs = list(self.pairs(on_one_line=True))
        table = ", ".join(f"{self.quoted(key)} = {value}" for key, value, _ in pairs)
        line = self.add(f"{self.quoted(name)} = {{{table}}}")
        self.problems += [(line, key) for key, _, wrong in pairs if wrong]

    def write(self):
        """Dotted keys and a header cannot both make the table of profiles."""
        middle = len(self.names) // 2
        if self.draw(st.booleans()):
            for name in self.names[:middle]:
                self.statements(self.quoted("profiles"), self.quoted(name))
        else:
            self.add(self.one_of("[profiles]", "[ 'profiles' ] # ]", '  ["profiles"]'))
            for name in self.names[:middle]:
                if self.draw(st.booleans()):
                    self.inline(name)
                else:
                    self.statements(self.quoted(name))
        for name in self.names[middle:]:
            header = self.one_of("[profiles.{}]", '  [ "profiles" . {} ]  # [x]')
            self.add(header.format(self.quoted(name)))
            self.statements()
        if self.draw(st.booleans()):
            line = self.add(self.one_of("[other]", "[[other]]", "[other.sub]", "['other'.'a.b']"))
            self.problems.append((line, "other"))
            self.add("region = 'elsewhere'")
        return self


@st.composite
def layouts(draw):
    return Layout(draw).write()


@with_home
@given(layouts(), st.sampled_from(["\n", "\r\n"]))
def test_every_problem_names_its_line_whatever_the_layout(file, layout, newline):
    file.write_bytes(layout.text.replace("\n", newline).encode())
    pattern = re.compile(r"settings\.toml line (\d+): `([^`]+)`")
    told = [pattern.match(each) for each in load().problems]
    assert sorted((int(each[1]), each[2]) for each in told) == sorted(layout.problems)


# Writing


def test_a_first_profile_makes_a_private_file_in_a_private_folder(home, monkeypatch):
    monkeypatch.setenv("LOYALTY_TUI_HOME", str(home / "deep" / "er"))
    before = os.umask(0)
    try:
        written = save_profile(
            Profile("main", "1201", BASE_URL, "NO", Path.home() / "pushes"), default=True
        )
    finally:
        os.umask(before)
    assert written == home / "deep" / "er" / "settings.toml"
    assert written.read_text() == (
        'default_profile = "main"\n\n[profiles.main]\norganization = 1201\nregion = "NO"\n'
        'archive = "~/pushes"\n'
    )
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(written.parent.stat().st_mode) == 0o700
    assert names_in(written.parent) == ["settings.toml"]


def test_a_file_that_others_could_read_is_private_after_writing(file):
    file.write_text(EVERYTHING)
    file.chmod(0o644)
    save_theme("dark")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_theme_changes_and_nothing_else_does(file):
    file.write_text(EVERYTHING)
    save_theme("dark")
    assert file.read_text() == EVERYTHING.replace('"light"', '"dark"')


def test_a_theme_that_does_not_exist_is_refused(file):
    with pytest.raises(SettingsError, match='"dark" or "light"'):
        save_theme("blue")
    assert not file.exists()


def test_a_value_that_means_the_same_is_not_rewritten(file, home, tmp_path):
    file.write_text(EVERYTHING)
    before = file.stat()
    save_profile(
        Profile("main", "1201", BASE_URL, "NO", tmp_path / "somebody" / "pushes"), default=False
    )
    save_profile(Profile("dk", "fan-club_2", archive=home / "pushes" / "dk"), default=True)
    assert file.read_text() == EVERYTHING
    assert file.stat().st_ino == before.st_ino


def test_new_settings_go_where_a_person_would_write_them(file):
    file.write_text(
        "# mine\n\n# Norway\n[profiles.main]\n  organization = 1 # one\n\n# Denmark\n"
        "[profiles.dk]\n# nothing yet\n\n[other]\nx = 1"
    )
    save_profile(Profile("main", "1", region="NO"), default=True)
    save_profile(Profile("dk", "2"))
    save_profile(Profile("new.one", "3"))
    assert file.read_text() == (
        '# mine\n\ndefault_profile = "main"\n\n# Norway\n[profiles.main]\n'
        '  organization = 1 # one\n  region = "NO"\n\n# Denmark\n'
        "[profiles.dk]\norganization = 2\n# nothing yet\n\n[other]\nx = 1\n\n"
        '[profiles."new.one"]\norganization = 3\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("profiles.main.organization = 1\ntheme = 'dark'\n# end\n",
         "profiles.main.organization = 1\nprofiles.main.region = \"NO\"\ntheme = 'dark'\n# end\n"),
        ("[profiles]\n  main.organization = 1 # x\ndk = {}\n",
         '[profiles]\n  main.organization = 1 # x\n  main.region = "NO"\ndk = {}\n'),
        ("[profiles]\nmain = { region = 'SE', organization = 1 } # x\n",
         '[profiles]\nmain = { region = "NO", organization = 1 } # x\n'),
        ("[profiles.main]\norganization = 1\nregion = [\n 'x',\n] # list\n",
         '[profiles.main]\norganization = 1\nregion = "NO" # list\n'),
        ("[profiles.main.more]\nx = 1\n",
         '[profiles.main.more]\nx = 1\n\n[profiles.main]\norganization = 1\nregion = "NO"\n'),
    ],
)  # fmt: skip
def test_profiles_in_other_layouts_are_changed_in_place(file, before, after):
    file.write_text(before)
    save_profile(Profile("main", "1", region="NO"))
    assert file.read_text() == after


def test_a_profile_is_added_to_an_inline_table_of_profiles(file):
    file.write_text("profiles = {main = {organization = 1}} # one line\ntheme = 'dark'\n")
    save_profile(Profile("dk", "2", region="DK"))
    assert load().profiles == {
        "main": Profile("main", "1"),
        "dk": Profile("dk", "2", region="DK"),
    }
    assert file.read_text().endswith(" # one line\ntheme = 'dark'\n")


def test_windows_line_ends_and_byte_order_mark_stay(file):
    file.write_bytes("\ufeff# mine\r\n[profiles.main]\r\norganization = 1".encode())
    save_profile(Profile("main", "1", region="NO"))
    save_theme("light")
    assert (
        file.read_bytes()
        == (
            '\ufefftheme = "light"\r\n\r\n# mine\r\n'
            '[profiles.main]\r\norganization = 1\r\nregion = "NO"\r\n'
        ).encode()
    )


def test_what_is_no_longer_set_is_emptied_in_place(file):
    file.write_text(EVERYTHING)
    save_profile(Profile("main"))
    changed = EVERYTHING.replace("1201", '""').replace('"no"', '""').replace('"~/pushes"', '""')
    assert file.read_text() == changed
    assert load().profiles["main"] == Profile("main")


@pytest.mark.parametrize(
    "text",
    ["profiles = 1", "[[profiles]]", "[profiles]\nmain = 'x'", "[[profiles.main]]",
     "[profiles.main.region]", "[default_profile]"],
)  # fmt: skip
def test_a_layout_that_cannot_be_changed_safely_is_refused_and_left_as_it_is(file, text):
    file.write_text(text)
    assert "cannot change safely" in refusal(
        save_profile, Profile("main", "1", region="NO"), default=True
    )
    assert file.read_text() == text


def test_what_tomlkit_does_not_understand_is_refused_and_left_as_it_is(file):
    text = f"[profiles]\nmain = {{region = 'SE', deep = {'[' * 120}{']' * 120}}}\n"
    file.write_text(text)
    assert "cannot change safely" in refusal(save_profile, Profile("main", region="NO"))
    assert file.read_text() == text


def test_an_outcome_that_would_say_something_else_is_not_written(file, monkeypatch):
    file.write_text(EVERYTHING)
    wrong = tomlkit.item("wrong")
    monkeypatch.setattr(tomlkit, "item", lambda _: wrong)
    assert "cannot change safely" in refusal(save_profile, Profile("new", "1"))
    assert file.read_text() == EVERYTHING


def test_a_file_of_comments_only_stays_above_what_is_written(file):
    file.write_text("# mine\n\n# and more\n")
    save_theme("light")
    assert file.read_text() == '# mine\n\n# and more\ntheme = "light"\n'


@pytest.mark.parametrize(
    "profile",
    [
        Profile(""),
        Profile("x\n"),
        Profile("m" * 65),
        Profile("main", "a b"),
        Profile("main", base_url="http://example.com"),
        Profile("main", region="UK"),
        Profile("main", archive=Path("a\0b")),
        Profile("main", archive=Path("/\udcff")),
    ],
)
def test_a_profile_that_could_not_be_read_back_is_not_written(home, profile):
    refusal(save_profile, profile)
    assert names_in(home) == []


def test_writing_goes_through_a_link_to_its_target(file, tmp_path):
    target = tmp_path / "dotfiles" / "loyalty.toml"
    target.parent.mkdir()
    target.write_text(EVERYTHING)
    file.symlink_to(target)
    save_theme("dark")
    assert file.is_symlink()
    assert target.read_text() == EVERYTHING.replace('"light"', '"dark"')
    assert names_in(target.parent) == ["loyalty.toml"]
    target.unlink()
    save_theme("light")
    assert target.read_text() == 'theme = "light"\n'


def test_a_write_that_fails_leaves_the_old_file_and_no_other(file, monkeypatch):
    file.write_text(EVERYTHING)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "cannot be written (No space left on device)" in refusal(save_theme, "dark")
    assert file.read_text() == EVERYTHING
    assert names_in(file.parent) == ["settings.toml"]


def test_a_folder_outside_the_home_folder_is_written_in_full(file):
    save_profile(Profile("main", archive=Path("/srv/pushes")))
    assert 'archive = "/srv/pushes"' in file.read_text()
    save_profile(Profile("main", archive=Path.home()))
    assert 'archive = "~"' in file.read_text()


NAMES = (
    st.text(min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda name: name and name.isprintable() and len(name) <= 64)
)
FOLDERS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=9).filter(
        lambda part: part not in {".", ".."} and part.strip()
    ),
    min_size=1,
    max_size=3,
)
PROFILES = st.builds(
    Profile,
    NAMES | st.sampled_from(["main", "dk"]),
    st.from_regex(r"\A[A-Za-z0-9_-]{1,20}\Z") | st.just("") | st.integers(0, 10**30).map(str),
    st.sampled_from([BASE_URL, "https://example.com:8443/crowd", "http://127.0.0.1:8000"]),
    st.sampled_from(["", "NO", "GB"]),
    st.none() | FOLDERS.map(lambda parts: Path("/", *parts)),
)


@with_home
@given(PROFILES, st.booleans())
def test_what_is_written_is_read_back(file, profile, default):
    file.write_bytes(b"")
    save_profile(profile, default=default)
    read = load()
    assert read.profiles == {profile.name: profile}
    assert read.default_profile == (profile.name if default else "")
    assert read.problems == ()


def test_profiles_below_the_home_folder_are_read_back_too(file):
    for archive in (Path.home(), Path.home() / "x y", Path.home() / "~" / "é"):
        save_profile(Profile("main", archive=archive))
        assert load().profiles["main"].archive == archive
        assert 'archive = "~' in file.read_text()


def is_subsequence(lines, of):
    remaining = iter(of)
    return all(line in remaining for line in lines)


@with_home
@given(layouts(), PROFILES, st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_comments_and_all_other_keys_survive_byte_for_byte(file, layout, profile, default, newline):
    before = layout.text.replace("\n", newline).encode()
    file.write_bytes(before)
    old = load()
    save_profile(profile, default=default)
    new = load()
    assert new.profiles == {**old.profiles, profile.name: new.profiles[profile.name]}
    assert new.profiles[profile.name] == profile
    after = file.read_bytes()
    if profile.name not in layout.names:
        assert is_subsequence(before.splitlines(keepends=True), after.splitlines(keepends=True))
    comments = [line for line in before.splitlines() if line.strip().startswith(b"#")]
    assert is_subsequence(comments, after.splitlines())
    others = {"profiles", "default_profile"}
    data = [tomllib.loads(each.decode(), parse_float=str) for each in (before, after)]
    assert {k: v for k, v in data[0].items() if k not in others} == {
        k: v for k, v in data[1].items() if k not in others
    }
    for name, table in data[0].get("profiles", {}).items():
        if name != profile.name:
            assert data[1]["profiles"][name] == table
    assert tomlkit.parse(after.decode()).unwrap().keys() == data[1].keys()


@with_home
@given(st.text("abc# \"'[]\t", max_size=20), st.sampled_from(["", " ", "\t"]))
def test_only_the_value_changes_in_the_line_of_a_key(file, comment, indent):
    lines = ["[profiles.main]", f"{indent}region   =   'SE'  # {comment}", f"# {comment}", ""]
    file.write_text("\n".join(lines))
    save_profile(Profile("main", region="NO"))
    assert file.read_text() == "\n".join(lines).replace("'SE'", '"NO"')


# Choosing


def some(*names, default=""):
    return Settings(
        Path("settings.toml"), {name: Profile(name, f"of-{name}") for name in names}, default
    )


def test_the_option_beats_the_variable_beats_the_default_beats_the_rest(monkeypatch):
    known = some("a", "b", "c", "main", default="c")
    assert choose(known, profile="a", environ={"LOYALTY_TUI_PROFILE": "b"}).name == "a"
    assert choose(known, profile=None, environ={"LOYALTY_TUI_PROFILE": "b"}).name == "b"
    assert choose(known, profile=None, environ={"LOYALTY_TUI_PROFILE": ""}).name == "c"
    assert choose(some("a", "main"), profile=None, environ={}).name == "main"
    assert choose(some("only"), profile=None, environ={}).name == "only"
    assert choose(some("b", "a"), profile=None, environ={}).name == "b"
    assert choose(some("a", default="gone"), profile=None, environ={}).name == "a"
    monkeypatch.setenv("LOYALTY_TUI_PROFILE", "b")
    assert choose(known, profile=None).name == "b"


def test_an_unknown_profile_is_refused_with_the_nearest_and_all_names():
    for options in ({"profile": "Mian"}, {"profile": None}):
        told = refusal(
            choose, some("dk", "main"), environ={"LOYALTY_TUI_PROFILE": "Mian"}, **options
        )
        assert told == ("There is no profile “Mian”; did you mean “main”? There is “dk”, “main”.")
    assert refusal(choose, some(), profile="x\x1b", environ={}) == (
        "There is no profile “x\N{REPLACEMENT CHARACTER}”. There is none yet."
    )


def test_options_win_over_the_profile(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    profile = Profile("main", "1", "https://example.com", "SE", Path("/srv/a"))
    known = Settings(Path("settings.toml"), {"main": profile})
    assert choose(known, profile=None, environ={}) is not None
    assert choose(known, profile=None, environ={}) == profile
    chosen = choose(
        known,
        profile="main",
        base_url="http://localhost:8000/",
        organization="2",
        region="",
        archive="below",
        environ={},
    )
    assert chosen == Profile("main", "2", "http://localhost:8000", "", tmp_path / "below")


def test_without_settings_the_options_alone_make_a_profile(tmp_path):
    nothing = Settings(Path("settings.toml"))
    assert choose(nothing, profile=None, environ={}) == Profile("main")
    assert choose(nothing, profile=None, organization="7", archive=tmp_path, environ={}) == Profile(
        "main", "7", archive=tmp_path
    )


@pytest.mark.parametrize(
    "option",
    [{"base_url": ""}, {"organization": ""}, {"organization": "../x"}, {"region": "NOR"},
     {"archive": ""}, {"archive": "~nobody-here/x"}],
)  # fmt: skip
def test_an_option_that_cannot_be_used_is_refused(option):
    refusal(choose, some("main"), profile=None, environ={}, **option)


# Single values


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://api.crowdmanager.io", "https://api.crowdmanager.io"),
        (" HTTPS://API.CrowdManager.io// ", "https://api.crowdmanager.io"),
        ("https://example.com:8443/Crowd/v1/", "https://example.com:8443/Crowd/v1"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://10.0.0.1:", "https://10.0.0.1"),
        ("https://example.com.", "https://example.com."),
        ("https://[2001:DB8::1]:443/x/", "https://[2001:db8::1]:443/x"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://LOCALHOST", "http://localhost"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://127.200.3.4", "http://127.200.3.4"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://example.com/a@b", "https://example.com/a@b"),
    ],
)
def test_a_base_url_is_https_or_on_this_machine(url, clean):
    assert check_base_url(url) == clean
    assert check_base_url(clean) == clean


@pytest.mark.parametrize(
    "url",
    ["", " ", "api.crowdmanager.io", "//example.com", "ftp://localhost", "file:///etc/passwd",
     "http://example.com", "http://localhost.example.com", "http://127.0.0.1.example.com",
     "http://128.0.0.1", "http://0.0.0.0", "http://[::]", "http://127.1", "http://2130706433",
     "http://[::1%25eth0]", "http://[::2]", "http://localhost@example.com",
     "https://example.com\\@localhost", "https://user@example.com", "https://:sekrit@example.com",
     "https://example.com?", "https://example.com/?key=sekrit", "https://example.com#", "https://",
     "https://:443", "https://example.com:99999", "https://example.com:0", "https://example.com:x",
     "https://exa mple.com", "https://exa\nmple.com", "https://exam\tple.com", "https://a..b",
     "https://-a.com", "https://a-.com", "https://[fe80::1%eth0]",
     "https://1.2.3.4.5", "https://999.1.1.1", "https://[::1", "https://[x]",
     "https://bücher.example", "https://example.com/\x1b", "https://{id}.example.com",
     f"https://{'a' * 64}.com"],
)  # fmt: skip
def test_any_other_base_url_is_refused_without_being_repeated(url):
    told = refusal(check_base_url, url)
    assert told.startswith("The base URL ")
    assert "sekrit" not in told


@given(st.text(st.sampled_from("https:/[]@?#.%\\ \n\tlocalhost127.0.0.1a-_\u2100é")) | st.text())
def test_a_base_url_is_clean_or_refused(rest):
    for url in (rest, f"https://{rest}", f"http://{rest}"):
        try:
            clean = check_base_url(url)
        except SettingsError:
            continue
        assert re.fullmatch(r"https?://[!-~]*[^/]", clean)
        assert check_base_url(clean) == clean
        assert not set("@?#") & set(clean.split("/")[2])


def test_an_organization_is_letters_digits_dash_and_underscore():
    assert check_organization(" 1201\n") == "1201"
    assert check_organization("Fan-Club_2") == "Fan-Club_2"
    for text in ("", " ", "a b", "a/b", "..", "é", "１２", "1\n2", "x" * 65):
        assert "letters, digits" in refusal(check_organization, text)


def test_a_region_is_two_letters_or_nothing():
    assert check_region(" no ") == "NO"
    assert check_region("") == ""
    for text in ("N", "NOR", "N0", "Ñ1", "ØL", "ＮＯ", "47"):
        assert "country's code of two letters" in refusal(check_region, text)
    for text in ("UK", "uk"):
        assert "Write GB" in refusal(check_region, text)


def test_a_folder_is_absolute_with_its_home_expanded(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert check_folder("~/x") == tmp_path / "somebody" / "x"
    assert check_folder("x", Path("/srv")) == Path("/srv/x")
    assert check_folder(Path("x")) == tmp_path / "x"
    assert check_folder("/x", tmp_path) == Path("/x")


def test_the_name_of_a_profile_can_be_seen():
    for name in ("main", "Norway 2", "ü", "-", "x" * 64):
        assert check_profile_name(name) == name
    for name in ("", " ", " x", "x ", "a\nb", "\x1b", "a\u202eb", "x" * 65):
        refusal(check_profile_name, name)


def test_settings_errors_name_the_file_once_and_promise_that_nothing_changed(file):
    file.write_text("=")
    told = refusal(load)
    assert told.count(str(file)) == 1
    assert told.endswith("Nothing was changed.")
