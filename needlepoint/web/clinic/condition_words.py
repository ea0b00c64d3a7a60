"""Says the condition of a card in words, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge
from needlepoint.actions.fact_words import FIELDS

if TYPE_CHECKING:
    from needlepoint.core.questions import Question

_NUMBERS: Final = {"at_least": "at least", "at_most": "at most", "above": "above", "below": "below"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A part of a condition: what it says, and its own parts."""

    text: str
    parts: tuple[Said, ...] = ()


def say(when: dict[str, Any]) -> Said:
    """Give the condition as nested sentences."""
    for word, text in (("all", "all of these hold"), ("any", "at least one of these holds")):
        if word in when:
            return Said(text=text, parts=tuple(say(part) for part in when[word]))
    if "unless" in when:
        return Said(text="it is not certain that", parts=(say(when["unless"]),))
    if "ask" in when:
        question = knowledge.load().question.get(when["ask"])
        asked = question.ask if question else when["ask"]
        return Said(text=f"“{asked}” {_rest(when, question)}")
    return Said(text=f"{FIELDS.get(when['field'], when['field'])} {_rest(when, None)}")


def _rest(when: dict[str, Any], question: Question | None) -> str:
    return ", ".join(text for text in (*_words(when, question), *_days(when), *_numbers(when)) if text)


def _words(when: dict[str, Any], question: Question | None) -> list[str]:
    labels = {choice.id: choice.label for choice in question.choices} if question else {}

    def listed(value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return " or ".join(_plain(item, labels) for item in values)

    return [
        f"is {listed(when['is'])}" if "is" in when else "",
        f"is not {listed(when['is_not'])}" if "is_not" in when else "",
        f"includes {listed(when['includes'])}" if "includes" in when else "",
        f"includes a medicine of the class {listed(when['includes_class'])}" if "includes_class" in when else "",
        f"includes none of {listed(when['lacks'])}" if "lacks" in when else "",
        f"does not include all of {listed(when['misses'])}" if "misses" in when else "",
        "says that there is something" if when.get("present") else "",
        "is never" if when.get("never") else "",
        _overlaps(when["overlaps"]) if "overlaps" in when else "",
    ]


def _overlaps(value: Any) -> str:
    if isinstance(value, list):
        return f"are among {', '.join(value)}"
    return "lies in a planned area" if value == "planned" else "lies in or near a planned area"


def _plain(value: Any, labels: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return labels.get(str(value), str(value).replace("_", " "))


def _days(when: dict[str, Any]) -> list[str]:
    return [
        f"less than {when['within_days']} days ago" if "within_days" in when else "",
        f"more weakly, less than {when['soft_days']} days ago" if "soft_days" in when else "",
        f"at least {when['from_days']} days ago" if "from_days" in when else "",
        f"{when['older_than_days']} days ago or more" if "older_than_days" in when else "",
        f"and for {when['lasts_days']} days from the day of treatment" if "lasts_days" in when else "",
    ]


def _numbers(when: dict[str, Any]) -> list[str]:
    return [f"is {text} {when[word]:g}" for word, text in _NUMBERS.items() if word in when]
