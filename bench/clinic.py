"""What pages cost in a full clinic, and how much more than in a small one: prints milliseconds and their growth.

Fills a demo clinic with a crowd, twice (SQLite, and PostgreSQL where it is installed), and asks the real server over
loopback. `python bench/clinic.py 20000` takes another number of patients than a hundred thousand.
"""

import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
SMALL, FULL = 1_000, 100_000
ROUNDS, CLIENTS, REQUESTS = 100, 32, 800


def main() -> None:
    full = int(sys.argv[1]) if len(sys.argv) > 1 else FULL
    here = [sys.executable, __file__, str(full), "--measure"]
    for name, command in (("SQLite", here), ("PostgreSQL", [sys.executable, "tools/with_postgresql.py", *here])):
        print(f"\n{name}", flush=True)
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        with tempfile.TemporaryDirectory() as data:
            environment |= {"NEEDLEPOINT_DATA": data, "NEEDLEPOINT_DEMO": "1",
                            "DJANGO_SETTINGS_MODULE": "needlepoint.config.settings"}  # fmt: skip
            subprocess.run(command, cwd=ROOT, env=environment, check=False)


def measure(full: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_demo", stdout=nowhere)
    client = Clinic()
    found: dict[int, dict[str, float]] = {}
    for size in (SMALL, full):
        start = time.perf_counter()
        subprocess.run(
            [str(Path(sys.executable).with_name("needlepoint")), "crowd", "--patients", str(size)], cwd=ROOT, check=True
        )
        print(f"  {size:>9,} patients after {time.perf_counter() - start:.0f} s: {client.counted()}", flush=True)
        with server() as port:
            found[size] = client.asked(port)
    for what, small in found[SMALL].items():
        large = found[full][what]
        print(f"  {what:<42} {small:9.1f}  -> {large:9.1f}   x {large / small:.2f}")


@contextmanager
def server() -> Iterator[int]:
    """Run the web server as `needlepoint serve` does, on a free port below the ephemeral ones."""
    port = next(port for port in range(18_200, 18_300) if socket.socket().connect_ex(("127.0.0.1", port)) != 0)
    words = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8", "--worker-class", "gthread"]
    command = [sys.executable, "-m", "gunicorn", *words, "--log-level", "error", "needlepoint.config.wsgi:application"]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


class Clinic:
    """A physician at the browser, and the addresses the bench asks for."""

    def __init__(self) -> None:
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore
        from django.utils import timezone

        from needlepoint.actions import session as sessions
        from needlepoint.actions.actor import Actor
        from needlepoint.records.models import Course, User

        user = User.objects.get(role="physician")
        kept = SessionStore()
        kept[SESSION_KEY], kept[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        kept[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        kept.create()
        self._cookie = f"sessionid={kept.session_key}; csrftoken={'a' * 32}"
        ready = Course.objects.get(patient__given_name="Emil")
        self._open = sessions.open_session(ready, on=timezone.localdate(), by=Actor(user=user), at=timezone.now())

    def counted(self) -> str:
        """Give how much the clinic holds."""
        from needlepoint.records.models import AuditEvent, Cartridge, SessionChange, TreatmentSession

        used = Cartridge.objects.filter(session__isnull=False).count()
        rows = {"sessions": TreatmentSession.objects.count(), "cartridges used": used,
                "changes": SessionChange.objects.count(), "audit events": AuditEvent.objects.count()}  # fmt: skip
        return ", ".join(f"{number:,} {name}" for name, number in rows.items())

    def asked(self, port: int) -> dict[str, float]:
        """Ask for every kind of page; give milliseconds of the 95th percentile, and requests a second."""
        from django.urls import reverse

        from needlepoint.records.models import Course, Lot, TreatmentSession

        rng = random.Random(5)
        crowd = list(Course.objects.filter(patient__given_name__startswith="Crowd").values_list("pk", flat=True))
        courses = [Course.objects.select_related("patient").get(pk=pk) for pk in rng.sample(crowd, 50)]
        lots = rng.sample(list(Lot.objects.filter(number__startswith="CROWD").values_list("pk", flat=True)[:200]), 5)
        signed = [TreatmentSession.objects.filter(course=course).latest("on") for course in courses]
        pages = {
            "patient page, p95 ms": [reverse("clinic:patient", args=[course.patient.ref]) for course in courses],
            "chart page, p95 ms": [reverse("clinic:course", args=[course.ref]) for course in courses],
            "session page being charted, p95 ms": [reverse("clinic:session", args=[self._open.ref])],
            "session page signed, p95 ms": [reverse("clinic:session", args=[one.ref]) for one in signed],
            "lot to patients, p95 ms": [reverse("clinic:lot", args=[pk]) for pk in lots],
            "search by name, p95 ms": [reverse("clinic:patients") + "?q=Crowd77"],
        }
        line = Line(port, self._cookie)
        found = {what: line.p95([("GET", page, {}) for page in addresses]) for what, addresses in pages.items()}
        found["autosave of a field, p95 ms"] = self._autosave(line)
        found[f"chart pages a second, {CLIENTS} clients"] = self._together(port, pages["chart page, p95 ms"])
        return found

    def _autosave(self, line: "Line") -> float:
        from django.urls import reverse

        address = reverse("clinic:session_save", args=[self._open.ref])
        return line.p95([
            ("POST", address, {"field": "note", "text": f"as usual {n}", "key": uuid.uuid4().hex, "age_ms": "0"})
            for n in range(ROUNDS)
        ])  # fmt: skip

    def _together(self, port: int, addresses: list[str]) -> float:
        def some(place: int) -> None:
            line = Line(port, self._cookie)
            for number in range(REQUESTS // CLIENTS):
                line.ask("GET", addresses[(place + number) % len(addresses)], {})

        start = time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(some, range(CLIENTS)))
        return REQUESTS // CLIENTS * CLIENTS / (time.perf_counter() - start)


class Line:
    """One connection that stays open, as a browser's does."""

    def __init__(self, port: int, cookie: str) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Cookie": cookie, "X-CSRFToken": "a" * 32, "Host": f"127.0.0.1:{port}",
                         "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip

    def ask(self, method: str, address: str, form: dict[str, Any]) -> float:
        """Ask once; give the milliseconds until the whole answer is there."""
        start = time.perf_counter()
        self._line.request(method, address, body=urlencode(form) if form else None, headers=self._headers)
        answer = self._line.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{method} {address} answered {answer.status}")
        return (time.perf_counter() - start) * 1000

    def p95(self, asked: list[tuple[str, str, dict[str, Any]]]) -> float:
        """Ask each in turn until the rounds are full; give the 95th percentile in milliseconds."""
        for one in asked[:10]:
            self.ask(*one)
        taken = sorted(self.ask(*asked[number % len(asked)]) for number in range(ROUNDS))
        return taken[int(0.95 * ROUNDS)]


if __name__ == "__main__":
    measure(int(sys.argv[1])) if "--measure" in sys.argv else main()
