"""The pages of screening: the form, the result as it was kept, overrides on it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions.actor import Actor
from needlepoint.actions.override import override
from needlepoint.records.models import AuditEvent, Override, Role, Screening
from tests.people import (
    NOW,
    actor,
    answer_all,
    make_clinic,
    make_course,
    make_patient,
    make_screening,
    make_staff,
    sign_in,
)

pytestmark = pytest.mark.django_db


def form(**changes: Any) -> dict[str, Any]:
    return {
        "on": timezone.localdate().isoformat(), "device": "dermaroller_192_0_5", "operator": "physician",
        "depth_mm": "0.5", "anaesthetic": "", **changes,
    }  # fmt: skip


def page_of(screening: Screening, role: str = Role.PHYSICIAN, **fields: Any) -> str:
    answer = sign_in(role, **fields).get(reverse("clinic:screening_result", args=[screening.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def isotretinoin_case() -> Screening:
    return make_screening(answers={"isotretinoin_last_dose": (NOW - timedelta(days=30)).date().isoformat()})


def test_the_form_starts_with_today_and_the_operator_signed_in() -> None:
    make_clinic()
    course = make_course()
    client = sign_in(Role.PHYSICIAN)
    page = client.get(reverse("clinic:screening", args=[course.ref])).content.decode()
    assert f'value="{timezone.localdate().isoformat()}"' in page
    assert '<option value="physician" selected>' in page
    assert "Not adopted by this clinic." in page
    assert "This course has not been screened yet." in page


def test_screening_from_the_form_leads_to_its_result() -> None:
    make_clinic()
    course = make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    answer_all(course.patient, on=timezone.localdate(), at=timezone.now())
    client = sign_in()
    answer = client.post(reverse("clinic:screening", args=[course.ref]), form(), follow=True)
    assert answer.redirect_chain[0][0] == reverse("clinic:screening_result", args=[Screening.objects.get().pk])
    assert "Screening for" in answer.content.decode()
    assert Screening.objects.get().case["depth_mm"] == 0.5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"device": "nothing"}, "Select a valid choice"),
        ({"on": "soon"}, "Enter a valid date"),
        ({"depth_mm": "0"}, "depth must lie above 0"),
        ({"depth_mm": "deep"}, "Enter a number"),
        ({"operator": ""}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(change: dict[str, str], says: str) -> None:
    make_clinic()
    course = make_course()
    answer = sign_in().post(reverse("clinic:screening", args=[course.ref]), form(**change))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert '<option value="dermaroller_192_0_5" selected>' in page or "device" in change
    assert not Screening.objects.exists()


def test_without_a_skin_type_the_button_is_greyed_and_says_why() -> None:
    make_clinic()
    course = make_course(make_patient(fitzpatrick=None))
    page = sign_in().get(reverse("clinic:screening", args=[course.ref])).content.decode()
    assert "The skin type (Fitzpatrick I to VI) is not recorded." in page
    assert '<button type="submit" class="button" disabled' in page


def test_who_may_read_but_not_screen_sees_the_reason_and_is_refused_with_it() -> None:
    make_clinic()
    course = make_course()
    client = sign_in(Role.DIRECTOR)
    reason = "To screen takes the role of physician or therapist; yours is director."
    assert reason in client.get(reverse("clinic:screening", args=[course.ref])).content.decode()
    answer = client.post(reverse("clinic:screening", args=[course.ref]), form())
    assert answer.status_code == 403
    assert reason in answer.content.decode()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_may_not_read_charts_sees_no_screening(role: Role) -> None:
    screening = make_screening()
    for address in (
        reverse("clinic:screening", args=[screening.course.ref]),
        reverse("clinic:screening_result", args=[screening.pk]),
    ):
        answer = sign_in(role).get(address)
        assert answer.status_code == 403
        assert "To read a chart takes the role of" in answer.content.decode()


def test_nobody_signed_in_is_sent_to_the_sign_in(client: Any) -> None:
    screening = make_screening()
    answer = client.get(reverse("clinic:screening_result", args=[screening.pk]))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_the_result_answers_the_three_questions_and_names_its_grounds() -> None:
    page = page_of(isotretinoin_case())
    for words in (
        "May we?", "Not before 23 April 2027", "Offer a visit from 23 April 2027 on.",
        "Isotretinoin capsules within the last 180 days", "Tell the patient", "ci-isotretinoin-6mo", "regulator label",
        reverse("clinic:card", args=["isotretinoin_recent"]), knowledge.load().digest, "Not adopted by this clinic.",
    ):  # fmt: skip
        assert words in page


def test_open_questions_are_listed_in_full() -> None:
    make_clinic()
    screening = make_screening(make_course(indication="facial_wrinkles", areas=["cheeks"]))
    page = page_of(screening)
    for question in screening.result["questions"][:5]:
        assert knowledge.load().question[question["id"]].ask.split("'")[0] in page
    assert "An unanswered question is never a no." in page


def test_the_page_reads_the_same_after_the_knowledge_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    screening = isotretinoin_case()
    before = content_of(page_of(screening))
    known = knowledge.load()
    other = {**known.cards}
    other["isotretinoin_recent"] = replace(other["isotretinoin_recent"], title="x", tell="y", because="z")
    renamed = {id_: replace(row, grade="other") for id_, row in known.rows.items()}
    monkeypatch.setattr(knowledge, "load", lambda: replace(known, cards=other, rows=renamed, digest="f" * 64))
    assert content_of(page_of(screening)) == before


def content_of(page: str) -> str:
    """Give the page below the patient's header, without the tokens that are new on every view."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.split('<main id="main"')[1])


def test_reading_a_result_is_in_the_trail_and_its_statements_are_counted(
    django_assert_max_num_queries: Any,
) -> None:
    screening = isotretinoin_case()
    client = sign_in(Role.PHYSICIAN)
    with django_assert_max_num_queries(22) as counted:
        client.get(reverse("clinic:screening_result", args=[screening.pk]))
    few = len(counted)
    assert AuditEvent.objects.filter(act="read_chart", subject=f"Screening:{screening.pk}").exists()
    for _ in range(5):
        make_screening(screening.course)
    for finding in screening.result["findings"]:
        if finding["verdict"] != "clear":
            override(screening, card=finding["card"], reason="Because.", by=actor(Role.PHYSICIAN), at=NOW)
    with django_assert_max_num_queries(few + 2):
        client.get(reverse("clinic:screening_result", args=[screening.pk]))


def test_the_list_of_screenings_does_not_cost_more_with_more_of_them(django_assert_max_num_queries: Any) -> None:
    screening = make_screening()
    client = sign_in(Role.PHYSICIAN)
    address = reverse("clinic:screening", args=[screening.course.ref])
    with django_assert_max_num_queries(22) as counted:
        client.get(address)
    few = len(counted)
    for _ in range(6):
        make_screening(screening.course)
    with django_assert_max_num_queries(few):
        client.get(address)


# Overrides


def test_a_physician_overrides_on_the_page_and_the_reason_stands_under_the_card() -> None:
    screening = isotretinoin_case()
    client = sign_in(Role.PHYSICIAN)
    data = {"card": "isotretinoin_recent", "reason": "Shallow, and weighed <with> the patient."}
    page = client.post(reverse("clinic:override", args=[screening.pk]), data, follow=True).content.decode()
    assert "Overridden by Phil Physician" in page
    assert "Shallow, and weighed &lt;with&gt; the patient." in page
    assert "After overrides." in page


def test_an_override_without_a_reason_is_not_kept_and_says_so() -> None:
    screening = isotretinoin_case()
    client = sign_in(Role.PHYSICIAN)
    data = {"card": "isotretinoin_recent", "reason": "  "}
    answer = client.post(reverse("clinic:override", args=[screening.pk]), data)
    assert answer.status_code == 422
    assert "an override without a reason is not kept" in answer.content.decode()
    assert not Override.objects.exists()


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.DIRECTOR])
def test_others_find_no_way_to_override_and_the_reason_why(role: Role) -> None:
    screening = isotretinoin_case()
    page = page_of(screening, role)
    assert "Override this finding" not in page
    assert "To override a finding takes the role of physician" in page
    answer = sign_in(role).post(
        reverse("clinic:override", args=[screening.pk]), {"card": "isotretinoin_recent", "reason": "Because."}
    )
    assert answer.status_code == 403
    assert not Override.objects.exists()


def contraindication(screening: Screening) -> str:
    finding = screening.result["findings"][0]
    assert finding["verdict"] == "contraindicated"
    return str(finding["card"])


def test_the_second_person_confirms_on_the_page() -> None:
    screening = make_screening(answers={"keloid_own": True})
    card = contraindication(screening)
    kept = override(screening, card=card, reason="Because.", by=Actor(user=make_staff(Role.PHYSICIAN)), at=NOW)
    assert "The second person must be somebody else than you." in page_of(screening)
    assert "To confirm another physician" in page_of(screening, Role.THERAPIST)
    assert "Confirm this override as the second person" in page_of(screening, Role.DIRECTOR)
    answer = sign_in(Role.DIRECTOR).post(reverse("clinic:override_confirm", args=[kept.pk]), follow=True)
    assert "Confirmed by Dora Director" in answer.content.decode()


def test_nobody_confirms_the_own_override_by_hand() -> None:
    screening = make_screening(answers={"keloid_own": True})
    kept = override(
        screening,
        card=contraindication(screening),
        reason="Because.",
        by=Actor(user=make_staff(Role.PHYSICIAN)),
        at=NOW,
    )
    answer = sign_in(Role.PHYSICIAN).post(reverse("clinic:override_confirm", args=[kept.pk]), follow=True)
    assert "must be somebody else" in answer.content.decode()
    assert not hasattr(Override.objects.get(), "confirmation")


def test_what_is_not_there_is_not_found() -> None:
    client = sign_in(Role.PHYSICIAN)
    assert client.get(reverse("clinic:screening_result", args=[4711])).status_code == 404
    assert client.post(reverse("clinic:override", args=[4711])).status_code == 404
    assert client.post(reverse("clinic:override_confirm", args=[4711])).status_code == 404
