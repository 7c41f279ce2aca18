"""The dictionary of every property that the vendor documents for a profile push.

Source: "Live Push User Profile", its table and its sample. Meanings are in our own words and say
where the document contradicts itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Sensitivity(Enum):
    """Who may see a value."""

    OPEN = "open"
    PERSONAL = "personal"
    """Masked until somebody asks for it."""
    SECRET = "secret"  # noqa: S105 - the name of a class of values, not a value
    """Never shown and never written."""


class Form(Enum):
    """How a value is made readable."""

    TEXT = "text"
    CODE = "code"
    """An id, number or text that names something; its digits are never grouped."""
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"
    DAY = "day"
    """An instant of which only the day is shown, in UTC."""
    EVENT = "event"
    OBJECT = "object"
    CUSTOM = "custom"
    FLAG_OR_INSTANT = "flag or instant"


@dataclass(frozen=True, slots=True)
class Field:
    """One documented property of a profile push."""

    path: str
    """Its name; a nested one with the names around it, joined by dots."""
    label: str
    group: str
    form: Form
    meaning: str
    """One or two sentences, with what is known to be unclear."""
    documented_type: str
    """The format in the vendor's table, as written there; empty when it gives none."""
    sensitivity: Sensitivity = Sensitivity.OPEN
    aliases: tuple[str, ...] = ()
    """Other paths under which the same property is sent."""


MEMBER: Final = "Member"
CONTACT: Final = "Contact"
TIER: Final = "Tier"
POINTS: Final = "Points"
ADDRESS: Final = "Address"
CONSENTS: Final = "Consents and verification"
SIGN_UP: Final = "Sign-up"
LINKED: Final = "Linked accounts"
CUSTOM: Final = "Custom data"
TECHNICAL: Final = "Technical"

GROUPS: Final = (
    MEMBER, CONTACT, TIER, POINTS, ADDRESS, CONSENTS, SIGN_UP, LINKED, CUSTOM, TECHNICAL,
)  # fmt: skip
"""The groups in the order in which they are shown."""

PERSONAL: Final = Sensitivity.PERSONAL
SECRET: Final = Sensitivity.SECRET

_STRING: Final = "String"
_NUMBER: Final = "Number"
_BINARY: Final = "Number (binary)"
_ISO: Final = "String (ISO 8601 Format)"
_TIMESTAMP: Final = "Timestamp"
_OBJECT: Final = "Object"

_EPOCH: Final = "Documented as a timestamp, sent as a string of seconds since 1970."
_SCORE: Final = "The document describes score and tierScore in the same words."

FIELDS: Final[tuple[Field, ...]] = (
    Field("firstName", "First name", MEMBER, Form.TEXT,
          "First name.", _STRING),
    Field("middleName", "Middle name", MEMBER, Form.TEXT,
          "Middle name.", _STRING),
    Field("lastName", "Last name", MEMBER, Form.TEXT,
          "Last name.", _STRING),
    Field("userName", "User name", MEMBER, Form.TEXT,
          "The name the member chose for the programme.", _STRING, PERSONAL),
    Field("id", "CrowdTwist id", MEMBER, Form.CODE,
          "The number by which CrowdTwist knows the member. All pushes of one member share it.",
          _NUMBER),
    Field("thirdPartyId", "Third-party id", MEMBER, Form.CODE,
          "The member's id in the client's own system, usually its CRM. The endpoint's answer "
          "may set it under the name third_party_id.", _STRING),
    Field("isActive", "Active", MEMBER, Form.FLAG,
          "Whether the member is active.", _BINARY),
    Field("gender", "Gender", MEMBER, Form.TEXT,
          "Gender, as free text.", _STRING, PERSONAL),
    Field("dateOfBirth", "Date of birth", MEMBER, Form.DAY,
          "Sent as an instant, so that the day depends on the time zone; shown in UTC. " + _EPOCH,
          _TIMESTAMP, PERSONAL),
    Field("langPref", "Language", MEMBER, Form.TEXT,
          "The language the member prefers.", _STRING),
    Field("dateCreated", "Created", MEMBER, Form.INSTANT,
          "When the member was created at CrowdTwist. " + _EPOCH, _TIMESTAMP),
    Field("dateLastUpdated", "Last updated", MEMBER, Form.INSTANT,
          "When the profile last changed, to the second; two pushes can share it. " + _EPOCH,
          _TIMESTAMP),
    Field("dateLastLogin", "Last login", MEMBER, Form.INSTANT,
          "When the member last logged in. " + _EPOCH, _TIMESTAMP),
    Field("emailAddress", "E-mail", CONTACT, Form.TEXT,
          "E-mail address.", _STRING, PERSONAL),
    Field("mobilePhoneNumber", "Mobile phone", CONTACT, Form.CODE,
          "Mobile number, sent as the digits of the international number without a plus sign.",
          _STRING, PERSONAL),
    Field("tierInfo", "Tier details", TIER, Form.OBJECT,
          "Everything about tiers. It may be null or missing.", _OBJECT),
    Field("tierInfo.currentLevel", "Current tier", TIER, Form.OBJECT,
          "The tier the member is in, the same as fanLevelName.", _OBJECT),
    Field("tierInfo.currentLevel.title", "Current tier", TIER, Form.TEXT,
          "Name of the current tier.", "Title"),
    Field("tierInfo.currentLevel.minValue", "Current tier from", TIER, Form.NUMBER,
          "Fewest points of the current tier; null in the sample. Never work a tier out from "
          "points: the sample has more points than its tier allows.", _NUMBER),
    Field("tierInfo.currentLevel.maxValue", "Current tier up to", TIER, Form.NUMBER,
          "Most points of the current tier.", _NUMBER),
    Field("fanLevelName", "Tier name", TIER, Form.TEXT,
          "Name of the current tier, the same as the title of currentLevel.", _STRING),
    Field("tierInfo.assignedByEvent", "Assigned by", TIER, Form.EVENT,
          "What put the member into the tier: jump, update, drop, maintain, reset or start. "
          "Documented in capitals, sent in small letters.", _STRING),
    Field("tierInfo.dateAssigned", "Assigned on", TIER, Form.INSTANT,
          "When the current tier was assigned. It changes with a start, jump, maintain, drop "
          "or reset.", _ISO),
    Field("tierInfo.dateReached", "Reached on", TIER, Form.INSTANT,
          "When the current tier was reached. It changes only with a drop or jump.", _ISO),
    Field("tierInfo.nextLevel", "Next tier", TIER, Form.OBJECT,
          "The tier above the current one. It may be null, for instance at the top.", _OBJECT),
    Field("tierInfo.nextLevel.title", "Next tier", TIER, Form.TEXT,
          "Name of the next tier.", _STRING),
    Field("tierInfo.nextLevel.minValue", "Next tier from", TIER, Form.NUMBER,
          "Fewest points needed for the next tier.", _NUMBER),
    Field("tierInfo.nextLevel.maxValue", "Next tier up to", TIER, Form.NUMBER,
          "Most points of the next tier.", _NUMBER),
    Field("tierInfo.scoreNeededToReach", "Needed for next tier", TIER, Form.NUMBER,
          "Points needed to jump to the next tier. Whether that is a total or what remains is "
          "not said; the sample has the minimum of the next tier here.", _NUMBER),
    Field("tierInfo.scoreNeededToMaintain", "Needed to keep tier", TIER, Form.NUMBER,
          "Points needed to stay in the current tier; null in the sample.", _NUMBER),
    Field("tierInfo.score", "Score", TIER, Form.NUMBER,
          "Points earned while in the tier. " + _SCORE, _NUMBER),
    Field("tierInfo.tierScore", "Tier score", TIER, Form.NUMBER,
          "Points earned while in the tier. " + _SCORE, _NUMBER),
    Field("tierInfo.timeframeScore", "Timeframe score", TIER, Form.NUMBER,
          "Points earned in the current timeframe, since the tier last expired. The table "
          "writes timeframeScore, the sample timeframe_score.",
          _NUMBER, aliases=("tierInfo.timeframe_score",)),
    Field("tierInfo.resetDate", "Resets on", TIER, Form.INSTANT,
          "When the member goes back to 0 and has to keep the tier. Only in programmes with a "
          "fixed timeframe.", _ISO),
    Field("tierInfo.daysUntilResetDate", "Days until reset", TIER, Form.NUMBER,
          "Days until the reset, counted on the day of the push. Only with a fixed timeframe.",
          _NUMBER),
    Field("tierInfo.expirationDate", "Expires on", TIER, Form.INSTANT,
          "When the tier ends unless it is kept, with a fixed or a rolling timeframe.", _ISO),
    Field("tierInfo.daysUntilExpirationDate", "Days until expiry", TIER, Form.NUMBER,
          "Days until the tier ends unless it is kept, counted on the day of the push.", _NUMBER),
    Field("fanRank", "Programme rank", TIER, Form.NUMBER,
          "The member's rank within the programme.", _NUMBER),
    Field("totalPoints", "Total points", POINTS, Form.NUMBER,
          "All points of the member.", _NUMBER),
    Field("redeemablePoints", "Redeemable points", POINTS, Form.NUMBER,
          "Points that can be spent.", _NUMBER),
    Field("monthlyPoints", "Points this month", POINTS, Form.NUMBER,
          "Points earned this month.", _NUMBER),
    Field("weeklyPoints", "Points this week", POINTS, Form.NUMBER,
          "Points earned this week.", _NUMBER),
    Field("numPointsPurchased", "Points purchased", POINTS, Form.NUMBER,
          "The document lists it without type or description; by its name, points that were "
          "bought.", ""),
    Field("streetAddress1", "Street address", ADDRESS, Form.TEXT,
          "First line of the street address.", _STRING, PERSONAL),
    Field("streetAddress2", "Street, second line", ADDRESS, Form.TEXT,
          "Second line of the street address.", _STRING, PERSONAL),
    Field("postalCode", "Postal code", ADDRESS, Form.CODE,
          "Postal code.", _STRING, PERSONAL),
    Field("city", "City", ADDRESS, Form.TEXT,
          "City.", _STRING),
    Field("state", "State", ADDRESS, Form.TEXT,
          "State.", _STRING),
    Field("region", "Region", ADDRESS, Form.TEXT,
          "Region.", _STRING),
    Field("country", "Country", ADDRESS, Form.TEXT,
          "Country code.", _STRING),
    Field("receiveEmailUpdates", "E-mail updates", CONSENTS, Form.FLAG,
          "Whether the member takes e-mail updates through CrowdTwist.", _BINARY),
    Field("receiveSmsMessages", "SMS messages", CONSENTS, Form.FLAG,
          "Whether the member takes SMS updates through CrowdTwist.", _BINARY),
    Field("activityStreamOptIn", "Activity stream", CONSENTS, Form.FLAG,
          "Whether the member agreed to see their updates in the activity stream. The table "
          "says String, the sample has a number.", _STRING),
    Field("emailIsVerified", "E-mail verified", CONSENTS, Form.FLAG,
          "Whether the e-mail address has been verified.", _BINARY),
    Field("dateMobileVerified", "Mobile verified", CONSENTS, Form.FLAG_OR_INSTANT,
          "Whether the mobile number has been verified. Named a date, documented as 0 or 1: "
          "those are shown as no or yes, anything larger as a date.", _BINARY),
    Field("signUpTypeId", "Sign-up type", SIGN_UP, Form.CODE,
          "Whether the member signed up through the API or through Member Care; what the "
          "numbers stand for is not documented.", _NUMBER),
    Field("signUpCampaign", "Sign-up campaign", SIGN_UP, Form.TEXT,
          "The campaign with which the member joined.", _STRING),
    Field("signUpChannelId", "Sign-up channel", SIGN_UP, Form.CODE,
          "Id of the channel through which the member joined.", _NUMBER),
    Field("facebookUserId", "Facebook id", LINKED, Form.CODE,
          "User id at Facebook.", _STRING, PERSONAL),
    Field("numFacebookFriends", "Facebook friends", LINKED, Form.NUMBER,
          "Number of friends on Facebook.", _NUMBER),
    Field("twitterUserId", "Twitter id", LINKED, Form.CODE,
          "User id at Twitter.", _STRING, PERSONAL),
    Field("numTwitterFollowers", "Twitter followers", LINKED, Form.NUMBER,
          "Number of followers on Twitter.", _NUMBER),
    Field("instUserId", "Instagram id", LINKED, Form.CODE,
          "User id at Instagram.", _STRING, PERSONAL),
    Field("googleUserId", "Google id", LINKED, Form.CODE,
          "User id at Google.", _STRING, PERSONAL),
    Field("yahooUserId", "Yahoo id", LINKED, Form.CODE,
          "User id at Yahoo.", _STRING, PERSONAL),
    Field("fsqUserId", "Foursquare id", LINKED, Form.CODE,
          "User id at Foursquare.", _STRING, PERSONAL),
    Field("customData", "Custom data", CUSTOM, Form.CUSTOM,
          "Whatever the client keeps about a member. Sent as null, an object or a string that "
          "holds JSON: the table says String, the prose says object.", _STRING, PERSONAL),
    Field("clientBrandingId", "Branding id", TECHNICAL, Form.CODE,
          "Not described. The table says String, the sample has a number.", _STRING),
    Field("ipAddress", "IP address", TECHNICAL, Form.CODE,
          "IP address of the member, when there is one.", _STRING, PERSONAL),
    Field("passwordGenerated", "Password generated", TECHNICAL, Form.FLAG,
          "Whether CrowdTwist made the password. The table says number, the sample has a "
          "string.", _BINARY),
    Field("hashAlgorithmId", "Hash algorithm", TECHNICAL, Form.CODE,
          "Not described; by its name, how the password was hashed.", _STRING),
    Field("password", "Password", TECHNICAL, Form.TEXT,
          "Not described. It is never shown and never written.", _STRING, SECRET),
    Field("salt", "Salt", TECHNICAL, Form.TEXT,
          "Not described; by its name, what the password was hashed with. It is never shown "
          "and never written.", _STRING, SECRET),
)  # fmt: skip
"""Every documented property, in the order in which it is shown within its group."""

BY_PATH: Final[dict[str, Field]] = {
    path: field for field in FIELDS for path in (field.path, *field.aliases)
}
"""Each field by its path and by its other paths."""
