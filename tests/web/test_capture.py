"""Taking photographs in the page: views in their order, the guide's words, retakes, and what is kept despite them."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from skimage import data as pictures_of_skimage

from needlepoint.actions import photographs, views
from needlepoint.actions.capture import MOST_FRAME_BYTES
from needlepoint.records.models import AuditEvent, Course, Photograph
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


@pytest.fixture
def course() -> Course:
    course = people.make_course()
    people.make_consent(course)
    return course


def portrait(*, longest: int = 900) -> Image.Image:
    astronaut: Any = pictures_of_skimage.astronaut()  # type: ignore[no-untyped-call]  # the package gives no types
    image = Image.fromarray(astronaut[20:260, 120:320])
    return image.resize((longest * 5 // 6, longest), Image.Resampling.BICUBIC)


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


def shoot(client: Client, course: Course, data: bytes, **fields: Any) -> Any:
    sent = {"photo": SimpleUploadedFile("photo.jpg", data, content_type="image/jpeg"), "view": "front", **fields}
    return client.post(reverse("clinic:take_photo", args=[course.ref]), sent)


def guide(client: Client, course: Course, frame: bytes, view: str = "front") -> Any:
    address = reverse("clinic:guide", args=[course.ref])
    return client.post(f"{address}?view={view}", frame, content_type="image/jpeg")


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        (["cheeks"], ["front", "left_45", "right_45", "left_90", "right_90", "area:cheeks"]),
        (["neck"], ["front", "left_90", "right_90", "chin_up", "area:neck"]),
        (["abdomen", "thighs"], ["area:abdomen", "area:thighs"]),
    ],
)
def test_the_views_of_an_area_come_in_a_fixed_order(areas: list[str], expected: list[str]) -> None:
    assert list(views.required(people.make_course(areas=areas))) == expected


def test_the_page_lists_the_views_with_the_photograph_to_match(course: Course) -> None:
    before = photographs.add(
        course, pictures.file(), view="front", taken_on=timezone.localdate() - timedelta(days=40), by=people.actor(),
        at=timezone.now(),
    )  # fmt: skip
    answer = people.sign_in().get(reverse("clinic:camera", args=[course.ref]))
    text = answer.content.decode()
    assert f'data-ghost="{reverse("clinic:photo_copy", args=[before.ref, "medium"])}"' in text
    assert text.count('data-view="') == 6
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert "style=" not in text


def test_nothing_is_taken_without_consent() -> None:
    course = people.make_course()
    client = people.sign_in()
    assert "No photograph may be kept" in client.get(reverse("clinic:camera", args=[course.ref])).content.decode()
    answer = shoot(client, course, jpeg(portrait()), despite="1")
    assert answer.status_code == 422
    assert "has not agreed" in answer.json()["error"]
    assert not Photograph.objects.exists()


def test_a_good_shot_is_kept_at_once_as_one_of_the_camera(course: Course) -> None:
    answer = shoot(people.sign_in(), course, jpeg(portrait()))
    assert answer.status_code == 200, answer.content
    photo = Photograph.objects.get()
    assert answer.json() == {"saved": "Front", "ref": str(photo.ref)}
    assert (photo.source, photo.kept_despite, photo.taken_on) == ("camera", [], timezone.localdate())
    assert AuditEvent.objects.get(act="add_photograph").detail["source"] == "camera"


def test_a_blurred_shot_is_asked_for_again_and_kept_only_when_told_to(course: Course) -> None:
    client, blurred = people.sign_in(), jpeg(portrait(longest=60).resize((750, 900)))
    answer = shoot(client, course, blurred)
    assert answer.status_code == 422
    assert {"label": "Not sharp enough", "advice": "Wipe the lens, tap on the face to focus, hold still, and take it "
            "again."} in answer.json()["retake"]  # fmt: skip
    assert not Photograph.objects.exists()
    assert shoot(client, course, blurred, despite="1").status_code == 200
    assert "blurred" in Photograph.objects.get().kept_despite
    event = AuditEvent.objects.get(act="add_photograph")
    assert "blurred" in event.detail["kept_despite"]


def test_another_pose_or_light_than_the_baseline_is_asked_for_again(course: Course) -> None:
    photographs.add(
        course, jpeg(portrait()), view="front", taken_on=timezone.localdate() - timedelta(days=40), by=people.actor(),
        at=timezone.now(),
    )  # fmt: skip
    tipped = portrait().rotate(9, Image.Resampling.BICUBIC, fillcolor=(120, 120, 120))
    labels = [reason["label"] for reason in shoot(people.sign_in(), course, jpeg(tipped)).json()["retake"]]
    assert "Head or body turned too far" in labels


def test_the_same_shot_sent_twice_is_one_photograph(course: Course) -> None:
    client, data = people.sign_in(), jpeg(portrait())
    first, second = shoot(client, course, data), shoot(client, course, data)
    assert first.json() == second.json(), "a browser that never heard the answer sends it again"
    assert Photograph.objects.count() == 1


def test_the_guide_says_in_words_and_numbers_what_is_off(course: Course) -> None:
    frame = portrait(longest=320).rotate(-25, Image.Resampling.BICUBIC, fillcolor=(120, 120, 120))
    lines = {line["about"]: line for line in guide(people.sign_in(), course, jpeg(frame)).json()["lines"]}
    assert not lines["roll"]["ok"]
    assert lines["roll"]["number"].endswith("°")
    assert "tip your head" in lines["roll"]["says"]
    assert lines["sharpness"]["ok"]
    assert not AuditEvent.objects.filter(act__contains="photograph").exists(), "a frame is looked at and forgotten"


def test_the_guide_works_without_a_face_for_a_body_area() -> None:
    course = people.make_course(areas=["abdomen"])
    people.make_consent(course)
    lines = guide(people.sign_in(), course, jpeg(pictures.scene()), view="area:abdomen").json()["lines"]
    assert {line["about"] for line in lines} == {"light", "sharpness"}


@pytest.mark.parametrize(
    "frame", [b"", b"no picture", jpeg(pictures.scene(1200, 900)), b"\xff\xd8" + bytes(MOST_FRAME_BYTES)],
    ids=["nothing", "text", "large", "heavy"],
)  # fmt: skip
def test_what_is_no_small_jpeg_is_refused_in_words(course: Course, frame: bytes) -> None:
    answer = guide(people.sign_in(), course, frame)
    assert answer.status_code == 422
    assert "at most 200 kB" in answer.json()["error"]
