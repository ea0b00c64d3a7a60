"""The forms of the front desk: they translate what was typed, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions.patients import Measures, Particulars
from needlepoint.core.terms import Sex

OLDEST_YEARS = 130


def _labels(table: str) -> list[tuple[str, str]]:
    rows = getattr(knowledge.load().vocabulary, table)
    return [(id_, getattr(row, "label", row)) for id_, row in rows.items()]


def area_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the areas by part of the body."""
    known = knowledge.load().vocabulary
    return [
        (label, [(area.id, area.label) for area in known.areas.values() if area.group == group])
        for group, label in known.area_groups.items()
    ]


class DayInput(forms.DateInput):
    """A day, picked or typed."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PatientForm(forms.Form):
    """A new patient."""

    given_name = forms.CharField(max_length=100)
    family_name = forms.CharField(max_length=100)
    birth_date = forms.DateField(widget=DayInput)
    sex = forms.ChoiceField(label="Sex at birth", choices=lambda: [("", "Choose"), *_labels("sexes")])
    email = forms.EmailField(label="E-mail", required=False, max_length=254)
    telephone = forms.CharField(required=False, max_length=40)

    def clean_birth_date(self) -> Any:
        """Refuse a birth date that is still to come or too long ago."""
        day = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        if day > today:
            raise forms.ValidationError("This day is still to come.")
        if today.year - day.year > OLDEST_YEARS:
            raise forms.ValidationError(f"This is more than {OLDEST_YEARS} years ago.")
        return day

    def particulars(self) -> Particulars:
        """Give what was typed as the actions take it."""
        given = self.cleaned_data
        return Particulars(**{**given, "sex": Sex(given["sex"])})


class CourseForm(forms.Form):
    """A new course of treatment."""

    indication = forms.ChoiceField(
        label="What is to be treated", choices=lambda: [("", "Choose"), *_labels("indications")]
    )
    areas = forms.MultipleChoiceField(
        label="Where",
        choices=area_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one area."},
    )

    def grouped_areas(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Give the areas by part of the body, each with its id, its name and whether it was chosen."""
        chosen = set(self["areas"].value() or ())
        return [(group, [(id_, label, id_ in chosen) for id_, label in areas]) for group, areas in area_choices()]


class MeasuresForm(forms.Form):
    """What a clinician records of a body."""

    fitzpatrick = forms.TypedChoiceField(
        label="Skin type (Fitzpatrick)",
        choices=[("", "Not recorded"), *((str(n), str(n)) for n in range(1, 7))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    weight_kg = forms.FloatField(label="Weight (kg)", required=False, min_value=0.4, max_value=500)
    height_cm = forms.FloatField(label="Height (cm)", required=False, min_value=25, max_value=260)
    allergies = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def measures(self) -> Measures:
        """Give what was typed as the actions take it."""
        return Measures(**self.cleaned_data)
