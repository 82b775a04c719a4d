"""Municipality keys: AGS and ARS, their parts, and the address of a page. Pure: no database, no Django."""

import re
import unicodedata

AGS_DIGITS = 8
ARS_DIGITS = 12
STATE_DIGITS = 2
DISTRICT_DIGITS = 5

# The 16 state keys are law, not data: they serve where a boundary file brings no names of states.
STATE_NAMES = {
    "01": "Schleswig-Holstein",
    "02": "Hamburg",
    "03": "Niedersachsen",
    "04": "Bremen",
    "05": "Nordrhein-Westfalen",
    "06": "Hessen",
    "07": "Rheinland-Pfalz",
    "08": "Baden-Württemberg",
    "09": "Bayern",
    "10": "Saarland",
    "11": "Berlin",
    "12": "Brandenburg",
    "13": "Mecklenburg-Vorpommern",
    "14": "Sachsen",
    "15": "Sachsen-Anhalt",
    "16": "Thüringen",
}

_GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def parse_ags(text: str) -> str:
    """The AGS in ``text``, 8 digits. Raises ValueError where it is none.

    A key is never padded: seven digits may be a lost leading zero or a typing error, and only its author knows.
    """
    return _parse_key(text, AGS_DIGITS, "AGS")


def parse_ars(text: str) -> str:
    """The ARS (Amtlicher Regionalschlüssel) in ``text``, 12 digits. Raises ValueError where it is none."""
    return _parse_key(text, ARS_DIGITS, "ARS")


def _parse_key(text: str, digits: int, name: str) -> str:
    key = text.strip()
    if not (len(key) == digits and key.isascii() and key.isdigit()):
        lost_zero = len(key) == digits - 1 and key.isascii() and key.isdigit()
        remedy = "; was a leading zero lost?" if lost_zero else ""
        raise ValueError(f"not an {name} ({digits} digits){remedy}")
    if key[:STATE_DIGITS] not in STATE_NAMES:
        raise ValueError(f"not an {name}: no state has the key {key[:STATE_DIGITS]}")
    return key


def state_key(ags: str) -> str:
    """The key of the state (Land) an AGS lies in: its first two digits."""
    return ags[:STATE_DIGITS]


def district_key(ags: str) -> str:
    """The key of the district (Kreis) an AGS lies in: its first five digits."""
    return ags[:DISTRICT_DIGITS]


def is_area(key: object) -> bool:
    """Whether ``key`` is one of a state, a district or a municipality."""
    digits = (STATE_DIGITS, DISTRICT_DIGITS, AGS_DIGITS)
    well_formed = isinstance(key, str) and len(key) in digits and key.isascii() and key.isdigit()
    return well_formed and str(key)[:STATE_DIGITS] in STATE_NAMES


def slug(name: str) -> str:
    """``name`` as the readable end of an address: "Bad Sooden-Allendorf" → "bad-sooden-allendorf"."""
    lowered = name.lower().translate(_GERMAN_LETTERS)
    plain = unicodedata.normalize("NFKD", lowered).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
