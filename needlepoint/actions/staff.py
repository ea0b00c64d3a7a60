"""The people who may sign in: made, changed and shut out by an administrator."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.knowledge import load
from needlepoint.records.models import Role, User

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor


class NotAStaffRecord(Exception):
    """What was entered for a member of staff cannot be; `field` names where."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


def all_staff(*, by: Actor) -> tuple[User, ...]:
    """Give everyone who may or once might sign in, those who may first."""
    access.require(Act.MANAGE_STAFF, by=by)
    return tuple(User.objects.order_by("-is_active", "role", "username")[:500])


def find_staff(pk: int, *, by: Actor) -> User:
    """Give one member of staff; raises NoSuchRecord when there is none."""
    access.require(Act.MANAGE_STAFF, by=by)
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise NoSuchRecord("member of staff")
    return user


@transaction.atomic
def add_staff(
    *,
    username: str,
    given_name: str,
    family_name: str,
    role: str,
    operator: str = "",
    password: str | None = None,
    by: Actor,
    at: datetime,
) -> tuple[User, str]:
    """Add a member of staff; give the account and its password, which is shown once and not kept.

    Raises
    ------
    NotAStaffRecord
        The username is taken, or the role or professional role does not exist.

    """
    access.require(Act.MANAGE_STAFF, by=by)
    _check(role=role, operator=operator)
    if not username.strip() or User.objects.filter(username__iexact=username).exists():
        raise NotAStaffRecord("username", f"The username {username!r} is taken or empty; choose another.")
    password = password or secrets.token_urlsafe(12)
    user = User(username=username, first_name=given_name, last_name=family_name, role=role, operator=operator)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    audit.record("add_staff", by=by, at=at, subject=user, username=username, role=role, operator=operator)
    return user, password


@transaction.atomic
def change_role(user: User, *, role: str, operator: str, by: Actor, at: datetime) -> None:
    """Give somebody another role; what it was before stays in the audit trail."""
    access.require(Act.MANAGE_STAFF, by=by)
    _check(role=role, operator=operator)
    _keep_an_administrator(user, unless=role == Role.ADMINISTRATOR)
    before = [user.role, user.operator]
    user.role, user.operator = role, operator
    user.save(update_fields=["role", "operator"])
    audit.record("change_role", by=by, at=at, subject=user, before=before, after=[role, operator])


@transaction.atomic
def shut_out(user: User, *, by: Actor, at: datetime) -> None:
    """Let somebody no longer sign in; what they did stays theirs."""
    access.require(Act.MANAGE_STAFF, by=by)
    _keep_an_administrator(user, unless=False)
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record("shut_out", by=by, at=at, subject=user)


@transaction.atomic
def let_in(user: User, *, by: Actor, at: datetime) -> None:
    """Let somebody sign in again."""
    access.require(Act.MANAGE_STAFF, by=by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("let_in", by=by, at=at, subject=user)


def _check(*, role: str, operator: str) -> None:
    if role not in Role.values:
        raise NotAStaffRecord("role", f"There is no role {role!r}; choose one of {', '.join(Role.values)}.")
    if operator and operator not in load().vocabulary.operators:
        raise NotAStaffRecord("operator", f"There is no professional role {operator!r}.")


def _keep_an_administrator(user: User, *, unless: bool) -> None:
    if unless or user.role != Role.ADMINISTRATOR:
        return
    others = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise NotAStaffRecord("role", "This is the last administrator; make another one first.")
