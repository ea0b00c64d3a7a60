"""Before adopting: what changed in the cards, and whose verdict would change; and whom a single card touches."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from needlepoint import knowledge
from needlepoint.actions import jobs, reviewing
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.case import case_of
from needlepoint.actions.knowledge import adopt, adopted, history_of
from needlepoint.actions.reviewing import NotRebuilt, begin, read_review, rebuild, screened
from needlepoint.actions.set_changes import change_of, changes_against
from needlepoint.core.screening.screen import screen
from needlepoint.records.models import (
    AdoptedFile,
    AuditEvent,
    JobState,
    KnowledgeAdoption,
    KnowledgeReview,
    KnowledgeText,
    Role,
)
from tests.people import NOW, TODAY, actor, answer_all, make_course, make_patient, make_screening, make_staff

pytestmark = pytest.mark.django_db
KELOID = "cards/contraindication/keloid_own.toml"
ISOTRETINOIN = "cards/contraindication/isotretinoin_recent.toml"
PHYSICIAN = Role.PHYSICIAN


def adopt_older(changes: dict[str, tuple[str, str] | None]) -> KnowledgeAdoption:
    """An adoption of a set that said otherwise: files by name with what stood there instead, None for no such file."""
    adoption = KnowledgeAdoption.objects.create(
        digest="0" * 64, cards={"keloid_own": "1" * 64}, by=make_staff(PHYSICIAN), at=NOW
    )
    marks = {}
    for name, (mark, text) in knowledge.loader.written().items():
        change = changes.get(name, ("", ""))
        if change is None:
            continue
        older = text.replace(*change) if change[0] else text
        assert change[0] == "" or older != text
        marks[name] = (mark if older == text else hashlib.sha256(older.encode()).hexdigest(), older)
    texts = [KnowledgeText(fingerprint=mark, text=text) for mark, text in marks.values()]
    KnowledgeText.objects.bulk_create(texts, ignore_conflicts=True)
    kept = dict(KnowledgeText.objects.values_list("fingerprint", "pk"))
    AdoptedFile.objects.bulk_create(
        AdoptedFile(adoption=adoption, name=name, text_id=kept[mark]) for name, (mark, _) in marks.items()
    )
    return adoption


def done(review: KnowledgeReview) -> dict[str, Any]:
    jobs.run(KnowledgeReview, review.pk, work=reviewing.review, clock=lambda: NOW)
    review.refresh_from_db()
    assert review.state == JobState.DONE, review.error
    assert review.result is not None
    return dict(review.result)


def another(**answers: Any) -> Any:
    """The screening of another patient, whose answers speak against nothing but what is given."""
    patient = make_patient(given_name="Other")
    course = make_course(patient, indication="facial_wrinkles", areas=["cheeks", "forehead"])
    answer_all(patient, **answers)
    return make_screening(course)


def test_an_adopted_set_can_be_read_again_word_for_word() -> None:
    adoption = adopt(digest=knowledge.load().digest, by=actor(PHYSICIAN), at=NOW)
    assert rebuild(adoption).digest == knowledge.load().digest
    assert changes_against(adoption) == ()
    again = adopt(digest=knowledge.load().digest, by=actor(PHYSICIAN), at=NOW)
    assert KnowledgeText.objects.count() == len(knowledge.loader.written())
    assert AdoptedFile.objects.filter(adoption=again).count() == len(knowledge.loader.written())


def test_an_adoption_whose_texts_were_not_kept_says_so() -> None:
    bare = KnowledgeAdoption.objects.create(digest="0" * 64, cards={}, by=make_staff(PHYSICIAN), at=NOW)
    assert changes_against(bare) is None
    with pytest.raises(NotRebuilt, match="before the program kept"):
        rebuild(bare)


def test_the_changes_are_told_card_by_card_and_field_by_field() -> None:
    adoption = adopt_older(
        {
            KELOID: ('verdict = "contraindicated"', 'verdict = "refer"'),
            ISOTRETINOIN: None,
            "questions.toml": ("stale_after_days = 90", "stale_after_days = 60"),
        }
    )
    found = {one.name: one for one in changes_against(adoption) or ()}
    assert set(found) == {KELOID, ISOTRETINOIN, "questions.toml"}
    assert found[KELOID].what == "changed"
    assert [(field.path, field.old, field.new) for field in found[KELOID].fields] == [
        ("verdict", "refer", "contraindicated")
    ]
    assert found[ISOTRETINOIN].what == "added"
    assert [(field.path, field.old, field.new) for field in found["questions.toml"].fields] == [
        ("stale_after_days", "60", "90")
    ]
    assert not found["questions.toml"].is_card


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ({"valid": {"from": 1}}, {"valid": {"from": 1, "to": 2}}, "closed"),
        ({"valid": {"from": 1, "to": 2}}, {"valid": {"from": 1}}, "changed"),
        ({"valid": {"from": 1}, "tell": "a"}, {"valid": {"from": 1, "to": 2}, "tell": "b"}, "changed"),
        (None, {"valid": {"from": 1}}, "added"),
        ({"valid": {"from": 1}}, None, "removed"),
    ],
)
def test_a_card_that_only_got_a_last_day_is_closed(
    old: dict[str, Any] | None, new: dict[str, Any] | None, what: str
) -> None:
    assert change_of("cards/contraindication/a.toml", old, new).what == what


def test_patients_whose_verdict_changes_are_named_with_old_and_new_verdict_and_reasons() -> None:
    keloid = make_screening(answers={"keloid_own": True})
    iso = another(isotretinoin_last_dose=(TODAY - timedelta(days=30)).isoformat())
    another()
    adoption = adopt_older({KELOID: ('verdict = "contraindicated"', 'verdict = "refer"'), ISOTRETINOIN: None})
    result = done(begin(adoption=adoption, by=actor(PHYSICIAN), at=NOW))
    assert (result["looked_at"], result["count"], result["unread"]) == (3, 2, 0)
    told = {one["screening"]: one for one in result["touched"]}
    assert (told[keloid.pk]["old"], told[keloid.pk]["new"]) == ("refer", "contraindicated")
    assert [one["card"] for one in told[keloid.pk]["altered"]] == ["keloid_own"]
    assert told[iso.pk]["new"] == "defer"
    assert [one["card"] for one in told[iso.pk]["came"]] == ["isotretinoin_recent"]
    assert told[iso.pk]["not_before"] == (TODAY + timedelta(days=150)).isoformat()


def test_a_question_that_is_asked_again_is_a_reason_too() -> None:
    made = make_screening()
    document = {**made.case, "answered_on": {"diabetes": (TODAY - timedelta(days=70)).isoformat()}}
    last = type(made).objects.create(
        course=made.course, on=made.on, case=document, result=made.result, verdict=made.verdict,
        digest=made.digest, by=made.by, at=NOW,
    )  # fmt: skip
    adoption = adopt_older({"questions.toml": ("stale_after_days = 90", "stale_after_days = 60")})
    (told,) = done(begin(adoption=adoption, by=actor(PHYSICIAN), at=NOW))["touched"]
    assert (told["screening"], told["old"]) == (last.pk, "ask")
    assert told["not_asked"] == ["Do you have diabetes?"]


def test_only_the_last_screening_of_an_open_course_is_looked_at() -> None:
    first = make_screening(answers={"keloid_own": True})
    make_screening(first.course)
    closed = another(keloid_own=True)
    closed.course.closed_at = NOW
    closed.course.save()
    assert done(begin(card="keloid_own", by=actor(PHYSICIAN), at=NOW))["looked_at"] == 1


def test_a_recall_names_those_whom_a_card_touches() -> None:
    touched = make_screening(answers={"keloid_own": True})
    another()
    review = begin(card="keloid_own", by=actor(Role.DIRECTOR), at=NOW)
    assert [one["screening"] for one in done(review)["touched"]] == [touched.pk]
    _, shown = read_review(review.pk, by=actor(Role.DIRECTOR), at=NOW)
    assert [one["screening"].course.patient for one in shown] == [touched.course.patient]
    assert AuditEvent.objects.filter(act="read_review", detail__patients=1).exists()


def test_a_screening_that_cannot_be_put_to_the_rules_any_more_is_counted() -> None:
    made = make_screening()
    document = {**made.case, "device": "no_longer_known"}
    type(made).objects.create(
        course=made.course, on=made.on, case=document, result=made.result, verdict=made.verdict,
        digest=made.digest, by=made.by, at=NOW,
    )  # fmt: skip
    result = done(begin(card="keloid_own", by=actor(PHYSICIAN), at=NOW))
    assert (result["looked_at"], result["unread"], result["count"]) == (1, 1, 0)


def test_progress_is_told_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "AT_A_TIME", 1)
    make_screening()
    another()
    review = begin(card="keloid_own", by=actor(PHYSICIAN), at=NOW)
    shares: list[float] = []
    reviewing.review(review, shares.append)
    assert shares == [0.0, 0.5, 1.0]


def test_columns_and_single_cases_agree_on_the_same_set() -> None:
    cases = [case_of(one.case) for one in (make_screening(answers={"keloid_own": True}), another())]
    for case, said in zip(cases, screened(cases, knowledge.load()), strict=True):
        single = screen(case, knowledge.rules_on(case.on))
        assert said.verdict == single.verdict.value
        assert set(said.cards) == {finding.card for finding in single.findings}


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.ADMINISTRATOR])
def test_only_physician_and_director_look_up_whom_a_change_touches(role: str) -> None:
    with pytest.raises(NotPermitted):
        begin(card="keloid_own", by=actor(role), at=NOW)


def test_an_unknown_card_touches_nobody() -> None:
    with pytest.raises(NoSuchRecord):
        begin(card="no_such_card", by=actor(PHYSICIAN), at=NOW)


def test_without_an_adoption_the_review_says_why_it_cannot_be_done() -> None:
    review = begin(by=actor(PHYSICIAN), at=NOW)
    jobs.run(KnowledgeReview, review.pk, work=reviewing.review, clock=lambda: NOW)
    review.refresh_from_db()
    assert (review.state, "Nothing was adopted yet" in review.error) == (JobState.FAILED, True)


def test_a_card_remembers_the_adoptions_that_took_it_in() -> None:
    adopt_older({})
    adopt(digest=knowledge.load().digest, cards=["keloid_own"], by=actor(PHYSICIAN), at=NOW + timedelta(days=1))
    adopt(digest=knowledge.load().digest, by=actor(PHYSICIAN), at=NOW + timedelta(days=2))
    history = history_of("keloid_own")
    assert [one.changed for one in history] == [False, True, True]
    assert history[0].adoption == adopted().adoption
    assert len(history_of("keloid_family")) == 1
