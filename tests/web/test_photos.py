"""The pages of photographs: taking in, looking at, measuring."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import jobs, links, photographs
from needlepoint.records.models import AuditEvent, Course, Measurement, Photograph, Role
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


@pytest.fixture
def course() -> Course:
    course = people.make_course()
    people.make_consent(course)
    people.switch_measures_on()
    return course


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/jpeg")


def send(client: Client, course: Course, *, on: str = "2026-11-20", **fields: Any) -> Any:
    return client.post(reverse("clinic:photos", args=[course.ref]), {"taken_on": on, **fields})


def test_several_photographs_of_several_views_are_saved_in_one_go(course: Course) -> None:
    client = people.sign_in()
    answer = send(
        client, course, front=[upload("a.jpg", pictures.file(seed=1)), upload("b.png", pictures.file("PNG", seed=2))],
        left_45=upload("c.heic", pictures.file("HEIF", seed=3)),
    )  # fmt: skip
    assert answer.status_code == 302
    assert sorted(Photograph.objects.values_list("view", "media_type")) == [
        ("front", "image/jpeg"), ("front", "image/png"), ("left_45", "image/heic")
    ]  # fmt: skip
    assert "3 photographs saved" in client.get(answer.url).content.decode()


def test_a_script_sends_photographs_one_by_one_and_hears_what_became_of_each(course: Course) -> None:
    client, address = people.sign_in(), reverse("clinic:photos", args=[course.ref])
    fields = {"taken_on": "2026-11-20", "front": upload("a.jpg", pictures.file())}
    answer = client.post(address, fields, HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()) == (200, {"saved": 1, "errors": []})
    bad = {"taken_on": "2026-11-20", "front": upload("letter.jpg", b"Dear clinic")}
    answer = client.post(address, bad, HTTP_ACCEPT="application/json")
    assert answer.json()["saved"] == 0
    assert answer.json()["errors"][0].startswith("letter.jpg: This is not a JPEG")
    answer = client.post(address, {"taken_on": "2999-01-01"}, HTTP_ACCEPT="application/json")
    assert answer.json()["errors"] == ["This day has not come yet."]


def test_files_of_the_device_take_the_view_chosen_beside_them(course: Course) -> None:
    send(people.sign_in(), course, device=upload("a.jpg", pictures.file()), view="area:cheeks")
    assert Photograph.objects.get().view == "area:cheeks"


def test_a_bad_file_is_named_at_its_field_and_the_good_ones_are_kept(course: Course) -> None:
    whole = pictures.file(seed=1)
    answer = send(
        people.sign_in(), course, front=[upload("good.jpg", whole), upload("torn.jpg", whole[:9000])],
        right_90=upload("letter.jpg", b"Dear clinic"), view="right_90", device=upload("again.jpg", whole),
    )  # fmt: skip
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert Photograph.objects.get().view == "front"
    assert "1 photograph saved" in page
    assert "torn.jpg: The picture is damaged" in page
    assert "letter.jpg: This is not a JPEG, PNG, HEIC, WebP or TIFF picture." in page
    assert "again.jpg: This photograph is here already: Front, 20 Nov 2026." in page
    assert page.count('aria-invalid="true"') == 3
    assert '<option value="right_90" selected>' in page


@pytest.mark.parametrize("on", ["", "tomorrow", "2999-01-01"])
def test_a_day_that_cannot_be_is_named_at_its_field(course: Course, on: str) -> None:
    answer = send(people.sign_in(), course, on=on, front=upload("a.jpg", pictures.file()))
    assert answer.status_code == 422
    assert 'id="taken_on_error"' in answer.content.decode()
    assert not Photograph.objects.exists()


def test_sending_nothing_says_so(course: Course) -> None:
    answer = send(people.sign_in(), course)
    assert answer.status_code == 422
    assert "No photograph was chosen." in answer.content.decode()


def test_without_consent_the_page_says_why_and_offers_no_form() -> None:
    course = people.make_course()
    page = people.sign_in().get(reverse("clinic:photos", args=[course.ref])).content.decode()
    assert "has not agreed to photographs for the record" in page
    assert 'type="file"' not in page
    answer = send(people.sign_in(), course, front=upload("a.jpg", pictures.file()))
    assert "has not agreed to photographs for the record" in answer.content.decode()
    assert not Photograph.objects.exists()


def add(course: Course, **changes: Any) -> Photograph:
    setting = {"view": "front", "taken_on": people.TODAY, "by": people.actor(), "at": people.NOW, **changes}
    seed = setting.pop("seed", 0)
    return photographs.add(course, pictures.file(seed=seed), **setting)


@pytest.mark.parametrize("size", list(photographs.COPIES))
def test_a_copy_may_be_kept_by_nobody_on_the_way(course: Course, size: str) -> None:
    photo = add(course)
    answer = people.sign_in().get(reverse("clinic:photo_copy", args=[photo.ref, size]))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEvent.objects.filter(act="read_photograph", subject=f"Photograph:{photo.pk}").count() == 1


def test_a_copy_of_another_size_or_of_nothing_is_not_found(course: Course) -> None:
    photo, client = add(course), people.sign_in()
    assert client.get(reverse("clinic:photo_copy", args=[photo.ref, "original"])).status_code == 404
    assert client.get(reverse("clinic:photo_copy", args=[course.ref, "thumb"])).status_code == 404


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_others_are_refused_with_the_reason_and_see_no_picture(course: Course, role: str) -> None:
    photo, client = add(course), people.sign_in(role)
    for name, args in (("photos", [course.ref]), ("photo", [photo.ref]), ("photo_copy", [photo.ref, "thumb"])):
        answer = client.get(reverse(f"clinic:{name}", args=args))
        assert answer.status_code == 403
        assert "takes the role of physician or therapist" in answer.content.decode()


def test_progress_is_asked_for_until_the_work_is_done(course: Course) -> None:
    photo, client = add(course), people.sign_in()
    url = reverse("clinic:photo_progress", args=[photo.ref])
    Measurement.objects.update(state="running", progress=42)
    page = client.get(url).content.decode()
    assert "Measuring 42 %" in page
    assert f'hx-get="{url}"' in page
    Measurement.objects.update(state="done", result={"quality": {"usable": True}, "measures": []})
    done = client.get(url, {"wait": "1"})
    assert "hx-get" not in done.content.decode()
    assert done["HX-Refresh"] == "true"
    assert "HX-Refresh" not in client.get(url)


def test_the_page_of_a_photograph_gives_values_with_errors_units_and_what_to_do(course: Course) -> None:
    photo = add(course)
    row = {"unit": "index", "error": 1.25, "comparable": True, "reason": None}
    Measurement.objects.update(
        state="done",
        result={
            "quality": {"usable": False, "reasons": ["blurred"], "face_found": True},
            "measures": [
                {**row, "id": "erythema_index", "region": "cheeks", "value": 21.34},
                {**row, "id": "ita", "region": "cheeks", "value": None, "error": None, "reason": "pose_off"},
            ],
        },
    )
    page = " ".join(people.sign_in().get(reverse("clinic:photo", args=[photo.ref])).content.decode().split())
    assert "Cheeks and cheekbones" in page
    assert '21.3 <span class="soft">± 1.3</span>' in page or '21.3 <span class="soft">± 1.2</span>' in page
    assert "Erythema index, index points (higher is redder)" in page
    assert "Head or body turned too far" in page
    assert "Not sharp enough.</strong> Wipe the lens" in page
    assert "This documents; it does not decide." in page


def test_a_real_measurement_fills_the_page(course: Course) -> None:
    from PIL import Image
    from skimage import data

    portrait: Any = data.astronaut()  # type: ignore[no-untyped-call]  # the package gives no types for its pictures
    photo = photographs.add(
        course, pictures.file(image=Image.fromarray(portrait)), view="front", taken_on=people.TODAY,
        by=people.actor(), at=people.NOW,
    )  # fmt: skip
    jobs.measure.call(photo.measurement.pk)
    page = people.sign_in().get(reverse("clinic:photo", args=[photo.ref])).content.decode()
    assert "All measured skin" in page
    assert "Forehead" in page


def test_work_that_was_given_up_says_why_and_can_be_begun_anew(course: Course) -> None:
    photo, client = add(course), people.sign_in()
    Measurement.objects.update(state="failed", error="It did not work in 3 attempts (MemoryError).", attempts=3)
    page = client.get(reverse("clinic:photo", args=[photo.ref])).content.decode()
    assert "It did not work in 3 attempts" in page
    client.post(reverse("clinic:photo_again", args=[photo.ref]))
    assert Measurement.objects.values_list("state", "attempts").get() == ("waiting", 0)


def test_the_page_asks_the_database_no_more_for_many_photographs(
    course: Course, django_assert_max_num_queries: Any
) -> None:
    client, url = people.sign_in(), reverse("clinic:photos", args=[course.ref])
    for seed in range(12):
        add(course, seed=seed, taken_on=people.TODAY - timedelta(days=seed))
        people.make_session(course, on=people.TODAY - timedelta(days=seed), signed_at=None) if seed == 0 else None
    client.get(url)
    with django_assert_max_num_queries(25):
        assert client.get(url).status_code == 200


# -------------------------------------------------------------------------------------------- the patient's own page


def own_pages(course: Course) -> str:
    return links.invite(course.patient, course=course, by=people.actor(), at=timezone.now())[1]


def test_a_patient_sends_a_photograph_and_sees_it(course: Course, client: Client) -> None:
    secret = own_pages(course)
    url = reverse("patient:photos", args=[secret])
    assert client.post(url, {"view": "front", "device": upload("a.heic", pictures.file("HEIF"))}).status_code == 302
    photo = Photograph.objects.get()
    assert (photo.by, photo.link_id is not None, photo.taken_on) == (None, True, timezone.localdate())
    assert f"{photo.ref}/thumb.jpg" in client.get(url).content.decode()
    image = client.get(reverse("patient:photo_copy", args=[secret, photo.ref, "thumb"]))
    assert (image["Content-Type"], image["Cache-Control"]) == ("image/jpeg", "no-store")
    assert AuditEvent.objects.get(act="read_photograph").actor.startswith("patient by link")
    staff = people.sign_in().get(reverse("clinic:photo", args=[photo.ref])).content.decode()
    assert "sent by the patient" in staff


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"view": "front"}, "No photograph was chosen."),
        (
            {"view": "front", "device": b"Dear clinic"},
            "letter.jpg: This is not a JPEG, PNG, HEIC, WebP or TIFF picture.",
        ),
        ({"view": "behind", "device": pictures.file()}, "Please choose which view"),
    ],
)
def test_what_a_patient_sends_wrong_is_named(course: Course, client: Client, sent: dict[str, Any], says: str) -> None:
    fields = {name: upload("letter.jpg", value) if name == "device" else value for name, value in sent.items()}
    answer = client.post(reverse("patient:photos", args=[own_pages(course)]), fields)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Photograph.objects.exists()


def test_a_patient_without_consent_is_told_where_to_change_it(client: Client) -> None:
    page = client.get(reverse("patient:photos", args=[own_pages(people.make_course())])).content.decode()
    assert "You have not agreed to photographs" in page
    assert 'type="file"' not in page


def test_nobody_sees_the_photographs_of_another_patient(course: Course, client: Client) -> None:
    photo, other = add(course), own_pages(people.make_course())
    assert client.get(reverse("patient:photo_copy", args=[other, photo.ref, "thumb"])).status_code == 404


def test_the_entrance_leads_to_what_can_be_done_now(course: Course, client: Client) -> None:
    home = reverse("patient:home", args=[own_pages(course)])
    page = client.get(home).content.decode()
    assert "/photos/" in page
    assert "/check/" not in page
    people.make_session(course, on=timezone.localdate() - timedelta(days=3))
    assert "/check/3/" in client.get(home).content.decode()
