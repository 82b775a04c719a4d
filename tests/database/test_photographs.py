"""Photographs: what is taken, what is refused, and that nothing the camera wrote is left."""

from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any
from zlib import crc32

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image, ImageCms
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.care.photographs import MOST_BYTES, MOST_PER_ENTRY, add_photo, encoded, remove_photo
from places.models import Change, Entry, Photo, Place
from places.vocabulary import ActedAs, Publication, Verb
from tests.factories import TODAY, make_municipality, make_photo, make_place, make_reviewer, make_space, make_steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F
TURNED_RIGHT = 6  # the camera was held upright: turn by 90° to see it so


def picture(size: tuple[int, int] = (64, 48), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> BytesIO:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    written = BytesIO()
    image.convert(mode).save(written, kind, **options)
    written.seek(0)
    return written


def with_metadata(size: tuple[int, int] = (64, 48)) -> BytesIO:
    """As a telephone writes it: where, with what, and how it was held."""
    exif = Image.Exif()
    exif[MAKER] = "Camera of Anna"
    exif[ORIENTATION] = TURNED_RIGHT
    exif.get_ifd(GPS).update({1: "N", 2: (51.0, 16.0, 12.0), 3: "E", 4: (8.0, 52.0, 3.0)})
    return picture(size, exif=exif, comment=b"private comment")


@pytest.fixture
def place() -> Place:
    return make_place(make_municipality("06635015"))


def add(entry: Entry, by: Any, image: BytesIO | None = None, **words: Any) -> Photo:
    words = {"alternative_text": "Ein Hof", "today": TODAY, **words}
    return add_photo(entry, by=by, image=image or picture(), **words)


def opened(field: Any) -> Image.Image:
    with field.open("rb") as file:
        return Image.open(BytesIO(file.read()))


def test_it_is_kept_as_webp_in_two_sizes_and_on_record(place: Place) -> None:
    steward = make_steward(place)
    photo = add(place, steward, picture((4000, 2000)), credit=" Anna ")
    large, small = opened(photo.image), opened(photo.thumbnail)
    assert (large.format, large.size) == ("WEBP", (1600, 800))
    assert (small.format, small.size) == ("WEBP", (480, 240))
    assert (photo.width, photo.height, photo.credit, photo.added_by) == (1600, 800, "Anna", steward)
    line = Change.of_entry(place).get()
    assert (line.verb, line.acted_as, line.reason) == (Verb.ADDED_PHOTO, ActedAs.STEWARD, "Ein Hof")


def test_a_small_one_is_not_made_larger(place: Place) -> None:
    assert opened(add(place, make_steward(place)).image).size == (64, 48)


def test_nothing_that_the_camera_wrote_is_left_and_it_stands_upright() -> None:
    raw = with_metadata()
    before = Image.open(BytesIO(raw.getvalue())).getexif()
    assert before.get_ifd(GPS)  # the test would prove nothing without
    for data in encoded(raw):
        after = Image.open(BytesIO(data))
        assert dict(after.getexif()) == {}
        assert not after.info.keys() & {"exif", "xmp", "icc_profile", "comment"}
        assert b"Anna" not in data
        assert b"private" not in data
        assert after.size == (48, 64)
        red, _green, blue = after.convert("RGB").getpixel((24, 4))  # type: ignore[misc]  # left became top
        assert red > 200 > blue


def test_a_large_jpeg_is_turned_after_being_made_smaller() -> None:
    large, small = (Image.open(BytesIO(data)) for data in encoded(with_metadata((3200, 1600))))
    assert (large.size, small.size) == ((800, 1600), (240, 480))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "1"), ("PNG", "I;16"), ("WEBP", "RGB")],
)
def test_what_cameras_and_scanners_write_is_taken(kind: str, mode: str) -> None:
    raw = picture(kind=kind, mode="RGB" if mode == "I;16" else mode)
    if mode == "I;16":
        raw = BytesIO()
        Image.new("I;16", (64, 48), 40000).save(raw, "PNG")
        raw.seek(0)
    large, _small = encoded(raw)
    assert Image.open(BytesIO(large)).size == (64, 48)


def test_what_is_transparent_stays_so() -> None:
    raw = BytesIO()
    Image.new("RGBA", (64, 48), (255, 0, 0, 0)).save(raw, "PNG")
    raw.seek(0)
    assert Image.open(BytesIO(encoded(raw)[0])).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_colours_of_another_profile_are_brought_into_srgb() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"no profile at all"):
        large, _small = encoded(picture(icc_profile=icc))
        pixel = Image.open(BytesIO(large)).convert("RGB").getpixel((5, 5))
        assert pixel[0] > 200 > pixel[2]  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
        picture().getvalue()[:300],
        picture(kind="PNG").getvalue()[:80],
        picture(kind="GIF").getvalue(),
        picture(kind="TIFF").getvalue(),
    ],
)
def test_what_is_no_photograph_or_a_broken_one_is_refused(place: Place, data: bytes) -> None:
    with pytest.raises(ValidationError, match="JPEG, PNG oder WebP") as refused:
        add(place, make_steward(place), BytesIO(data))
    assert list(refused.value.message_dict) == ["image"]
    assert not Photo.objects.exists()


def test_more_than_ten_megabytes_are_refused() -> None:
    with pytest.raises(ValidationError, match="10 MB"):
        encoded(BytesIO(picture().getvalue() + bytes(MOST_BYTES)))


@pytest.mark.parametrize("size", [(6325, 6325), (12000, 12000), (20000, 20000)])
def test_too_many_pixels_are_refused_before_they_are_unfolded(size: tuple[int, int]) -> None:
    """A few bytes that say they are so large; at the two larger ones Pillow warns, and refuses."""
    small = picture(kind="PNG").getvalue()
    header = b"IHDR" + pack(">II", *size) + small[24:29]
    claimed = small[:12] + header + pack(">I", crc32(header)) + small[33:]
    with pytest.raises(ValidationError, match="40 Millionen"):
        encoded(BytesIO(claimed))


def test_a_photograph_needs_words_for_those_who_do_not_see_it(place: Place) -> None:
    with pytest.raises(ValidationError) as refused:
        add(place, make_steward(place), alternative_text=" ")
    assert list(refused.value.message_dict) == ["alternative_text"]


def test_an_entry_has_eight_at_most() -> None:
    space = make_space()
    for _number in range(MOST_PER_ENTRY):
        make_photo(space)
    with pytest.raises(ValidationError, match="höchstens 8"):
        add(space, make_steward(space))


def test_only_who_may_change_the_entry_adds_and_removes(place: Place, media_folder: Path) -> None:
    stranger, reviewer = User.objects.create_user("stranger"), make_reviewer("06635")
    with pytest.raises(PermissionDenied):
        add(place, stranger)
    photo = add(place, reviewer)
    with pytest.raises(PermissionDenied):
        remove_photo(photo, by=stranger, today=TODAY)
    assert Photo.objects.count() == 1


def test_nothing_is_added_to_what_is_not_looked_after_any_more() -> None:
    place = make_place(publication=Publication.ARCHIVED)
    with pytest.raises(ValidationError):
        add(place, make_steward(place))


def test_files_go_with_the_photograph_and_with_the_entry(
    place: Place, media_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    steward = make_steward(place)
    first = add(place, steward)
    add(place, steward)
    assert len(list((media_folder / "photos").iterdir())) == 4
    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(first, by=steward, today=TODAY)
    assert len(list((media_folder / "photos").iterdir())) == 2
    assert Change.of_entry(place).order_by("-pk")[0].verb == Verb.REMOVED_PHOTO
    with django_capture_on_commit_callbacks(execute=True):
        place.delete()
    assert list((media_folder / "photos").iterdir()) == []


def test_words_that_are_too_long_are_refused_and_leave_no_file(place: Place, media_folder: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        add(place, make_steward(place), alternative_text="a" * 301)
    assert list(refused.value.message_dict) == ["alternative_text"]
    assert not list(media_folder.rglob("*.webp"))
