"""Background work: what is to be measured and compared, picked up by `manage.py work`.

The rows Measurement and Comparison are the truth; a row of the task queue only wakes a worker. A worker that dies
leaves its row running: `sweep` hands such rows out again. `attempts` fences: only the attempt that the row knows as
its latest may write a result, so a result is written once even if a worker thought dead was only slow.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.actions.actor import HOUSE
from needlepoint.records.models import Comparison, JobState, KnowledgeReview, Measurement

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Photograph

    Clock = Callable[[], datetime]
    Work = Callable[["Job", Callable[[float], None]], dict[str, Any]]

Job = Measurement | Comparison | KnowledgeReview

MOST_ATTEMPTS: Final = 3
STALE_AFTER: Final = timedelta(seconds=20)  # the longest step between two beats takes a second or two
OPEN: Final = (JobState.WAITING, JobState.RUNNING)


class GivenUp(Exception):
    """The work cannot be done, however often it is tried; the words say why and what to do."""


@transaction.atomic
def have_measured(photograph: Photograph, *, at: datetime) -> Measurement:
    """Have a photograph measured in the background, once."""
    job, fresh = Measurement.objects.get_or_create(photograph=photograph, defaults={"at": at})
    if fresh:
        measure.enqueue(job.pk)
    return job


@transaction.atomic
def have_compared(before: Photograph, after: Photograph, *, by: Actor, at: datetime) -> Comparison:
    """Have two photographs of one course compared in the background, once."""
    access.require(Act.PHOTOGRAPH, by=by)
    job, fresh = Comparison.objects.get_or_create(before=before, after=after, defaults={"at": at})
    if fresh:
        audit.record("compare_photographs", by=by, at=at, patient=before.course.patient, subject=job)
        compare.enqueue(job.pk)
    return job


@transaction.atomic
def have_reviewed(review: KnowledgeReview) -> None:
    """Have a review of the knowledge done in the background."""
    review_knowledge.enqueue(review.pk)


@transaction.atomic
def try_again(job: Job, *, by: Actor, at: datetime) -> None:
    """Begin anew with work that was given up."""
    access.require(Act.PHOTOGRAPH, by=by)
    rows = type(job).objects.filter(pk=job.pk, state=JobState.FAILED)
    if rows.update(state=JobState.WAITING, attempts=0, progress=0, error="", beat_at=None):
        audit.record("try_again", by=by, at=at, patient=_patient_of(job), subject=job)
        _wake(job)


@task()
def measure(pk: int) -> None:
    """Measure one photograph; what a worker calls."""
    from needlepoint.actions import measuring  # the imaging libraries are loaded only where they are used

    run(Measurement, pk, work=measuring.measure_photograph, clock=timezone.now)


@task()
def compare(pk: int) -> None:
    """Compare two photographs; what a worker calls."""
    from needlepoint.actions import measuring  # as above

    run(Comparison, pk, work=measuring.compare_photographs, clock=timezone.now)


@task()
def review_knowledge(pk: int) -> None:
    """Do one review of the knowledge; what a worker calls."""
    from needlepoint.actions import reviewing  # as above

    run(KnowledgeReview, pk, work=reviewing.review, clock=timezone.now)


def run(kind: type[Job], pk: int, *, work: Work, clock: Clock) -> None:
    """Do one piece of work: take it, do it while beating, write the result once; nothing if it is done already."""
    job = _take(kind, pk, at=clock())
    if job is None:
        return
    try:
        result = work(job, lambda share: _beat(job, share, at=clock()))
    except GivenUp as error:
        _give_up(job, str(error), at=clock())
    except Exception as error:
        _failed(job, error, at=clock())
        raise
    else:
        _finish(job, result, at=clock())


def _take(kind: type[Job], pk: int, *, at: datetime) -> Job | None:
    with transaction.atomic():
        job: Job | None = kind.objects.select_for_update().filter(pk=pk, state__in=OPEN).first()
        if job is None or (job.state == JobState.RUNNING and not _is_stale(job, at=at)):
            return None
        job.state, job.attempts, job.progress, job.beat_at = JobState.RUNNING, job.attempts + 1, 0, at
        job.save(update_fields=["state", "attempts", "progress", "beat_at"])
        return job


def _is_stale(job: Job, *, at: datetime) -> bool:
    return job.beat_at is None or job.beat_at <= at - STALE_AFTER


def _mine(job: Job) -> Any:
    """Give the row, as long as this attempt is still its latest."""
    return type(job).objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def _beat(job: Job, share: float, *, at: datetime) -> None:
    _mine(job).update(progress=round(100 * min(max(share, 0.0), 1.0)), beat_at=at)


@transaction.atomic
def _finish(job: Job, result: dict[str, Any], *, at: datetime) -> None:
    if _mine(job).update(state=JobState.DONE, progress=100, result=result, error="", beat_at=at):
        audit.record(_DONE[type(job)], by=HOUSE, at=at, patient=_patient_of(job), subject=job, attempts=job.attempts)


@transaction.atomic
def _give_up(job: Job, words: str, *, at: datetime) -> None:
    if _mine(job).update(state=JobState.FAILED, error=words, beat_at=at):
        audit.record("give_up_work", by=HOUSE, at=at, patient=_patient_of(job), subject=job, attempts=job.attempts)


def _failed(job: Job, error: Exception, *, at: datetime) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _give_up(job, f"It did not work in {job.attempts} attempts ({type(error).__name__}).", at=at)
    else:
        _mine(job).update(state=JobState.WAITING, beat_at=at)


_DONE: Final[dict[type[Job], str]] = {
    Measurement: "measure_photograph",
    Comparison: "finish_comparison",
    KnowledgeReview: "finish_review",
}


def _patient_of(job: Job) -> Any:
    if isinstance(job, KnowledgeReview):
        return None
    photograph = job.photograph if isinstance(job, Measurement) else job.after
    return photograph.course.patient


@transaction.atomic
def measure_what_was_left() -> int:
    """Hand out anew what was done while nothing was measured here; give how many pieces of work."""
    left: list[Job] = [
        *Measurement.objects.filter(state=JobState.DONE, result__measures=[]),
        *Comparison.objects.filter(state=JobState.DONE, result__changes=[]),
    ]
    for job in left:
        type(job).objects.filter(pk=job.pk).update(state=JobState.WAITING, attempts=0, progress=0, beat_at=None)
        _wake(job)
    return len(left)


def sweep(*, at: datetime, deserted: bool = False) -> int:
    """Hand out again what a dead worker left and what lost its place in the queue; give how many pieces of work.

    `deserted` says that no worker lives besides the caller, so that running work cannot be anybody's: it is then
    taken up at once instead of when its beat has become stale.
    """
    queued = _queued()
    open_jobs = [job for kind in _DONE for job in kind.objects.filter(state__in=OPEN)]
    return sum(_hand_out(job, at=at, deserted=deserted, queued=queued) for job in open_jobs)


@transaction.atomic
def _hand_out(job: Job, *, at: datetime, deserted: bool, queued: set[tuple[str, int]]) -> int:
    job = type(job).objects.select_for_update().get(pk=job.pk)
    if job.state == JobState.RUNNING and (deserted or _is_stale(job, at=at)):
        if job.attempts >= MOST_ATTEMPTS:
            _give_up(job, f"The work stopped in the middle {job.attempts} times.", at=at)
            return 0
        _mine(job).update(state=JobState.WAITING, beat_at=None)
    elif job.state != JobState.WAITING or (_task_of(job).module_path, job.pk) in queued:
        return 0
    _wake(job)
    return 1


def clear_queue(*, at: datetime) -> None:
    """Forget rows of the queue that have woken their worker a day ago; what was done stands in our own rows."""
    old = at - timedelta(days=1)
    DBTaskResult.objects.exclude(status=TaskResultStatus.READY).filter(started_at__lt=old).delete()


def _queued() -> set[tuple[str, int]]:
    waiting = DBTaskResult.objects.ready().values_list("task_path", "args_kwargs")
    return {(path, given["args"][0]) for path, given in waiting if given["args"]}


def _task_of(job: Job) -> Any:
    return {Measurement: measure, Comparison: compare, KnowledgeReview: review_knowledge}[type(job)]


def _wake(job: Job) -> None:
    _task_of(job).enqueue(job.pk)
