"""How the gazetteer spells places, and the names of countries that news uses beside the formal one."""

from __future__ import annotations

import re
import unicodedata

# Macron, dot, line and breve below, cedilla under h; letters that stand for ayin and hamza.
_TRANSLITERATION = re.compile("[\u0304\u0323\u0331\u032e]|[hH]\u0327|[ʻʼʿʾ‘’`](?=\\w)")
_QUOTE_LETTERS = re.compile("[ʻʼʿʾ`]")


def display_name(name: str) -> str:
    """As readers know it: marks that only a transliteration has go ("Jalālābād"), others stay ("Łódź")."""
    decomposed = unicodedata.normalize("NFD", name)
    if not _TRANSLITERATION.search(decomposed):
        return name
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _QUOTE_LETTERS.sub("", plain)


# By ISO 3166-1 alpha-2. Former and short names that news still uses; not demonyms, not nicknames.
COUNTRY_VARIANTS: dict[str, tuple[str, ...]] = {
    "AE": ("UAE", "Emirates", "United Arab Emirates"),
    "BA": ("Bosnia", "Bosnia-Herzegovina"),
    "BO": ("Bolivia",),
    "BS": ("The Bahamas",),
    "CD": (
        "Congo",
        "DRC",
        "DR Congo",
        "Democratic Republic of Congo",
        "Democratic Republic of the Congo",
        "Congo-Kinshasa",
    ),
    "CF": ("CAR",),
    "CG": ("Congo", "Congo-Brazzaville", "Republic of Congo", "Republic of the Congo"),
    "CI": ("Cote d'Ivoire", "Ivory Coast"),
    "CN": ("People's Republic of China", "PRC", "Mainland China"),
    "CV": ("Cape Verde", "Cabo Verde"),
    "CZ": ("Czech Republic", "Czechia"),
    "GB": ("UK", "U.K.", "Britain", "Great Britain", "United Kingdom"),
    "GM": ("Gambia", "The Gambia"),
    "IR": ("Islamic Republic of Iran",),
    "KP": ("North Korea", "DPRK"),
    "KR": ("South Korea", "Republic of Korea"),
    "LA": ("Lao",),
    "MK": ("Macedonia", "North Macedonia"),
    "MM": ("Burma", "Myanmar"),
    "NL": ("Netherlands", "The Netherlands", "Holland"),
    "PS": ("Palestine", "Palestinian territories", "Occupied Palestinian Territory"),
    "RU": ("Russian Federation", "Russia"),
    "SA": ("Kingdom of Saudi Arabia", "KSA"),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland", "Eswatini"),
    "TL": ("East Timor", "Timor-Leste"),
    "TR": ("Turkey", "Türkiye"),
    "TT": ("Trinidad", "Tobago"),
    "TW": ("Republic of China",),
    "US": ("US", "U.S.", "USA", "U.S.A.", "America", "United States", "United States of America"),
    "VA": ("Vatican", "Vatican City", "Holy See"),
    "VN": ("Viet Nam", "Vietnam"),
    "ZA": ("RSA",),
}

# What stands around the name of a province or county in the data and says only that it is one.
_TYPE_WORDS = re.compile(
    r"^(?:Muhafazat|(?:Republic|State|Province) of|Gobolka|Caza de|City and (?:Borough|County) of)\s+"
    r"|,? (?:Sheng|Shi|Governorate|Province|Provinc|Region|Regional State|State|Oblast'?|oblast'?|Krai|Kray"
    r"|Republic|Respublika|Municipality|Autonomous Region|Avtonomnyy Okrug|Uygur Zizhiqu|Zhuangzu Zizhiqu"
    r"|Huizu Zizhiqu|Zizhiqu|District|Raion|City|Department|Prefecture|Federal Capital Territory)$"
)

# Names that English news uses and the data lacks or has as variants, the usual one first, by country and the
# name in the data.
_PROVINCE_NAMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("AF", "Maidan Wardak"): ("Wardak", "Maidan Wardak"),
    ("CD", "Nord Kivu"): ("North Kivu",),
    ("CD", "South Kivu"): ("South Kivu",),
    ("DE", "Rheinland-Pfalz"): ("Rhineland-Palatinate",),
    ("IQ", "Salah ad Din"): ("Salahuddin", "Saladin"),
    ("IQ", "Nineveh"): ("Nineveh", "Ninewa"),
    ("LB", "Béqaa"): ("Bekaa", "Beqaa"),
    ("ML", "Tombouctou"): ("Timbuktu",),
    ("PS", "Gaza Strip"): ("Gaza Strip", "Gaza"),
    ("RU", "Chechnya"): ("Chechnya", "Chechen"),
    ("RU", "St.-Petersburg"): ("St. Petersburg",),
    ("YE", "Hadhramaut"): ("Hadramout", "Hadramawt", "Hadhramaut"),
    ("YE", "Al Hudaydah"): ("Hodeidah", "Hudaydah"),
    ("YE", "Sa'dah"): ("Saada", "Sadah"),
    ("YE", "Ta'izz"): ("Taiz", "Taizz"),
    ("YE", "Taiz"): ("Taiz", "Taizz"),
}

# Names of cities where the data's own is that of the territory around them in news, by GeoNames id.
CITY_NAMES: dict[int, str] = {281133: "Gaza City"}

# Divisions of the data that nobody means by their name: the governorate of Gaza within the Gaza Strip.
LEFT_OUT = frozenset({11184609})

# People of divisions whose towns the data puts into others: the Gaza Strip and the West Bank lie over
# governorates.
DIVISION_POPULATIONS: dict[int, int] = {281132: 2_200_000, 285153: 3_200_000}

# How the news abbreviates the states of the United States: as the Associated Press does, and as the post
# does.
STATE_ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "Alabama": ("Ala", "AL"),
    "Arizona": ("Ariz", "AZ"),
    "Arkansas": ("Ark", "AR"),
    "California": ("Calif", "CA"),
    "Colorado": ("Colo", "CO"),
    "Connecticut": ("Conn", "CT"),
    "Delaware": ("Del", "DE"),
    "Florida": ("Fla", "FL"),
    "Georgia": ("Ga", "GA"),
    "Illinois": ("Ill", "IL"),
    "Indiana": ("Ind", "IN"),
    "Kansas": ("Kan", "KS"),
    "Kentucky": ("Ky", "KY"),
    "Louisiana": ("La", "LA"),
    "Maryland": ("Md", "MD"),
    "Massachusetts": ("Mass", "MA"),
    "Michigan": ("Mich", "MI"),
    "Minnesota": ("Minn", "MN"),
    "Mississippi": ("Miss", "MS"),
    "Missouri": ("Mo", "MO"),
    "Montana": ("Mont", "MT"),
    "Nebraska": ("Neb", "NE"),
    "Nevada": ("Nev", "NV"),
    "New Hampshire": ("N.H.", "NH"),
    "New Jersey": ("N.J.", "NJ"),
    "New Mexico": ("N.M.", "NM"),
    "New York": ("N.Y.", "NY"),
    "North Carolina": ("N.C.", "NC"),
    "North Dakota": ("N.D.", "ND"),
    "Oklahoma": ("Okla", "OK"),
    "Oregon": ("Ore", "OR"),
    "Pennsylvania": ("Pa", "PA"),
    "Rhode Island": ("R.I.", "RI"),
    "South Carolina": ("S.C.", "SC"),
    "South Dakota": ("S.D.", "SD"),
    "Tennessee": ("Tenn", "TN"),
    "Texas": ("Tex", "TX"),
    "Vermont": ("Vt", "VT"),
    "Virginia": ("Va", "VA"),
    "Washington": ("Wash", "WA"),
    "West Virginia": ("W.Va.", "WV"),
    "Wisconsin": ("Wis", "WI"),
    "Wyoming": ("Wyo", "WY"),
}


def province_names(country: str, name: str) -> tuple[str, ...]:
    """What English news calls a province that is `name` in the data: the name to show, then its variants."""
    short = _TYPE_WORDS.sub("", name) or name
    names = (*_PROVINCE_NAMES.get((country, short), ()), display_name(short))
    return tuple(dict.fromkeys(names))


def county_name(country: str, name: str) -> str:
    """An American county keeps its word, which tells it from the towns of its name; others lose theirs."""
    return name if country == "US" else display_name(_TYPE_WORDS.sub("", name) or name)
