"""A real Needlepoint, started as a newcomer starts it, on a data folder of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "import sys; from needlepoint.cli.main import run; sys.exit(run())")


def free_port() -> int:
    """Give a free port below the ephemeral ones; other runs, whose houses are not open yet, begin elsewhere."""
    for place in range(100):
        port = 18100 + (os.getpid() + place) % 100
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port between 18100 and 18200")


def children(pid: int) -> list[int]:
    """Give the processes that a process has started, as the kernel lists them."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in listed.split()]


@dataclass
class House:
    """Server and worker under `needlepoint serve`."""

    data: Path
    database: str | None
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        environment = {**os.environ, "NEEDLEPOINT_DATA": str(self.data), "NEEDLEPOINT_DEMO": "1"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        if self.database:
            environment["DATABASE_URL"] = self.database
        return environment

    def start(self, *, patience_s: float = 240) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--demo", "--port", str(self.port)], cwd=ROOT, env=self.environment
        )
        self.wait(patience_s=patience_s)

    def wait(self, *, patience_s: float = 60) -> None:
        """Wait until the first page answers."""
        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            if self.process is not None and self.process.poll() is not None:
                raise RuntimeError(f"the house ended with {self.process.returncode}")
            with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(self.address, timeout=5) as answer:
                if answer.status == 200:
                    return
            time.sleep(0.2)
        raise RuntimeError("the house did not open")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)

    def kill(self, what: str) -> None:
        """Kill the server or the worker, with all its processes, without notice."""
        assert self.process is not None
        for pid in children(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            if (b"gunicorn" in words) == (what == "server"):
                os.killpg(pid, signal.SIGKILL)

    @contextmanager
    def away(self, what: str) -> Iterator[None]:
        """Kill the server or the worker and keep it away while the block lasts; then it comes back by itself."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)  # whoever keeps them alive looks away meanwhile
        try:
            self.kill(what)
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the needlepoint command on this house's data."""
        return subprocess.run(
            [*COMMAND, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def sign_ins(self) -> dict[str, tuple[str, str]]:
        """Give username and password of each role, as printed at the start."""
        text = (self.data / "demo-signins.txt").read_text()
        rows = re.findall(r"^\s*(\w+)\s{2,}(\S+)\s+(\S+)$", text, re.M)
        return {role: (username, password) for role, username, password in rows}

    def private_link(self) -> str:
        """Give the path of the private link of the demo's patient, as printed at the start."""
        found = re.search(r"\{address\}(p/\S+)", (self.data / "demo-signins.txt").read_text())
        assert found
        return f"/{found[1]}"
