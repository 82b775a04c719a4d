"""Administration of what was computed: to be looked at, never changed by hand."""

from django.contrib import admin
from django.http import HttpRequest

from cohesion.models import Assessment


@admin.register(Assessment)
class AssessmentAdmin(admin.ModelAdmin):
    list_display = ("as_of", "method", "edition", "places_counted", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Assessment | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Assessment | None = None) -> bool:
        return False  # scores that it found hold in later ones too
