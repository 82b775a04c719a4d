"""The questions in everyday words: criteria, conditions, inner dynamics, and their answers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.vocabulary import Condition, Criterion, Dynamic, Rating

UNKNOWN = "unknown"
DO_NOT_KNOW = (UNKNOWN, _("weiß nicht"))
YES_OR_NO = [("yes", _("ja")), ("no", _("nein")), DO_NOT_KNOW]
HOW_FAR = [*((str(value), label) for value, label in Rating.choices), DO_NOT_KNOW]

CRITERIA = {
    Criterion.COMMUNITY_USE: _("Können verschiedene Gruppen und Einzelne ihn gemeinsam nutzen?"),
    Criterion.LOW_THRESHOLD: _("Kann man einfach hingehen, ohne Anmeldung, Mitgliedschaft oder Verzehrzwang?"),
    Criterion.OPEN_TO_ALL: _("Sind alle willkommen, gleich woher, wie alt und mit wie viel Geld?"),
    Criterion.SOCIAL_REDUNDANCY: _("Fängt er etwas auf, wenn anderswo ein Treffpunkt oder Angebot wegfällt?"),
    Criterion.CROSSES_MILIEUS: _("Kommen Menschen ins Gespräch, die sich sonst kaum begegnen?"),
    Criterion.STRENGTHENS_TIES: _("Lernen Menschen sich hier besser kennen und helfen einander?"),
    Criterion.ANALOGUE_ANCHOR: _("Trifft man sich hier von Angesicht zu Angesicht, ganz ohne Bildschirm?"),
    Criterion.NEGOTIATES_CONFLICT: _("Kann man hier streiten und sich wieder einigen?"),
    Criterion.ANSWERS_LOCAL_NEED: _("Ist er entstanden, weil vor Ort etwas fehlte?"),
    Criterion.SELF_EFFICACY: _("Erleben die Leute hier, dass ihr eigenes Tun etwas bewirkt?"),
    Criterion.BINDS_ENGAGEMENT: _("Gibt er Menschen, die mit anpacken wollen, einen festen Platz?"),
    Criterion.VISIBLE_COHESION: _("Sieht man hier, dass das Dorf oder das Viertel zusammenhält?"),
    Criterion.LOCAL_DEMOCRACY: _("Wird hier über die Dinge vor Ort gesprochen und mitentschieden?"),
}

RATED = {
    Condition.OPEN_ADMINISTRATION: _("Die Verwaltung ist offen und arbeitet mit Ihnen zusammen."),
    Condition.ENGAGED_ACTORS: _("Es gibt Menschen, die sich ungewöhnlich stark einsetzen."),
    Condition.PROCESS_NOT_PROJECT: _("Es darf weitergehen und sich ändern; es endet nicht mit einer Förderung."),
    Condition.SUPRAREGIONAL_ATTENTION: _("Sie sind über die Region hinaus vernetzt und werden dort wahrgenommen."),
    Condition.PUBLIC_INFRASTRUCTURE: _("Bus, Schule, Arzt, Netz: Was man im Alltag braucht, ist da und wird erhalten."),
    Dynamic.OPENING_OUTWARD: _("Sie gehen auf Neue zu und machen es ihnen leicht."),
    Dynamic.BUNDLING_COMPETENCES: _("Sie bringen zusammen, was die Einzelnen können und wissen."),
    Dynamic.CONFLICT_SPACE: _("Sie geben Streit Raum und klären ihn."),
    Dynamic.CONSOLIDATION: _("Sie halten zusammen, und die Arbeit ist gut verteilt."),
}

DAY_NAMES = {
    "Mo": _("Montag"),
    "Tu": _("Dienstag"),
    "We": _("Mittwoch"),
    "Th": _("Donnerstag"),
    "Fr": _("Freitag"),
    "Sa": _("Samstag"),
    "Su": _("Sonntag"),
}

ORGANISATION, PERSON = "organisation", "person"
WHO = [(ORGANISATION, _("Verein, Gruppe oder Einrichtung")), (PERSON, pgettext_lazy("Akteur", "eine einzelne Person"))]
