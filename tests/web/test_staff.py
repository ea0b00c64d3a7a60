"""The administrator's pages, the one-time password, and the table of who may do what."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from needlepoint.actions.access import PERMITS, Act
from needlepoint.records.models import Role, User
from tests.people import make_staff, sign_in

pytestmark = pytest.mark.django_db

TYPED = {"first_name": "Nora", "last_name": "New", "username": "nora", "role": "therapist", "operator": "nurse"}


def page(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_a_new_member_signs_in_once_with_the_password_shown_and_chooses_an_own_one() -> None:
    answer = sign_in(Role.ADMINISTRATOR).post(reverse("clinic:staff_new"), TYPED)
    assert answer["Cache-Control"] == "no-store"
    shown = re.search(r'id="password" value="([^"]+)"', page(answer))
    assert shown
    nora = Client()
    nora.post(reverse("account_login"), {"login": "nora", "password": shown[1]})
    assert nora.get(reverse("clinic:today"))["Location"] == reverse("clinic:password")
    own = {"password": "four plain words together", "again": "four plain words together"}
    assert nora.post(reverse("clinic:password"), own)["Location"] == reverse("clinic:today")
    assert nora.get(reverse("clinic:today")).status_code == 200
    assert User.objects.get(username="nora").check_password(own["password"])


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"password": "short", "again": "short"}, "password", "too short"),
        ({"password": "four plain words together", "again": "five"}, "again", "not the same"),
        ({"password": "", "again": ""}, "password", "required"),
    ],
)
def test_a_password_that_will_not_do_is_named_at_its_field(typed: dict[str, str], field: str, words: str) -> None:
    answer = sign_in().post(reverse("clinic:password"), typed)
    assert answer.status_code == 422
    named = re.search(rf'id="id_{field}_error">([^<]+)<', page(answer))
    assert named
    assert words in named[1]


def test_a_username_that_is_taken_is_named_at_its_field() -> None:
    make_staff(Role.THERAPIST, username="nora")
    answer = sign_in(Role.ADMINISTRATOR).post(reverse("clinic:staff_new"), TYPED)
    assert answer.status_code == 422
    assert "has the username nora already" in page(answer)


def test_ended_access_ends_at_the_next_page() -> None:
    user = make_staff(Role.THERAPIST)
    tablet = sign_in(Role.THERAPIST)
    assert tablet.get(reverse("clinic:today")).status_code == 200
    sign_in(Role.ADMINISTRATOR).post(reverse("clinic:staff_deactivate", args=[user.pk]))
    assert tablet.get(reverse("clinic:today")).status_code == 302


def test_the_last_administrator_is_told_why_the_role_stays() -> None:
    admin = make_staff(Role.ADMINISTRATOR)
    browser = sign_in(Role.ADMINISTRATOR)
    answer = browser.post(reverse("clinic:staff_member", args=[admin.pk]), {"role": "director"})
    assert "last administrator" in page(answer)
    answer = browser.post(reverse("clinic:staff_deactivate", args=[admin.pk]), follow=True)
    assert "last administrator" in page(answer)
    admin.refresh_from_db()
    assert (admin.role, admin.is_active) == (Role.ADMINISTRATOR, True)


def test_a_role_is_changed() -> None:
    user = make_staff(Role.THERAPIST)
    sign_in(Role.ADMINISTRATOR).post(
        reverse("clinic:staff_member", args=[user.pk]), {"role": "physician", "operator": "physician"}
    )
    user.refresh_from_db()
    assert (user.role, user.operator) == (Role.PHYSICIAN, "physician")


def test_the_administrator_begins_with_the_staff_and_others_with_the_day_board() -> None:
    for role, name in ((Role.ADMINISTRATOR, "staff_list"), (Role.FRONT_DESK, "today")):
        make_staff(role)
        answer = Client().post(
            reverse("account_login"), {"login": str(role), "password": "a long password of the tests"}
        )
        assert answer["Location"] == reverse(f"clinic:{name}")


@pytest.mark.parametrize("role", Role.values)
def test_the_table_of_who_may_do_what_says_what_the_acts_are_held_to(role: str) -> None:
    text = page(sign_in(role).get(reverse("clinic:permits")))
    rows = re.findall(r"<tr>.*?</tr>", text, re.S)[1:]
    assert len(rows) == len(Act)
    for act, row in zip(Act, rows, strict=True):
        assert row.count("✓") == len(PERMITS[act])


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
@pytest.mark.parametrize("name", ["staff_list", "staff_new"])
def test_only_the_administrator_sees_the_staff(role: str, name: str) -> None:
    assert sign_in(role).get(reverse(f"clinic:{name}")).status_code == 403


def test_the_list_of_staff_is_one_query_beside_the_session(django_assert_max_num_queries: Any) -> None:
    for place in range(30):
        make_staff(Role.THERAPIST, username=f"t{place}")
    browser = sign_in(Role.ADMINISTRATOR)
    with django_assert_max_num_queries(3):
        browser.get(reverse("clinic:staff_list"))
