"""Staff: who works here, in which role, and passwords that are good once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import Role, User

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor

ONE_TIME_BYTES: Final = 12


class UsernameTaken(ValueError):
    """Somebody has this username already."""


class LastAdministrator(ValueError):
    """Nobody would be left to manage the staff."""


class NotARole(ValueError):
    """The role or the professional role is not one there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Somebody who is to work here."""

    username: str
    first_name: str
    last_name: str
    role: str
    operator: str = ""
    email: str = ""


def all_staff(*, by: Actor) -> tuple[User, ...]:
    """Give the staff, those who may sign in first."""
    access.require(Act.MANAGE_STAFF, by=by)
    return tuple(User.objects.order_by("-is_active", "last_name", "first_name", "username")[:500])


def find_member(pk: int, *, by: Actor) -> User:
    """Give one member of staff.

    Raises
    ------
    NoSuchRecord
        When there is none of this number.

    """
    access.require(Act.MANAGE_STAFF, by=by)
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise NoSuchRecord("member of staff")
    return user


@transaction.atomic
def add_member(member: NewMember, *, by: Actor, at: datetime) -> tuple[User, str]:
    """Add a member of staff; give the account and its one-time password, which is shown once and not kept.

    Raises
    ------
    UsernameTaken, NotARole
        When the account cannot be made like this.

    """
    access.require(Act.MANAGE_STAFF, by=by)
    _hold_to_roles(member.role, member.operator)
    password = secrets.token_urlsafe(ONE_TIME_BYTES)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                member.username,
                email=member.email,
                password=password,
                first_name=member.first_name,
                last_name=member.last_name,
                role=member.role,
                operator=member.operator,
                one_time_password=True,
            )
    except IntegrityError:
        raise UsernameTaken(f"Somebody has the username {member.username} already.") from None
    audit.record("add_staff", by=by, at=at, subject=user, role=member.role, operator=member.operator)
    return user, password


@transaction.atomic
def change_role(user: User, *, role: str, operator: str, by: Actor, at: datetime) -> None:
    """Give somebody another role or professional role.

    Raises
    ------
    LastAdministrator, NotARole
        When the change cannot be made.

    """
    access.require(Act.MANAGE_STAFF, by=by)
    _hold_to_roles(role, operator)
    held = _locked(user)
    if held.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        _hold_to_an_administrator(held)
    was = [held.role, held.operator]
    if was == [role, operator]:
        return
    held.role, held.operator = role, operator
    held.save(update_fields=["role", "operator"])
    audit.record("change_role", by=by, at=at, subject=held, was=was, now=[role, operator])


@transaction.atomic
def deactivate(user: User, *, by: Actor, at: datetime) -> None:
    """End somebody's access at once, on every device; what they did stays under their name.

    Raises
    ------
    LastAdministrator
        When nobody would be left to manage the staff.

    """
    access.require(Act.MANAGE_STAFF, by=by)
    held = _locked(user)
    if not held.is_active:
        return
    if held.role == Role.ADMINISTRATOR:
        _hold_to_an_administrator(held)
    held.is_active = False
    held.save(update_fields=["is_active"])
    audit.record("deactivate_staff", by=by, at=at, subject=held)


@transaction.atomic
def readmit(user: User, *, by: Actor, at: datetime) -> str:
    """Let somebody in again, or who has lost the password; give a one-time password."""
    access.require(Act.MANAGE_STAFF, by=by)
    held = _locked(user)
    password = secrets.token_urlsafe(ONE_TIME_BYTES)
    held.set_password(password)
    held.is_active, held.one_time_password = True, True
    held.save(update_fields=["password", "is_active", "one_time_password"])
    audit.record("readmit_staff", by=by, at=at, subject=held)
    return password


@transaction.atomic
def choose_password(password: str, *, by: Actor, at: datetime) -> User:
    """Set one's own password; the one-time password is over.

    Raises
    ------
    ValidationError
        When the password is too short or too common, with the sentences that say so.

    """
    access.require(Act.OWN_ACCOUNT, by=by)
    user = _locked(by.member)
    validate_password(password, user)
    user.set_password(password)
    user.one_time_password = False
    user.save(update_fields=["password", "one_time_password"])
    audit.record("choose_password", by=by, at=at, subject=user)
    return user


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _hold_to_roles(role: str, operator: str) -> None:
    if role not in Role.values:
        raise NotARole(f"There is no role {role}.")
    if operator and operator not in knowledge.load().vocabulary.operators:
        raise NotARole(f"There is no professional role {operator}.")


def _hold_to_an_administrator(leaving: User) -> None:
    others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=leaving.pk)
    if not list(others[:1]):
        raise LastAdministrator("This is the last administrator: make somebody else one first.")
