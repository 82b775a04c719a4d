"""Under which licence the open data are, as the operator has stated it (DATA_LICENCE)."""

from django.conf import settings

VOCABULARY = "http://dcat-ap.de/def/licenses/"


def licence_address() -> str:
    """The address by which data portals know the licence; "" where none is stated."""
    return f"{VOCABULARY}{settings.DATA_LICENCE}" if settings.DATA_LICENCE else ""
