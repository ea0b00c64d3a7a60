"""Many hands at the same time, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Let many do the same at once; give what each of them came back with, an error or not."""
    ready, found = threading.Barrier(count), []

    def hand(place: int) -> None:
        ready.wait(timeout=20)
        try:
            found.append(act(place))
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
