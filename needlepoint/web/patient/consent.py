"""Consent on the patient's own device: reading, signing, taking back, and the copy of what was signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import consent, consent_text, vault
from needlepoint.actions.access import NoSuchRecord
from needlepoint.actions.courses import course_of
from needlepoint.web import consent as consent_form
from needlepoint.web.doors import private_link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_http_methods(["GET", "HEAD", "POST"])
@private_link
def sign(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show the text to read and sign; once signed, show what stands, and the text again on wish."""
    course = course_of(by.invited)
    if request.method == "POST":
        sent = consent_form.send(request, course, by=by)
        if not isinstance(sent, consent_form.FormShown):
            messages.success(request, "Thank you. What you signed is kept, and you can download your copy here.")
            return redirect("patient:consent", secret=secret)
        return render(request, "patient/consent.html", {"form": sent, "secret": secret}, status=422)
    agreed = consent.in_force(course)
    again = request.GET.get("again") == "1"
    if agreed.consent is not None and not again:
        return render(request, "patient/consent_signed.html", {"agreed": agreed, "secret": secret})
    form = consent_form.form(consent_text.offered_text(at=timezone.now()))
    return render(request, "patient/consent.html", {"form": form, "secret": secret})


@require_POST
@private_link
def withdraw(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Take back one part."""
    agreed = consent.in_force(course_of(by.invited))
    part = request.POST.get("part", "")
    try:
        if agreed.consent is None or part not in agreed.consent.parts:
            raise consent.NotGiven("treatment")
        consent.withdraw(agreed.consent, part, by=by, at=timezone.now())
    except consent.NotGiven as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. From now on the clinic may not rely on it.")
    return redirect("patient:consent", secret=secret)


@require_safe
@private_link
def document(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Give the patient the copy of what was signed last."""
    course = course_of(by.invited)
    current = consent.in_force(course).consent
    if current is None:
        raise NoSuchRecord("consent")
    row = consent.find(course, current.pk)
    try:
        return consent_form.file_answer(row, consent.document(row, by=by, at=timezone.now()))
    except (vault.NotInVault, vault.AlteredInVault):
        messages.error(request, "The document cannot be shown. Please tell the clinic.")
        return redirect("patient:consent", secret=secret)
