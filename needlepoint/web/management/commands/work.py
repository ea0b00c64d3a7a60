"""`manage.py work`: does the background work, and takes up what a worker that died has left."""

from __future__ import annotations

import fcntl
import os
import time
from typing import IO, TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from needlepoint.actions import delivery, jobs, messages

if TYPE_CHECKING:
    from argparse import ArgumentParser

INTERVAL_S: Final = 0.5  # between two looks at the queue
SWEEP_S: Final = 5.0  # between two looks for work left behind
AT_A_TIME: Final = 20  # tasks before the next look for work left behind


class SweepingWorker(Worker):
    """The worker of django-tasks, which leaves a killed worker's row running for ever, with what brings it back."""

    def __init__(self, *, batch: bool, stay: bool) -> None:
        super().__init__(
            queue_names=["*"], interval=INTERVAL_S, batch=True, backend_name="default", startup_delay=False,
            max_tasks=AT_A_TIME, worker_id=get_random_string(32), excluded_queue_names=[],
        )  # fmt: skip
        self._once = batch
        self._parent = None if stay else os.getppid()
        self._lock: IO[str] | None = None
        self._swept = float("-inf")

    def run(self) -> None:
        """Work until told to stop, or until nothing is left when asked to."""
        while self.running and not self._is_orphan():
            self._sweep_if_due()
            self._run_tasks = 0
            super().run()
            if self._run_tasks:
                continue
            if self._once and not self._sweep():
                return
            if self.running:
                time.sleep(INTERVAL_S)

    def _is_orphan(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent

    def _sweep_if_due(self) -> None:
        if time.monotonic() - self._swept >= SWEEP_S:
            self._sweep()

    def _sweep(self) -> int:
        self._swept = time.monotonic()
        close_old_connections()
        try:
            jobs.clear_queue(at=timezone.now())
            left = jobs.sweep(at=timezone.now(), deserted=self._is_only_worker())
            messages.queue_check_ins(at=timezone.now())
            return left + delivery.deliver_due(clock=timezone.now)
        except OperationalError:
            return 0  # somebody else holds the database for long; the next sweep comes soon

    def _is_only_worker(self) -> bool:
        """Say whether no other worker of this data folder lives; the lock goes with the process that holds it."""
        if self._lock is not None:
            return True
        settings.DATA.mkdir(parents=True, exist_ok=True)
        lock = (settings.DATA / "worker.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True


class Command(BaseCommand):
    """Does the background work until it is stopped, or until its parent ends."""

    help = "Measure photographs and send messages in the background; take up what a worker that died has left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--batch` and `--stay`."""
        parser.add_argument("--batch", action="store_true", help="End when nothing is left to do.")
        parser.add_argument("--stay", action="store_true", help="Go on working when the process that started it ends.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the worker."""
        worker = SweepingWorker(batch=options["batch"], stay=options["stay"])
        worker.configure_signals()
        worker.run()
