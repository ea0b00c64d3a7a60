"""A recall and a quarantine while sessions open units: nothing that is used is missed, nothing held back is used."""

from __future__ import annotations

import pytest

from needlepoint.actions import charting, recall, stock
from needlepoint.actions.chart_fields import NotAValue
from needlepoint.actions.charting import NotUsable
from needlepoint.actions.recall import Notice
from needlepoint.actions.recall_match import Named
from needlepoint.records.models import Cartridge, Lot, Recall, Role
from tests import people
from tests.people import CREAM, NOW, ROLLER, TODAY
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
OPENERS = 8


def test_who_opened_before_a_recall_is_listed_and_who_came_after_is_refused() -> None:
    lot, cream = people.make_lot(units=OPENERS), people.make_lot(CREAM, number="C300")
    sessions = [people.make_session(people.make_course(people.make_patient())) for _ in range(OPENERS)]
    for session in sessions:
        session.areas.create(area="cheeks", device=ROLLER)
    therapist, director = people.actor(), people.actor(Role.DIRECTOR)
    notice = Notice(maker="M", named=Named(lots=("A100", "C300")), notice_on=TODAY, urgency="class_1",
                    action="recalled", text="Torn seals.")  # fmt: skip

    def act(place: int) -> object:
        if place == OPENERS // 2:
            return recall.open_recall(notice, by=director, at=NOW, on=TODAY)
        if place % 2:
            return charting.save(
                sessions[place], "numbing_lot", str(cream.pk), key="k", made_at=NOW, by=therapist, at=NOW
            )
        return charting.open_next(sessions[place], lot, by=therapist, at=NOW)

    found = at_once(OPENERS, act)
    assert all(not isinstance(one, Exception) or isinstance(one, (NotUsable, NotAValue)) for one in found), found
    run = recall.run_of(Recall.objects.get())
    used = {unit.session_id for unit in Cartridge.objects.filter(lot=lot, session__isnull=False)}
    used |= {session.pk for session in sessions if type(session).objects.get(pk=session.pk).numbing_lot_id}
    listed = {session.pk for one in run.listed for session in one.sessions}
    assert listed == used
    assert set(Lot.objects.values_list("state", flat=True)) == {"recalled"}


def test_a_quarantine_and_an_opening_at_once_leave_no_unit_opened_after_it() -> None:
    lot = people.make_lot(units=OPENERS)
    sessions = [people.make_session(people.make_course(people.make_patient())) for _ in range(OPENERS)]
    therapist = people.actor()

    def act(place: int) -> object:
        if place == 0:
            return stock.set_state(lot, "quarantined", reason="torn packs", by=therapist, at=NOW)
        return charting.open_next(sessions[place], lot, by=therapist, at=NOW)

    found = at_once(OPENERS, act)
    refused = [one for one in found if isinstance(one, Exception)]
    assert all(isinstance(one, NotUsable) for one in refused), refused
    assert Cartridge.objects.filter(session__isnull=False).count() == OPENERS - 1 - len(refused)
    with pytest.raises(NotUsable):
        charting.open_next(sessions[0], lot, by=therapist, at=NOW)
