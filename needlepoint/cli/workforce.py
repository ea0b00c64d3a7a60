"""Who measures: this process, several processes, or the workers of a Dask cluster. What they answer is the same."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from typing import Any, Final, Protocol

from needlepoint.cli.photo_rows import LOST, failed, measured
from needlepoint.knowledge.answers import AnswerError

_WAITING: Final = 2  # photographs read ahead for each worker: enough to keep it busy, and memory bounded
_TRIES: Final = 3
_ANSWERS_WITHIN_S: Final = 10

Row = dict[str, Any]
Read = Callable[[], bytes]  # one photograph's content, read only when its turn has come


class Workforce(Protocol):
    """Measures photographs, and answers in their order."""

    def rows(self, photos: list[Read]) -> Iterator[tuple[int, Row]]:
        """Give place and row of each photograph as it is done."""


class Alone:
    """The process itself, one photograph after another."""

    def rows(self, photos: list[Read]) -> Iterator[tuple[int, Row]]:
        """Give place and row of each photograph as it is done."""
        for place, read in enumerate(photos):
            yield place, measured(read())


class Processes:
    """Several processes of one machine; one that dies is replaced, and what it had is done again."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = self._started()

    def rows(self, photos: list[Read]) -> Iterator[tuple[int, Row]]:
        """Give place and row of each photograph as it is done."""
        tries = dict.fromkeys(range(len(photos)), 0)
        running: dict[Future[Row], int] = {}
        while tries:
            whole = self._sent(photos, tries, running)
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                place = running.pop(future)
                row = self._row(future)
                if row is None:
                    whole = False
                    tries[place] += 1
                    row = failed(*LOST) if tries[place] >= _TRIES else None
                if row is not None:
                    del tries[place]
                    yield place, row
            if not whole:
                self._pool.shutdown(wait=False, cancel_futures=True)
                running.clear()
                self._pool = self._started()

    def _sent(self, photos: list[Read], tries: dict[int, int], running: dict[Future[Row], int]) -> bool:
        """Keep every process busy; after a death nobody knows whose it was, so one at a time until it shows."""
        most = 1 if any(tries.values()) else self._count * _WAITING
        waiting = sorted(set(tries) - set(running.values()), key=lambda place: (-tries[place], place))
        try:
            for place in waiting[: max(0, most - len(running))]:
                running[self._pool.submit(measured, photos[place]())] = place
        except BrokenExecutor:
            return False
        return True

    def _row(self, future: Future[Row]) -> Row | None:
        try:
            return future.result()
        except (BrokenExecutor, CancelledError):
            return None

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._count, mp_context=get_context("spawn"))

    def close(self) -> None:
        """Let the processes end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Cluster:
    """The workers of a Dask cluster; the scheduler gives to others what a lost worker had."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def rows(self, photos: list[Read]) -> Iterator[tuple[int, Row]]:
        """Give place and row of each photograph as it is done."""
        waiting = list(enumerate(photos))[::-1]
        places: dict[Any, int] = {}
        done = _distributed().as_completed([], loop=self._client.loop, raise_errors=False)
        while waiting or places:
            most = max(1, sum(self._client.nthreads().values())) * _WAITING
            while waiting and len(places) < most:
                place, read = waiting.pop()
                future = self._client.submit(measured, read(), pure=False, retries=_TRIES)
                places[future.key] = place
                done.add(future)
            future = next(done)
            yield places.pop(future.key), self._row(future)

    def _row(self, future: Any) -> Row:
        fault = future.exception()
        if fault is None:
            row: Row = future.result()
            return row
        if isinstance(fault, _distributed().KilledWorker):
            return failed(*LOST)
        raise AnswerError("bad_usage", "--cluster", f"went away or failed ({type(fault).__name__})") from fault


def _distributed() -> Any:
    return importlib.import_module("distributed")  # only where a cluster is asked for: it takes a second to load


def workforce(workers: int, cluster: str | None) -> AbstractContextManager[Workforce]:
    """Give who measures.

    Raises
    ------
    AnswerError
        Of class bad_usage, when no scheduler answers at the address.

    """
    if cluster is not None:
        return _cluster(cluster)
    return _alone() if workers == 1 else _processes(workers)


@contextmanager
def _alone() -> Iterator[Workforce]:
    yield Alone()


@contextmanager
def _processes(count: int) -> Iterator[Workforce]:
    processes = Processes(count)
    try:
        yield processes
    finally:
        processes.close()


@contextmanager
def _cluster(address: str) -> Iterator[Workforce]:
    warnings.filterwarnings("ignore", message="Sending large graph", category=UserWarning)  # photographs are large
    try:
        client = _distributed().Client(address, timeout=_ANSWERS_WITHIN_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as fault:
        raise AnswerError("bad_usage", "--cluster", "no Dask scheduler answers at this address") from fault
    try:
        yield Cluster(client)
    finally:
        client.close()
