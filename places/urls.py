"""Pages about what exists."""

from django.urls import path, re_path, register_converter
from django.views.generic import RedirectView

from places.converters import EntryKindConverter
from places.views.care import care
from places.views.editing import edit_entry
from places.views.invitation import invitation
from places.views.opening_hours_calendar import opening_hours_calendar
from places.views.photo import photo, photos
from places.views.place import place
from places.views.prove import claim_entry, confirm, submitted
from places.views.register import draft, register, similar
from places.views.report import report
from places.views.review.merging import merge_entries
from places.views.review.municipality import municipality_review, review_municipalities
from places.views.review.queue import decide_several, review
from places.views.review.record import entry_record
from places.views.review.report import report_review
from places.views.review.submission import submission_review
from places.views.review.successions import review_successions
from places.views.space import space
from places.views.stop_digest import stop_digest_page
from places.views.support import support
from places.views.yearly_question import yearly_question

register_converter(EntryKindConverter, "entry_kind")

urlpatterns = [
    path("<entry_kind:kind>/neu/", register, name="register"),
    path("<entry_kind:kind>/neu/aehnliche/", similar, name="likely_duplicates"),
    path("<entry_kind:kind>/neu/<str:key>/", draft, name="draft"),
    path("<entry_kind:kind>/<int:pk>/betreuen/", claim_entry, name="claim"),
    path("eingereicht/<str:token>/", submitted, name="submitted"),
    path("bestaetigen/<str:token>/", confirm, name="confirm_address"),
    path("orte/<int:pk>-<slug:slug>/", place, name="place"),
    path("orte/<int:pk>/", place, name="place_by_id"),
    path("orte/<int:pk>/oeffnungszeiten.ics", opening_hours_calendar, name="opening_hours_calendar"),
    path("unterstuetzung/<int:pk>-<slug:slug>/", support, name="support"),
    path("unterstuetzung/<int:pk>/", support, name="support_by_id"),
    path("raeume/<int:pk>-<slug:slug>/", space, name="space"),
    path("raeume/<int:pk>/", space, name="space_by_id"),
    path("<entry_kind:kind>/<int:pk>/bearbeiten/", edit_entry, name="edit_entry"),
    path("<entry_kind:kind>/<int:pk>/betreuung/", care, name="care"),
    path("<entry_kind:kind>/<int:pk>/fotos/", photos, name="photos"),
    path("<entry_kind:kind>/<int:pk>/melden/", report, name="report"),
    re_path(r"^fotos/(?P<pk>[0-9]{1,18})/(?P<size>gross|klein)\.webp$", photo, name="photo"),
    path("einladung/<str:token>/", invitation, name="invitation"),
    path("noch-da/<str:token>/", yearly_question, name="yearly_question"),
    path("pruefung/", review, name="review"),
    path("post/abbestellen/<str:token>/", stop_digest_page, name="stop_digest"),
    path("<entry_kind:kind>/<int:pk>/verlauf/", entry_record, name="entry_record"),
    path("pruefung/vorlagen/", decide_several, name="decide_several"),
    path("pruefung/vorlagen/<int:pk>/", submission_review, name="submission_review"),
    path(
        "pruefung/zusammenfuehren/<entry_kind:kind>/<int:kept_pk>/<int:other_pk>/", merge_entries, name="merge_entries"
    ),
    path("pruefung/meldungen/<int:pk>/", report_review, name="report_review"),
    path("pruefung/nachfolgen/", review_successions, name="review_successions"),
    path("pruefung/gemeinden/", review_municipalities, name="review_municipalities"),
    path("pruefung/gemeinden/<str:ags>/", municipality_review, name="municipality_review"),
    # The address that letters and bookmarks of before have.
    re_path(r"^pruefung/(?P<ags>[0-9]{8})/$", RedirectView.as_view(pattern_name="municipality_review", permanent=True)),
]
