"""What all tests share: the cast, and a database whose guards stand in every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from needlepoint.records import guards


@pytest.fixture(autouse=True, scope="session")
def flush_past_the_guards() -> Iterator[None]:
    """Lift the append-only guards while a test's rows are thrown away, since SQLite empties tables row by row."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # private to Django's own tests

    def lifted(self: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            guards.remove(editor)
        flush(self)
        with connection.schema_editor() as editor:
            guards.add(editor)

    TransactionTestCase._fixture_teardown = lifted  # type: ignore[attr-defined]  # as above
    yield
    TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]  # as above
