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
    "SA": ("Kingdom of Saudi Arabia",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland", "Eswatini"),
    "TL": ("East Timor", "Timor-Leste"),
    "TR": ("Turkey", "Türkiye"),
    "TW": ("Republic of China",),
    "US": ("US", "U.S.", "USA", "U.S.A.", "America", "United States", "United States of America"),
    "VA": ("Vatican", "Vatican City", "Holy See"),
    "VN": ("Viet Nam", "Vietnam"),
    "ZA": ("RSA",),
}

# What stands around a province's name in the data and says only that it is one.
_PROVINCE_WORDS = re.compile(
    r"^(?:Muhafazat|Wilayat-e|Sha`biyat|Respublika|Mayorality of|Republic of) | (?:Sheng|Shi|Governorate|"
    r"Autonomous Region|Avtonomnyy Okrug|Uygur Zizhiqu|Zhuangzu Zizhiqu|Huizu Zizhiqu|Krai|"
    r"District|Republic)$"
)

# The names that English news gives provinces, the usual one first, by country and the name in the data.
_PROVINCE_NAMES: dict[tuple[str, str], tuple[str, ...]] = {
    ("AF", "Bamian"): ("Bamyan", "Bamiyan"),
    ("AF", "Ghowr"): ("Ghor",),
    ("AF", "Khowst"): ("Khost",),
    ("AF", "Konar"): ("Kunar",),
    ("AF", "Lowgar"): ("Logar",),
    ("AF", "Nurestan"): ("Nuristan",),
    ("AF", "Oruzgan"): ("Uruzgan",),
    ("AF", "Parvan"): ("Parwan",),
    ("AF", "Vardak"): ("Wardak", "Maidan Wardak"),
    ("CD", "Nord Kivu"): ("North Kivu",),
    ("DE", "Rheinland-Pfalz"): ("Rhineland-Palatinate",),
    ("ET", "Oromiya"): ("Oromia",),
    ("IN", "Kashmir"): ("Jammu and Kashmir",),
    ("IQ", "An Najaf"): ("Najaf",),
    ("IQ", "Arbil"): ("Erbil",),
    ("IQ", "As Sulaymaniyah"): ("Sulaymaniyah", "Sulaimaniya"),
    ("IQ", "Dahuk"): ("Dohuk", "Duhok"),
    ("IQ", "Ninawa"): ("Nineveh",),
    ("IQ", "Salah ad Din Governorate"): ("Salahuddin", "Saladin"),
    ("LB", "Beqaa"): ("Bekaa",),
    ("ML", "Tombouctou"): ("Timbuktu",),
    ("PK", "Federally Administered Tribal Areas"): ("Federally Administered Tribal Areas", "FATA"),
    ("PS", "Gaza Strip"): ("Gaza Strip", "Gaza"),
    ("RU", "Brjansk"): ("Bryansk",),
    ("RU", "Ingushetiya"): ("Ingushetia",),
    ("RU", "Jaroslavl"): ("Yaroslavl",),
    ("RU", "Kamtsjatka"): ("Kamchatka",),
    ("RU", "Nizjnij Novgorod"): ("Nizhny Novgorod",),
    ("RU", "Orjol"): ("Oryol", "Orel"),
    ("RU", "Rjazan"): ("Ryazan",),
    ("RU", "Tjumen"): ("Tyumen",),
    ("RU", "Voronezj"): ("Voronezh",),
    ("SD", "Eastern Darfur"): ("East Darfur",),
    ("SD", "Northern Darfur"): ("North Darfur",),
    ("SD", "Southern Darfur"): ("South Darfur",),
    ("SD", "Western Darfur"): ("West Darfur",),
    ("SD", "Southern Kordofan"): ("South Kordofan",),
    ("SY", "Al-Hasakah"): ("Hasakah", "Hassakeh"),
    ("SY", "Ar-Raqqah"): ("Raqqa",),
    ("SY", "As-Suwayda"): ("Sweida", "Suwayda"),
    ("UA", "Zaporizhia"): ("Zaporizhzhia",),
    ("YE", "Ma'rib"): ("Marib",),
    ("YE", "Muhafazat Hadramawt"): ("Hadramout", "Hadramawt"),
    ("YE", "Muhafazat al Hudaydah"): ("Hodeidah", "Hudaydah"),
    ("YE", "Sa'dah"): ("Saada", "Sadah"),
    ("YE", "Ta'izz"): ("Taiz",),
}


def province_names(country: str, name: str) -> tuple[str, ...]:
    """What English news calls a province that is `name` in the data: the name to show, then its variants."""
    short = _PROVINCE_WORDS.sub("", name)
    names = (*_PROVINCE_NAMES.get((country, name), ()), display_name(short), name)
    return tuple(dict.fromkeys(names))
