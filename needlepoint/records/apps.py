"""The room of the tables, as Django knows it."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Registers the tables under the short label `records`."""

    name = "needlepoint.records"
    label = "records"
