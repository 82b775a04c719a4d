"""Pages about what exists."""

from django.urls import path

from places.views.place import place

urlpatterns = [
    path("orte/<int:pk>-<slug:slug>/", place, name="place"),
    path("orte/<int:pk>/", place, name="place_by_id"),
]
