"""`needlepoint serve`: server and worker together, each started again when it dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

STEADY_S: Final = 10.0  # a process that lived this long is started again at once, a shorter-lived one after a pause
PAUSE_S: Final = 1.0


@dataclass(slots=True)
class Kept:
    """One process that is kept alive."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = field(default=0.0)

    def start(self) -> None:
        """Start it, in a group of its own so that it can be stopped with its children."""
        self.process = subprocess.Popen(self.command, start_new_session=True)
        self.started = time.monotonic()

    def restart_if_dead(self) -> None:
        """Start it again when it has ended."""
        if self.process is None or self.process.poll() is None:
            return
        typer.echo(f"{self.name} ended with {self.process.returncode}; starting it again", err=True)
        if time.monotonic() - self.started < STEADY_S:
            time.sleep(PAUSE_S)
        self.start()

    def stop(self) -> None:
        """End it and its children, politely first."""
        if self.process is None or self.process.poll() is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = int(os.environ.get("PORT", "8000")),
    *,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty database with the synthetic clinic.")] = False,
) -> None:
    """Prepare the database, then run the web server and the worker until interrupted."""
    if _taken(host, port):
        typer.echo(f"needlepoint: --port: {port} is in use; say another one with --port or PORT=", err=True)
        raise typer.Exit(2)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlepoint.config.settings")
    os.environ.setdefault("NEEDLEPOINT_ADDRESS", f"http://{host}:{port}")
    if demo:
        os.environ["NEEDLEPOINT_DEMO"] = "1"
    catching = _catch_mail() if demo and "NEEDLEPOINT_SMTP_HOST" not in os.environ else []
    for words in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], *([["load_demo"]] if demo else [])):
        if subprocess.run(_django(*words), check=False).returncode != 0:
            typer.echo(f"needlepoint: {words[0]} failed, see above; nothing was started", err=True)
            raise typer.Exit(1)
    _keep(
        [
            Kept("server", [sys.executable, "-m", "gunicorn", *_gunicorn(host, port)]),
            Kept("worker", _django("work")),
            *catching,
        ],
        address=f"http://{host}:{port}/",
    )


def _catch_mail() -> list[Kept]:
    """Give the demo its own mail server on a free port, and tell the others of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    os.environ.update(NEEDLEPOINT_SMTP_HOST="127.0.0.1", NEEDLEPOINT_SMTP_PORT=port, NEEDLEPOINT_SMTP_TLS="0")
    return [Kept("mail catcher", _django("catch_mail", "--port", port))]


def _taken(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.connect_ex((host, port)) == 0


def _django(*words: str) -> list[str]:
    return [sys.executable, "-m", "django", *words]


def _gunicorn(host: str, port: int) -> list[str]:
    return [
        "--bind", f"{host}:{port}", "--workers", "2", "--threads", "8", "--worker-class", "gthread",
        "--no-control-socket", "--log-level", "warning", "needlepoint.config.wsgi:application",
    ]  # fmt: skip


def _keep(kept: list[Kept], *, address: str) -> None:
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for one in kept:
        one.start()
    typer.echo(f"\nNeedlepoint is at {address}   (stop with Ctrl-C)")
    signins = Path(os.environ.get("NEEDLEPOINT_DATA", "var")) / "demo-signins.txt"
    if os.environ.get("NEEDLEPOINT_DEMO") == "1" and signins.exists():
        typer.echo(signins.read_text().replace("{address}", address))
    while not stopping:
        time.sleep(0.3)
        for one in kept:
            one.restart_if_dead()
    for one in kept:
        one.stop()
