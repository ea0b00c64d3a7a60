"""Generated patients: cases that the edge lets pass, drawn so that a failing one shrinks to what matters."""

from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from needlepoint.core.questions import Question
from needlepoint.knowledge import load
from tests.core.screening.cases import COMPLETE

ON: Final = date(2026, 11, 22)
NAMES: Final = load().vocabulary
GROUPS: Final = sorted(set(NAMES.members) - set(NAMES.areas))

# Questions whose answer tells of a safeguard, or of more than one thing, so that more of it is not more of a risk.
NO_RISK: Final = frozenset(
    {
        "antiviral_plan", "anaesthetic_safeguards", "bdd_screen", "consent", "emergency_equipment", "hba1c_date",
        "hba1c_percent", "medical_scar_therapy", "melasma_stable", "needle_material", "operator_record",
        "premises_record", "pregnancy_test", "steroid_course",
    }
)  # fmt: skip


def something(question: Question) -> st.SearchStrategy[Any]:
    """Give answers that there is something."""
    match question.kind:
        case "boolean":
            return st.just(True)
        case "choice":
            return st.sampled_from([choice.id for choice in question.choices if choice.id != "no"])
        case "multichoice":
            return st.lists(
                st.sampled_from([choice.id for choice in question.choices]), min_size=1, max_size=3, unique=True
            )
        case "areas":
            return st.lists(st.sampled_from(sorted(NAMES.areas)), min_size=1, max_size=3, unique=True)
        case "number":
            return st.floats(question.least or 0, question.greatest or 1)
        case _:
            return st.integers(0, 400).map(lambda days: (ON - timedelta(days=days)).isoformat())


@st.composite
def cases(draw: st.DrawFn, *, most: int = 5) -> dict[str, Any]:
    """Give the complete case with other circumstances, and a few answers that there is something or unknown."""
    answers = dict(COMPLETE["answers"])
    for question in draw(st.lists(st.sampled_from(load().questions), max_size=most, unique=True)):
        answers[question.id] = draw(st.one_of(something(question), st.just("unknown")))
    return COMPLETE | {
        "premises": draw(st.sampled_from(["DE", "US-CA", "US-AZ", "US-TX", "GB-SCT", "GB-ENG", "AU-NSW"])),
        "operator": draw(st.sampled_from(sorted(NAMES.operators))),
        "device": draw(st.sampled_from(sorted(NAMES.devices))),
        "indication": draw(st.sampled_from(sorted(NAMES.indications))),
        "areas": draw(st.lists(st.sampled_from(sorted(NAMES.areas)), min_size=1, max_size=3, unique=True)),
        "depth_mm": draw(st.sampled_from([None, 0.25, 0.5, 1.0, 1.5, 2.0])),
        "anaesthetic": draw(st.sampled_from([None, *sorted(NAMES.anaesthetics)])),
        "patient": {
            "birth_date": (ON - timedelta(days=draw(st.integers(6 * 365, 85 * 365)))).isoformat(),
            "sex": draw(st.sampled_from(["female", "male"])),
            "fitzpatrick": draw(st.integers(1, 6)),
        },
        "answers": answers,
    }
