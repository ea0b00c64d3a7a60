"""What the demo clinic tells its patients: one recall that is closed, one that is open, and messages on their way."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from needlepoint.actions import messages, recall, recall_report
from needlepoint.actions.plan import adopted_plan
from needlepoint.actions.recall import Notice
from needlepoint.actions.recall_match import Named
from needlepoint.demo.walk import at_nine
from needlepoint.interop.calendar.care import Visit, calendar

if TYPE_CHECKING:
    from needlepoint.demo.clinic import House
    from needlepoint.records.models import Course, Message, Recall

CLOSED_BEFORE: Final = 150
MAKER: Final = "Made-up maker of the demonstration"


def closed_recall(house: House, *, lot: str) -> Recall:
    """Run a recall of long ago to its signed report: everybody listed was written to by letter and has answered."""
    director, on = house["director"], house.day(CLOSED_BEFORE)
    run = recall.open_recall(
        Notice(
            maker=MAKER, named=Named(lots=(lot,)), notice_on=on, urgency="class_2", action="recalled",
            reference="DEMO-FSN-1", text="In some packs of this lot the seal may not be tight. Do not use it.",
        ),
        by=director, at=at_nine(on), on=on,
    )  # fmt: skip
    for listed in run.patients.order_by("pk"):
        recall.contact(listed.pk, "letter", words="", by=director, at=at_nine(on, minutes=60))
        recall.contact(listed.pk, "reply", words="Healed as expected, no complaints.", by=director,
                       at=at_nine(house.day(CLOSED_BEFORE - 5)))  # fmt: skip
    return recall_report.close(
        run, conclusion="All patients answered and are well. What was left of the lot went back to the maker.",
        password=house.passwords["director"], by=director, at=at_nine(house.day(CLOSED_BEFORE - 6)),
    )  # fmt: skip


def open_recall(house: House, *, lot: str) -> Recall:
    """Begin a recall this morning: the lot is held back and everybody listed is written to; nobody has answered."""
    director, on = house["director"], house.today
    run = recall.open_recall(
        Notice(
            maker=MAKER, named=Named(lots=(lot,)), notice_on=on, urgency="class_3",
            action="quarantined", reference="DEMO-FSN-2",
            text="The date of expiry on some packs of this lot is misprinted. Keep it apart until we write again.",
        ),
        by=director, at=at_nine(on), on=on,
    )  # fmt: skip
    words = "The maker checks the lot that was used in your session. Please tell us whether you have any complaints."
    recall.write_to_all(run, words=words, remind=False, by=director, at=at_nine(on, minutes=10))
    return run


def preparation(house: House, course: Course) -> Message:
    """Queue what to prepare for a session tomorrow, with its calendar file, as the page of messages does."""
    plan, at, start = adopted_plan(course), at_nine(house.today, minutes=30), at_nine(house.day(-1))
    points = plan.result["preparation"] if plan else []
    draft = messages.draft(
        course.patient, "preparation", course=course, when=f"{start:%A %d %B %Y, %H:%M}",
        points="\n".join(f"- {point['text']}" for point in points),
    )  # fmt: skip
    visit = Visit(key=f"preparation:{course.ref}", title="Session at the demo clinic", start=start,
                  arrive_before=timedelta(0), lasts=timedelta(hours=1))  # fmt: skip
    file = calendar(visit, before=points, name="Preparation", made_at=at).decode()
    return messages.queue(course.patient, draft, course=course, calendar=file, by=house["front_desk"], at=at)
