"""Saving answers from a page: a whole screen at once without JavaScript, or each change by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http import JsonResponse
from django.utils import timezone

from needlepoint.actions import answers, grouping, questionnaire
from needlepoint.knowledge.answers import AnswerError
from needlepoint.web.answering import Shown, Unanswered, in_plain_words, mark, read, shown, shown_again

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import HttpRequest, QueryDict

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.grouping import Block
    from needlepoint.actions.questionnaire import Asked, Questionnaire, Subject
    from needlepoint.core.questions import AskedOf, Question
    from needlepoint.records.models import Course

KEPT_BY_BROWSER_AT_MOST: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of a screen: the questions with an error as they must be shown again."""

    wrong: dict[str, Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """A question under its statement."""

    statement: str
    shown: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBlock:
    """A group of questions as a page shows it, with the one tap that may answer it."""

    block: Block
    items: tuple[ShownItem, ...]

    @property
    def id(self) -> str:
        """Give its id."""
        return self.block.id

    @property
    def tap(self) -> str:
        """Give what the tap says; empty where there is none."""
        if not self.block.tappable:
            return ""
        if self.block.way == "same":
            return "All as last time"
        few = len(self.block.tappable) == 1
        if self.block.begun:
            return "No to the last one" if few else "None of the others"
        return "No" if few else "None of these"

    @property
    def last_time(self) -> date | None:
        """Give the newest day on which answers of an earlier visit were given here."""
        days = [item.shown.asked.answer.answered_on for item in self.items if item.shown.asked.answer]
        return max(days, default=None) if self.block.way == "same" else None


def save_screen(course: Course, screen: Iterable[Asked], typed: QueryDict, *, by: Actor, renew: bool = False) -> Saved:
    """Save every answer of a screen that was changed and can be read; the others stand in the result with their error.

    A question that was not changed on this page is left alone, since it may have been answered elsewhere meanwhile;
    only with `renew` does an outdated answer that is sent again as it stands count as given anew.
    """
    wrong: dict[str, Shown] = {}
    for asked in screen:
        try:
            raw = _read(asked.question, typed)
            changed = mark(asked.question, raw) != typed.get(f"{asked.question.id}.before", "")
            if changed or (renew and asked.outdated and raw is not None):
                _save(course, asked, raw, kept=timedelta(), by=by)
        except AnswerError as error:
            wrong[asked.question.id] = shown_again(asked, course.areas, typed, error)
    return Saved(wrong=wrong)


def _read(question: Question, typed: QueryDict) -> Any:
    try:
        return read(question, typed)
    except Unanswered:
        return None


def _save(course: Course, asked: Asked, raw: Any, *, kept: timedelta, by: Actor) -> None:
    now = timezone.now()
    on = timezone.localdate(now - kept)
    if raw is not None:
        answers.save_answer(course.patient, asked.question.id, raw, by=by, at=now, on=on)
    elif asked.answer is not None:
        answers.take_back(course.patient, asked.question.id, by=by, at=now, on=on)


def _kept_for(typed: QueryDict) -> timedelta:
    """Give how long the browser kept the answer before it could send it; the answer dates from then."""
    seconds = typed.get("kept_s", "")
    kept = timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 9 else timedelta()
    return min(kept, KEPT_BY_BROWSER_AT_MOST)


def screen(course: Course, subject: Iterable[Asked], wrong: dict[str, Shown]) -> list[Shown]:
    """Give the questions of a screen as they are shown."""
    return [wrong.get(asked.question.id) or shown(asked, course.areas) for asked in subject]


def grouped(course: Course, subject: Subject, wrong: dict[str, Shown]) -> list[ShownBlock]:
    """Give the questions of a subject as they are shown to a patient, by group."""
    return [
        ShownBlock(
            block=block,
            items=tuple(
                ShownItem(
                    statement=item.statement, shown=wrong.get(item.asked.question.id) or shown(item.asked, course.areas)
                )
                for item in block.items
            ),
        )
        for block in grouping.blocks(subject)
    ]


def tap(course: Course, block: str, *, by: Actor) -> int:
    """Answer a group of questions with its one tap; give how many that were."""
    return grouping.tap(course, block, by=by, at=timezone.now(), on=timezone.localdate())


def save_nowhere(course: Course, screen: Iterable[Asked], *, by: Actor) -> int:
    """Answer every question of a screen that asks for areas and is not settled with: nowhere; give how many."""
    open_ = [asked for asked in screen if asked.question.kind == "areas" and not asked.settled]
    for asked in open_:
        _save(course, asked, [], kept=timedelta(), by=by)
    return len(open_)


def save_one(request: HttpRequest, course: Course, *, asked_of: AskedOf, by: Actor) -> JsonResponse:
    """Save the one answer a change in the page is about, and tell the page how things stand now."""
    question = answers.find_question(request.POST.get("question", ""))
    before = questionnaire.questionnaire(course, on=timezone.localdate(), asked_of=asked_of)
    asked = _find(before, question.id)
    if asked is None:
        return JsonResponse({"error": "This question is no longer asked."}, status=409)
    try:
        _save(course, asked, _read(question, request.POST), kept=_kept_for(request.POST), by=by)
    except AnswerError as error:
        return JsonResponse({"error": in_plain_words(question, error)}, status=422)
    after = questionnaire.questionnaire(course, on=timezone.localdate(), asked_of=asked_of)
    return JsonResponse(_state(after, question.id) | {"stamp": answers.stamp(course.patient)})


def state(course: Course) -> JsonResponse:
    """Say how new the newest answer is; the page that asks brings itself up to date when it is newer than its own."""
    said = JsonResponse({"stamp": answers.stamp(course.patient)})
    said["Cache-Control"] = "no-store"
    return said


def _find(all_: Questionnaire, id_: str) -> Asked | None:
    return next((one for subject in all_.subjects for one in subject.asked if one.question.id == id_), None)


def _state(now: Questionnaire, id_: str) -> dict[str, Any]:
    one = _find(now, id_)
    saved = one.answer if one else None
    return {
        "words": one.words if one else "",
        "mark": mark(one.question, saved.value) if one and saved else "",
        "saved": f"Saved {timezone.localtime(saved.at):%H:%M}" if saved else "Answer taken back",
        "settled": now.settled,
        "total": now.total,
        "asked": [one.question.id for subject in now.subjects for one in subject.asked],
        "contradiction": now.contradiction or "",
        "contradicted": now.contradicted or "",
    }
