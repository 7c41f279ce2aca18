"""Names of the regions and networks a phone number can belong to. Pure data."""

from __future__ import annotations

from functools import cache
from typing import Final

# English names of the Unicode CLDR, shortened where a shorter one is as clear.
_NAMES: Final = """
AC Ascension Island; AD Andorra; AE United Arab Emirates; AF Afghanistan; AG Antigua and Barbuda;
AI Anguilla; AL Albania; AM Armenia; AO Angola; AR Argentina; AS American Samoa; AT Austria;
AU Australia; AW Aruba; AX Åland Islands; AZ Azerbaijan; BA Bosnia and Herzegovina; BB Barbados;
BD Bangladesh; BE Belgium; BF Burkina Faso; BG Bulgaria; BH Bahrain; BI Burundi; BJ Benin;
BL St Barthélemy; BM Bermuda; BN Brunei; BO Bolivia; BQ Caribbean Netherlands; BR Brazil;
BS Bahamas; BT Bhutan; BW Botswana; BY Belarus; BZ Belize; CA Canada; CC Cocos Islands;
CD DR Congo; CF Central African Republic; CG Congo; CH Switzerland; CI Côte d’Ivoire;
CK Cook Islands; CL Chile; CM Cameroon; CN China; CO Colombia; CR Costa Rica; CU Cuba;
CV Cape Verde; CW Curaçao; CX Christmas Island; CY Cyprus; CZ Czechia; DE Germany; DJ Djibouti;
DK Denmark; DM Dominica; DO Dominican Republic; DZ Algeria; EC Ecuador; EE Estonia; EG Egypt;
EH Western Sahara; ER Eritrea; ES Spain; ET Ethiopia; FI Finland; FJ Fiji; FK Falkland Islands;
FM Micronesia; FO Faroe Islands; FR France; GA Gabon; GB United Kingdom; GD Grenada; GE Georgia;
GF French Guiana; GG Guernsey; GH Ghana; GI Gibraltar; GL Greenland; GM Gambia; GN Guinea;
GP Guadeloupe; GQ Equatorial Guinea; GR Greece; GT Guatemala; GU Guam; GW Guinea-Bissau;
GY Guyana; HK Hong Kong; HN Honduras; HR Croatia; HT Haiti; HU Hungary; ID Indonesia; IE Ireland;
IL Israel; IM Isle of Man; IN India; IO British Indian Ocean Territory; IQ Iraq; IR Iran;
IS Iceland; IT Italy; JE Jersey; JM Jamaica; JO Jordan; JP Japan; KE Kenya; KG Kyrgyzstan;
KH Cambodia; KI Kiribati; KM Comoros; KN St Kitts and Nevis; KP North Korea; KR South Korea;
KW Kuwait; KY Cayman Islands; KZ Kazakhstan; LA Laos; LB Lebanon; LC St Lucia; LI Liechtenstein;
LK Sri Lanka; LR Liberia; LS Lesotho; LT Lithuania; LU Luxembourg; LV Latvia; LY Libya;
MA Morocco; MC Monaco; MD Moldova; ME Montenegro; MF St Martin; MG Madagascar;
MH Marshall Islands; MK North Macedonia; ML Mali; MM Myanmar; MN Mongolia; MO Macao;
MP Northern Mariana Islands; MQ Martinique; MR Mauritania; MS Montserrat; MT Malta; MU Mauritius;
MV Maldives; MW Malawi; MX Mexico; MY Malaysia; MZ Mozambique; NA Namibia; NC New Caledonia;
NE Niger; NF Norfolk Island; NG Nigeria; NI Nicaragua; NL Netherlands; NO Norway; NP Nepal;
NR Nauru; NU Niue; NZ New Zealand; OM Oman; PA Panama; PE Peru; PF French Polynesia;
PG Papua New Guinea; PH Philippines; PK Pakistan; PL Poland; PM St Pierre and Miquelon;
PR Puerto Rico; PS Palestinian Territories; PT Portugal; PW Palau; PY Paraguay; QA Qatar;
RE Réunion; RO Romania; RS Serbia; RU Russia; RW Rwanda; SA Saudi Arabia; SB Solomon Islands;
SC Seychelles; SD Sudan; SE Sweden; SG Singapore; SH St Helena; SI Slovenia;
SJ Svalbard and Jan Mayen; SK Slovakia; SL Sierra Leone; SM San Marino; SN Senegal; SO Somalia;
SR Suriname; SS South Sudan; ST São Tomé and Príncipe; SV El Salvador; SX Sint Maarten; SY Syria;
SZ Eswatini; TA Tristan da Cunha; TC Turks and Caicos Islands; TD Chad; TG Togo; TH Thailand;
TJ Tajikistan; TK Tokelau; TL Timor-Leste; TM Turkmenistan; TN Tunisia; TO Tonga; TR Türkiye;
TT Trinidad and Tobago; TV Tuvalu; TW Taiwan; TZ Tanzania; UA Ukraine; UG Uganda;
US United States; UY Uruguay; UZ Uzbekistan; VA Vatican City; VC St Vincent and the Grenadines;
VE Venezuela; VG British Virgin Islands; VI US Virgin Islands; VN Vietnam; VU Vanuatu;
WF Wallis and Futuna; WS Samoa; XK Kosovo; YE Yemen; YT Mayotte; ZA South Africa; ZM Zambia;
ZW Zimbabwe
"""

_NETWORKS: Final = {
    800: "international freephone",
    808: "international shared cost",
    870: "Inmarsat satellite",
    878: "universal personal number",
    881: "satellite network",
    882: "international network",
    883: "international network",
    888: "disaster relief",
    979: "international premium rate",
}

# What people write for a region and mean another code: withdrawn codes, codes of languages,
# codes of three letters and everyday names. None of them is a region's own code.
_MISTAKEN: Final = {
    "AUS": "AU",
    "CS": "CZ",
    "DA": "DK",
    "DEU": "DE",
    "DNK": "DK",
    "EL": "GR",
    "EN": "GB",
    "ENGLAND": "GB",
    "ESP": "ES",
    "GBR": "GB",
    "HOLLAND": "NL",
    "JA": "JP",
    "NB": "NO",
    "NN": "NO",
    "NOR": "NO",
    "SCOTLAND": "GB",
    "UAE": "AE",
    "UK": "GB",
    "USA": "US",
    "WALES": "GB",
}


@cache
def names() -> dict[str, str]:
    """Return the names of all regions by their codes.

    The codes are the two capitals of ISO 3166-1, and AC, TA and XK: every region of the
    phonenumbers data. Source of the names: Unicode CLDR, English.
    """
    entries = " ".join(_NAMES.split()).split("; ")
    return {entry[:2]: entry[3:] for entry in entries}


def region_name(code: str) -> str:
    """Return the English name of a region's two-letter code ("NO"), or "" when there is none."""
    return names().get(code, "")


def network_name(calling_code: int) -> str:
    """Return what a calling code that belongs to no country stands for (800), or "".

    Source: ITU-T E.164, list of assigned country codes.
    """
    return _NETWORKS.get(calling_code, "")


def nearest_region(text: str) -> str:
    """Return the code somebody probably means by a region that is none ("UK" → "GB"), or ""."""
    text = " ".join(text.split()).upper()
    if text in _MISTAKEN:
        return _MISTAKEN[text]
    if len(text) < 3:  # noqa: PLR2004 - one letter apart, codes of two letters mean anything
        return ""
    codes = {name.upper(): code for code, name in names().items()}
    starting = [code for name, code in codes.items() if name.startswith(text)]
    if len(starting) == 1:
        return starting[0]
    from difflib import get_close_matches

    close = get_close_matches(text[:40], codes, n=1, cutoff=0.75)
    return codes[close[0]] if close else ""
