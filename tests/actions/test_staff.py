"""Staff and roles: one-time passwords, changed roles, ended access, and always an administrator."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from needlepoint.actions import staff
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.staff import LastAdministrator, NewMember, NotARole, UsernameTaken
from needlepoint.records.models import AuditEvent, Role, User
from tests.people import NOW, actor, make_staff

pytestmark = pytest.mark.django_db

MEMBER = NewMember(username="nora", first_name="Nora", last_name="New", role=Role.THERAPIST, operator="nurse")


def test_a_new_member_gets_a_password_that_is_good_once_and_not_kept() -> None:
    user, password = staff.add_member(MEMBER, by=actor(Role.ADMINISTRATOR), at=NOW)
    assert user.check_password(password)
    assert user.one_time_password
    assert password not in str(list(User.objects.values())) + str(list(AuditEvent.objects.values()))


def test_a_username_is_given_once() -> None:
    by = actor(Role.ADMINISTRATOR)
    staff.add_member(MEMBER, by=by, at=NOW)
    with pytest.raises(UsernameTaken):
        staff.add_member(MEMBER, by=by, at=NOW)
    assert User.objects.filter(username="nora").count() == 1


@pytest.mark.parametrize(("role", "operator"), [("owner", ""), (Role.THERAPIST, "wizard"), ("", "")])
def test_a_role_that_is_none_is_refused(role: str, operator: str) -> None:
    with pytest.raises(NotARole):
        staff.change_role(make_staff(), role=role, operator=operator, by=actor(Role.ADMINISTRATOR), at=NOW)


def test_a_changed_role_is_recorded_with_what_it_was() -> None:
    user = make_staff(Role.THERAPIST)
    staff.change_role(user, role=Role.DIRECTOR, operator="", by=actor(Role.ADMINISTRATOR), at=NOW)
    user.refresh_from_db()
    assert user.role == Role.DIRECTOR
    assert AuditEvent.objects.get().detail == {"was": ["therapist", "nurse"], "now": ["director", ""]}


def test_the_last_administrator_stays() -> None:
    admin = make_staff(Role.ADMINISTRATOR)
    by = actor(Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        staff.deactivate(admin, by=by, at=NOW)
    with pytest.raises(LastAdministrator):
        staff.change_role(admin, role=Role.DIRECTOR, operator="", by=by, at=NOW)
    make_staff(Role.ADMINISTRATOR, username="second")
    staff.deactivate(admin, by=by, at=NOW)
    admin.refresh_from_db()
    assert not admin.is_active


def test_somebody_let_in_again_has_a_new_password_good_once() -> None:
    user, by = make_staff(), actor(Role.ADMINISTRATOR)
    staff.deactivate(user, by=by, at=NOW)
    password = staff.readmit(user, by=by, at=NOW)
    user.refresh_from_db()
    assert user.is_active
    assert user.one_time_password
    assert user.check_password(password)


@pytest.mark.parametrize("password", ["short", "eleven char", "qwerty123456"])
def test_a_weak_password_is_refused(password: str) -> None:
    by = actor(Role.THERAPIST, one_time_password=True)
    with pytest.raises(ValidationError):
        staff.choose_password(password, by=by, at=NOW)
    assert User.objects.get(pk=by.member.pk).one_time_password


def test_a_chosen_password_ends_the_one_time_password() -> None:
    by = actor(Role.THERAPIST, one_time_password=True)
    user = staff.choose_password("four plain words together", by=by, at=NOW)
    assert not user.one_time_password
    assert user.check_password("four plain words together")


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ADMINISTRATOR])
def test_only_the_administrator_manages_staff(role: str) -> None:
    by = actor(role)
    user = make_staff(Role.THERAPIST, username="somebody")
    for act in (
        lambda: staff.add_member(MEMBER, by=by, at=NOW),
        lambda: staff.change_role(user, role=Role.DIRECTOR, operator="", by=by, at=NOW),
        lambda: staff.deactivate(user, by=by, at=NOW),
        lambda: staff.readmit(user, by=by, at=NOW),
        lambda: staff.all_staff(by=by),
    ):
        with pytest.raises(NotPermitted):
            act()
