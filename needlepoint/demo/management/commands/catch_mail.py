"""`catch_mail`: the demo's own mail server, which keeps what it is given and passes nothing on."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management.base import BaseCommand

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session


class Keeper:
    """Puts each mail into a file of its own, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - named by aiosmtpd
        """Keep one mail."""
        content = envelope.content or b""
        data = content.encode() if isinstance(content, str) else content
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        part = self.folder / f".{name}"
        part.write_bytes(data)
        part.replace(self.folder / f"{name}.eml")
        return "250 kept"


class Command(BaseCommand):
    """Catches mail until it is stopped, or until its parent ends."""

    help = "Catch the demo's mail on this machine; nothing is passed on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--port`."""
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the server."""
        done = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: done.set())
        controller = Controller(Keeper(settings.DEMO_MAIL), hostname="127.0.0.1", port=options["port"])
        controller.start()
        parent = os.getppid()
        while not done.wait(1.0) and os.getppid() == parent:
            pass
        controller.stop()
