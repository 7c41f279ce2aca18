from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty_tui.archive.folding import fold
from loyalty_tui.archive.query.language import MOST, parse
from loyalty_tui.archive.query.model import (
    LONGEST,
    Choice,
    Digits,
    Document,
    Email,
    Given,
    InFile,
    IsFlag,
    IsInstant,
    IsNull,
    IsNumber,
    IsSet,
    IsText,
    Period,
    QueryError,
    Range,
    Words,
)
from loyalty_tui.crowdtwist.fields import FIELDS, Form, Sensitivity
from loyalty_tui.privacy import neutralise

NOW = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)
FIVE = Decimal(5)


def at(*parts):
    return (datetime(*parts, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def ago(**parts):
    return at(*NOW.timetuple()[:6], NOW.microsecond) - timedelta(**parts) // timedelta(
        microseconds=1
    )


def only(text):
    (clause,) = parse(text, NOW).clauses
    return clause


def said(text):
    clause = only(text)
    assert not clause.is_negated
    (test,) = clause.tests
    return test


def failure(text):
    with pytest.raises(QueryError) as caught:
        parse(text, NOW)
    return caught.value


def document(path, matcher, *aliases):
    return Document(
        tuple(path.split(".")), tuple(tuple(alias.split(".")) for alias in aliases), matcher
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna", Words("any", "anna")),
        ("José*", Words("any", "jose")),
        ("*@live.com", Words("any", "@live.com")),
        ("george@live.com", Words("any", "george@live.com")),
        ('"George  Lim"', Words("any", "george lim")),
        ('"tier:gold"', Words("any", "tier:gold")),
        ('"-anna|ola"', Words("any", "-anna|ola")),
        (r'"say \"hi\" \\ c:\dir"', Words("any", 'say "hi" \\ c:\\dir')),
        ('o"ne two"three', Words("any", "one twothree")),
        ("6566", Digits("any", "6566")),
        ("+4722345678", Digits("any", "4722345678")),
        ("0012", Digits("any", "0012")),
        ("22345678", Digits("any", "22345678")),
        ("phone:2234*", Digits("phone", "2234", is_part=True)),
        ('"22 34 (56) 78"', Digits("any", "22345678")),
        ("٤٧٢٢", Digits("any", "4722")),
        ("00", Digits("any", "00")),
        ("+47 22 34 56 78", Digits("any", "4722345678")),
        ("phone:+47 22 34 56 78", Digits("phone", "4722345678")),
        ("phone:4722", Digits("phone", "4722")),
        ("email:George@Live.com", Email("george@live.com")),
        ("email:george", Words("email", "george")),
        ("email:george@live.com*", Words("email", "george@live.com")),
        ("email:@live.com", Words("email", "@live.com")),
        ("name:lim", Words("name", "lim")),
        ("user:glim", Words("user", "glim")),
        ("crm:AB-12", Digits("crm", "ab-12")),
        ("crm:00123", Digits("crm", "00123")),
        ("id:6566", Range("id", Decimal(6566), Decimal(6566))),
        ("id:*", Range("id", None, None)),
        ("points:>5000", Range("points", Decimal(5000), None, low_included=False)),
        ("points:>=5000", Range("points", Decimal(5000), None)),
        ("points:<-2.5", Range("points", None, Decimal("-2.5"), high_included=False)),
        ("points:<=5000", Range("points", None, Decimal(5000))),
        ("points:100..200", Range("points", Decimal(100), Decimal(200))),
        ("points:1.5..2.5", Range("points", Decimal("1.5"), Decimal("2.5"))),
        ("points:5000..", Range("points", Decimal(5000), None)),
        ("redeemable:..100", Range("redeemable", None, Decimal(100))),
        ('points:"> 5"', Range("points", FIVE, None, low_included=False)),
        ("tier:gold", Choice("tier", "gold")),
        ('tier:"Tier 2"', Choice("tier", "tier 2")),
        ('tier:""', Choice("tier", "")),
        ("tier:null", Choice("tier", "")),
        ('tier:"null"', Choice("tier", "null")),
        ("EVENT:DROP", Choice("event", "drop")),
        ("event:whatever", Choice("event", "whatever")),
        ("country:NO", Choice("country", "no")),
        ("city:tromso*", Choice("city", "tromso", is_beginning=True)),
        ("type:redemption", Choice("type", "redemption")),
        ("type:act", Choice("type", "act")),
        ("file:2017/Mars.ndjson", InFile("2017/mars.ndjson")),
        ("file:*.gz", InFile(".gz")),
        ("since:2017-03-01", Period("at", at(2017, 3, 1), None)),
        ("since:2017-03", Period("at", at(2017, 3, 1), None)),
        ("until:2017-03", Period("at", None, at(2017, 4, 1))),
        ("until:2017", Period("at", None, at(2018, 1, 1))),
        ("until:2016-02-29", Period("at", None, at(2016, 3, 1))),
        ("until:7d", Period("at", None, ago(days=7))),
        ("since:90s", Period("at", ago(seconds=90), None)),
        ("since:15min", Period("at", ago(minutes=15), None)),
        ("since:24h", Period("at", ago(hours=24), None)),
        ("since:2w", Period("at", ago(weeks=2), None)),
        ("since:3m", Period("at", ago(days=92), None)),
        ("since:3months", Period("at", ago(days=92), None)),
        ("since:1y", Period("at", ago(days=365), None)),
        ("since:today", Period("at", at(2026, 11, 22), None)),
        ("until:yesterday", Period("at", None, at(2026, 11, 22))),
        ("received:2017", Period("received", at(2017, 1, 1), at(2018, 1, 1))),
        ("received:2017-12", Period("received", at(2017, 12, 1), at(2018, 1, 1))),
        ("received:yesterday", Period("received", at(2026, 11, 21), at(2026, 11, 22))),
        ("received:7d", Period("received", ago(days=7), None)),
        ("received:>2017-03-01", Period("received", at(2017, 3, 2), None)),
        ("received:>=2017-03-01", Period("received", at(2017, 3, 1), None)),
        ("received:<2017-03-01", Period("received", None, at(2017, 3, 1))),
        ("received:<=2017-03-01", Period("received", None, at(2017, 3, 2))),
        ("received:<7d", Period("received", None, ago(days=7))),
        ("updated:2017-03..2017-04", Period("updated", at(2017, 3, 1), at(2017, 5, 1))),
        ("updated:..2017", Period("updated", None, at(2018, 1, 1))),
        ("updated:7d..2d", Period("updated", ago(days=7), ago(days=2))),
        ("updated:*", Period("updated", None, None)),
        (
            "updated:2017-03-01T10:05Z",
            Period("updated", at(2017, 3, 1, 10, 5), at(2017, 3, 1, 10, 6)),
        ),
        (
            'updated:"2017-03-01 10:05:59"',
            Period("updated", at(2017, 3, 1, 10, 5, 59), at(2017, 3, 1, 10, 6)),
        ),
        (
            "updated:2017-03-01T10:05:59.25Z",
            Period(
                "updated",
                at(2017, 3, 1, 10, 5, 59, 250_000),
                at(2017, 3, 1, 10, 5, 59, 260_000),
            ),
        ),
    ],
)
def test_words_and_fields_are_read(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "custom.register_id:1",
            document("customData.register_id", IsNumber(Decimal(1), Decimal(1))),
        ),
        ("custom.Register.Id:a", document("customData.Register.Id", IsText("a"))),
        ('custom."a.b":x', Document(("customData", "a.b"), (), IsText("x"))),
        ("customData.vip:true", document("customData.vip", IsText("true"))),
        ("custom.n:>5", document("customData.n", IsNumber(FIVE, None, low_included=False))),
        ("custom.d:>=2017", document("customData.d", IsNumber(Decimal(2017), None))),
        ("custom.d:>=2017-01", document("customData.d", IsInstant(at(2017, 1, 1), None))),
        ('custom.n:">5"', document("customData.n", IsText(">5"))),
        ("custom.s:a..b", document("customData.s", IsText("a..b"))),
        ("signUpChannelId:4", document("signUpChannelId", IsNumber(Decimal(4), Decimal(4)))),
        ("SIGNUPCHANNELID:<=5", document("signUpChannelId", IsNumber(None, FIVE))),
        ("signUpChannelId:007", document("signUpChannelId", IsText("007"))),
        ("clientBrandingId:1.10", document("clientBrandingId", IsText("1.10"))),
        ("ipAddress:10.0.0.1", document("ipAddress", IsText("10.0.0.1"))),
        ("ipAddress:10.*", document("ipAddress", IsText("10.", is_beginning=True))),
        ("postalCode:SW1A*", document("postalCode", IsText("sw1a", is_beginning=True))),
        ("firstName:José", document("firstName", IsText("jose"))),
        ('firstName:"*"', document("firstName", IsText("*"))),
        ('firstName:""', document("firstName", IsText(""))),
        ("firstName:*", document("firstName", IsSet())),
        ("firstName:null", document("firstName", IsNull())),
        ('firstName:"null"', document("firstName", IsText("null"))),
        ("tierInfo:null", document("tierInfo", IsNull())),
        ("tierInfo.nextLevel.title:gold", document("tierInfo.nextLevel.title", IsText("gold"))),
        ("nextlevel.title:gold", document("tierInfo.nextLevel.title", IsText("gold"))),
        ("assignedByEvent:DROP", document("tierInfo.assignedByEvent", IsText("drop"))),
        ("fanRank:1..3", document("fanRank", IsNumber(Decimal(1), Decimal(3)))),
        (
            "timeframe_score:5",
            document("tierInfo.timeframeScore", IsNumber(FIVE, FIVE), "tierInfo.timeframe_score"),
        ),
        ("isActive:yes", document("isActive", IsFlag(flag=True))),
        ("isActive:FALSE", document("isActive", IsFlag(flag=False))),
        ("isActive:0", document("isActive", IsFlag(flag=False))),
        ("dateMobileVerified:1", document("dateMobileVerified", IsFlag(flag=True))),
        (
            "dateMobileVerified:2017",
            document("dateMobileVerified", IsInstant(at(2017, 1, 1), at(2018, 1, 1))),
        ),
        (
            "dateOfBirth:1974-07-06",
            document("dateOfBirth", IsInstant(at(1974, 7, 6), at(1974, 7, 7))),
        ),
        ("resetDate:<2030", document("tierInfo.resetDate", IsInstant(None, at(2030, 1, 1)))),
        ("emailAddress:a@b.c", document("emailAddress", IsText("a@b.c"))),
        ("totalPoints:>=5", Range("points", FIVE, None)),
        ("totalPoints:*", document("totalPoints", IsSet())),
    ],
)
def test_properties_of_the_push_are_read_by_their_own_names(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "tests", "is_negated"),
    [
        ("-tier:gold", (Choice("tier", "gold"),), True),
        ("-anna", (Words("any", "anna"),), True),
        ('-"george lim"', (Words("any", "george lim"),), True),
        ("-+47 22", (Digits("any", "4722"),), True),
        ("anna|ola", (Words("any", "anna"), Words("any", "ola")), False),
        (
            "00-47-22-34-56-78",
            (
                Digits("any", "004722345678"),
                Digits("phone", "4722345678"),
                Digits("crm", "00-47-22-34-56-78"),
            ),
            False,
        ),
        (
            "-phone:004722345678",
            (Digits("phone", "004722345678"), Digits("phone", "4722345678")),
            True,
        ),
        ("anna|6566", (Words("any", "anna"), Digits("any", "6566")), False),
        ("tier:gold|silver", (Choice("tier", "gold"), Choice("tier", "silver")), False),
        ("tier:gold|tier:silver", (Choice("tier", "gold"), Choice("tier", "silver")), False),
        ('-tier:gold|"tier 2"', (Choice("tier", "gold"), Choice("tier", "tier 2")), True),
        ("tier:gold|GOLD", (Choice("tier", "gold"),), False),
        ("tier:gold|null", (Choice("tier", "gold"), Choice("tier", "")), False),
        ("tier:*", (Choice("tier", ""),), True),
        ("-tier:*", (Choice("tier", ""),), False),
        ("points:null", (Range("points", None, None),), True),
        ("received:null", (Period("received", None, None),), True),
        ("email:null", (Given("email"),), True),
        ("-email:*", (Given("email"),), True),
        ("phone:*", (Given("phone"),), False),
        ("name:null", (Given("name"),), True),
        (
            "id:6566|6567",
            tuple(Range("id", number, number) for number in (Decimal(6566), Decimal(6567))),
            False,
        ),
        (
            "file:C:\\a|D:\\b",
            (InFile("c:\\a"), InFile("d:\\b")),
            False,
        ),
    ],
)
def test_negation_and_alternatives_make_one_clause(text, tests, is_negated):
    clause = only(text)
    assert (clause.tests, clause.is_negated) == (tests, is_negated)
    assert (clause.start, clause.end) == (0, len(text))


def test_every_condition_is_a_clause_with_its_place():
    text = '  george  -tier:"Tier 2"\u00a0+47 22 points:>5 '
    query = parse(text, NOW)
    assert [text[clause.start : clause.end] for clause in query.clauses] == [
        "george", '-tier:"Tier 2"', "+47 22", "points:>5",
    ]  # fmt: skip
    assert query.text == text
    assert not query.needs_documents


def test_a_number_ends_where_no_phone_number_goes_on():
    numbers = [clause.tests[0].folded for clause in parse("+4722345678 987654 anna 3", NOW).clauses]
    assert numbers == ["4722345678", "987654", "anna", "3"]


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "tier:", "-tier:", "tier: ", "-", "+", '"', '""', '-"', "*", 'tier:"',
        "points:>", "points:>=", "points:..", "points:-", "since:", "isActive:", "tierInfo:",
        "custom.a:", "custom.a:>", "phone:+", "email:", 'name:""', "file:*", "\u0301",
    ],
)  # fmt: skip
def test_what_is_being_typed_at_the_end_is_no_condition_yet(text):
    assert parse(text, NOW).clauses == ()
    assert len(parse(f"anna {text}", NOW).clauses) == 1


def test_an_alternative_being_typed_leaves_the_others_alone():
    assert only("tier:gold|").tests == (Choice("tier", "gold"),)
    assert only("tier:*|").tests == (Choice("tier", ""),)


def test_a_quote_being_typed_counts_as_closed():
    assert said('tier:"Tier 2') == Choice("tier", "tier 2")
    assert said('"george l') == Words("any", "george l")


@pytest.mark.parametrize(
    ("text", "wrong", "offers"),
    [
        ("anna teir:gold", "teir", ("tier",)),
        ("birth:2000", "birth", ("dateOfBirth",)),
        (":x", ":", ()),
        ("-:x", ":", ()),
        ("http://x", "http", ()),
        ("title:x", "title", ("tierInfo.currentLevel.title", "tierInfo.nextLevel.title")),
        ("anna password:x", "password", ()),
        ("SALT:", "SALT", ()),
        ("custom.a.Password:x", "custom.a.Password", ()),
        ("custom:1", "custom", ("custom.register_id",)),
        ("custom.:1", "custom.", ("custom.register_id",)),
        ("custom.a..b:1", "custom.a..b", ("custom.register_id",)),
        ("tierInfo.nextLevel:x", "x", None),
        ("tier: event:drop", "tier:", ()),
        ("- anna", "-", ()),
        ('anna "" ola', '""', ()),
        ("* anna", "*", ()),
        ("points:> anna", ">", ()),
        ("tier:|gold", "tier:|gold", ()),
        ("tier:gold||silver", "tier:gold||silver", ()),
        ("tier:gold|event:drop", "event:drop", ()),
        ("anna|tier:gold", "tier:gold", ()),
        ("tier:gold|*", "gold|*", ()),
        ("points:null|5", "null|5", ()),
        ('anna "tier:gold event:drop', '"', ('"',)),
        ("points:many", "many", ()),
        ("points:5,000", "5,000", ()),
        ("points:1e3", "1e3", ()),
        ("points:1...5", "1...5", ()),
        ("points:5|6x", "6x", ()),
        ("points:200..100", "200..100", ()),
        ("fanRank:first", "first", ()),
        ("id:abc", "abc", ()),
        ("phone:abc", "abc", ()),
        ("type:order", "order", None),
        ("isActive:maybe", "maybe", ("yes", "no")),
        ("signUpChannelId:>x", ">x", ()),
        ("custom.a:>x", ">x", ()),
        ("since:2017-02-30", "2017-02-30", ("2017-02-28",)),
        ("since:2017-00", "2017-00", ()),
        ("since:0000", "0000", ()),
        ("since:2017-13-01", "2017-13-01", ()),
        ("since:2017-03-01T24:00", "2017-03-01T24:00", ()),
        ("since:tomorrow", "tomorrow", None),
        ("since:201", "201", None),
        ("since:*", "*", None),
        ("since:>2017", ">2017", None),
        ("until:5000y", "5000y", ()),
        ("until:999999999w", "999999999w", ()),
        ("updated:2018..2017", "2018..2017", ()),
        ("dateOfBirth:young", "young", None),
    ],
)
def test_a_wrong_query_says_where_and_offers_what_exists(text, wrong, offers):
    error = failure(text)
    assert text[error.start : error.end] == wrong
    assert f"(character {error.start + 1})" in error.sentence
    assert error.remedy
    if offers is None:
        assert error.offers
    else:
        assert error.offers == offers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("teir:gold", ('"teir"', "tier:")),
        ("title:x", ("title:", "tierInfo.nextLevel.title")),
        ("password:x", ("password:", "secret")),
        ("points:many", ("points:", "number")),
        ("since:soon", ("since:", "date", "2017-03-01")),
        ("since:2017-02-30", ("since:", "2017-02 has no day 30")),
        ("type:order", ("type:", "redemption", "activity")),
        ("isActive:maybe", ("isActive:", "yes or no")),
        ("points>5000", ("points:", "colon", "points:>5000")),
        ("anna -Tier=gold", ("Tier:", "colon", "character 7")),
    ],
)
def test_an_error_says_in_words_what_is_wrong_and_what_is_allowed(text, told):
    error = str(failure(text))
    assert [piece for piece in told if piece not in error] == []


@pytest.mark.parametrize("text", ['"points>5000"', "a=b", "x>5", "id=5@example.org"])
def test_signs_of_comparison_are_only_letters_where_they_compare_no_field(text):
    assert said(text) == Words("any", text.strip('"'))


def test_an_error_shows_no_value_and_nothing_a_terminal_obeys():
    assert "george" not in str(failure("points:george@live.com"))
    assert "george" not in str(failure("name=george"))
    assert "\x1b" not in str(failure("a\x1b[31mb:x"))
    assert "\x1b" not in str(failure("custom.\x1b[31m:>x"))


def test_a_query_has_a_longest_length_and_a_most_of_values():
    assert len(only("a" * LONGEST).tests) == 1
    assert failure("a" * (LONGEST + 7)).start == LONGEST
    assert len(only("|".join(map(str, range(MOST)))).tests) == MOST
    assert "400" in failure("|".join(map(str, range(MOST + 1)))).sentence


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (datetime(2024, 3, 31, tzinfo=UTC), at(2024, 2, 29)),
        (datetime(2023, 3, 31, tzinfo=UTC), at(2023, 2, 28)),
        (datetime(2024, 1, 15, tzinfo=UTC), at(2023, 12, 15)),
        (datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), at(2023, 11, 30, 23)),
    ],
)
def test_a_month_ago_is_the_same_day_or_the_last_one_there_is(now, since):
    assert parse("since:1m", now).clauses[0].tests == (Period("at", since, None),)


def test_today_is_a_day_in_utc():
    evening_before = datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    (clause,) = parse("received:today", evening_before).clauses
    assert clause.tests == (Period("received", at(2023, 12, 31), at(2024, 1, 1)),)


def test_the_calendar_can_be_searched_to_both_of_its_ends():
    assert said("since:0001").since == at(1, 1, 1)
    last = said("updated:9999-12-31")
    assert (last.since, last.until - last.since) == (at(9999, 12, 31), 86_400_000_000)


@pytest.mark.parametrize(
    "field",
    [field for field in FIELDS if field.sensitivity is not Sensitivity.SECRET],
    ids=lambda field: field.path,
)
def test_every_documented_property_can_be_searched_by_its_path(field):
    value = "yes" if field.form in {Form.FLAG, Form.FLAG_OR_INSTANT} else "2017"
    if field.form is Form.OBJECT:
        value = "*"
    assert len(only(f"{field.path}:{value}").tests) == 1
    if "." in field.path:
        assert said(f"{field.path}:*").path == tuple(field.path.split("."))


PIECES = st.sampled_from(
    [
        "tier:", "points:", "since:", "received:", "custom.", "custom.a:", "isActive:", "email:",
        "tierInfo.", "title:", "type:", "phone:", "signUpChannelId:", "id:", "-", "|", '"', "\\",
        ":", "*", " ", "+", "..", ">", "<=", "null", "7d", "2017-02-30", "2017-03", "00", "gold",
        "5", "tier=", "a@b.c", "\u0301", "٤", "\x1b", "\u00a0",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(st.characters(), max_size=60), st.lists(PIECES, max_size=16).map("".join))


def outcome(text):
    """Return the query, or the error that there is instead."""
    try:
        return parse(text, NOW)
    except QueryError as error:
        return error


@given(TEXTS)
def test_any_text_is_a_query_or_wrong_at_a_place_in_it(text):
    result = outcome(text)
    if isinstance(result, QueryError):
        assert 0 <= result.start < result.end <= len(text)
        assert result.sentence.endswith(f"(character {result.start + 1}).")
        assert result.remedy
        assert neutralise(str(result)) == str(result)
        return
    places = [place for clause in result.clauses for place in (clause.start, clause.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    for clause in result.clauses:
        assert clause.tests
        for test in clause.tests:
            may_be_empty = isinstance(test, Choice)
            assert may_be_empty or getattr(test, "folded", "some")


@given(TEXTS)
def test_the_same_text_always_says_the_same(text):
    first, second = outcome(text), outcome(text)
    if isinstance(first, QueryError):
        assert (str(first), first.offers) == (str(second), second.offers)
        assert (first.start, first.end) == (second.start, second.end)
    else:
        assert first == second


def spelled(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


FREE_TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(fold)
DECIMALS = st.decimals(
    allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9
)


@st.composite
def ranges(draw):
    low, high = sorted((draw(DECIMALS), draw(DECIMALS)))
    return draw(
        st.sampled_from(
            [
                (f"{low}", (low, low, True, True)),
                (f">{low}", (low, None, False, True)),
                (f">={low}", (low, None, True, True)),
                (f"<{high}", (None, high, True, False)),
                (f"<={high}", (None, high, True, True)),
                (f"{low}..{high}", (low, high, True, True)),
                (f"{low}..", (low, None, True, True)),
                (f"..{high}", (None, high, True, True)),
            ]
        )
    )


@st.composite
def named_numbers(draw):
    text, bounds = draw(ranges())
    field = draw(st.sampled_from(["id", "points", "redeemable", "monthlyPoints"]))
    if field == "monthlyPoints":
        return field, text, document(field, IsNumber(*bounds))
    return field, text, Range(field, *bounds)


@st.composite
def named_texts(draw):
    field = draw(st.sampled_from(["tier", "event", "country", "city", "name", "user", "file"]))
    text = draw(FREE_TEXT)
    if field == "file":
        return field, spelled(text), InFile(fold(text))
    kind = Words if field in {"name", "user"} else Choice
    return field, spelled(text), kind(field, fold(text))


@st.composite
def named_properties(draw):
    text, star, flag = draw(FREE_TEXT), draw(st.booleans()), draw(st.booleans())
    text_of = ("lastName", spelled(text) + "*" * star, IsText(fold(text), star))
    flag_of = ("isActive", "yes" if flag else "no", IsFlag(flag))
    field, value, matcher = draw(st.sampled_from([text_of, flag_of]))
    return field, value, document(field, matcher)


NAMED_VALUES = st.one_of(named_numbers(), named_texts(), named_properties())
"""A field, the spelling of a value of it, and the test that it says."""


@st.composite
def conditions(draw):
    field, value, test = draw(NAMED_VALUES)
    others = [other for other in draw(st.lists(NAMED_VALUES, max_size=6)) if other[0] == field]
    is_negated = draw(st.booleans())
    cased = draw(st.sampled_from([field, field.lower(), field.upper()]))
    values = "|".join([value, *(other[1] for other in others)])
    tests = tuple(dict.fromkeys([test, *(other[2] for other in others)]))
    return f"{'-' * is_negated}{cased}:{values}", tests, is_negated


@given(st.lists(conditions(), max_size=5), st.sampled_from([" ", "  ", "\t", "\u00a0 "]))
def test_a_query_says_what_it_was_written_from(written, gap):
    query = parse(gap.join(text for text, _, _ in written), NOW)
    assert [(clause.tests, clause.is_negated) for clause in query.clauses] == [
        (tests, is_negated) for _, tests, is_negated in written
    ]


@given(st.dates(), st.dates())
def test_a_range_of_days_includes_both_of_its_ends(first, last):
    assume(first <= last)
    period = said(f"received:{first}..{last}")
    assert period.since == at(first.year, first.month, first.day)
    assert period.until == at(last.year, last.month, last.day) + 86_400_000_000
    assert said(f"until:{last}").until == period.until
    assert said(f"since:{first}").since == period.since


@given(st.integers(0, 20_000), st.sampled_from(["s", "min", "h", "d", "w"]))
def test_a_time_ago_counts_back_from_now(count, unit):
    name = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}[unit]
    assert said(f"updated:{count}{unit}").since == ago(**{name: count})


@given(st.text("0123456789", min_size=3, max_size=15), st.sampled_from(["", "+"]))
def test_a_phone_number_is_the_same_however_it_is_grouped(digits, plus):
    assume(not digits.startswith("00"))  # read twice: as typed, and without
    grouped = plus + " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    expected = Digits("any", digits)
    assert said(plus + digits) == said(f'"{grouped}"') == expected
    if plus:
        assert said(grouped) == expected


def test_what_follows_a_whole_number_is_a_word_of_its_own():
    assert [len(parse(text, NOW).clauses) for text in (
        "+4722345678 1", "phone:+4722345678 47", "+47 22345678 1", "+47 22 34 56 78",
    )] == [2, 2, 2, 1]  # fmt: skip


def test_half_a_surrogate_pair_is_a_text_like_any_other():
    assert said("caf\udce9") == Words("any", fold("caf\ufffd"))
    said("email:a\udce9@x.no").folded.encode()


def test_a_property_that_holds_others_offers_only_what_can_be_asked():
    with pytest.raises(QueryError) as caught:
        parse("tierInfo:gold", NOW)
    paths = {field.path for field in FIELDS if field.form is not Form.OBJECT}
    assert set(caught.value.offers) <= paths
    assert f"as in {caught.value.offers[0]}:" in caught.value.remedy
