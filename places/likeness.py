"""How alike two names are, whatever the spelling of umlauts, the case or the order of words. Pure."""

from difflib import SequenceMatcher
from functools import lru_cache

from places import keys

# Words that tell no place from another.
_SMALL_WORDS = frozenset(
    (
        "der",
        "die",
        "das",
        "des",
        "dem",
        "den",
        "am",
        "im",
        "in",
        "und",
        "von",
        "vom",
        "zu",
        "zum",
        "zur",
        "e",
        "v",
        "ev",
    )
)
_ALIKE = 0.75  # from here on two words count as one word spelled differently


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (the same but for umlauts, case, punctuation and the order of words)."""
    mine, theirs = _words(one), _words(other)
    if not mine or not theirs:
        return 0.0
    if sorted(mine) == sorted(theirs):
        return 1.0
    by_words = (_covered(mine, theirs) + _covered(theirs, mine)) / 2
    run_together = _sameness("".join(mine), "".join(theirs))  # "Repair Café" and "Repaircafé"
    return max(by_words, run_together)


def _words(name: str) -> list[str]:
    words = [word for word in keys.slug(name).split("-") if word]
    return [word for word in words if word not in _SMALL_WORDS] or words


def _covered(mine: list[str], theirs: list[str]) -> float:
    """Which share of the letters of ``mine`` finds its word in ``theirs``."""
    found = sum(len(word) * max(_sameness(word, other) for other in theirs) for word in mine)
    return found / sum(len(word) for word in mine)


def _sameness(one: str, other: str) -> float:
    """How much of two texts is the same, 0 below ``_ALIKE``; in one order, because difflib's answer depends on it."""
    return _sameness_in_order(*sorted((one, other)))


@lru_cache(maxsize=10_000)  # a pair is asked both ways, and the words of names come again and again
def _sameness_in_order(first: str, second: str) -> float:
    texts = SequenceMatcher(None, first, second, autojunk=False)
    if texts.real_quick_ratio() < _ALIKE or texts.quick_ratio() < _ALIKE:  # what it can be at most, told sooner
        return 0.0
    ratio = texts.ratio()
    return ratio if ratio >= _ALIKE else 0.0
