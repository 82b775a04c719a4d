"""Administration of what exists: looked up and corrected here; imports and (later) verbs make the entries."""

from django.contrib import admin
from leaflet.admin import LeafletGeoAdmin

from places.models import Actor, BoundaryEdition, Involvement, Municipality, Place, PopulationGrid, Region


class InvolvementInline(admin.TabularInline):
    model = Involvement
    extra = 0
    autocomplete_fields = ("actor",)


@admin.register(Place)
class PlaceAdmin(LeafletGeoAdmin):
    list_display = ("name", "kind", "municipality", "status", "publication", "confirmed_on")
    list_filter = ("publication", "status", "kind", "is_fictional")
    search_fields = ("name", "external_id", "municipality__name", "municipality__ags")
    list_select_related = ("municipality",)
    readonly_fields = ("municipality", "created_at", "updated_at")
    inlines = (InvolvementInline,)


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
    readonly_fields = ("edition", "ags", "ars", "district", "state", "area_km2")
    exclude = ("geometry", "centre")


@admin.register(BoundaryEdition)
class BoundaryEditionAdmin(admin.ModelAdmin):
    list_display = ("date", "source", "attribution", "imported_at")
    readonly_fields = ("date", "imported_at", "outlines_digest")


@admin.register(PopulationGrid)
class PopulationGridAdmin(admin.ModelAdmin):
    list_display = ("source", "edition", "cell_size", "imported_at")
    readonly_fields = ("edition", "cell_size", "imported_at")


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ("key", "name", "designation", "edition")
    search_fields = ("key", "name")
