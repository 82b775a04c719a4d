"""Forms about an entry, one per subject, used to register it and to edit it. Who may store what: the verbs."""

from places.entry_forms.actors import ActorsForm, CirclesForm, OwnerForm, TriadForm, merge_actors
from places.entry_forms.base import SubjectForm, Typed, as_posted
from places.entry_forms.hours import HoursForm
from places.entry_forms.plain import (
    CoreCriteriaForm,
    CriteriaForm,
    DescriptionForm,
    EffectCriteriaForm,
    InwardDynamicsForm,
    MeetingCriteriaForm,
    NameForm,
    OutsideConditionsForm,
    OutwardDynamicsForm,
    ParticipationForm,
    PeopleConditionsForm,
    PlaceNameForm,
    PlaceWebsiteForm,
    RatingsForm,
    SpaceNameForm,
    SpaceSizeForm,
    SupportNameForm,
    SupportParticipationForm,
    WebsiteForm,
)
from places.entry_forms.where import AreasForm, LocationForm

# What the forms of one kind ask, in the order of the questionnaire. Editing may show ActorsForm instead of the two
# that ask for the triad and for the circles, and the whole CriteriaForm and RatingsForm.
SUBJECTS: dict[str, dict[str, type[SubjectForm]]] = {
    "place": {
        "wo": LocationForm,
        "was": PlaceNameForm,
        "zugang": CoreCriteriaForm,
        "begegnung": MeetingCriteriaForm,
        "wirkung": EffectCriteriaForm,
        "trias": TriadForm,
        "kreise": CirclesForm,
        "menschen": PeopleConditionsForm,
        "bedingungen": OutsideConditionsForm,
        "nach-aussen": OutwardDynamicsForm,
        "nach-innen": InwardDynamicsForm,
        "zeiten": HoursForm,
        "beschreibung": DescriptionForm,
        "mitmachen": ParticipationForm,
        "website": PlaceWebsiteForm,
    },
    "support": {
        "wo": LocationForm,
        "was": SupportNameForm,
        "gebiet": AreasForm,
        "beschreibung": DescriptionForm,
        "mitmachen": SupportParticipationForm,
        "website": WebsiteForm,
    },
    "space": {
        "wo": LocationForm,
        "was": SpaceNameForm,
        "groesse": SpaceSizeForm,
        "eigentum": OwnerForm,
        "beschreibung": DescriptionForm,
        "website": WebsiteForm,
    },
}

__all__ = [
    "SUBJECTS",
    "ActorsForm",
    "AreasForm",
    "CirclesForm",
    "CoreCriteriaForm",
    "CriteriaForm",
    "DescriptionForm",
    "EffectCriteriaForm",
    "HoursForm",
    "InwardDynamicsForm",
    "LocationForm",
    "MeetingCriteriaForm",
    "NameForm",
    "OutsideConditionsForm",
    "OutwardDynamicsForm",
    "OwnerForm",
    "ParticipationForm",
    "PeopleConditionsForm",
    "PlaceNameForm",
    "PlaceWebsiteForm",
    "RatingsForm",
    "SpaceNameForm",
    "SpaceSizeForm",
    "SubjectForm",
    "SupportNameForm",
    "SupportParticipationForm",
    "TriadForm",
    "Typed",
    "WebsiteForm",
    "as_posted",
    "merge_actors",
]
