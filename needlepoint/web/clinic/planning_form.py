"""The form of a plan: where, with what, how deep, how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions import case, protocols
from needlepoint.actions import plan as plans
from needlepoint.actions.case import Setting
from needlepoint.actions.plan import Wishes
from needlepoint.web.clinic import choices

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.forms import BoundField

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, ProtocolVersion

USUAL_START: Final = time(10, 0)


def _number(label: str, *, step: str, most: int) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "min": step, "max": most, "inputmode": "decimal"}),
    )


def _whole(label: str, *, most: int) -> forms.IntegerField:
    attributes = {"step": 1, "min": 1, "max": most, "inputmode": "numeric"}
    return forms.IntegerField(label=label, required=False, widget=forms.NumberInput(attrs=attributes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One area of the form with its fields; `on` when it is chosen."""

    area: str
    label: str
    on: bool
    depth: BoundField
    passes: BoundField
    size: BoundField
    beyond: BoundField


class PlanForm(forms.Form):
    """What is wished for; each area may have its own depth, passes and measured size."""

    on = forms.DateField(
        label="Day of the first session", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    start = forms.TimeField(
        label="First puncture at",
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    operator = forms.ChoiceField(label="Who needles", choices=choices.operators)
    device = forms.ChoiceField(
        label="Device",
        required=False,
        choices=lambda: [("", "Let the program choose for each area"), *choices.devices()],
    )
    anaesthetic = forms.ChoiceField(
        label="Numbing", required=False, choices=lambda: [("", "None planned"), *choices.anaesthetics()]
    )
    protocol = forms.IntegerField(required=False, widget=forms.HiddenInput)
    density = _number("Punctures wanted", step="1", most=plans.DENSEST_PER_CM2)
    areas = forms.MultipleChoiceField(
        label="Areas",
        choices=choices.areas,
        error_messages={"required": "Choose at least one area."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = knowledge.load().vocabulary.areas
        for area, place in self.places.items():
            self.fields[f"depth_{area}"] = _number(f"Depth, {place.label}", step="0.05", most=case.DEEPEST_MM)
            self.fields[f"passes_{area}"] = _whole(f"Passes, {place.label}", most=plans.MOST_PASSES)
            self.fields[f"beyond_{area}"] = forms.CharField(
                label=f"Reason to go beyond the evaluated depth, {place.label}",
                required=False,
                max_length=plans.LONGEST_REASON,
            )
            self.fields[f"cm2_{area}"] = _number(f"Measured size, {place.label}", step="0.5", most=plans.LARGEST_CM2)

    @property
    def chosen(self) -> tuple[str, ...]:
        """Give the areas that are ticked, in the order of the vocabulary, also when the form is faulty."""
        ticked = set(self["areas"].value() or ())
        return tuple(area for area in self.places if area in ticked)

    def rows(self) -> Iterator[Row]:
        """Give for every area its fields."""
        chosen = self.chosen
        for area, place in self.places.items():
            yield Row(
                area=area,
                label=place.label,
                on=area in chosen,
                depth=self[f"depth_{area}"],
                passes=self[f"passes_{area}"],
                size=self[f"cm2_{area}"],
                beyond=self[f"beyond_{area}"],
            )

    def setting(self) -> Setting:
        """Give how it is to be done."""
        given = self.cleaned_data
        return Setting(
            on=given["on"],
            operator=given["operator"],
            device=given["device"] or None,
            anaesthetic=given["anaesthetic"] or None,
            areas=self.chosen,
        )

    def wishes(self) -> Wishes:
        """Give what was filled in for the areas that are ticked."""
        return Wishes(
            depth_mm=self._by_area("depth_"),
            passes=self._by_area("passes_"),
            area_cm2=self._by_area("cm2_"),
            target_density_per_cm2=self.cleaned_data["density"],
            start=self.cleaned_data["start"] or USUAL_START,
            beyond_evaluation={area: text for area, text in self._by_area("beyond_").items() if text},
        )

    def from_protocol(self) -> ProtocolVersion | None:
        """Give the version that was planned from, if one was."""
        pk = self.cleaned_data["protocol"]
        return protocols.find_version(pk) if pk else None

    def _by_area(self, prefix: str) -> dict[str, Any]:
        values = {area: self.cleaned_data[prefix + area] for area in self.chosen}
        return {area: value for area, value in values.items() if value is not None}


def initial(course: Course, *, by: Actor, last: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give what was asked last, or what is given instead, for today."""
    last = plans.last_request(course) if last is None else last
    return {
        "operator": case.usual_operator(by),
        **{name: last.get(name) for name in ("device", "anaesthetic")},
        "protocol": last.get("protocol"),
        "density": last.get("target_density_per_cm2"),
        "areas": last.get("areas") or [area for area, _ in plans.areas_of(course)],
        "start": time.fromisoformat(last["start"]) if last.get("start") else USUAL_START,
        **{
            f"{prefix}_{area}": value
            for prefix, name in (("depth", "depth_mm"), ("passes", "passes"), ("cm2", "area_cm2"))
            for area, value in last.get(name, {}).items()
        },
        "on": timezone.localdate(),
    }


def started(course: Course, values: Mapping[str, Any]) -> PlanForm:
    """Give the form filled with values as if they had been sent, so that the first look is computed too."""
    data = {name: value for name, value in values.items() if value is not None}
    data["on"], data["start"] = values["on"].isoformat(), f"{values['start']:%H:%M}"
    return PlanForm(data, initial=values)
