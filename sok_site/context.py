"""What every page shows: operator, canonical address, whether demo data are loaded, where the boundaries come from."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from places.models import BoundaryEdition, Place
from sok_site.demo import TryOut, accounts_to_try
from sok_site.demo_mail import lies_here
from sok_site.sitemaps import canonical
from sok_site.static_atlas import IS_COPY
from sok_site.static_pages import in_other_languages


def every_page(request: HttpRequest) -> dict[str, object]:
    """Template context of all pages. ``demo`` is true while invented places are loaded: every view says so.
    ``demo_mail``: whether mails lie on a page of their own, because none leaves (components/demo_mail_hint.html).
    """
    return {
        "operator": settings.OPERATOR,
        "canonical": canonical(request),
        "is_copy": IS_COPY in request.META,  # a page of the static atlas: nobody can sign in there
        "copy_languages": in_other_languages(request.get_full_path(), request.META.get(IS_COPY, ())),
        "demo": Place.objects.fictional().exists(),
        "demo_mail": lies_here(),
        "accounts_to_try": _accounts_to_try(request),
        "boundaries": SimpleLazyObject(BoundaryEdition.objects.current),  # the footer names their source
    }


def _accounts_to_try(request: HttpRequest) -> tuple[TryOut, ...]:
    """The demo's accounts, on the start page; the sign-in page names them by itself."""
    match = request.resolver_match
    is_start = match is not None and match.url_name == "map" and IS_COPY not in request.META
    return accounts_to_try() if is_start else ()
