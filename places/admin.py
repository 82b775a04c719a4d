"""Administration of what exists: looked up and corrected here; imports and (later) verbs make the entries."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from leaflet.admin import LeafletGeoAdmin

from places.correction import correct_entry
from places.locating import municipality_of
from places.models import (
    Actor,
    BoundaryEdition,
    Change,
    Entry,
    Involvement,
    Mandate,
    Municipality,
    Place,
    PlanningRegion,
    PopulationGrid,
    Region,
    ServedArea,
    Space,
    Succession,
    Support,
)
from places.permissions import may_give_mandates
from places.reviewing.mandates import give_mandate
from places.vocabulary import Condition


class EntryForm(forms.ModelForm):
    """Refuses a location outside every municipality before anything is stored."""

    website = forms.URLField(label=_("Website"), max_length=500, required=False, assume_scheme="https")

    def clean_location(self) -> Point:
        location: Point = self.cleaned_data["location"]
        municipality_of(location)
        return location


class InvolvementInline(admin.TabularInline):
    model = Involvement
    extra = 0
    autocomplete_fields = ("actor",)


class ServedAreaInline(admin.TabularInline):
    model = ServedArea
    extra = 0


class EntryAdmin(LeafletGeoAdmin):
    """An entry of whatever kind: every correction is on record, its municipality follows from its location."""

    list_display = ("name", "kind", "municipality", "status", "publication", "confirmed_on")
    list_filter = ("publication", "status", "kind", "is_fictional")
    search_fields = ("name", "external_id", "municipality__name", "municipality__ags")
    list_select_related = ("municipality",)
    readonly_fields = ("municipality", "merged_into", "created_at", "updated_at")
    form = EntryForm

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Entries are taken out of the public, not deleted: the record refers to them."""
        return False

    def save_model(self, request: HttpRequest, obj: Entry, form: object, change: bool) -> None:
        """Nothing yet: the entry is stored together with what belongs to it, in ``save_related``."""
        obj.municipality = municipality_of(obj.location)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        correct_entry(
            form.instance,
            by=request.user,
            save_related=lambda: super(EntryAdmin, self).save_related(request, form, formsets, change),
        )


@admin.register(Place)
class PlaceAdmin(EntryAdmin):
    inlines = (InvolvementInline,)


@admin.register(Support)
class SupportAdmin(EntryAdmin):
    inlines = (ServedAreaInline,)


@admin.register(Space)
class SpaceAdmin(EntryAdmin):
    pass


@admin.register(Actor)
class ActorAdmin(admin.ModelAdmin):
    list_display = ("name", "sector")
    list_filter = ("sector",)
    search_fields = ("name",)


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    list_display = ("name", "ags", "designation", "zok_tier", "population", "inventory_completed_on")
    list_filter = ("zok_tier", "is_unincorporated", "edition")
    search_fields = ("name", "ags")
    # Inventory and conditions are stated on /pruefung/, within a mandate and on record.
    readonly_fields = ("edition", "ags", "ars", "district", "state", "area_km2", "inventory_completed_on", *Condition)
    exclude = ("geometry", "centre")


@admin.register(BoundaryEdition)
class BoundaryEditionAdmin(admin.ModelAdmin):
    list_display = ("date", "source", "attribution", "imported_at")
    readonly_fields = ("date", "imported_at", "tiles_digest")


@admin.register(Succession)
class SuccessionAdmin(admin.ModelAdmin):
    """Looked up here; decided on /pruefung/nachfolgen/, where mandates go over too."""

    list_display = ("predecessor", "successor", "kind", "area_share", "resident_share", "source", "state")
    list_filter = ("state", "source", "kind")
    list_select_related = ("predecessor", "successor")
    search_fields = ("predecessor__ags", "predecessor__name", "successor__ags", "successor__name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Succession | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Succession | None = None) -> bool:
        return False


@admin.register(PopulationGrid)
class PopulationGridAdmin(admin.ModelAdmin):
    list_display = ("source", "edition", "cell_size", "imported_at")
    readonly_fields = ("edition", "cell_size", "imported_at")


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ("key", "name", "designation", "edition")
    search_fields = ("key", "name")


@admin.register(Mandate)
class MandateAdmin(admin.ModelAdmin):
    """Mandates are ended, not deleted: the record refers to them."""

    list_display = ("user", "area", "starts_on", "ends_on")
    search_fields = ("user__username", "area")
    autocomplete_fields = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_give_mandates(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Mandate | None = None) -> bool:
        return may_give_mandates(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Mandate | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Mandate, form: object, change: bool) -> None:
        give_mandate(obj, by=request.user)


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    """The record is read here, never written."""

    list_display = ("at", "user", "verb", "ags", "reason")
    list_filter = ("verb",)
    search_fields = ("ags", "user__username")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False


class KeysField(forms.JSONField):
    """Keys as people write them: one per line, or with commas between."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial) != self.to_python(data))


class PlanningRegionForm(forms.ModelForm):
    areas = KeysField(label=_("Schlüssel"), help_text=PlanningRegion._meta.get_field("areas").help_text)


@admin.register(PlanningRegion)
class PlanningRegionAdmin(admin.ModelAdmin):
    """Defined here and nowhere else; what lies in it is found by the keys, edition by edition."""

    list_display = ("name", "slug", "source")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    form = PlanningRegionForm
