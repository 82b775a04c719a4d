"""The words of the outside world: kinds, statuses, roles, criteria, ratings. Values are API; labels are German."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ZokTier(TextChoices):
    """Tier of a municipality in the Zentrale-Orte-Konzept; the planning terms are proper names."""

    NONE = "none", _("ohne zentralörtliche Funktion")
    GRUNDZENTRUM = "grundzentrum", _("Grundzentrum")
    MITTELZENTRUM = "mittelzentrum", _("Mittelzentrum")
    OBERZENTRUM = "oberzentrum", _("Oberzentrum")


class Kind(TextChoices):
    """What a Sozialer Ort is in everyday words."""

    VILLAGE_SHOP = "village_shop", _("Dorfladen")
    COMMUNITY_HOUSE = "community_house", _("Dorfgemeinschaftshaus")
    REPAIR_CAFE = "repair_cafe", _("Repair-Café")
    MEETING_CAFE = "meeting_cafe", _("Begegnungscafé")
    LIBRARY = "library", _("Bücherei")
    NEIGHBOURHOOD_CENTRE = "neighbourhood_centre", _("Nachbarschaftszentrum")
    MULTIGENERATION_HOUSE = "multigeneration_house", _("Mehrgenerationenhaus")
    YOUTH_CENTRE = "youth_centre", _("Jugendzentrum")
    CULTURE_HOUSE = "culture_house", _("Kulturhaus")
    COMMUNITY_GARDEN = "community_garden", _("Gemeinschaftsgarten")
    SPORTS_GROUND = "sports_ground", _("Sport- und Bewegungsort")
    CLUB_HOUSE = "club_house", _("Vereinsheim")
    PARISH_HALL = "parish_hall", _("Gemeindehaus")
    OPEN_WORKSHOP = "open_workshop", _("Offene Werkstatt")
    COWORKING = "coworking", _("Coworking-Ort")
    FIRE_STATION = "fire_station", _("Feuerwehrhaus")
    VILLAGE_PUB = "village_pub", _("Dorfkneipe")
    MARKET_PLACE = "market_place", _("Markt- und Festplatz")
    MOBILE_SERVICE = "mobile_service", _("Mobiles Angebot")
    OTHER = "other", _("Anderer Ort")


class Status(TextChoices):
    """Whether the place is there."""

    PLANNED = "planned", _("geplant")
    ACTIVE = "active", _("aktiv")
    DORMANT = "dormant", _("ruht")
    CLOSED = "closed", _("geschlossen")


class Publication(TextChoices):
    """Whether the entry is public."""

    DRAFT = "draft", _("Entwurf")
    SUBMITTED = "submitted", _("eingereicht")
    PUBLISHED = "published", _("veröffentlicht")
    REJECTED = "rejected", _("abgelehnt")
    ARCHIVED = "archived", _("archiviert")


class Role(TextChoices):
    """The three roles of the Akteurs-Trias."""

    MOTIVATOR = "motivator", _("Motivator")
    PROVIDER = "provider", _("Raum- oder Ressourcengeber")
    PROMOTER = "promoter", _("Promotor")


class Sector(TextChoices):
    """Where an actor belongs."""

    CIVIL_SOCIETY = "civil_society", _("Zivilgesellschaft")
    ADMINISTRATION = "administration", _("Verwaltung")
    PRIVATE_SECTOR = "private_sector", _("Wirtschaft")


class Circle(TextChoices):
    """How close an actor stands to a place."""

    KEY_ACTOR = "key_actor", _("Schlüsselakteure")
    FELLOW = "fellow", _("Mitstreitende")
    SUPPORTER = "supporter", _("Unterstützende")


class Criterion(TextChoices):
    """What makes a place a Sozialer Ort; each is yes, no or unknown. The first three are the core criteria."""

    COMMUNITY_USE = "community_use", _("gemeinschaftlich nutzbar")
    LOW_THRESHOLD = "low_threshold", _("niedrigschwellig")
    OPEN_TO_ALL = "open_to_all", _("offen für alle")
    SOCIAL_REDUNDANCY = "social_redundancy", _("bietet soziale Redundanz")
    CROSSES_MILIEUS = "crosses_milieus", _("bringt Milieus ins Gespräch")
    STRENGTHENS_TIES = "strengthens_ties", _("stärkt Bindungen")
    ANALOGUE_ANCHOR = "analogue_anchor", _("analoger Ankerpunkt")
    NEGOTIATES_CONFLICT = "negotiates_conflict", _("lässt Konflikte verhandeln")
    ANSWERS_LOCAL_NEED = "answers_local_need", _("antwortet auf einen Bedarf vor Ort")
    SELF_EFFICACY = "self_efficacy", _("lässt Selbstwirksamkeit erfahren")
    BINDS_ENGAGEMENT = "binds_engagement", _("bindet Engagement")
    VISIBLE_COHESION = "visible_cohesion", _("macht Zusammenhalt sichtbar")
    LOCAL_DEMOCRACY = "local_democracy", _("stärkt die Demokratie vor Ort")


CORE_CRITERIA = (Criterion.COMMUNITY_USE, Criterion.LOW_THRESHOLD, Criterion.OPEN_TO_ALL)


class Condition(TextChoices):
    """Bedingungsfaktoren, rated 0..4 for a place or for a municipality. Order as in method §1."""

    OPEN_ADMINISTRATION = "open_administration", _("Offene, kooperative Verwaltung")
    ENGAGED_ACTORS = "engaged_actors", _("Überdurchschnittlich engagierte Akteure")
    PROCESS_NOT_PROJECT = "process_not_project", _("Prozess statt Projekt")
    SUPRAREGIONAL_ATTENTION = "supraregional_attention", _("Überregionale Aufmerksamkeit und Einbindung")
    PUBLIC_INFRASTRUCTURE = "public_infrastructure", _("Öffentliche Infrastruktur in der Fläche")


class Dynamic(TextChoices):
    """Inner dynamics of a place, rated 0..4: what its actors have to do at once. Order as in method §1."""

    OPENING_OUTWARD = "opening_outward", _("Öffnung nach außen")
    BUNDLING_COMPETENCES = "bundling_competences", _("Bündelung von Kompetenzen")
    CONFLICT_SPACE = "conflict_space", _("Raum für Konflikte")
    CONSOLIDATION = "consolidation", _("Festigung nach innen")


class Rating(IntegerChoices):
    """The five answers to "how far does this hold?"."""

    NOT_AT_ALL = 0, pgettext_lazy("rating", "gar nicht")
    HARDLY = 1, pgettext_lazy("rating", "kaum")
    PARTLY = 2, pgettext_lazy("rating", "teilweise")
    LARGELY = 3, pgettext_lazy("rating", "weitgehend")
    FULLY = 4, pgettext_lazy("rating", "voll und ganz")


RATINGS = (*Condition, *Dynamic)


class SupportKind(TextChoices):
    """What a support structure gives."""

    ADVICE = "advice", _("Beratung")
    FUNDING = "funding", _("Förderung")
    NETWORK = "network", _("Netzwerk")
    TRAINING = "training", _("Qualifizierung")
    EQUIPMENT = "equipment", _("Ausstattung und Räume")
    VOLUNTEER_AGENCY = "volunteer_agency", _("Freiwilligenagentur")
    OTHER = "other", _("Andere Unterstützung")


class SpaceKind(TextChoices):
    """What a space of possibility was, or is."""

    SHOP = "shop", _("Laden")
    HALL = "hall", _("Saal oder Halle")
    SCHOOL = "school", _("Schule")
    INN = "inn", _("Gasthof")
    CHURCH = "church", _("Kirche oder Gemeindehaus")
    STATION = "station", _("Bahnhof")
    FARM = "farm", _("Hof oder Scheune")
    OFFICE = "office", _("Amts- oder Bürogebäude")
    PLOT = "plot", _("Grundstück")
    OTHER = "other", _("Anderer Raum")


class SubmissionKind(TextChoices):
    """What a reviewer decides."""

    REGISTRATION = "registration", _("Neuer Eintrag")
    CHANGE = "change", _("Änderung")
    CLAIM = "claim", _("Wunsch zu betreuen")


class SubmissionState(TextChoices):
    """Where it stands."""

    UNCONFIRMED = "unconfirmed", _("E-Mail-Adresse noch nicht bestätigt")
    WAITING = "waiting", _("wartet auf Prüfung")
    ASKED_BACK = "asked_back", _("Rückfrage")
    ACCEPTED = "accepted", _("angenommen")
    REJECTED = "rejected", _("abgelehnt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")


class ReportKind(TextChoices):
    """What somebody reports."""

    ERROR = "error", _("Etwas stimmt nicht")
    CLOSED = "closed", _("Den Ort gibt es nicht mehr")
    UNLAWFUL = "unlawful", _("Der Inhalt ist rechtswidrig")


class Answer(TextChoices):
    """Answers to the yearly question."""

    STILL_THERE = "still_there", _("Alles wie bisher")
    CHANGED = "changed", _("Es hat sich etwas geändert")
    CLOSED = "closed", _("Den Ort gibt es nicht mehr")


class ActedAs(TextChoices):
    """As whom somebody acted: the record keeps it when the account is gone."""

    VISITOR = "visitor", _("ohne Konto")
    STEWARD = "steward", _("Betreuung")
    REVIEWER = "reviewer", _("Prüfung")
    ADMINISTRATOR = "administrator", _("Administration")
    PLATFORM = "platform", _("Plattform")


class Verb(TextChoices):
    """What somebody did, in the record."""

    COMPLETED_INVENTORY = "completed_inventory", _("Bestand als vollständig gemeldet")
    WITHDREW_INVENTORY = "withdrew_inventory", _("Meldung des Bestands zurückgenommen")
    RATED = "rated", _("Bedingungen eingeschätzt")
    GAVE_MANDATE = "gave_mandate", _("Prüfauftrag erteilt oder geändert")
    CORRECTED_PLACE = "corrected_place", _("Eintrag angelegt oder berichtigt")
    IMPORTED = "imported", _("Aus einer Datei übernommen")
    REGISTERED = "registered", _("Eintrag angelegt")
    SUBMITTED = "submitted", _("Zur Prüfung vorgelegt")
    UPDATED = "updated", _("Angaben geändert")
    PROPOSED = "proposed", _("Änderung vorgeschlagen")
    REPLIED = "replied", _("Rückfrage beantwortet")
    WITHDREW = "withdrew", _("Zurückgezogen")
    PUBLISHED = "published", _("Veröffentlicht")
    ACCEPTED_CHANGE = "accepted_change", _("Änderung übernommen")
    ASKED_BACK = "asked_back", _("Zurückgefragt")
    REJECTED = "rejected", _("Abgelehnt")
    MERGED = "merged", _("Mit einem anderen Eintrag zusammengeführt")
    RESTORED = "restored", _("Früheren Stand wiederhergestellt")
    ARCHIVED = "archived", _("Aus der Öffentlichkeit genommen")
    CONFIRMED = "confirmed", _("Bestätigt: alles wie bisher")
    CLAIMED = "claimed", _("Betreuung angefragt")
    JOINED = "joined", _("Betreuung übernommen")
    LEFT = "left", _("Betreuung abgegeben")
    ADDED_PHOTO = "added_photo", _("Foto hinzugefügt")
    REMOVED_PHOTO = "removed_photo", _("Foto entfernt")
    REPORTED = "reported", _("Gemeldet, dass etwas nicht stimmt")
    HANDLED_REPORT = "handled_report", _("Meldung bearbeitet")


class SuccessionKind(TextChoices):
    """What happened to a municipality between two editions, in the words of the official list of changes."""

    DISSOLVED = "dissolved", _("Auflösung")
    PART = "part", _("Teilausgliederung")
    REMAINED = "remained", _("verblieben")
    KEY_CHANGED = "key_changed", _("Schlüsseländerung")
    RENAMED = "renamed", _("Namensänderung")


class SuccessionSource(TextChoices):
    """How it is known who succeeds whom."""

    OFFICIAL = "official", _("amtliche Liste")
    OVERLAP = "overlap", _("Überschneidung der Gebiete")


class SuccessionState(TextChoices):
    """Whether somebody, or the official list, stands for it."""

    PROPOSED = "proposed", _("vorgeschlagen")
    CONFIRMED = "confirmed", _("bestätigt")
    REJECTED = "rejected", _("verworfen")
