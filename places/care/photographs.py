"""Photographs of an entry: taken in, re-encoded in two sizes without what the camera wrote into them, taken away."""

from datetime import date
from io import BytesIO
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from places.care.stewardship import acting
from places.models import Entry, Photo, tie
from places.permissions import User
from places.record import locked, write_change
from places.vocabulary import Publication, Verb

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PER_ENTRY = 8
LONG_SIDE = 1600
SMALL_SIDE = 480
QUALITY = 82
NAME_LENGTH = 24
_OVER = (Publication.REJECTED, Publication.ARCHIVED)
# What Pillow raises for files that are broken, cut off, or something else under a false name.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError)


@transaction.atomic
def add_photo(
    entry: Entry, *, by: User, image: IO[bytes], alternative_text: str, credit: str = "", today: date
) -> Photo:
    """Keep a photograph of ``entry`` in two sizes of WebP, upright, without any metadata.

    Raises PermissionDenied, and ValidationError by field: too large, too many pixels, no JPEG, PNG or WebP, no
    alternative text, more than eight.
    """
    acted_as = acting(by, entry, today)
    entry = locked(entry)
    if entry.publication in _OVER:
        raise ValidationError(_("Dieser Eintrag ist nicht mehr in Bearbeitung."))
    if not alternative_text.strip():
        raise ValidationError({"alternative_text": _("Bitte beschreiben Sie, was zu sehen ist.")})
    if Photo.of(entry).count() >= MOST_PER_ENTRY:
        raise ValidationError(_("Ein Eintrag hat höchstens %(number)s Fotos.") % {"number": MOST_PER_ENTRY})
    try:
        large, small = encoded(image)
    except ValidationError as error:
        raise ValidationError({"image": error}) from error
    width, height = Image.open(BytesIO(large)).size
    photo = Photo(
        width=width,
        height=height,
        alternative_text=alternative_text.strip(),
        credit=credit.strip(),
        added_by_id=by.pk,
        **tie(entry),
    )
    photo.clean_fields(exclude=("image", "thumbnail"))
    name = get_random_string(NAME_LENGTH).lower()
    try:
        photo.image.save(f"{name}.webp", ContentFile(large), save=False)
        photo.thumbnail.save(f"{name}-{SMALL_SIDE}.webp", ContentFile(small), save=False)
        photo.save()
        write_change(entry, Verb.ADDED_PHOTO, by=by, acted_as=acted_as, reason=photo.alternative_text)
    except BaseException:
        _remove_files(photo)
        raise
    return photo


@transaction.atomic
def remove_photo(photo: Photo, *, by: User, today: date) -> None:
    """Take a photograph away for good, with its files. Raises PermissionDenied."""
    acted_as = acting(by, photo.entry, today)
    write_change(photo.entry, Verb.REMOVED_PHOTO, by=by, acted_as=acted_as, reason=photo.alternative_text)
    photo.delete()


def encoded(file: IO[bytes]) -> tuple[bytes, bytes]:
    """The large and the small WebP of a photograph. Raises ValidationError for what is none, or too much of one."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValidationError(_("Das Foto ist größer als 10 MB."))
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise ValidationError(_("Das Foto hat mehr als 40 Millionen Bildpunkte."))
        image.draft(image.mode, (LONG_SIDE, LONG_SIDE))  # a JPEG need not be unfolded in full to be made smaller
        image.load()
        upright = _in_plain_colours(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_("Das Foto hat mehr als 40 Millionen Bildpunkte.")) from error
    except _BROKEN as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError(
            _("Diese Datei ist kein Foto als JPEG, PNG oder WebP, oder sie ist beschädigt.")
        ) from error
    return _webp(upright, LONG_SIDE), _webp(upright, SMALL_SIDE)


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """In sRGB, since the profile goes with the metadata; what is transparent stays so."""
    profile, mode = image.info.get("icc_profile"), "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return converted or image.convert(mode)
        except (ImageCms.PyCMSError, OSError):  # a broken profile: the colours as they are
            pass
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    return image.convert(mode)


def _webp(image: Image.Image, long_side: int) -> bytes:
    smaller = image.copy()
    smaller.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    clean = Image.new(smaller.mode, smaller.size)
    clean.paste(smaller)  # pixels only: a copy would carry EXIF, XMP and comments in its info
    written = BytesIO()
    clean.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()


@receiver(post_delete, sender=Photo)
def _remove_files_too(instance: Photo, **_arguments: Any) -> None:
    """A photograph goes with its entry, whoever deletes it; its files go with the photograph."""
    transaction.on_commit(lambda: _remove_files(instance))


def _remove_files(photo: Photo) -> None:
    for file in (photo.image, photo.thumbnail):
        if file.name:
            file.storage.delete(file.name)
