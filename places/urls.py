"""Pages about what exists."""

from django.urls import path, register_converter

from places.converters import EntryKindConverter
from places.views.place import place
from places.views.review import municipality_review, review

register_converter(EntryKindConverter, "entry_kind")

urlpatterns = [
    path("orte/<int:pk>-<slug:slug>/", place, name="place"),
    path("orte/<int:pk>/", place, name="place_by_id"),
    path("pruefung/", review, name="review"),
    path("pruefung/<str:ags>/", municipality_review, name="municipality_review"),
]
