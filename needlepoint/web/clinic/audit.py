"""The audit trail: who did or read what, and whether the trail is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from needlepoint.actions import trail as trails
from needlepoint.actions.access import Act
from needlepoint.actions.trail import TrailTooLong, Wanted
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


class TrailForm(forms.Form):
    """Which events to show."""

    patient = forms.CharField(label="Patient", required=False, max_length=100, help_text="Any part of the name")
    act = forms.ChoiceField(label="Act", required=False)
    person = forms.TypedChoiceField(label="Who", required=False, coerce=int, empty_value=None)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Set once here: a callable would be asked again for each time a list is looked at.
        self.fields["act"].choices = [("", "Any act"), *((act, act.replace("_", " ")) for act in trails.acts())]  # type: ignore[attr-defined]  # fields are typed as plain ones
        self.fields["person"].choices = [("", "Anybody"), *trails.people()]  # type: ignore[attr-defined]  # as above


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_AUDIT)
def trail(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the trail; verify it."""
    at = timezone.now()
    checked = _verify(by=by) if request.method == "POST" else {}
    form = TrailForm(request.GET)
    wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
    page = trails.read_trail(wanted, by=by, at=at)
    kept = {name: value for name, value in form.cleaned_data.items() if value and name != "before"}
    context = {
        "form": form,
        "page": page,
        "wanted": wanted,
        "older": urlencode({**kept, "before": page.older}) if page.older else "",
        "newest": urlencode(kept),
        **checked,
    }
    return render(request, "clinic/audit.html", context)


def _verify(*, by: Actor) -> dict[str, Any]:
    try:
        return {"report": trails.verify_trail(by=by, at=timezone.now())}
    except TrailTooLong as error:
        return {"too_long": str(error)}
