import json
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty_tui import privacy
from loyalty_tui.crowdtwist import json_text, reading
from loyalty_tui.crowdtwist.fields import BY_PATH, FIELDS, GROUPS, Form, Sensitivity

FIXTURES = Path(__file__).parents[1] / "fixtures"
NAMES = (FIXTURES / "crowdtwist-field-names.txt").read_text("utf-8").split()
SAMPLE = (FIXTURES / "crowdtwist-live-push-sample.json").read_text("utf-8")

UNHURRIED = settings(deadline=None)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([Decimal("1e999999"), Decimal("-1e-999999"), Decimal("1." + "0" * 999)])
    | st.text()
    | st.sampled_from(['{"a":1}', "[]", '"', "\x1b[2J", "[/]", "a@b@c", "e" + "\u0301" * 50])
    | st.from_regex(r"[+-]?[0-9]{1,40}(\.[0-9]+)?", fullmatch=True)
)
KEYS = st.text() | st.sampled_from([name.rpartition(".")[2] for name in NAMES])
HARMLESS_KEYS = st.text().filter(lambda key: key.casefold() not in privacy.SECRET_KEYS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
PUSHES = st.dictionaries(
    KEYS, VALUES | st.sampled_from([300, 5000]).map(lambda digits: 10**digits), max_size=10
)


def lines(push, *, reveal=True):
    return {
        line.path: line for section in reading.read(push, reveal=reveal) for line in section.lines
    }


def value(push, path, *, reveal=True):
    return lines(push, reveal=reveal)[path].value


def is_safe(text):
    return not any(
        unicodedata.category(sign) in {"Cc", "Cs"} or unicodedata.bidirectional(sign) in BIDI
        for sign in text
    )


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def test_every_name_of_the_vendor_document_is_in_the_dictionary_and_no_other():
    assert set(BY_PATH) == set(NAMES)
    assert len(NAMES) == len(set(NAMES)) == 74


def test_the_fixture_has_every_name_of_the_documents_own_push():
    def names(push, around=""):
        for key, held in push.items():
            yield around + key
            if isinstance(held, dict):
                yield from names(held, f"{around}{key}.")

    assert set(names(json_text.loads(SAMPLE))) <= set(NAMES)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.path)
def test_a_field_is_fully_described(field):
    assert field.group in GROUPS
    assert field.label
    assert field.meaning.endswith(".")
    assert field.documented_type or field.path == "numPointsPurchased"


def test_every_group_has_a_field_and_the_fields_stand_together():
    groups = [field.group for field in FIELDS]
    assert tuple(dict.fromkeys(groups)) == GROUPS
    assert groups == sorted(groups, key=GROUPS.index)


def test_the_two_spellings_of_the_timeframe_score_are_one_field():
    assert BY_PATH["tierInfo.timeframeScore"] is BY_PATH["tierInfo.timeframe_score"]


def test_secrets_contacts_addresses_and_accounts_are_not_open():
    secret = {field.path for field in FIELDS if field.sensitivity is Sensitivity.SECRET}
    personal = {field.path for field in FIELDS if field.sensitivity is Sensitivity.PERSONAL}
    assert secret == privacy.SECRET_KEYS
    assert personal == {
        "emailAddress", "mobilePhoneNumber", "dateOfBirth", "userName", "ipAddress", "customData",
        "streetAddress1", "streetAddress2", "postalCode", "facebookUserId", "twitterUserId",
        "instUserId", "googleUserId", "yahooUserId", "fsqUserId", "gender",
    }  # fmt: skip


def test_the_vendors_own_push_reads_as_sent():
    read = lines(json_text.loads(SAMPLE))
    shown = {path: line.value for path, line in read.items()}
    assert shown.keys() == set(NAMES) - {
        "tierInfo", "tierInfo.currentLevel", "tierInfo.nextLevel", "tierInfo.timeframeScore",
    }  # fmt: skip
    expected = {
        "id": "6566",
        "emailAddress": "george15@crowdtwist.com",
        "mobilePhoneNumber": "12312312321",
        "dateLastUpdated": "23 Mar 2017 20:49:04 UTC",
        "dateOfBirth": "6 Jul 1974",
        "isActive": "yes",
        "receiveSmsMessages": "no",
        "passwordGenerated": "no",
        "activityStreamOptIn": "yes",
        "clientBrandingId": "0",
        "dateMobileVerified": "not set",
        "totalPoints": "5,200",
        "password": "not set",
        "customData": "not set",
        "tierInfo.currentLevel.title": "Tier 1",
        "tierInfo.currentLevel.minValue": "not set",
        "tierInfo.nextLevel.title": "Tier 2",
        "tierInfo.nextLevel.maxValue": "2,499",
        "tierInfo.resetDate": "23 Mar 2017 20:00:00 UTC",
        "tierInfo.timeframe_score": "0",
    }
    assert {path: shown[path] for path in expected} == expected
    assert shown["tierInfo.assignedByEvent"] == "dropped a tier (drop)"
    assert not any(line.odd or line.hidden for line in read.values())
    assert all(line.null == (line.value == "not set") for line in read.values())


def test_sections_come_in_the_order_of_the_groups_and_the_unknown_last():
    push = {**json_text.loads(SAMPLE), "new": 1}
    names = [section.name for section in reading.read(push, reveal=False)]
    assert names == [*GROUPS, "Not in the document"]
    assert reading.read({}, reveal=True) == ()


@UNHURRIED
@given(PUSHES, st.booleans())
def test_any_object_is_shown_as_short_safe_lines(push, reveal):
    for section in reading.read(push, reveal=reveal):
        assert section.lines
        for line in section.lines:
            assert line.label
            assert line.value
            assert is_safe(line.label + line.value)
            assert len(line.value) <= 301


@UNHURRIED
@given(PUSHES, st.booleans())
def test_any_object_is_laid_out_as_safe_lines(push, reveal):
    view = json_view(json_text.compact(push), reveal=reveal)
    assert is_safe(view.replace("\n", ""))


@UNHURRIED
@given(st.dictionaries(HARMLESS_KEYS, st.recursive(SCALARS, st.lists), max_size=4))
def test_laid_out_with_everything_revealed_it_is_the_same_document(push):
    text = json.dumps(json.loads(json_text.compact(push), parse_float=str))
    assert json_text.loads(json_view(text, reveal=True)) == json_text.loads(text)


def json_view(text, *, reveal):
    return reading.harmless(json_text.pretty(text, reading.veil(reveal=reveal)))


SECRET = "hunter2-🔑"
SECRETIVE = [
    {"password": SECRET},
    {"PassWord": [SECRET], "SALT": {SECRET: 1}},
    {"customData": {"deep": [{"Salt": SECRET}]}},
    {"customData": json.dumps({"a": {"password": SECRET}}, ensure_ascii=False)},
    {"customData": json.dumps({"a": {"p\u0061ssword": SECRET}}).replace("pass", "p\\u0061ss")},
    {"customData": '{"password":"hunter2-🔑","password":null}'},
    {"firstName": json.dumps({"password": SECRET}, ensure_ascii=False)},
    {"emailAddress": '{"a":"b@c.d","password":"hunter2-🔑@e.f"}'},
    {"mobilePhoneNumber": '{"password":"hunter2-🔑"}'},
    {"unknown": json.dumps(json.dumps({"salt": SECRET}))},
    {"unknown": [{"salt": SECRET}]},
    {"tierInfo": {"password": SECRET, "currentLevel": {"salt": SECRET}}},
    {"tierInfo": {"score": {"password": SECRET}}},
    {"id": {"password": {"salt": SECRET}}},
]


@pytest.mark.parametrize("reveal", [True, False])
@pytest.mark.parametrize("push", SECRETIVE, ids=range(len(SECRETIVE)))
def test_a_secret_is_never_shown_wherever_and_however_it_is_spelt(push, reveal):
    text = json.dumps(push, ensure_ascii=False)
    shown = [
        json_view(text, reveal=reveal),
        json_view(f"[{text}]", reveal=reveal),
        *(f"{line.label} {line.value}" for line in lines(push, reveal=reveal).values()),
    ]
    assert not any("hunter2" in part for part in shown)
    assert "redacted" in shown[0] or not reveal


def test_secrets_in_strings_in_strings_without_end_are_not_followed_but_hidden():
    held = SECRET
    for _ in range(12):
        held = json.dumps({"salt": held})
    text = json.dumps({"firstName": held, "customData": {"a": held}})
    assert "hunter2" not in json_view(text, reveal=True)
    escaped = f'"{SECRET}"'
    for _ in range(300):
        escaped = '"' + escaped.replace("\\", "\\u005c").replace('"', "\\u0022") + '"'
    assert "hunter2" not in json_view(f'{{"firstName":{escaped}}}', reveal=True)


@pytest.mark.parametrize(
    ("push", "path", "masked"),
    [
        ({"emailAddress": "ann@b.c"}, "emailAddress", "a•••@b.c"),
        ({"emailAddress": "annie"}, "emailAddress", "a•••"),
        ({"emailAddress": "ann lee @ home, and more"}, "emailAddress", "a•••"),
        ({"mobilePhoneNumber": "4722345678"}, "mobilePhoneNumber", "••••••••78"),
        ({"mobilePhoneNumber": 4722345678}, "mobilePhoneNumber", "••••••••78"),
        ({"mobilePhoneNumber": "call Bob"}, "mobilePhoneNumber", "c•••"),
        ({"postalCode": 10001}, "postalCode", "1•••"),
        ({"gender": "Female"}, "gender", "•••"),
        ({"userName": {"a": "bcd"}}, "userName", '{"a":"•••"}'),
        ({"firstName": {"a": "bcd", "n": 12}}, "firstName", '{"a":"•••","n":•••}'),
        ({"customData": {"id": "employee1"}}, "customData.id", "e•••"),
        ({"customData": "employee1"}, "customData", "e•••"),
        ({"new": "value"}, "new", "v•••"),
        ({"new": 12345}, "new", "1•••"),
        ({"new": True}, "new", "true"),
        ({"new": ["abcd", None, False]}, "new", '["a•••",null,false]'),
        ({"tierInfo": {"new": "value"}}, "tierInfo.new", "v•••"),
    ],
)
def test_personal_data_is_masked_until_it_is_asked_for(push, path, masked):
    assert value(push, path, reveal=False) == masked
    assert value(push, path, reveal=True) != masked or masked == "true"
    assert lines(push, reveal=False)[path].hidden == (masked != "true")
    assert not lines(push, reveal=True)[path].hidden


def test_the_laid_out_json_masks_what_the_lines_mask():
    push = '{"emailAddress":"ann@b.c","city":"Oslo","customData":{"n":12,"t":true},"x":[1.50]}'
    view = json_view(push, reveal=False)
    assert json_text.packed(view) == (
        '{"emailAddress":"a•••@b.c","city":"Oslo","customData":{"n":"•••","t":true},"x":["1•••"]}'
    )
    assert json_text.packed(json_view(push, reveal=True)) == push


def test_a_name_with_a_dot_is_not_taken_for_a_nested_field():
    assert value({"tierInfo.score": "private"}, "tierInfo.score", reveal=False) == "p•••"
    view = json_view('{"tierInfo.score":"private"}', reveal=False)
    assert json_text.loads(view) == {"tierInfo.score": "p•••"}


@pytest.mark.parametrize(
    ("path", "sent", "shown"),
    [
        ("totalPoints", 9007199254740993, "9,007,199,254,740,993"),
        ("totalPoints", Decimal("1234567.50"), "1,234,567.50"),
        ("totalPoints", "5200", "5,200"),
        ("totalPoints", Decimal("5.2E+3"), "5,200"),
        ("totalPoints", Decimal("1E+999999"), "1E+999999"),
        ("id", 9007199254740993, "9007199254740993"),
        ("isActive", True, "yes"),
        ("isActive", "0", "no"),
        ("dateMobileVerified", 0, "no"),
        ("dateMobileVerified", "1", "yes"),
        ("dateMobileVerified", 1490302144, "23 Mar 2017 20:49:04 UTC"),
        ("dateMobileVerified", "2017-03-23T20:49:04Z", "23 Mar 2017 20:49:04 UTC"),
        ("dateOfBirth", -14182980, "20 Jul 1969"),
        ("dateOfBirth", "0033-04-03T15:00:00Z", "3 Apr 33"),
        ("dateCreated", "2017-03-23T22:49:04+02:00", "23 Mar 2017 20:49:04 UTC"),
        ("tierInfo", None, "not set"),
        ("tierInfo", {}, "empty"),
        ("firstName", "", "empty"),
        ("firstName", None, "not set"),
    ],
)
def test_a_value_of_the_documented_kind_is_made_readable(path, sent, shown):
    line = lines({path: sent})[path]
    assert (line.value, line.odd, line.null) == (shown, False, sent is None)


@pytest.mark.parametrize(
    ("path", "sent", "shown"),
    [
        ("firstName", 5, "5"),
        ("firstName", ["a", 1], '["a",1]'),
        ("isActive", 2, "2"),
        ("isActive", "maybe", "maybe"),
        ("totalPoints", "many", "many"),
        ("totalPoints", True, "true"),
        ("totalPoints", {"a": None}, '{"a":null}'),
        ("dateCreated", "soon", "soon"),
        ("dateCreated", True, "true"),
        ("dateMobileVerified", -5, "-5"),
        ("tierInfo", "Gold", "Gold"),
        ("tierInfo", [1], "[1]"),
        ("customData", 5, "5"),
        ("customData", [1], "[1]"),
    ],
)
def test_a_value_of_another_kind_is_shown_as_it_came(path, sent, shown):
    line = lines({path: sent})[path]
    assert (line.value, line.odd) == (shown, True)


def test_what_was_not_sent_has_no_line():
    assert set(lines({"city": "Oslo"})) == {"city"}


def test_the_tier_block_may_be_cut_short_anywhere():
    read = lines({"tierInfo": {"currentLevel": {"title": "Top"}, "nextLevel": None, "score": 1}})
    assert {path: line.value for path, line in read.items()} == {
        "tierInfo.currentLevel.title": "Top",
        "tierInfo.nextLevel": "not set",
        "tierInfo.score": "1",
    }


def test_both_spellings_of_one_field_are_shown_apart_when_both_were_sent():
    read = lines({"tierInfo": {"timeframe_score": 1, "timeframeScore": 2}})
    assert [(line.label, line.value) for line in read.values()] == [
        ("Timeframe score (timeframeScore)", "2"),
        ("Timeframe score (timeframe_score)", "1"),
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {"employee_id": "employee1", "nested": {"a": [1, None]}, "points": Decimal("1.50")},
        '{"employee_id": "employee1", "nested": {"a": [1, null]}, "points": 1.50}',
    ],
)
def test_custom_data_has_a_line_for_each_key_and_one_that_says_when_it_came_as_text(sent):
    (section,) = reading.read({"customData": sent}, reveal=True)
    assert section.name == "Custom data"
    came = [("Custom data", "sent as text that holds JSON")] if isinstance(sent, str) else []
    assert [(line.label, line.value) for line in section.lines] == [
        *came,
        ("employee_id", "employee1"),
        ("nested", '{"a":[1,null]}'),
        ("points", "1.50"),
    ]


@pytest.mark.parametrize(
    ("sent", "shown"), [("free text", "free text"), ({}, "empty"), ("", "empty"), (None, "not set")]
)
def test_other_custom_data_has_one_line(sent, shown):
    assert value({"customData": sent}, "customData") == shown


def test_a_huge_value_is_cut_and_says_so():
    for sent in ("x" * 5_000_000, ["x"] * 1_000_000, {"a": "é" * 5_000_000}, "\u202e" * 5000):
        shown = value({"new": sent}, "new")
        assert len(shown) <= 300
        assert shown.endswith("…")


def test_many_entries_are_cut_and_say_so():
    (section,) = reading.read({"customData": {str(n): n for n in range(1000)}}, reveal=True)
    assert len(section.lines) == 201
    assert section.lines[-1].value == "there are more, see the JSON"


def test_a_value_nested_ten_thousand_deep_is_shown():
    deep = json_text.loads('{"a":' * 9999 + "1" + "}" * 9999)
    assert value({"customData": deep}, "customData.a").startswith('{"a":{"a":')
    assert value({"new": deep}, "new", reveal=False).endswith("…")


def test_hostile_text_is_shown_as_text():
    push = {"firstName": "\x1b]52;c;aGk=\x07[bold red]x[/]\u202e\x00", "\x1b[2Jkey": "v"}
    assert value(push, "firstName") == "␛]52;c;aGk=␇[bold red]x[/]␀"
    assert lines(push)["\x1b[2Jkey"].label == "␛[2Jkey"


def test_harmful_characters_of_the_laid_out_json_become_escapes():
    text = '{"k\u202ey":"a\x7fb\x9b\u2028\U000e0041c","e":"\\u001b"}'
    assert json_view(text, reveal=True) == (
        '{\n  "k\\u202ey": "a\\u007fb\\u009b\\u2028\\udb40\\udc41c",\n  "e": "\\u001b"\n}'
    )


def test_custom_and_object_fields_are_told_by_their_form():
    assert [field.path for field in FIELDS if field.form is Form.CUSTOM] == ["customData"]
    assert [field.path for field in FIELDS if field.form is Form.OBJECT] == [
        "tierInfo", "tierInfo.currentLevel", "tierInfo.nextLevel",
    ]  # fmt: skip
