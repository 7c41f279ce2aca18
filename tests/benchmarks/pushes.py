"""The text of made-up pushes: pure functions of a seed and numbers, quick to write by the million.

The fields and their order are those of CrowdTwist's document "Live Push User Profile"; the other
kinds of push follow its sibling documents. Every text is finished JSON, without white space and
with letters outside ASCII as they are, as the receiver stores it.
"""

import json
import unicodedata
from functools import lru_cache
from time import gmtime, strftime
from typing import NamedTuple

DAY = 86_400
TIERS = (("Bronze", None, 999), ("Silver", 1000, 2499), ("Gold", 2500, 4999),
         ("Platinum", 5000, None))  # fmt: skip
"""Title, smallest and greatest number of points."""
EVENTS = ("update", "start", "jump", "drop", "maintain", "reset")
UPDATE, START, JUMP, DROP, MAINTAIN, RESET = range(6)
PROFILE, ACTIVITY, REDEMPTION, EXPIRATION, SEGMENTATION = range(5)

_FIRST = {
    "Male": "George Ole Lars Jens Søren Bjørn Åge Håkon Øyvind Jürgen Thomas Peter Wei Hiroshi "
    "José Luís François Mikołaj Łukasz Kwame Omar Yusuf Ivan Dmitri Liam Noah James Oliver Henry "
    "Samuel Mateo Arjun Rohan Tom Erik Nils Karl Otto Emil Jean-Luc",
    "Female": "Ingrid Anne Kari Åse Solveig Bjørk Sigrid Greta Zoë Chloë Hélène Amélie Małgorzata "
    "Zofia Aroha Amara Fatima Aisha Olga Irina Emma Olivia Ava Sophia Mia Isabella Charlotte "
    "Priya Ananya Mei Yuki Sakura Lucía Inés Marit Tove Astrid Freya Hanna Anna-Lena",
}
_LAST = (
    "Hansen Johansen Olsen Larsen Nilsen Solheim Bjørnstad Ødegård Åsen Strand Haugen Lim Twist "
    "Smith Jones Brown Taylor Wilson Evans Thomas O'Brien MacDonald Murphy Kelly Müller Schmidt "
    "Schröder Weiß Krüger Fischer Andersson Lindqvist Sjöberg Åkesson Nyström Okafor Mensah "
    "Ngata Nakamura Tanaka Wang Chen Nguyễn García Martínez Núñez López Lefèvre Dubois Moreau "
    "Kowalski Wiśniewski Żukowski Novák Dvořák Popović Horváth Kovács Petrov Ivanova Singh Patel "
    "Sharma Rossi Bianchi Ferrari Silva Santos Costa Yılmaz Demir"
)
_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com", "post.example.no")
_MIDDLE = (None, None, None, None, "A.", "Marie", "van der", "Lee")

# Weight, country, beginnings of a phone number, (region, state, postal code, city)
_COUNTRIES = (
    (40, "US", ("1212", "1415", "1312", "1512"), (
        ("Northeast", "NY", "10001", "New York City"), ("Northeast", "NY", "11201", "Brooklyn"),
        ("West", "CA", "94103", "San Francisco"), ("Midwest", "IL", "60601", "Chicago"),
        ("South", "TX", "78701", "Austin"), ("Northeast", "MA", "02108", "Boston"),
        ("West", "WA", "98101", "Seattle"), ("South", "FL", "33101", "Miami"))),
    (25, "NO", ("474", "479"), (
        ("Østlandet", None, "0155", "Oslo"), ("Vestlandet", None, "5003", "Bergen"),
        ("Trøndelag", None, "7010", "Trondheim"), ("Nord-Norge", None, "9008", "Tromsø"))),
    (12, "GB", ("44740", "44771"), (
        ("England", None, "EC1A 1BB", "London"), ("Scotland", None, "EH1 1YZ", "Edinburgh"))),
    (8, "DE", ("491512", "491701"), (
        ("Bayern", None, "80331", "München"), ("Nordrhein-Westfalen", None, "50667", "Köln"))),
    (6, "SE", ("4670", "4673"), (
        ("Götaland", None, "411 03", "Göteborg"), ("Svealand", None, "111 29", "Stockholm"))),
    (4, "PL", ("4850", "4860"), (("Mazowieckie", None, "00-001", "Warszawa"),
                                 ("Łódzkie", None, "90-001", "Łódź"))),
    (3, "JP", ("81903",), (("関東", None, "100-0001", "東京"),)),
    (2, "NZ", ("6421",), (("North Island", None, "1010", "Auckland"),)),
)  # fmt: skip
_STREETS = (
    "Main Street",
    "Karl Johans gate",
    "High Street",
    "Bäckerstraße",
    "Storgatan",
    "5th Ave",
)
_CAMPAIGNS = ("spring-2024", "season-tickets", "app-launch", "fan-day")

_64_BITS = 0xFFFFFFFFFFFFFFFF


def mixed(seed, number):
    """Return 64 bits that look random, always the same for the same two numbers (splitmix64)."""
    bits = (seed * 0xD1342543DE82EF95 + (number + 1) * 0x9E3779B97F4A7C15) & _64_BITS
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _64_BITS
    return bits ^ (bits >> 31)


class Row(NamedTuple):
    """What is planned for one line: the rest of its text follows from these and the seed."""

    received: int
    """Microseconds since 1970 UTC."""
    updated: int
    """Seconds since 1970 UTC."""
    source: int
    """The number of the push whose body it has: its own, or an earlier one's for a copy."""
    kind: int
    member: int
    """Counted from 0."""
    address: int = 0
    """How often the member has changed e-mail."""
    points: int = 0
    redeemed: int = 0
    tier: int = 0
    event: int = UPDATE
    is_copy: bool = False


def line(seed, row):
    """Return a line of a segment, with its newline, in UTF-8."""
    seconds, micros = divmod(row.received, 1_000_000)
    day, second = divmod(seconds, DAY)
    minute, second = divmod(second, 60)
    body = _profile(seed, row) if row.kind == PROFILE else _sibling(seed, row)
    return (
        f'{{"received_at":"{_day(day)}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}'
        f'.{micros:06d}Z","push":{body}}}\n'
    ).encode()


def member_id(member):
    """Return a member's CrowdTwist id."""
    return 6_566 + member * 3


def slug(name):
    """Return a name in plain small letters, as it stands in addresses."""
    plain = name.translate({0xF8: "o", 0xD8: "O", 0x142: "l", 0x141: "L", 0xDF: "ss", 0x131: "i"})
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(sign for sign in apart.lower() if sign.isascii() and sign.isalpha())


_PEOPLE = tuple(
    (gender, first, last, f"{slug(first)}.{slug(last)}", f"{slug(first)[0]}{slug(last)[:7]}")
    for gender, firsts in _FIRST.items()
    for first in firsts.split()
    for last in _LAST.split()
)
_PLACES = tuple(
    (country, begin, *place)
    for weight, country, begins, places in _COUNTRIES
    for turn in range(weight)
    for begin in begins
    for place in (places[turn % len(places)], places[(turn * 5 + 1) % len(places)])
)


@lru_cache(maxsize=65_536)
def _day(day):
    return strftime("%Y-%m-%d", gmtime(day * DAY))


def _text(value):
    return "null" if value is None else json.dumps(value, ensure_ascii=False)


_PEOPLE_TEXT = tuple(
    (_text(gender), _text(first), _text(last), address, user)
    for gender, first, last, address, user in _PEOPLE
)
_PLACES_TEXT = tuple(
    (_text(country), begin, *map(_text, place)) for country, begin, *place in _PLACES
)
_MIDDLE_TEXT = tuple(map(_text, _MIDDLE))
_LEVEL_TEXT = tuple(
    f'{{"minValue":{_text(low)},"maxValue":{_text(high)},"title":"{title}"}}'
    for title, low, high in TIERS
)
_NEXT_TEXT = (*_LEVEL_TEXT[1:], "null")
_LANGUAGES = ("null", "null", "null", '"en"', '"nb"', '"de"', '"sv"', '"pl"')
_NULL = "null"

_TIER_INFO = (
    '{"resetDate":"%s","dateReached":"%s","scoreNeededToReach":%s,"nextLevel":%s,'
    '"timeframe_score":%d,"tierScore":%d,"assignedByEvent":"%s","currentLevel":%s,"score":%d,'
    '"daysUntilResetDate":%d,"daysUntilExpirationDate":%d,"dateAssigned":"%s",'
    '"expirationDate":"%s","scoreNeededToMaintain":%s}'
)
_PROFILE = (
    '{"country":%s,"receiveSmsMessages":%d,"facebookUserId":%s,"redeemablePoints":%d,'
    '"postalCode":%s,"tierInfo":%s,"customData":%s,"signUpTypeId":%d,"isActive":%d,'
    '"emailAddress":"%s","password":null,"dateMobileVerified":%s,"dateLastLogin":"%d",'
    '"yahooUserId":null,"state":%s,"id":%d,"monthlyPoints":%d,"signUpCampaign":%s,'
    '"signUpChannelId":%s,"ipAddress":%s,"fanRank":%d,"firstName":%s,"fsqUserId":null,'
    '"activityStreamOptIn":%d,"googleUserId":%s,"region":%s,"instUserId":null,"weeklyPoints":%d,'
    '"lastName":%s,"clientBrandingId":0,"gender":%s,"city":%s,"dateLastUpdated":"%d",'
    '"hashAlgorithmId":null,"numFacebookFriends":%d,"thirdPartyId":%s,"dateCreated":"%d",'
    '"mobilePhoneNumber":%s,"salt":null,"numTwitterFollowers":%d,"streetAddress1":%s,'
    '"streetAddress2":null,"emailIsVerified":%d,"fanLevelName":"%s","dateOfBirth":"%d",'
    '"receiveEmailUpdates":%d,"userName":"%s","twitterUserId":%s,"langPref":%s,"totalPoints":%d,'
    '"numPointsPurchased":0,"middleName":%s,"passwordGenerated":"0"}'
)


def _profile(seed, row):
    who = mixed(seed, row.member << 1)  # what a member keeps
    more = mixed(seed, row.member << 1 | 1)
    now = mixed(~seed, row.source)  # what differs from push to push
    member, points, tier, updated = row.member, row.points, row.tier, row.updated
    gender, first, last, address, user = _PEOPLE_TEXT[who % len(_PEOPLE)]
    who >>= 16
    country, begin, region, state, postal, city = _PLACES_TEXT[who % len(_PLACES)]
    who >>= 12
    email = f"{address}{member}@{_DOMAINS[(who + row.address) % 5]}"
    if row.address:
        email = f"{user}.{row.address}.{email}"
    return _PROFILE % (
        country, who >> 4 & 1,
        f'"1000{more >> 40}"' if not more & 7 else _NULL,
        points - row.redeemed,
        postal,
        _tier_info(row, now) if now % 100 else _NULL,
        _custom_data(member, now) if more >> 8 & 1023 < 307 else _NULL,
        1 + (who >> 5) % 4, now >> 8 & 31 != 0,
        email, who >> 7 & 1 or _NULL,
        updated - (now >> 9 & 0xFFFFF),
        state, member_id(member), points % 700,
        f'"{_CAMPAIGNS[who >> 9 & 3]}"' if not who & 6 else _NULL,
        1 + (who >> 12) % 8 if who & 8 else _NULL,
        f'"203.0.113.{now >> 30 & 255}"' if now & 1 else _NULL,
        (member * 7 + (now >> 20)) % 200_000,
        first, who >> 15 & 1,
        f'"1123{more >> 38}"' if more & 24 == 0 else _NULL,
        region, points % 130, last, gender, city, updated, more >> 20 & 255,
        f'"crm-{member * 31 % 9_999_991:07d}"' if who & 64 else _NULL,
        1_400_000_000 + more % 250_000_000,
        f'"{begin}{2_000_000 + member * 4_657_921 % 8_000_000}"' if who & 0xF00 else _NULL,
        more >> 28 & 127,
        f'"{_STREETS[more % 6]} {more >> 12 & 127}"' if who & 1 else _NULL,
        who >> 16 & 1, TIERS[tier][0], (more >> 16) % 1_500_000_000 - 400_000_000,
        who >> 17 & 1, f"{user}{member}",
        f'"@{user}{member}"' if more & 96 == 0 else _NULL,
        _LANGUAGES[more >> 7 & 7], points, _MIDDLE_TEXT[more >> 10 & 7],
    )  # fmt: skip


def _tier_info(row, now):
    today = row.updated // DAY
    assigned = f"{_day(today - (now >> 12) % 300)}T{now % 24:02d}:00:00Z"
    left = (now >> 24) % 365
    end = f"{_day(today + left)}T20:00:00Z"
    tier = row.tier
    return _TIER_INFO % (
        end, assigned, TIERS[tier + 1][1] if tier + 1 < len(TIERS) else _NULL, _NEXT_TEXT[tier],
        row.points % 1_900, row.points % 450, EVENTS[row.event], _LEVEL_TEXT[tier],
        row.points % 450, left, left, assigned, end, TIERS[tier][1] or _NULL,
    )  # fmt: skip


def _custom_data(member, now):
    """Return custom data in the forms in which it is sent: object, string of JSON, other string."""
    employee, register, cashier = member % 997, now >> 16 & 15, now >> 20 & 255
    form = member % 10
    if form == 0:
        return f'"employee{employee}/{register}/{cashier}"'
    fields = (
        f'{{"employee_id":"employee{employee}","register_id":"{register}",'
        f'"cashier_id":"{cashier}"}}'
    )
    return fields if form < 7 else json.dumps(fields)


def _sibling(seed, row):
    now = mixed(~seed, row.source)
    at = f"{_day(row.updated // DAY)}T{now % 24:02d}:{now >> 8 & 31:02d}:00.511-00:00"
    if row.kind == ACTIVITY:
        return (
            f'{{"userActivityId":{12_000_000 + row.source},"activityId":{now % 300},'
            f'"activityName":"match attended","points":{now >> 20 & 63},"notes":null,'
            f'"referenceId":null,"activityExtraData":"{{\\"gate\\": \\"C\\"}}",'
            f'"thirdPartyId":"crm-{row.member * 31 % 9_999_991:07d}","title":"Be There",'
            '"description":"Attend a home match"}'
        )
    if row.kind == REDEMPTION:
        return (
            f'{{"orderId":{700_000 + row.source},"rewardId":{now % 80},"userId":'
            f'{member_id(row.member)},"rewardTitle":"Scarf","points":{100 + now % 900}}}'
        )
    begin = f'{{"user_id":{member_id(row.member)},"email_address":"m{row.member}@example.com",'
    if row.kind == EXPIRATION:
        return f'{begin}"message_date":"{at}","points_expiring":{now % 2_000}}}'
    return f'{begin}"segment_id":{now % 40},"segment_name":"Regulars","date_entered":"{at}"}}'
