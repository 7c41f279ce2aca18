"""Who the sandbox's members are: the personal fields of their CrowdTwist profiles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from loyalty_tui.sandbox.schemes import HOSTILE_TEXTS


def _person(  # noqa: PLR0913 - a person has many sides, and each is named where it is given
    first: str,
    last: str,
    email: str,
    phone: str | None,
    place: tuple[str, str, str | None, str, str],
    *,
    gender: str | None,
    born: str | None,
    joined: str,
    **others: object,
) -> dict[str, Any]:
    """Return profile fields; the place is (country, region, state, postal code, city).

    The days of birth and of joining are written YYYY-MM-DD and sent as epoch strings.
    """
    names = ("country", "region", "state", "postalCode", "city")
    return {
        "firstName": first,
        "lastName": last,
        "emailAddress": email,
        "userName": email.partition("@")[0],
        "mobilePhoneNumber": phone,
        "gender": gender,
        "dateOfBirth": born and _epoch(born),
        "dateCreated": _epoch(joined),
        **dict(zip(names, place, strict=True)),
        **others,
    }


def _epoch(day: str) -> str:
    return str(int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()))


INGRID: Final = _person(
    "Ingrid",
    "Solheim",
    "ingrid.solheim@example.org",
    "4722345678",
    ("NO", "Østlandet", None, "0155", "Oslo"),
    gender="Female",
    born="1988-05-17",
    joined="2026-02-03",
    langPref="nb",
)
AMARA: Final = _person(
    "Amara",
    "Okafor",
    "amara.okafor@example.com",
    "447700900101",
    ("GB", "North West", None, "M16 0RA", "Manchester"),
    gender="Female",
    born="2000-02-29",
    joined="2026-11-07",
)
TOMASZ: Final = _person(
    "Tomasz",
    "Zieliński",
    "tomasz.zielinski@example.net",
    "447700900102",
    ("GB", "Scotland", None, "EH12 5PJ", "Edinburgh"),
    gender="Male",
    born=None,
    joined="2026-10-02",
    customData="paper card 0412, to be scanned",
)
PRIYA: Final = _person(
    "Priya",
    "Raghunathan",
    "priya.raghunathan@example.com",
    "61491570156",
    ("AU", "Oceania", "VIC", "3002", "Melbourne"),
    gender="Female",
    born="1969-11-30",
    joined="2019-08-11",
    thirdPartyId="crm-00412",
    customData='{"employee_id": "employee7", "register_id": "12", "cashier_id": null}',
)
SOFIA: Final = _person(
    "Sofía",
    "Herrera",
    "sofi.h@example.net",
    "12125550143",
    ("US", "Northeast", "NY", "11201", "Brooklyn"),
    gender="Female",
    born="1995-09-08",
    joined="2021-04-19",
    langPref="es",
    middleName="Guadalupe",
)
CAMILLE: Final = _person(
    "Camille",
    "Nguyễn",
    "camille.nguyen@example.org",
    "33639980012",
    ("FR", "Occitanie", None, "31000", "Toulouse"),
    gender=None,
    born="1979-12-24",
    joined="2025-01-05",
)
LUCA: Final = _person(
    "Luca",
    "Bianchi",
    "luca.bianchi@example.net",
    "61491570157",
    ("AU", "Oceania", "NSW", "2000", "Sydney"),
    gender="Male",
    born="1956-01-01",
    joined="2017-03-24",
)
FATIMA: Final = _person(
    "Fatima",
    "El Idrissi",
    "fatima.elidrissi@example.com",
    "13105550112",
    ("US", "West", "CA", "90012", "Los Angeles"),
    gender="Female",
    born="1983-03-03",
    joined="2022-06-30",
)
HANNA: Final = _person(
    "Hanna",
    "Lindqvist",
    "lindqvist.family@example.org",
    "46701740605",
    ("SE", "Västra Götaland", None, "411 06", "Göteborg"),
    gender="Female",
    born="1977-06-21",
    joined="2020-09-12",
)
NILS: Final = _person(
    "Nils",
    "Lindqvist",
    "lindqvist.family@example.org",
    None,
    ("SE", "Västra Götaland", None, "411 06", "Göteborg"),
    gender="Male",
    born="2013-02-02",
    joined="2026-05-03",
    receiveEmailUpdates=0,
)
HOSTILE: Final = _person(
    HOSTILE_TEXTS[0],
    HOSTILE_TEXTS[2],
    "hostile.text@example.net",
    "491713920001",
    ("DE", HOSTILE_TEXTS[3], HOSTILE_TEXTS[4], HOSTILE_TEXTS[1], HOSTILE_TEXTS[6]),
    gender=HOSTILE_TEXTS[7],
    born="1999-09-09",
    joined="2026-09-09",
    middleName=HOSTILE_TEXTS[5],
    streetAddress1=HOSTILE_TEXTS[8],
    userName=HOSTILE_TEXTS[9],
)
MATEO: Final = _person(
    "Mateo",
    "Silva",
    "mateo.silva@example.com",
    "447700900400",
    ("PT", "Norte", None, "4050-011", "Porto"),
    gender="Male",
    born="1991-10-10",
    joined="2024-02-18",
)
AROHA: Final = _person(
    "Aroha",
    "Ngata",
    "aroha.ngata@example.net",
    "447700900503",
    ("NZ", "Oceania", "AUK", "1010", "Auckland"),
    gender="Female",
    born="1986-07-14",
    joined="2023-11-11",
    thirdPartyId="crm-00503",
    dateMobileVerified=1,
)
