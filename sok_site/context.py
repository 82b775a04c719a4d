"""What every page shows: the operator, whether demo data are loaded."""

from django.conf import settings
from django.http import HttpRequest

from places.models import Place


def every_page(request: HttpRequest) -> dict[str, object]:
    """Template context of all pages. ``demo`` is true while invented places are loaded: every view says so."""
    return {"operator": settings.OPERATOR, "demo": Place.objects.fictional().exists()}
