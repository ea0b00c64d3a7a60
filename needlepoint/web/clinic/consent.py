"""Consent in the clinic: how it stands, signing on the tablet, taking parts back, the document, the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import chart, consent, consent_text, vault
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.consent_text import NothingNew, UnfitText
from needlepoint.web import consent as consent_form
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import ConsentText

SPARE_SECTIONS = 2  # empty sections offered for a new version


@require_safe
@staff(Act.READ_CHART)
def state(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show how each part stands, and whether what was signed is whole."""
    now = timezone.now()
    course = chart.read_course(ref, by=by, at=now)
    past = consent.past(course)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "consent",
        "course": course,
        "current": past[0] if past else None,
        "parts": consent.part_states(past[0] if past else None),
        "earlier": past[1:],
        "faults": consent.faults(consent.find(course, past[0].pk)) if past else (),
        "text": consent_text.offered_text(at=now),
        "refusal": refusal(Act.TAKE_CONSENT, by=by),
    }
    return render(request, "clinic/consent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.TAKE_CONSENT)
def sign(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Let the patient read and sign on the clinic's tablet."""
    course = chart.find_course(ref)
    if request.method == "POST":
        sent = consent_form.send(request, course, by=by)
        if not isinstance(sent, consent_form.FormShown):
            messages.success(request, "Signed. The document is kept; the patient gets a copy.")
            return redirect("clinic:consent", ref=ref)
        return render(request, "clinic/consent_sign.html", {"course": course, "form": sent}, status=422)
    form = consent_form.form(consent_text.offered_text(at=timezone.now()))
    return render(request, "clinic/consent_sign.html", {"course": course, "form": form})


@require_POST
@staff(Act.TAKE_CONSENT)
def withdraw(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Take back one part for the patient."""
    course = chart.find_course(ref)
    current = consent.in_force(course).consent
    part = request.POST.get("part", "")
    try:
        if current is None or part not in current.parts:
            raise consent.NotGiven("treatment")
        consent.withdraw(current, part, by=by, at=timezone.now())
    except consent.NotGiven as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Taken back. From now on nothing may rely on it.")
    return redirect("clinic:consent", ref=ref)


@require_safe
@staff(Act.READ_CHART)
def document(request: HttpRequest, ref: UUID, pk: int, *, by: Actor) -> HttpResponse:
    """Give the signed document, if it is still what was signed."""
    row = consent.find(chart.find_course(ref), pk)
    try:
        return consent_form.file_answer(row, consent.document(row, by=by, at=timezone.now()))
    except (vault.NotInVault, vault.AlteredInVault):
        messages.error(request, " ".join(consent.faults(row)))
        return redirect("clinic:consent", ref=ref)


class SectionForm(forms.Form):
    """One section of a consent text."""

    heading = forms.CharField(label="Heading", required=False, max_length=200)
    paragraphs = forms.CharField(
        label="Paragraphs",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="An empty line begins a new paragraph.",
    )
    points = forms.CharField(
        label="Points", required=False, widget=forms.Textarea(attrs={"rows": 5}), help_text="One to a line."
    )


class PartForm(forms.Form):
    """What is agreed to in one part."""

    label = forms.CharField(label="Name", max_length=100)
    statement = forms.CharField(label="Statement", widget=forms.Textarea(attrs={"rows": 3}))
    note = forms.CharField(label="What a no means", max_length=500)


Sections = forms.formset_factory(SectionForm, extra=SPARE_SECTIONS, max_num=30)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.WRITE_CONSENT_TEXT)
def text(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the consent text and its versions; publish a new one."""
    current = consent_text.offered_text(at=timezone.now())
    posted = request.POST if request.method == "POST" else None
    sections = Sections(posted, initial=None if posted else _initial(current.body), prefix="section")
    parts = {part: PartForm(posted, initial=words, prefix=part) for part, words in current.body["parts"].items()}
    error = ""
    if posted is not None:
        error, made = _publish(current.body, posted.get("title", ""), sections, parts, by=by)
        if made is not None:
            messages.success(request, f"Version {made.version} is published; from now on it is the one that is signed.")
            return redirect("clinic:consent_text")
    context = {
        "current": current,
        "title": posted.get("title", "") if posted is not None else current.title,
        "sections": sections,
        "parts": parts,
        "versions": consent_text.versions(),
        "error": error,
    }
    return render(request, "clinic/consent_text.html", context, status=422 if posted is not None else 200)


def _publish(
    before: dict[str, Any], title: str, sections: Any, parts: dict[str, PartForm], *, by: Actor
) -> tuple[str, ConsentText | None]:
    """Publish what was written; give what is wrong with it, or the new version."""
    forms_ = [sections, *parts.values()]
    fit = [form.is_valid() for form in forms_]  # every form is asked, so that each shows what it lacks
    if not all(fit):
        return "Something below is missing.", None
    try:
        return "", consent_text.publish_text(
            title.replace("\0", ""), _body(before, sections, parts), by=by, at=timezone.now()
        )
    except (UnfitText, NothingNew) as refused:
        return str(refused), None


def _initial(body: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "heading": section["heading"],
            "paragraphs": "\n\n".join(section["paragraphs"]),
            "points": "\n".join(section["points"]),
        }
        for section in body["sections"]
    ]


def _body(before: dict[str, Any], sections: Any, parts: dict[str, PartForm]) -> dict[str, Any]:
    written = [form.cleaned_data for form in sections if any(form.cleaned_data.values())]
    return {
        "language": before["language"],
        "sections": [
            {
                "id": f"section_{place}",
                "heading": section["heading"],
                "paragraphs": _pieces(section["paragraphs"], "\n\n"),
                "points": _pieces(section["points"], "\n"),
            }
            for place, section in enumerate(written, start=1)
        ],
        "parts": {part: form.cleaned_data for part, form in parts.items()},
    }


def _pieces(words: str, between: str) -> list[str]:
    return [piece.strip() for piece in words.replace("\r\n", "\n").split(between) if piece.strip()]
