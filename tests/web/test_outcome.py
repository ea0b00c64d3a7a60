"""The outcome page: side by side, change with its error band, grades."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import jobs, measures_use, outcome, photographs
from needlepoint.records.models import Comparison, Course, Photograph, Role, ScaleScore
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


@pytest.fixture
def course() -> Course:
    course = people.make_course(indication="acne_scars")
    people.make_consent(course)
    people.switch_measures_on()
    return course


def photograph(course: Course, *, days_ago: int, view: str = "front", data: bytes | None = None) -> Photograph:
    return photographs.add(
        course, data or pictures.file(seed=days_ago), view=view, by=people.actor(), at=timezone.now(),
        taken_on=timezone.localdate() - timedelta(days=days_ago),
    )  # fmt: skip


def page(course: Course, *, client: Client | None = None, **query: Any) -> str:
    answer = (client or people.sign_in()).get(reverse("clinic:outcome", args=[course.ref]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def change(region: str, measure: str, *, by: float | None, band: float | None, reason: str | None = None) -> Any:
    return {
        "id": measure, "region": region, "before": 20.0, "after": None if by is None else 20.0 + by, "change": by,
        "smallest_detectable_change": band, "beyond_error": None if by is None or band is None else abs(by) > band,
        "comparable": reason is None, "reason": reason,
    }  # fmt: skip


def compared(before: Photograph, after: Photograph, *changes: Any, reasons: tuple[str, ...] = ()) -> Comparison:
    quality = {side: {"reasons": list(reasons), "usable": not reasons} for side in ("before", "after")}
    return Comparison.objects.create(
        before=before, after=after, state="done", at=timezone.now(), result={"quality": quality, "changes": changes}
    )


def drawn(text: str) -> list[str]:
    """The words in every chart of a page."""
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    trees = [ElementTree.fromstring(base64.b64decode(one)) for one in found]
    assert all("script" not in tree.tag for one in trees for tree in one.iter())
    return [" ".join("".join(node.itertext()) for node in tree.iter() if node.tag.endswith("text")) for tree in trees]


def test_before_and_after_stand_side_by_side_with_their_dates_and_how_far_apart(course: Course) -> None:
    before, after = photograph(course, days_ago=60), photograph(course, days_ago=0)
    text = page(course)
    assert "apart by 8 weeks and 4 days" in text
    assert text.index(f"photo/{before.ref}/medium.jpg") < text.index(f"photo/{after.ref}/medium.jpg")
    assert f"/see/?view=front&amp;before={before.ref}&amp;after={after.ref}" in text
    assert "style=" not in text


def test_a_change_is_drawn_with_its_error_band_and_said_in_a_table_and_in_words(course: Course) -> None:
    before, after = photograph(course, days_ago=60), photograph(course, days_ago=0)
    compared(
        before, after,
        change("cheeks", "erythema_index", by=-4.2, band=2.6),
        change("nose", "erythema_index", by=1.0, band=2.8),
        change("forehead", "erythema_index", by=None, band=None, reason="conditions_differ"),
        change("cheeks", "ita", by=9.0, band=5.0),
    )  # fmt: skip
    text = page(course)
    redness, tone = drawn(text)
    assert "change, index points (after − before; higher is redder)" in redness
    assert "Cheeks and cheekbones" in redness
    assert "Forehead" not in redness, "what may not be compared is not drawn"
    assert "change, ° (after − before; higher is lighter)" in tone
    assert "Cheeks and cheekbones -4.2, error band ±2.6, less red" in text
    assert "Nose, outer skin +1.0, error band ±2.8, no change beyond the measuring error" in text
    assert re.search(r'<td class="number">-4\.2</td> <td class="number">2\.6</td>', text)
    assert "Light or camera of the two pictures differ too much.</strong> Use the same camera" in text
    assert text.count("not comparable</span>") == 1
    assert "This documents; it does not decide." in text


def test_every_colour_of_a_chart_has_its_own_on_the_dark_pages(course: Course) -> None:
    before, after = photograph(course, days_ago=60), photograph(course, days_ago=0)
    compared(before, after, change("cheeks", "erythema_index", by=-4.2, band=2.6))
    (found,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page(course))
    tree = ElementTree.fromstring(base64.b64decode(found))
    (style,) = (node.text or "" for node in tree.iter() if node.tag.endswith("style"))
    assert style.startswith("@media (prefers-color-scheme: dark)")
    used = {(part, node.get(part)) for node in tree.iter() for part in ("fill", "stroke")}
    colours = {(part, colour) for part, colour in used if colour not in (None, "none", "transparent")}
    assert len(colours) > 4
    assert {one for one in colours if f'[{one[0]}="{one[1]}"]' not in style} == set()


def test_photographs_that_may_not_be_compared_at_all_draw_nothing_and_say_why(course: Course) -> None:
    before, after = photograph(course, days_ago=60), photograph(course, days_ago=0)
    refused = change("whole", "ita", by=None, band=None, reason="pose_off")
    compared(before, after, refused, reasons=("blurred",))
    text = page(course)
    assert drawn(text) == []
    assert "Head or body turned too far.</strong>" in text
    assert "Before: <strong>Not sharp enough.</strong> Wipe the lens" in text


def test_comparing_is_asked_for_once_and_shows_how_far_it_is(course: Course) -> None:
    photos = [photograph(course, days_ago=ago) for ago in (60, 30, 0)]
    client = people.sign_in()
    assert "Measure the change between these two" in page(course, client=client)
    sent = {"before": photos[0].ref, "after": photos[2].ref}
    answer = client.post(reverse("clinic:compare", args=[course.ref]), sent)
    assert answer.status_code == 302
    assert Comparison.objects.filter(before=photos[0]).count() == 2, "the one in between is compared as well"
    job = Comparison.objects.get(after=photos[2])
    Comparison.objects.filter(pk=job.pk).update(state="running", progress=70)
    shown = " ".join(client.get(answer["Location"]).content.decode().split())
    assert "Comparing 70 %" in shown
    assert f'hx-get="{reverse("clinic:compare_progress", args=[job.pk])}"' in shown
    Comparison.objects.filter(pk=job.pk).update(state="done", result={})
    assert "Show the change" in client.get(reverse("clinic:compare_progress", args=[job.pk])).content.decode()


def test_photographs_of_another_course_are_not_compared(course: Course) -> None:
    mine, other = photograph(course, days_ago=60), people.make_course()
    people.make_consent(other)
    theirs = photograph(other, days_ago=0)
    sent = {"before": mine.ref, "after": theirs.ref}
    assert people.sign_in().post(reverse("clinic:compare", args=[course.ref]), sent).status_code == 404


def test_a_comparison_really_run_on_a_portrait_is_shown(course: Course) -> None:
    from PIL import Image
    from skimage import data

    portrait: Any = data.astronaut()  # type: ignore[no-untyped-call]  # the package gives no types for its pictures
    face = Image.fromarray(portrait)
    photos = [
        photograph(course, days_ago=ago, data=pictures.file(image=face.crop((ago, 0, 512, 512)))) for ago in (2, 0)
    ]
    for photo in photos:
        jobs.measure.call(photo.measurement.pk)
    job = jobs.have_compared(photos[0], photos[1], by=people.actor(), at=people.NOW)
    jobs.compare.call(job.pk)
    text = page(course)
    assert len(drawn(text)) == 4, "two changes, two courses"
    assert "no change beyond the measuring error" in text


def test_further_measures_stand_in_a_table_with_their_bands_and_what_cannot_be_told(course: Course) -> None:
    job = compared(photograph(course, days_ago=60), photograph(course, days_ago=0))
    job.result = (job.result or {}) | {
        "changes": [change("cheeks", "texture_contrast", by=-0.4, band=0.1)],
        "further": [change("cheeks", "pore_count", by=3.0, band=9.0),
                    change("nose", "line_area", by=None, band=None, reason="no_scale")],
        "refused": {"depth": "One photograph holds no heights."},
    }  # fmt: skip
    job.save()
    text = page(course)
    assert "Texture contrast, 0.3 to 1 mm, ratio" in text
    assert re.search(r"-0\.40</td>.{0,200}0\.10 .{0,120}changed", text)
    assert re.search(r"Pores, per cm².{0,500}no change beyond the measuring error", text)
    assert "<strong>Depth.</strong> One photograph holds no heights." in text


def test_while_measures_are_off_photographs_are_shown_and_no_number(course: Course) -> None:
    before, after = photograph(course, days_ago=60), photograph(course, days_ago=0)
    compared(before, after, change("cheeks", "erythema_index", by=-4.2, band=2.6))
    measures_use.switch_off(by=people.actor(Role.DIRECTOR), at=people.NOW)
    text = page(course)
    assert f"photo/{before.ref}/medium.jpg" in text
    assert "Measures are off in this clinic." in text
    assert "4.2" not in text
    assert drawn(text) == []


def test_a_grade_is_chosen_by_its_wording_and_kept(course: Course) -> None:
    client, url = people.sign_in(), reverse("clinic:grade", args=[course.ref, "goodman_baron_qualitative"])
    assert "the skin does not become flat when it is stretched" in page(course, client=client)
    today = timezone.localdate()
    people.make_session(course, on=today - timedelta(days=30))
    for value, ago in (("4", 40), ("2", 0)):
        sent = {"value": value, "graded_on": (today - timedelta(days=ago)).isoformat()}
        assert client.post(url, sent).status_code == 302
    text = page(course, client=client)
    assert "Better by more than the error of rating" in text
    assert "error band ± 1 grade." in text
    assert "a proposal of this project" in text


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"graded_on": "2026-01-05"}, "Please choose a grade."),
        ({"value": "7", "graded_on": "2026-01-05"}, "Please choose a grade."),
        ({"value": "2"}, "Please give the day."),
        ({"value": "2", "graded_on": "2026-02-30"}, "Please give a day."),
        ({"value": "2", "graded_on": "2999-01-01"}, "This day has not come yet."),
    ],
)
def test_what_is_wrong_in_a_grade_is_named_and_what_was_chosen_stays(
    course: Course, sent: dict[str, str], says: str
) -> None:
    url = reverse("clinic:grade", args=[course.ref, "goodman_baron_qualitative"])
    answer = people.sign_in().post(url, sent)
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert says in text
    assert ('value="2" checked' in text) is (sent.get("value") == "2")
    assert not ScaleScore.objects.exists()


def test_a_director_sees_numbers_but_neither_pictures_nor_forms(course: Course) -> None:
    photograph(course, days_ago=60), photograph(course, days_ago=0)
    text = page(course, client=people.sign_in(Role.DIRECTOR))
    assert "medium.jpg" not in text
    assert "Photographs are shown to therapists and physicians." in text
    assert 'method="post" action="/clinic/course' not in text


def test_the_page_asks_the_database_no_more_for_a_long_course(
    course: Course, django_assert_max_num_queries: Any
) -> None:
    for ago in range(12):
        photograph(course, days_ago=ago)
        outcome.grade(
            course, scale="goodman_baron_qualitative", value=2, graded_on=people.TODAY, by=people.actor(),
            at=people.NOW, on=people.TODAY,
        )  # fmt: skip
    client = people.sign_in()
    page(course, client=client)
    with django_assert_max_num_queries(27):
        page(course, client=client)
