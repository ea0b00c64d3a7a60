"""The room of the demo, as Django knows it."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the command that fills an empty database with the synthetic clinic."""

    name = "needlepoint.demo"
    label = "demo"
