"""How figures, classes and tiers are worded on pages, and dashes for "not known". Loaded into every template."""

from django import template
from django.db.models import Model
from django.template.defaultfilters import floatformat
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from cohesion.vocabulary import CohesionClass
from places.vocabulary import ZokTier

register = template.Library()

NOT_KNOWN = "–"


@register.filter
def percent(share: float | None, digits: int = 0) -> str:
    """0.714 → "71 %" in the reader's language; a dash where the share is not known."""
    if share is None:
        return NOT_KNOWN
    return f"{floatformat(share * 100, digits)}\u202f%"


@register.filter
def points(share: float) -> str:
    """0.064 → "6,4" in the reader's language: percentage points, at least a tenth."""
    return str(floatformat(max(share * 100, 0.1), 1))


@register.filter
def class_label(value: str) -> str:
    """risky → "riskant" in the reader's language."""
    return str(CohesionClass(value).label)


@register.filter
def tier_label(tier: str | None) -> str:
    """mittelzentrum → "Mittelzentrum"; empty means not known, which is not "none"."""
    return str(ZokTier(tier).label) if tier else gettext("Stufe nicht bekannt")


@register.filter
def css_share(share: float | None) -> SafeString:
    """0.714 → "0.714", for an attribute that a stylesheet or SVG reads: never localised."""
    return mark_safe(f"{share or 0:.4f}")  # noqa: S308  (digits and a point)


@register.filter
def svg_percent(share: float | None) -> SafeString:
    """0.714 → "71.40%", a length in SVG: never localised."""
    return mark_safe(f"{(share or 0) * 100:.2f}%")  # noqa: S308  (digits, a point and a percent sign)


@register.filter
def kilometres(metres: float) -> str:
    """5000 → "5 km", 1250 → "1,25 km" in the reader's language."""
    return f"{decimal(metres / 1000)}\u202fkm"


@register.filter
def decimal(figure: float) -> str:
    """0.40 → "0,4", 3000.0 → "3.000" in the reader's language: no needless digits, at most four decimals."""
    return number_format(f"{figure:.4f}".rstrip("0").rstrip("."))


@register.filter
def entry_kind_label(entry: Model) -> str:
    """An entry → "Sozialer Ort", "Unterstützungsstruktur" or "Möglichkeitsraum" in the reader's language."""
    return str(entry._meta.verbose_name)
