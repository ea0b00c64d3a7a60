"""What every table must be like."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from needlepoint.records import guards
from needlepoint.records.classes import Classes

TABLES = list(apps.get_app_config("records").get_models())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_field_is_classified_once(table: type[models.Model]) -> None:
    classified: Classes = table.classified  # type: ignore[attr-defined]  # a Django model of ours carries it
    names = {field.name for field in table._meta.fields + table._meta.many_to_many}
    listed = f"{classified.identifying} {classified.clinical} {classified.operational}".split()
    assert {name for name in names if classified.of(name) is None} == set()
    assert set(listed) - names == set()
    assert len(listed) == len(set(listed))


@pytest.mark.django_db
def test_every_guard_is_in_place_after_all_migrations() -> None:
    expected = sorted((name, table) for name, table, *_ in guards.named())
    assert sorted(guards.in_place(connection)) == expected


@pytest.mark.django_db
def test_the_database_itself_refuses_to_change_an_audit_event() -> None:
    from django.utils import timezone

    from needlepoint.records.models import AuditEvent

    event = AuditEvent.objects.create(
        number=1, at=timezone.now(), actor="somebody", act="something", previous="0" * 64, seal="1" * 64
    )
    event.act = "something else"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
