"""Pages without data of their own (concept, imprint, privacy, accessibility), and healthz, readyz."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from cohesion.webhooks.upkeep import KEPT
from places.upkeep.retention import DRAFT_DAYS, TOKEN_DAYS, UNCONFIRMED_DAYS

ACCESSIBILITY_REVIEWED_ON = date(2026, 11, 22)


class Concept(TemplateView):
    """What a Sozialer Ort is, and how the concept reads beside the Zentrale-Orte-Konzept."""

    template_name = "pages/concept.html"


class Imprint(TemplateView):
    """Who answers for this installation."""

    template_name = "pages/imprint.html"


class Privacy(TemplateView):
    """What this software stores and sends, and what the operator adds to that."""

    template_name = "pages/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        cookies = [
            (settings.LANGUAGE_COOKIE_NAME, _("wenn Sie die Sprache wählen"), _("die gewählte Sprache"), _("Sitzung")),
            (settings.SESSION_COOKIE_NAME, _("wenn Sie sich anmelden"), _("dass Sie angemeldet sind"), _("14 Tage")),
            (
                settings.CSRF_COOKIE_NAME,
                _("wenn Sie ein geschütztes Formular öffnen"),
                _("ein Schutz vor untergeschobenen Eingaben"),
                _("1 Jahr"),
            ),
        ]
        return super().get_context_data(
            cookies=cookies,
            cookie_columns=[_("Cookie"), _("Wann"), _("Was es enthält"), _("Wie lange")],
            kept=_kept(),
            kept_columns=[_("Was"), _("Wofür"), _("Wie lange")],
            basemap_host=_basemap_host(),
            **kwargs,
        )


class Accessibility(TemplateView):
    """How far the site can be used by everybody, what is missing, whom to tell."""

    template_name = "pages/accessibility.html"
    extra_context = {"reviewed_on": ACCESSIBILITY_REVIEWED_ON}


def _kept() -> list[tuple[str, str, str]]:
    """What is stored about whoever takes part; docs/retention.md says the same to operators."""
    unsent = ngettext(
        "%(number)d Tag nach der letzten Änderung", "%(number)d Tage nach der letzten Änderung", DRAFT_DAYS
    ) % {"number": DRAFT_DAYS}
    return [
        (_("angefangene Einträge, die nie gesendet wurden"), _("damit Sie weiterschreiben können"), unsent),
        (
            _("gesendete Einträge, deren E-Mail-Adresse nicht bestätigt wurde, samt der Adresse"),
            _("damit der Link zum Bestätigen noch gilt"),
            _days(UNCONFIRMED_DAYS),
        ),
        (
            _(
                "Ihr Konto: bestätigte E-Mail-Adresse, Sprache, letzte Anmeldung; freiwillig Name, Passwort "
                "(unumkehrbar verschlüsselt), Passkeys, Code-App und Ersatzcodes"
            ),
            _("zum Anmelden und um Ihnen zu schreiben"),
            _("bis Sie das Konto löschen"),
        ),
        (
            _("was Sie betreuen, und Ihre Prüfaufträge"),
            _("damit Sie ändern und prüfen können"),
            _("bis Sie es abgeben oder das Konto löschen"),
        ),
        (
            _("was Sie eingereicht haben, und die Antwort darauf"),
            _("um zu entscheiden und zu begründen"),
            _("so lange wie der Eintrag, nach dem Löschen des Kontos ohne Sie"),
        ),
        (
            _("das Protokoll: wer wann was geändert hat und warum"),
            _("damit Änderungen nachvollziehbar und umkehrbar sind"),
            _("so lange wie der Eintrag, nach dem Löschen des Kontos ohne Ihren Namen"),
        ),
        (
            _("Fotos, neu berechnet und ohne Aufnahmedaten"),
            _("um den Ort zu zeigen"),
            _("bis sie jemand entfernt, der den Eintrag betreut"),
        ),
        (
            _("Ihre E-Mail-Adresse, wenn Sie zu einer Meldung eine angeben"),
            _("um zu antworten"),
            _("bis die Antwort hinausgeht"),
        ),
        (
            _("jeder Schlüssel zur Schnittstelle: wofür, Prüfsumme, von wann bis wann, der Tag der letzten Benutzung"),
            _("damit Ihr Programm in Ihrem Namen eintragen und ändern kann"),
            _("bis Sie ihn widerrufen; sonst bis %(days)s nach seinem Ende") % {"days": _days(TOKEN_DAYS)},
        ),
        (
            _("jedes Abonnement: Adresse Ihres Programms, Ereignisse, Gebiete, Geheimnis (verschlüsselt)"),
            _("um Ihrem Programm Änderungen zu schicken"),
            _("bis %(days)s nach dem Beenden, oder bis Sie das Konto löschen") % {"days": _days(KEPT)},
        ),
        (
            _("Nachrichten an Ihr Programm: Inhalt, jeder Versuch mit Uhrzeit, Dauer und dem Anfang der Antwort"),
            _("damit Sie sehen, was ankam, und es noch einmal senden können"),
            _days(KEPT),
        ),
        (
            _("Prüfsummen der IP- und der E-Mail-Adresse, wenn Sie ein Formular senden oder sich anmelden"),
            _("gegen massenhaftes Absenden und gegen Raten von Passwörtern"),
            _("eine Stunde; spätestens am nächsten Tag gelöscht"),
        ),
        (
            _("wie oft von Ihrer IP-Adresse oder mit Ihrem Schlüssel die Schnittstelle gefragt wurde, als Zähler"),
            _("damit niemand sie überlastet"),
            _("wenige Minuten, nur im Arbeitsspeicher und ohne die Adresse"),
        ),
    ]


def _days(number: int) -> str:
    return ngettext("%(number)d Tag", "%(number)d Tage", number) % {"number": number}


def _basemap_host() -> str:
    """The host that a switched-on basemap asks for its tiles; empty without one."""
    return settings.BASEMAP_URL.split("://", 1)[-1].split("/", 1)[0].removeprefix("{s}.")


def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon when no page names one (API, administration)."""
    return redirect(static("img/logo.svg"))


@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """The process is alive. Asks nothing else, so that a slow database restarts nobody."""
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration; else 503 with the reason."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "The database does not answer."}, status=503)
    if missing:
        names = [f"{migration.app_label}.{migration.name}" for migration, _backwards in missing]
        return JsonResponse({"ready": False, "reason": "Migrations are missing.", "missing": names}, status=503)
    return JsonResponse({"ready": True})
