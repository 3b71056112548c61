"""Names of time zones, as dates carry them, to their distance from UTC.

RFC 5322 §4.3 fixes the American names. The others are those of the press of one region; where regions share
a name, the feed's language tells which is meant, and without it the reading is a guess.
"""

from __future__ import annotations

from datetime import timedelta, tzinfo
from datetime import timezone as fixed
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_HOURS: dict[float, str] = {
    -10: "HST",
    -9: "AKST",
    -8: "AKDT PST",
    -7: "PDT MST",
    -6: "MDT CST",
    -5: "CDT EST PET COT",
    -4: "EDT AST BOT VET CLT",
    -3.5: "NST",
    -3: "ADT ART BRT UYT CLST",
    -2.5: "NDT",
    0: "UT UTC GMT Z ZULU WET",
    1: "CET MEZ BST WEST WAT MET",
    2: "CEST MESZ MEST EET SAST CAT",
    3: "EEST MSK EAT TRT IDT",
    3.5: "IRST",
    4: "MSD AZT GST SAMT",
    4.5: "AFT",
    5: "PKT UZT YEKT",
    5.5: "IST SLST",
    5.75: "NPT",
    6: "OMST ALMT",
    6.5: "MMT",
    7: "ICT WIB KRAT NOVT",
    8: "HKT SGT MYT PHT AWST WITA IRKT ULAT",
    9: "JST KST WIT YAKT",
    9.5: "ACST",
    10: "AEST VLAT",
    10.5: "ACDT",
    11: "AEDT",
    12: "NZST FJT",
    13: "NZDT",
}
_FIXED = {name: fixed(timedelta(hours=hours)) for hours, names in _HOURS.items() for name in names.split()}
_SHARED = {
    "CST": {"zh": 8.0, "en": -6.0, "es": -6.0},
    "IST": {"hi": 5.5, "ta": 5.5, "te": 5.5, "bn": 5.5, "mr": 5.5, "he": 2.0, "ga": 1.0},
    "BST": {"en": 1.0, "bn": 6.0},
    "AST": {"en": -4.0, "es": -4.0, "ar": 3.0},
    "GST": {"en": 4.0, "ar": 4.0},
    "EST": {"en": -5.0},
    "PST": {"en": -8.0, "es": -8.0, "fil": 8.0, "tl": 8.0},
}
_AMERICAN = {  # in summer and winter time
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
_ALONE = frozenset(("EST", "PST", "CST"))  # without a language, RFC 5322 counts


def zone_named(name: str, lang: str | None) -> tuple[tzinfo, bool] | None:
    """The zone, and whether that is certain; None for a name that nobody knows. IANA names are known, too."""
    region = name if "/" in name else _AMERICAN.get(name.upper())
    if region:
        there = _iana(region)
        return (there, True) if there else None
    name = name.upper()
    zone = _FIXED.get(name)
    if zone is None:
        return None
    shared = _SHARED.get(name)
    if shared is None:
        return zone, True
    hours = shared.get((lang or "").partition("-")[0].lower())
    return (zone, name in _ALONE) if hours is None else (fixed(timedelta(hours=hours)), True)


@lru_cache(maxsize=256)
def _iana(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
