"""The protocol library: versions that stay, adoption, differences, planning from a protocol, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint.actions import protocols
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.case import NotDecidable
from needlepoint.actions.course_done import course_done, protocol_done
from needlepoint.actions.plan import Wishes, adopt_plan
from needlepoint.actions.protocols import AreaSetting, Difference, Draft, ProtocolRefused
from needlepoint.records.models import (
    AuditEvent,
    DepthOverride,
    Plan,
    ProtocolAdoption,
    ProtocolVersion,
    Role,
    SessionArea,
    TreatmentSession,
)
from tests.people import NOW, TODAY, actor, compute_plan, make_clinic, make_course, make_staff

pytestmark = pytest.mark.django_db

DRAFT = Draft(
    name="Acne scars by pen",
    indication="acne_scars",
    device_class="pen",
    device="skinpen_precision",
    areas=(
        AreaSetting(area="cheeks", depth_mm=1.5, passes=4),
        AreaSetting(area="temples", depth_mm=0.5, passes=2),
    ),
    endpoint="pinpoint_bleeding",
    sessions=4,
    interval_days=35,
)


def written(**changes: Any) -> ProtocolVersion:
    return protocols.write(replace(DRAFT, **changes), by=actor(), at=NOW)


def adopted(**changes: Any) -> ProtocolVersion:
    version = written(**changes)
    protocols.adopt(version, by=actor(Role.PHYSICIAN), at=NOW)
    return protocols.find_version(version.pk)


def test_a_protocol_is_kept_as_version_one_and_said_again_word_for_word() -> None:
    version = written()
    assert version.number == 1
    assert protocols.draft_of(protocols.find_version(version.pk)) == DRAFT
    assert AuditEvent.objects.get(act="write_protocol").subject == f"ProtocolVersion:{version.pk}"
    assert [each.pk for each in protocols.newest_versions()] == [version.pk]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "Give the protocol a name."),
        ({"indication": "love"}, "Choose what the protocol is for."),
        ({"device_class": "rf"}, "Choose pen, roller or stamp."),
        ({"device": "dermaroller_192_1_5"}, "The device is not of the class chosen."),
        ({"endpoint": "stopped_early"}, "Choose the endpoint."),
        ({"sessions": 0}, "Sessions must be 1 to 30."),
        ({"interval_days": 731}, "Days between sessions must be 1 to 730."),
        ({"anaesthetic": "ice"}, "Choose a numbing product of the list, or none."),
        ({"areas": ()}, "Give at least one area a depth and passes."),
        ({"areas": (AreaSetting(area="cheeks", depth_mm=2.0, passes=4),)}, "Cheeks and cheekbones: 2 mm is above"),
        ({"areas": (AreaSetting(area="cheeks", depth_mm=0, passes=4),)}, "the depth must lie above 0 mm"),
        ({"areas": (AreaSetting(area="cheeks", depth_mm=1, passes=41),)}, "passes must be 1 to 40"),
        ({"areas": (AreaSetting(area="lips", depth_mm=0.2, passes=1),)}, "is never needled"),
        ({"areas": (AreaSetting(area="moon", depth_mm=0.2, passes=1),)}, "moon is never needled"),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ProtocolRefused, match=says):
        written(**changes)
    assert not ProtocolVersion.objects.exists()


def test_an_edit_is_the_next_version_and_the_one_before_stays() -> None:
    first = adopted()
    second = protocols.edit(first.protocol, replace(DRAFT, sessions=3), by=actor(), at=NOW)
    assert (second.number, second.sessions) == (2, 3)
    assert protocols.find_version(first.pk).sessions == 4
    assert [each.number for each in protocols.versions_of(first.protocol)] == [2, 1]
    # What may be planned from is the newest version that was adopted, not the newest.
    assert [each.pk for each in protocols.adopted_for("acne_scars")] == [first.pk]
    assert protocols.adopted_for("melasma") == ()


def test_an_edit_that_changes_nothing_or_the_use_is_refused() -> None:
    version = written()
    with pytest.raises(ProtocolRefused, match="Nothing differs"):
        protocols.edit(version.protocol, replace(DRAFT, note="only a word"), by=actor(), at=NOW)
    with pytest.raises(ProtocolRefused, match="copy it for another use"):
        protocols.edit(version.protocol, replace(DRAFT, indication="facial_scars"), by=actor(), at=NOW)


def test_two_versions_are_told_apart_in_words() -> None:
    after = replace(
        DRAFT,
        areas=(
            AreaSetting(area="cheeks", depth_mm=1.25, passes=4),
            AreaSetting(area="forehead", depth_mm=0.5, passes=1),
        ),
        sessions=3,
    )
    assert set(protocols.differences(DRAFT, after)) == {
        Difference(what="Cheeks and cheekbones", before="1.50 mm, 4 passes", after="1.25 mm, 4 passes"),
        Difference(what="Temples", before="0.50 mm, 2 passes", after=""),
        Difference(what="Forehead, eyebrows included", before="", after="0.50 mm, 1 pass"),
        Difference(what="Sessions", before="4", after="3"),
    }
    assert protocols.differences(DRAFT, replace(DRAFT, note="another")) == ()


def test_a_copy_says_where_it_comes_from() -> None:
    first = written()
    copy = protocols.write(replace(DRAFT, name="Mine"), copied_from=first, by=actor(), at=NOW)
    assert protocols.find(copy.protocol.ref).copied_from == first
    assert copy.protocol != first.protocol


def test_only_a_physician_adopts_and_only_once() -> None:
    version = written()
    with pytest.raises(NotPermitted, match="To adopt a protocol takes the role of physician"):
        protocols.adopt(version, by=actor(), at=NOW)
    protocols.adopt(version, by=actor(Role.PHYSICIAN), at=NOW)
    with pytest.raises(ProtocolRefused, match="adopted already"):
        protocols.adopt(version, by=actor(Role.PHYSICIAN), at=NOW)
    assert AuditEvent.objects.filter(act="adopt_protocol").count() == 1
    with pytest.raises(NotPermitted):
        protocols.write(DRAFT, by=actor(Role.DIRECTOR), at=NOW)


def test_the_database_lets_no_version_be_changed_and_nobody_else_adopt() -> None:
    version = adopted()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ProtocolVersion.objects.filter(pk=version.pk).update(sessions=9)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ProtocolAdoption.objects.all().delete()
    other = written(name="Another")
    with pytest.raises(DatabaseError, match="only a physician may adopt"), transaction.atomic():
        ProtocolAdoption.objects.create(version=other, by=make_staff(), at=NOW)


def test_what_does_not_exist_is_not_found() -> None:
    with pytest.raises(NoSuchRecord):
        protocols.find_version(4711)


# ---- planning from a protocol


def planned(version: ProtocolVersion, **changes: Any) -> Plan:
    course = changes.pop("course", None) or make_course(areas=["cheeks"])
    asked = protocols.as_request(version, areas=tuple(course.areas))
    wishes = Wishes(depth_mm=asked["depth_mm"], passes=asked["passes"])
    setting = {"device": asked["device"], "areas": tuple(asked["areas"]), "wishes": wishes, "protocol": version}
    return compute_plan(course, **{**setting, **changes})


def test_a_plan_from_a_protocol_follows_it_and_says_so() -> None:
    version = adopted()
    plan = planned(version)
    (row,) = plan.result["areas"]
    assert (row["area"], row["device"], row["depth_mm"], row["passes"]) == ("cheeks", "skinpen_precision", 1.5, 4)
    assert (plan.result["sessions"], plan.result["interval_days"]) == (4, 35)
    assert plan.result["protocol"]["version"] == 1
    assert plan.protocol == version
    assert not {"sessions", "interval_days"} & plan.result["cards"].keys()


def test_a_course_of_other_areas_takes_all_areas_of_the_protocol() -> None:
    version = adopted()
    assert protocols.as_request(version, areas=("neck",))["areas"] == ["cheeks", "temples"]
    assert protocols.as_request(version, areas=("temples", "neck"))["areas"] == ["temples"]


def test_a_longer_interval_that_a_card_asks_for_stands() -> None:
    version = adopted(interval_days=14)
    plan = planned(version)
    assert plan.result["interval_days"] > 14
    assert "interval_days" in plan.result["cards"]


def test_what_was_not_adopted_or_is_for_something_else_is_not_planned_from() -> None:
    with pytest.raises(NotDecidable, match="has not been adopted by a physician"):
        planned(written())
    with pytest.raises(NotDecidable, match="is for another use"):
        planned(adopted(), course=make_course(indication="facial_wrinkles", areas=["cheeks"]))


# ---- beyond the evaluated depth


def deep(by: str = Role.PHYSICIAN, reason: str = "Thick plaque, seen together.", depth_mm: float = 2.0) -> Plan:
    make_clinic()
    course = make_course(indication="stretch_marks", areas=["abdomen"])
    beyond = {"abdomen": reason} if reason is not None else {}
    wishes = Wishes(depth_mm={"abdomen": depth_mm}, beyond_evaluation=beyond)
    return compute_plan(course, device="skinpen_precision", wishes=wishes, by=actor(by))


def test_beyond_the_evaluated_depth_a_physician_says_why_and_it_is_logged() -> None:
    plan = deep()
    (row,) = plan.result["areas"]
    assert row["depth_mm"] == 2.0
    assert row["beyond"] == {"evaluated_mm": 1.5, "reason": "Thick plaque, seen together.", "by": "Phil Physician"}
    override = DepthOverride.objects.get(plan=plan)
    assert (override.area, override.depth_mm, override.evaluated_mm) == ("abdomen", 2.0, 1.5)
    event = AuditEvent.objects.get(act="override_depth")
    assert event.detail["reason"] == "Thick plaque, seen together."


def test_without_an_override_nothing_lies_beyond_the_evaluated_depth() -> None:
    make_clinic()
    course = make_course(indication="stretch_marks", areas=["abdomen"])
    plan = compute_plan(course, device="skinpen_precision", wishes=Wishes(depth_mm={"abdomen": 2.0}))
    (row,) = plan.result["areas"]
    assert (row["depth_mm"], "beyond" in row) == (1.5, False)
    assert not DepthOverride.objects.exists()


def test_an_override_needs_a_physician_and_a_reason_and_is_not_kept_where_nothing_goes_beyond() -> None:
    with pytest.raises(NotPermitted, match="takes the role of physician"):
        deep(Role.THERAPIST)
    with pytest.raises(NotDecidable, match="say why the needles may go beyond"):
        deep(reason="  ")
    assert "beyond" not in deep(depth_mm=1.0).result["areas"][0]
    assert not DepthOverride.objects.exists()


def test_the_database_keeps_overrides_and_takes_them_from_physicians_only() -> None:
    plan = deep()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        DepthOverride.objects.all().delete()
    with pytest.raises(DatabaseError, match="only a physician may go beyond"), transaction.atomic():
        DepthOverride.objects.create(
            plan=plan, area="flanks", device="x", depth_mm=2, evaluated_mm=1, reason="r", by=make_staff(), at=NOW
        )


# ---- planned beside done


def held(plan: Plan, *, depth_mm: float, endpoint: str = "pinpoint_bleeding", signed: bool = True) -> TreatmentSession:
    physician = make_staff(Role.PHYSICIAN)
    session = TreatmentSession.objects.create(
        course=plan.course, on=TODAY, plan=plan, exception_reason="test", exception_by=physician, therapist=physician,
        opened_at=NOW, started_at=NOW, finished_at=NOW.replace(minute=20),
    )  # fmt: skip
    SessionArea.objects.create(
        session=session, area="cheeks", device="skinpen_precision", planned_depth_mm=1.5, planned_passes=4,
        depth_mm=depth_mm, passes=4, endpoint=endpoint, pain=3,
    )  # fmt: skip
    if signed:
        TreatmentSession.objects.filter(pk=session.pk).update(
            signed_at=NOW, signed_by=physician, signed_meaning="m", signed_sha256="0" * 64
        )
    return session


def test_planned_stands_beside_done_for_a_course() -> None:
    plan = planned(adopted())
    adopt_plan(plan, by=actor(), at=NOW)
    held(plan, depth_mm=1.25)
    done = course_done(plan.course, by=actor())
    (session,) = done.sessions
    (area,) = session.areas
    assert (done.planned_sessions, done.interval_days) == (4, 35)
    assert (area.planned_depth_mm, area.depth_mm, area.differs) == (1.5, 1.25, True)
    assert (session.minutes, session.protocol) == (20, "Acne scars by pen, version 1")


def test_a_version_sums_up_its_signed_sessions_and_no_others() -> None:
    version = adopted()
    assert protocol_done(version, by=actor()).sessions == 0
    first, second = planned(version), planned(version)
    held(first, depth_mm=1.5)
    held(second, depth_mm=1.25, endpoint="even_redness")
    held(planned(version), depth_mm=1.5, signed=False)
    done = protocol_done(version, by=actor())
    assert (done.courses, done.sessions, done.areas, done.areas_as_planned) == (2, 2, 2, 1)
    assert (done.endpoint_reached, done.endpoint_known, done.minutes) == (1, 2, 20)
    assert (done.better, done.unchanged, done.worse) == (0, 0, 0)


def test_what_was_done_costs_no_more_queries_with_more_sessions(django_assert_max_num_queries: Any) -> None:
    version = adopted()
    course = make_course(areas=["cheeks"])
    held(planned(version, course=course), depth_mm=1.5)
    with django_assert_max_num_queries(8) as counted:
        course_done(course, by=actor())
    few = len(counted)
    for _ in range(3):
        held(planned(version, course=course), depth_mm=1.5)
    with django_assert_max_num_queries(few):
        course_done(course, by=actor())
