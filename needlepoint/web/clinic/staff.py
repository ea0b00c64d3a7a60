"""Staff and roles, and who may do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import staff as office
from needlepoint.actions.access import PERMITS, Act, roles
from needlepoint.actions.staff import LastAdministrator, NewMember, NotARole, UsernameTaken
from needlepoint.web.clinic.choices import operators
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor

require_form = require_http_methods(["GET", "HEAD", "POST"])


class RoleForm(forms.Form):
    """The role in the clinic, and the profession the rules on who may needle look at."""

    role = forms.ChoiceField(choices=lambda: [("", "Choose"), *roles()])
    operator = forms.ChoiceField(
        label="Profession",
        help_text="The rules on who may needle look at it.",
        required=False,
        choices=lambda: [("", "Does not treat"), *operators()],
    )


class MemberForm(RoleForm):
    """A new member of staff."""

    first_name = forms.CharField(label="Given name", max_length=150)
    last_name = forms.CharField(label="Family name", max_length=150)
    username = forms.RegexField(
        r"^[\w.@+-]+$",
        max_length=150,
        help_text="Letters, digits and . @ + - _",
        error_messages={"invalid": "Only letters, digits and . @ + - _"},
    )
    email = forms.EmailField(label="E-mail", required=False)


class PasswordForm(forms.Form):
    """A password of one's own, typed twice."""

    password = forms.CharField(
        label="New password",
        help_text="At least 12 characters. A few words that only you would put together are best.",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Hold the two to each other."""
        given = super().clean() or self.cleaned_data
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two are not the same.")
        return given


@require_safe
@staff(Act.MANAGE_STAFF)
def staff_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who works here."""
    professions = dict(operators())
    members = [(member, professions.get(member.operator, "")) for member in office.all_staff(by=by)]
    return render(request, "clinic/staff.html", {"members": members})


@require_form
@staff(Act.MANAGE_STAFF)
def staff_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Add a member of staff and show the one-time password, once."""
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, password = office.add_member(NewMember(**form.cleaned_data), by=by, at=timezone.now())
        except UsernameTaken as error:
            form.add_error("username", str(error))
        else:
            return _once(request, user, password)
    return render(request, "clinic/staff_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_form
@staff(Act.MANAGE_STAFF)
def staff_member(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Change somebody's role."""
    member = office.find_member(pk, by=by)
    form = RoleForm(request.POST or None, initial={"role": member.role, "operator": member.operator})
    if request.method == "POST" and form.is_valid():
        try:
            office.change_role(member, by=by, at=timezone.now(), **form.cleaned_data)
        except (LastAdministrator, NotARole) as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, f"The role of {member} is changed.")
            return redirect("clinic:staff_list")
    context = {"form": form, "member": member}
    return render(request, "clinic/staff_member.html", context, status=422 if form.is_bound else 200)


@require_POST
@staff(Act.MANAGE_STAFF)
def staff_deactivate(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """End somebody's access."""
    member = office.find_member(pk, by=by)
    try:
        office.deactivate(member, by=by, at=timezone.now())
    except LastAdministrator as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{member} can no longer sign in.")
    return redirect("clinic:staff_list")


@require_POST
@staff(Act.MANAGE_STAFF)
def staff_readmit(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Let somebody in again and show the one-time password, once."""
    member = office.find_member(pk, by=by)
    return _once(request, member, office.readmit(member, by=by, at=timezone.now()))


def _once(request: HttpRequest, member: object, password: str) -> HttpResponse:
    response = render(request, "clinic/staff_password.html", {"member": member, "password": password})
    response["Cache-Control"] = "no-store"
    return response


@require_form
@staff(Act.OWN_ACCOUNT)
def password(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Choose one's own password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = office.choose_password(form.cleaned_data["password"], by=by, at=timezone.now())
        except ValidationError as error:
            form.add_error("password", error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Your password is set.")
            return redirect("clinic:today" if by.role != "administrator" else "clinic:staff_list")
    return render(request, "clinic/password.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@staff(Act.OWN_ACCOUNT)
def permits(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show who may do what, out of the table that every page and act is held to."""
    columns = [*roles(), ("patient", "Patient")]
    rows = [(act.value, [(label, role in PERMITS[act]) for role, label in columns]) for act in Act]
    return render(request, "clinic/permits.html", {"columns": columns, "rows": rows, "own": by.role})
