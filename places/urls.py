"""Pages about what exists."""

from django.urls import path, register_converter

from places.converters import EntryKindConverter
from places.views.place import place
from places.views.review import municipality_review, review
from places.views.space import space
from places.views.stop_digest import stop_digest_page
from places.views.support import support

register_converter(EntryKindConverter, "entry_kind")

urlpatterns = [
    path("orte/<int:pk>-<slug:slug>/", place, name="place"),
    path("orte/<int:pk>/", place, name="place_by_id"),
    path("unterstuetzung/<int:pk>-<slug:slug>/", support, name="support"),
    path("unterstuetzung/<int:pk>/", support, name="support_by_id"),
    path("raeume/<int:pk>-<slug:slug>/", space, name="space"),
    path("raeume/<int:pk>/", space, name="space_by_id"),
    path("pruefung/", review, name="review"),
    path("post/abbestellen/<str:token>/", stop_digest_page, name="stop_digest"),
    path("pruefung/<str:ags>/", municipality_review, name="municipality_review"),
]
