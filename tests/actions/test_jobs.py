"""Background work is done once, survives the death of whoever does it, and ends in words when it cannot be done."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django_tasks_db.models import DBTaskResult

from needlepoint.actions import jobs, photographs
from needlepoint.records.models import AuditEvent, Comparison, JobState, Measurement, Photograph
from tests import people, pictures

ROOT = Path(__file__).resolve().parents[2]
RESULT = {"quality": {"usable": True}, "measures": []}


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def make_photograph(*, seed: int = 0, data: bytes | None = None, course: Any = None) -> Photograph:
    if course is None:
        course = people.make_course()
        people.make_consent(course)
    return photographs.add(
        course, data or pictures.file(seed=seed), view="front", taken_on=people.TODAY, by=people.actor(), at=people.NOW
    )


def ticking(start: datetime = people.NOW) -> Callable[[], datetime]:
    """A clock that goes on by a second at every look."""
    seconds = iter(range(10**6))
    return lambda: start + timedelta(seconds=next(seconds))


def run(job: Measurement | Comparison, work: Any, clock: Callable[[], datetime] | None = None) -> None:
    jobs.run(type(job), job.pk, work=work, clock=clock or ticking())
    job.refresh_from_db()


def queued() -> int:
    return DBTaskResult.objects.ready().count()


@pytest.mark.django_db
def test_work_shows_how_far_it_is_and_its_result_is_audited() -> None:
    job, seen = make_photograph().measurement, []

    def work(row: Any, progress: Callable[[float], None]) -> dict[str, Any]:
        for share in (0.0, 0.4, 1.0, 7.0):
            progress(share)
            seen.append(Measurement.objects.values_list("state", "progress").get(pk=row.pk))
        return RESULT

    run(job, work)
    assert seen == [("running", 0), ("running", 40), ("running", 100), ("running", 100)]
    assert (job.state, job.attempts, job.result) == (JobState.DONE, 1, RESULT)
    assert AuditEvent.objects.filter(act="measure_photograph", subject=f"Measurement:{job.pk}").count() == 1


@pytest.mark.django_db
def test_work_that_is_done_or_in_other_hands_is_left_alone() -> None:
    job = make_photograph().measurement

    def work(row: Any, progress: Any) -> dict[str, Any]:
        run(row, lambda *_: pytest.fail("taken twice"))  # a second worker comes while the first is at it
        return RESULT

    run(job, work)
    run(job, lambda *_: pytest.fail("done again"))
    assert job.attempts == 1


@pytest.mark.django_db
def test_a_worker_thought_dead_that_was_only_slow_does_not_write_a_second_result() -> None:
    job, late = make_photograph().measurement, people.NOW + timedelta(hours=1)

    def slow(row: Any, progress: Any) -> dict[str, Any]:
        assert jobs.sweep(at=late) == 1
        jobs.run(Measurement, row.pk, work=lambda *_: RESULT, clock=ticking(late))
        progress(0.5)
        return {"quality": {}, "measures": ["of the slow one"]}

    run(job, slow)
    assert (job.state, job.attempts, job.result, job.progress) == (JobState.DONE, 2, RESULT, 100)
    assert AuditEvent.objects.filter(act="measure_photograph").count() == 1


@pytest.mark.django_db
def test_what_fails_is_tried_three_times_and_then_given_up_in_words() -> None:
    job = make_photograph().measurement

    def work(row: Any, progress: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    for attempt in (1, 2, 3):
        DBTaskResult.objects.all().delete()
        with pytest.raises(ZeroDivisionError):
            run(job, work)
        job.refresh_from_db()
        assert job.attempts == attempt
        assert jobs.sweep(at=people.NOW) == queued() == (1 if attempt < 3 else 0)
    assert job.state == JobState.FAILED
    assert job.error == "It did not work in 3 attempts (ZeroDivisionError)."
    assert AuditEvent.objects.filter(act="give_up_work").count() == 1
    jobs.try_again(job, by=people.actor(), at=people.NOW)
    run(job, lambda *_: RESULT)
    assert (job.state, job.attempts, job.error) == (JobState.DONE, 1, "")


@pytest.mark.django_db
def test_what_kills_its_worker_every_time_is_given_up_too() -> None:
    job = make_photograph().measurement
    Measurement.objects.update(state=JobState.RUNNING, attempts=jobs.MOST_ATTEMPTS, beat_at=people.NOW)
    assert jobs.sweep(at=people.NOW + jobs.STALE_AFTER) == 0
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The work stopped in the middle 3 times.")


@pytest.mark.parametrize(
    ("state", "beat_s_ago", "in_queue", "deserted", "handed_out"),
    [
        ("waiting", None, True, False, 0),
        ("waiting", None, False, False, 1),
        ("running", 1, False, False, 0),
        ("running", 19, False, False, 0),
        ("running", 20, False, False, 1),
        ("running", 1, False, True, 1),
        ("done", 900, False, True, 0),
        ("failed", 900, False, True, 0),
    ],
)
@pytest.mark.django_db
def test_what_was_left_behind_is_handed_out_again(
    state: str, beat_s_ago: int | None, in_queue: bool, deserted: bool, handed_out: int
) -> None:
    make_photograph()
    if not in_queue:
        DBTaskResult.objects.all().delete()
    beat = None if beat_s_ago is None else people.NOW - timedelta(seconds=beat_s_ago)
    Measurement.objects.update(state=state, beat_at=beat, attempts=1 if beat else 0)
    before = queued()
    assert jobs.sweep(at=people.NOW, deserted=deserted) == queued() - before == handed_out
    assert jobs.sweep(at=people.NOW, deserted=False) == 0, "what is in the queue is not put there twice"


@pytest.mark.django_db
def test_two_photographs_are_compared_once() -> None:
    course = make_photograph().course
    before = course.photographs.get()
    after = make_photograph(seed=1, course=course)
    first = jobs.have_compared(before, after, by=people.actor(), at=people.NOW)
    assert jobs.have_compared(before, after, by=people.actor(), at=people.NOW) == first
    run(first, lambda *_: {"changes": []})
    assert first.state == JobState.DONE


@pytest.mark.django_db
def test_old_rows_of_the_queue_are_forgotten_and_fresh_ones_stay() -> None:
    make_photograph()
    made = DBTaskResult.objects.get()
    for status, days in (("SUCCESSFUL", 2), ("RUNNING", 2), ("SUCCESSFUL", 0)):
        made.pk, made.status, made.started_at = None, status, people.NOW - timedelta(days=days)
        made.save(force_insert=True)
    jobs.clear_queue(at=people.NOW)
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "SUCCESSFUL"]


@pytest.mark.django_db
def test_an_original_that_is_lost_or_altered_ends_in_words(settings: Any) -> None:
    from needlepoint.actions import measuring

    lost, altered = make_photograph(seed=1), make_photograph(seed=2)
    places = [settings.VAULT / photo.sha256[:2] / photo.sha256 for photo in (lost, altered)]
    places[0].unlink()
    places[1].write_bytes(b"something else")
    for photo, words in ((lost, "Nothing is kept"), (altered, "was altered")):
        run(photo.measurement, measuring.measure_photograph)
        assert photo.measurement.state == JobState.FAILED
        assert words in photo.measurement.error


@pytest.mark.django_db
def test_a_picture_without_skin_is_answered_and_not_failed() -> None:
    job = make_photograph(data=pictures.file(image=pictures.scene(400, 400))).measurement
    jobs.measure.call(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.result is not None
    assert job.result["quality"]["usable"] is False
    assert job.result["quality"]["reasons"]


# ------------------------------------------------------------------------------------- a real worker, really killed

SEED = """
    import django; django.setup()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    from skimage import data
    from PIL import Image
    from tests import people, pictures
    from needlepoint.actions import photographs
    course = people.make_course(); people.make_consent(course); people.switch_measures_on()
    face = Image.fromarray(data.astronaut()).resize((2048, 2048))
    for seed in range(3):
        shown = face.crop((seed, 0, 2048, 2048))
        photographs.add(course, pictures.file(image=shown), view="front", taken_on=people.TODAY,
                        by=people.actor(), at=people.NOW)
"""
RESULTS = "SELECT result FROM records_measurement"
VERIFY = """
    import django; django.setup()
    from needlepoint.actions.audit_chain import verify
    report = verify()
    assert report.count and not report.breaks, report
"""


class Clinic:
    """A database and data folder of its own with three photographs to be measured, and workers as real processes."""

    def __init__(self, data: Path, *, database: str | None) -> None:
        self.data = data
        self.database = database
        self.environment = {**os.environ, "NEEDLEPOINT_DATA": str(data)}
        self.environment["DJANGO_SETTINGS_MODULE"] = "needlepoint.config.settings"
        self.environment.pop("DATABASE_URL", None)
        if database:
            self.environment["DATABASE_URL"] = database
        self.started: list[subprocess.Popen[bytes]] = []

    def python(self, code: str) -> None:
        words = [sys.executable, "-c", textwrap.dedent(code)]
        subprocess.run(words, cwd=ROOT, env=self.environment, check=True, timeout=120)

    def start_worker(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "work", *words]
        worker = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        self.started.append(worker)
        return worker

    def rows(self, query: str = "SELECT state, attempts FROM records_measurement ORDER BY id") -> list[tuple[Any, ...]]:
        if self.database:
            with psycopg.connect(self.database) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(self.data / "needlepoint.sqlite3", timeout=20)) as database:
            return database.execute(query).fetchall()

    def wait_until(self, ready: Callable[[list[tuple[Any, ...]]], bool], *, patience_s: float = 60) -> None:
        end = time.monotonic() + patience_s
        while not ready(self.rows()):
            assert time.monotonic() < end, self.rows()
            time.sleep(0.005)


@contextmanager
def own_database() -> Iterator[str | None]:
    """A database beside that of the tests where these run on PostgreSQL; a file in the data folder needs none."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield None
        return
    name = f"worker_{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield f"{address.rpartition('/')[0]}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with own_database() as database:
        clinic = Clinic(tmp_path, database=database)
        clinic.python(SEED)
        yield clinic
        for worker in clinic.started:
            if worker.poll() is None:
                worker.kill()
                worker.wait()


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_measuring_loses_nothing_and_the_next_one_ends_the_work(
    clinic: Clinic,
) -> None:
    worker = clinic.start_worker()
    clinic.wait_until(lambda rows: any(state == "running" for state, _ in rows))
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    left = clinic.rows()
    assert [state for state, _ in left].count("running") == 1, left
    assert clinic.start_worker("--batch").wait(timeout=120) == 0  # which ends when it finds nothing more to take up
    assert clinic.rows() == [("done", 2 if state == "running" else 1) for state, _ in left]
    events = clinic.rows("SELECT subject FROM records_auditevent WHERE act = 'measure_photograph'")
    assert len(events) == len(set(events)) == 3
    results = [json.loads(found) if isinstance(found, str) else found for (found,) in clinic.rows(RESULTS)]
    assert [found["measures"][0]["id"] for found in results] == ["erythema_index"] * 3
    clinic.python(VERIFY)


@pytest.mark.slow
def test_a_second_worker_does_not_take_the_work_of_one_that_lives(clinic: Clinic) -> None:
    workers = [clinic.start_worker(), clinic.start_worker()]
    clinic.wait_until(lambda rows: all(state == "done" for state, _ in rows), patience_s=120)
    assert clinic.rows() == [("done", 1)] * 3
    for worker in workers:
        worker.terminate()
        worker.wait(timeout=10)
