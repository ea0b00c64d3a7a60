"""The protocol library: its list, a protocol with its versions, writing, copying, editing and adopting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint import knowledge
from needlepoint.actions import case, chart, course_done, protocols
from needlepoint.actions import course_ahead as courses_ahead
from needlepoint.actions import plan as plans
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.protocols import AreaSetting, Draft, ProtocolRefused
from needlepoint.web import expecting
from needlepoint.web.clinic import choices
from needlepoint.web.clinic.expectations import combined_with
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.forms import BoundField
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import ProtocolVersion

_UNCHOSEN: Final = ("", "Choose")


class ProtocolForm(forms.Form):
    """A version of a protocol; an area belongs to it when it has a depth and passes."""

    name = forms.CharField(label="Name", max_length=120)
    indication = forms.ChoiceField(label="For", choices=lambda: [_UNCHOSEN, *choices.indications()])
    device_class = forms.ChoiceField(
        label="Device class", choices=[_UNCHOSEN, *((kind.value, label) for kind, label in protocols.CLASSES.items())]
    )
    device = forms.ChoiceField(
        label="Device",
        required=False,
        choices=lambda: [("", "Any of the class: the program chooses"), *choices.devices()],
    )
    endpoint = forms.ChoiceField(label="Endpoint", choices=[(end.value, end.label) for end in protocols.ENDPOINTS])
    sessions = forms.IntegerField(label="Sessions", min_value=1, max_value=protocols.MOST_SESSIONS)
    interval_days = forms.IntegerField(label="Days between sessions", min_value=1, max_value=protocols.LONGEST_INTERVAL)
    anaesthetic = forms.ChoiceField(
        label="Numbing", required=False, choices=lambda: [("", "None planned"), *choices.anaesthetics()]
    )
    note = forms.CharField(
        label="Why this version", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        never = plans.never_needled()
        self.places = {id_: area for id_, area in knowledge.load().vocabulary.areas.items() if id_ not in never}
        for area, place in self.places.items():
            self.fields[f"depth_{area}"] = forms.FloatField(
                label=f"Depth, {place.label}",
                required=False,
                min_value=0,
                max_value=case.DEEPEST_MM,
                widget=forms.NumberInput(attrs={"step": "0.05", "inputmode": "decimal"}),
            )
            self.fields[f"passes_{area}"] = forms.IntegerField(
                label=f"Passes, {place.label}", required=False, min_value=1, max_value=plans.MOST_PASSES
            )

    def clean(self) -> dict[str, Any]:
        """Hold that an area has both numbers or neither."""
        given = super().clean() or {}
        for area in self.places:
            depth, passes = given.get(f"depth_{area}"), given.get(f"passes_{area}")
            if (depth is None) != (passes is None) and not {f"depth_{area}", f"passes_{area}"} & self.errors.keys():
                self.add_error(f"passes_{area}" if passes is None else f"depth_{area}", "Give both or neither.")
        return given

    def rows(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """Give for each area its name and its two fields."""
        for area, place in self.places.items():
            yield place.label, self[f"depth_{area}"], self[f"passes_{area}"]

    def draft(self) -> Draft:
        """Give what was filled in."""
        given = self.cleaned_data
        plain = ("name", "indication", "device_class", "device", "endpoint", "sessions", "interval_days", "anaesthetic")
        return Draft(
            **{name: given[name] for name in (*plain, "note")},
            areas=tuple(
                AreaSetting(area=area, depth_mm=given[f"depth_{area}"], passes=given[f"passes_{area}"])
                for area in self.places
                if given[f"depth_{area}"] is not None
            ),
        )


def _initial(draft: Draft) -> dict[str, Any]:
    plain = ("name", "indication", "device_class", "device", "endpoint", "sessions", "interval_days", "anaesthetic")
    return {
        **{name: getattr(draft, name) for name in plain},
        **{f"depth_{setting.area}": setting.depth_mm for setting in draft.areas},
        **{f"passes_{setting.area}": setting.passes for setting in draft.areas},
    }


@require_safe
@staff(Act.READ_PROTOCOLS)
def library(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the protocols, each by its newest version."""
    names = knowledge.load().vocabulary.indications
    newest = protocols.newest_versions()
    groups: dict[str, list[ProtocolVersion]] = {}
    for version in newest:
        groups.setdefault(names[version.protocol.indication].label, []).append(version)
    context = {"groups": list(groups.items()), "refusal": refusal(Act.WRITE_PROTOCOL, by=by)}
    return render(request, "clinic/protocols.html", context)


@require_safe
@staff(Act.READ_PROTOCOLS)
def protocol(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show a protocol: what it says, how each version differs from the one before, and what came of them."""
    found = protocols.find(ref)
    versions = protocols.versions_of(found)
    drafts = [protocols.draft_of(version) for version in versions]
    shown = [
        {
            "version": version,
            "adoption": getattr(version, "adoption", None),
            "differences": protocols.differences(drafts[place + 1], drafts[place]) if place + 1 < len(drafts) else (),
            "done": course_done.protocol_done(version, by=by),
        }
        for place, version in enumerate(versions)
    ]
    context = {
        "protocol": found,
        "newest": versions[0],
        "says": protocols.said(drafts[0]),
        "versions": shown,
        "why_not_write": refusal(Act.WRITE_PROTOCOL, by=by),
        "why_not_adopt": refusal(Act.ADOPT_PROTOCOL, by=by),
    }
    return render(request, "clinic/protocol.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.WRITE_PROTOCOL)
def protocol_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Write a protocol, from nothing or as a copy of a version."""
    copied = protocols.find_version(int(copy)) if (copy := request.GET.get("copy", "")).isdecimal() else None
    if request.method == "POST":
        form = ProtocolForm(request.POST)
        if form.is_valid():
            try:
                made = protocols.write(form.draft(), copied_from=copied, by=by, at=timezone.now())
            except ProtocolRefused as error:
                _blame(form, error)
            else:
                messages.success(request, f"Kept: {made}. A physician adopts it before it can be planned from.")
                return redirect("clinic:protocol", made.protocol.ref)
        return render(request, "clinic/protocol_edit.html", {"form": form, "copied": copied}, status=422)
    initial = _initial(protocols.draft_of(copied)) if copied else {}
    if copied:
        initial["name"] = f"{initial['name']}, copy"
    return render(request, "clinic/protocol_edit.html", {"form": ProtocolForm(initial=initial), "copied": copied})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.WRITE_PROTOCOL)
def protocol_edit(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Write the next version of a protocol."""
    found = protocols.find(ref)
    newest = protocols.versions_of(found)[0]
    form = ProtocolForm(request.POST or None, initial=_initial(protocols.draft_of(newest)))
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                made = protocols.edit(found, form.draft(), by=by, at=timezone.now())
            except ProtocolRefused as error:
                _blame(form, error)
            else:
                messages.success(request, f"Kept: {made}. The version before stays as it was.")
                return redirect("clinic:protocol", ref)
        status = 422
    return render(request, "clinic/protocol_edit.html", {"form": form, "newest": newest}, status=status)


def _blame(form: ProtocolForm, error: ProtocolRefused) -> None:
    for reason in error.reasons:
        form.add_error(None, reason)


@require_POST
@staff(Act.ADOPT_PROTOCOL)
def protocol_adopt(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Adopt a version."""
    version = protocols.find_version(pk)
    try:
        protocols.adopt(version, by=by, at=timezone.now())
    except ProtocolRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Adopted: {version}. Courses can be planned from it now.")
    return redirect("clinic:protocol", version.protocol.ref)


@require_safe
@staff(Act.READ_CHART)
def done(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show for a course what was planned, what was done and what came of it."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "plan",
        "course": course,
        "done": course_done.course_done(course, by=by),
    }
    return render(request, "clinic/course_done.html", context)


@require_safe
@staff(Act.READ_CHART)
def course_ahead(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the course that lies ahead, what to expect of it, and what goes with it."""
    course, today = chart.read_course(ref, by=by, at=timezone.now()), timezone.localdate()
    plan = plans.adopted_plan(course) or plans.newest_plan(course)
    first = plan.on if plan else today
    context = {
        "header": chart.header(course, on=today),
        "step": "plan",
        "course": course,
        "plan": plan,
        "ahead": courses_ahead.ahead(plan) if plan else None,
        "expecting": expecting.shown(course.indication, first=first),
        "beside": combined_with(course.indication, on=first),
    }
    return render(request, "clinic/course_ahead.html", context)
