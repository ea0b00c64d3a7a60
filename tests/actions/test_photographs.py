"""Photographs are kept as they came and given out without what they should not tell."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import ExifTags

from needlepoint.actions import links, photographs, vault
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.actor import Actor
from needlepoint.records.models import AuditEvent, ConsentWithdrawal, Course, JobState, Measurement, Photograph, Role
from tests import people, pictures
from tests.together import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def agreed_course(**fields: Any) -> Course:
    course = people.make_course(**fields)
    people.make_consent(course)
    return course


def add(course: Course, data: bytes, *, by: Actor | None = None, **changes: Any) -> Photograph:
    setting = {"view": "front", "taken_on": people.TODAY, "at": people.NOW, **changes}
    return photographs.add(course, data, by=by or people.actor(), **setting)


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "jpeg"), ("PNG", "png"), ("HEIF", "heic")])
def test_the_original_is_kept_to_the_last_byte_and_encrypted(kind: str, media_type: str) -> None:
    data = pictures.file(kind)
    photograph = add(agreed_course(), data)
    assert photograph.sha256 == hashlib.sha256(data).hexdigest()
    assert vault.get(photograph.sha256) == data
    assert (photograph.media_type, photograph.size_bytes) == (f"image/{media_type}", len(data))
    assert all(data[40:80] not in path.read_bytes() for path in settings.VAULT.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF"])
@pytest.mark.parametrize("turned", [1, 3, 6])
@pytest.mark.parametrize("size", list(photographs.COPIES))
def test_a_copy_is_upright_srgb_and_says_nothing_of_place_or_camera(kind: str, turned: int, size: str) -> None:
    photograph = add(agreed_course(), pictures.file(kind, turned=turned))
    assert (photograph.width_px, photograph.height_px) == (320, 240)
    served = photographs.read_copy(photograph.ref, size=size, by=people.actor(), at=people.NOW)
    image = pictures.opened(served.data)
    assert image.format == "JPEG"
    assert dict(image.getexif()) == {}
    assert not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert not {"exif", "icc_profile", "xmp", "comment", "photoshop"} & set(image.info)
    assert pictures.CAMERA.encode() not in served.data
    width, height = image.size
    corners = [image.convert("RGB").getpixel(place) for place in ((width // 5, height // 5), (width - 9, height // 5))]
    red, green = corners
    assert red[0] > 150 > red[1], "the red quarter stands at the upper left"  # type: ignore[index]  # a pixel of RGB has three
    assert green[1] > 120 > green[0], "the green quarter stands at the upper right"  # type: ignore[index]  # as above


def test_the_sample_files_do_carry_a_place() -> None:
    for kind in ("JPEG", "PNG", "HEIF"):
        place = pictures.opened(pictures.file(kind)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert tuple(float(part) for part in place[2]) == pictures.LATITUDE, kind


def test_a_copy_is_never_larger_than_asked_for() -> None:
    photograph = add(agreed_course(), pictures.file(image=pictures.scene(3000, 1500)))
    for size, longest in photographs.COPIES.items():
        served = photographs.read_copy(photograph.ref, size=size, by=people.actor(), at=people.NOW)
        assert pictures.opened(served.data).size == (longest, longest // 2)


HOSTILE = {
    "nothing": (b"", "empty"),
    "words": (b"This is a letter, not a photograph.", "not a JPEG, PNG, HEIC, WebP or TIFF"),
    "a page of script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not a JPEG, PNG, HEIC"),
    "half a JPEG": (pictures.file("JPEG")[:9000], "damaged"),
    "half a PNG": (pictures.file("PNG")[:60000], "damaged"),
    "half a HEIC": (pictures.file("HEIF")[:3000], "damaged"),
    "the head of a JPEG": (pictures.file("JPEG")[:4], "damaged"),
    "too small": (pictures.file(image=pictures.scene(63, 200)), "too small"),
    "too long": (pictures.bomb(20_001), "too large"),
    "a bomb": (pictures.bomb(19_000), "megapixels"),
    "a GIF": (pictures.gif(), "not a JPEG, PNG, HEIC, WebP or TIFF"),
    "half a WebP": (pictures.file("WEBP")[:9000], "damaged"),
    "half a TIFF": (pictures.file("TIFF")[:9000], "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_usable_picture_is_refused_in_words_and_leaves_nothing(name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(photographs.NoPicture, match=words):
        add(agreed_course(), data)
    assert not Photograph.objects.exists()
    assert not settings.VAULT.exists()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF", "WEBP", "TIFF"])
def test_every_kind_is_kept_as_it_came_and_served_without_its_place(kind: str) -> None:
    data = pictures.file(kind)
    photo = add(agreed_course(), data)
    assert vault.get(photo.sha256) == data
    for size in photographs.COPIES:
        served = photographs.read_copy(photo.ref, size=size, by=people.actor(), at=people.NOW).data
        copy = pictures.opened(served)
        assert copy.format == "JPEG"
        assert not copy.getexif()
        assert pictures.CAMERA.encode() not in served
    kept = settings.VAULT / photo.sha256[:2] / photo.sha256
    assert data[:64] not in kept.read_bytes(), "the original lies encrypted"


def test_a_file_above_the_limit_is_refused_with_both_numbers(settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 2**20
    with pytest.raises(photographs.TooManyBytes, match="3 MB; at most 1 MB"):
        add(agreed_course(), b"\xff\xd8" + b"\0" * 3 * 2**20)


def test_the_same_file_is_recognised_and_named() -> None:
    course, data = agreed_course(), pictures.file()
    first = add(course, data, view="left_45", taken_on=people.TODAY - timedelta(days=3))
    with pytest.raises(photographs.AlreadyThere, match="Left 45°, 21 Nov 2026") as refusal:
        add(course, data)
    assert refusal.value.photograph == first
    assert add(agreed_course(), data).pk != first.pk, "another course may hold the same file"


def test_without_consent_to_photographs_nothing_is_kept() -> None:
    never, without, withdrawn = people.make_course(), people.make_course(), agreed_course()
    people.make_consent(without, record_photo=False)
    ConsentWithdrawal.objects.create(
        consent=withdrawn.consents.get(), part="record_photo", at=people.NOW, by=people.make_staff()
    )
    for course in (never, without, withdrawn):
        assert "has not agreed" in str(photographs.consent_refusal(course))
        with pytest.raises(photographs.NoConsentToPhotographs, match="has not agreed to photographs"):
            add(course, pictures.file())
    assert photographs.consent_refusal(agreed_course()) is None


def test_an_unknown_view_is_refused_and_an_area_of_the_course_can_be_taken_close_up() -> None:
    course = agreed_course(areas=["cheeks"])
    with pytest.raises(photographs.UnknownView):
        add(course, pictures.file(), view="from_behind")
    with pytest.raises(photographs.UnknownView):
        add(course, pictures.file(), view="area:scalp")
    assert (
        photographs.view_label(add(course, pictures.file(), view="area:cheeks").view)
        == "Close-up: Cheeks and cheekbones"
    )


def test_a_photograph_of_the_day_of_a_session_belongs_to_it() -> None:
    course = agreed_course()
    session = people.make_session(course, on=people.TODAY - timedelta(days=7))
    assert add(course, pictures.file(), taken_on=session.on).session == session
    assert add(course, pictures.file(seed=1)).session is None


def test_every_photograph_and_every_look_at_one_is_audited() -> None:
    photograph = add(agreed_course(), pictures.file())
    for size in ("thumb", "large", "thumb"):
        photographs.read_copy(photograph.ref, size=size, by=people.actor(), at=people.NOW)
    events = list(AuditEvent.objects.values_list("act", "subject", "patient"))
    name, patient = f"Photograph:{photograph.pk}", photograph.course.patient_id
    assert events == [("add_photograph", name, patient)] + [("read_photograph", name, patient)] * 3


def test_a_copy_is_made_once_and_made_again_when_it_was_lost() -> None:
    photograph = add(agreed_course(), pictures.file())

    def look() -> bytes:
        return photographs.read_copy(photograph.ref, size="thumb", by=people.actor(), at=people.NOW).data

    first = look()
    copy = photograph.copies.get()
    assert vault.get(copy.sha256) == first == look()
    (settings.VAULT / copy.sha256[:2] / copy.sha256).unlink()
    assert look() == first
    assert photograph.copies.count() == 1


def test_an_original_that_was_tampered_with_is_not_shown() -> None:
    photograph = add(agreed_course(), pictures.file())
    path = settings.VAULT / photograph.sha256[:2] / photograph.sha256
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(vault.AlteredInVault):
        photographs.read_copy(photograph.ref, size="thumb", by=people.actor(), at=people.NOW)


def test_measuring_is_put_in_the_queue_with_the_photograph() -> None:
    photograph = add(agreed_course(), pictures.file())
    assert Measurement.objects.get(photograph=photograph).state == JobState.WAITING


def test_only_clinical_staff_and_the_patient_reach_photographs() -> None:
    course = agreed_course()
    for role in (Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            add(course, pictures.file(), by=people.actor(role))
    photograph = add(course, pictures.file())
    own, _ = links.invite(course.patient, course=course, by=people.actor(), at=people.NOW)
    other, _ = links.invite(people.make_patient(), course=None, by=people.actor(), at=people.NOW)
    assert photographs.read_copy(photograph.ref, size="thumb", by=Actor(link=own), at=people.NOW)
    with pytest.raises(NoSuchRecord):
        photographs.read_copy(photograph.ref, size="thumb", by=Actor(link=other), at=people.NOW)


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_by_two_at_the_same_moment_is_kept_once() -> None:
    course, data, by = agreed_course(), pictures.file(), people.actor()

    def send(_: int) -> str:
        try:
            return str(add(course, data, by=by).sha256)
        except photographs.AlreadyThere:
            return "already there"

    sha256 = hashlib.sha256(data).hexdigest()
    assert sorted(map(str, at_once(4, send))) == sorted([sha256, *["already there"] * 3])
    assert Photograph.objects.count() == 1
