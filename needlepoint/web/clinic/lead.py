"""What to do next in a course, in a sentence and a button."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

if TYPE_CHECKING:
    from needlepoint.actions.chart import ChartHeader

_WORDS: Final = {
    "questions": ("The patient answers on a phone by private link; add what you see.", "Go to the questions"),
    "screening": ("Put the answers to the cards for the day of treatment.", "Screen"),
    "plan": ("Choose device, depth and passes for each area; a plan counts once it is adopted.", "Go to the plan"),
    "consent": ("The patient reads the text and signs, here or at home.", "Go to the consent"),
    "sessions": ("A session needs a screening of its day, an adopted plan and the consent.", "Go to the session"),
    "photos": ("Photographs from before are what a result is held against.", "Take photographs"),
    "followup": ("The patient reports on day 3 by the private link, or is asked by telephone.", "Go to the follow-up"),
    "outcome": ("Grade before and after, and look at what was measured.", "Go to the outcome"),
}
_STOPPED: Final = {
    "screening": ("Read why, what the patient is told, and from when it may be different.", "Read the screening"),
    "consent": ("Without a yes to the treatment there is no session.", "Go to the consent"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The next thing to do: `address` is empty when nothing is left."""

    title: str
    words: str
    state: str
    button: str = ""
    address: str = ""


def lead(header: ChartHeader) -> Lead:
    """Give the first station that is not done, or say that the course has been walked through."""
    step = next((step for step in header.steps if step.id == header.next), None)
    if step is None:
        return Lead(
            title="Every station has been visited",
            words="A further session begins with a screening of its own day.",
            state="done",
            button="Go to the screening",
            address=reverse("clinic:screening", args=[header.course.ref]),
        )
    stopped = step.state == "stop"
    words, button = (_STOPPED if stopped else _WORDS).get(step.id, _WORDS[step.id])
    title = f"{step.label}: {step.note}" if stopped else f"Next: {step.label.lower()}"
    address = reverse(f"clinic:{step.id}", args=[header.course.ref])
    return Lead(title=title, words=words, state=step.state, button=button, address=address)
