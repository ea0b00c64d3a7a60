"""A proxy that harms what passes through it: what a clinic's wireless network does on a bad day, by the hundred."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

FAULTS = (
    "drop before send",  # the request never reaches the server
    "drop after answer",  # the server did it, and nobody hears of it
    "delay",
    "duplicate",  # the network delivers one request twice
    "late duplicate",  # and the second time after newer ones
    "502 before send",
    "502 after answer",
    "cut mid-body",  # half of the answer arrives
)
LONGEST_DELAY_S = 0.25


@dataclass(frozen=True)
class Request:
    """One request as it came, with its address and its bytes."""

    target: str
    raw: bytes


@dataclass
class FaultyProxy:
    """Passes everything on; harms a share of the requests that `harmed` picks, until so many faults were done."""

    upstream: int
    seed: int
    harmed: Callable[[str], bool]
    most: int
    share: float = 0.75
    done: Counter[str] = field(default_factory=Counter)
    port: int = 0
    on: bool = True

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.late: set[asyncio.Task[bytes]] = set()

    @property
    def faults(self) -> int:
        return sum(self.done.values())

    async def serve(self, started: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self.take, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        async with server:
            await stop.wait()
        await asyncio.gather(*self.late, return_exceptions=True)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; every connection carries one, so that nothing is sent again behind the page's back."""
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await read_request(reader)
            answer = await self.harm(request) if self.on and self.picked(request) else await self.ask(request)
            writer.write(answer)
            await writer.drain()
        with suppress(OSError):
            writer.close()
            await writer.wait_closed()

    def picked(self, request: Request) -> bool:
        return self.faults < self.most and self.harmed(request.target) and self.chance.random() < self.share

    async def harm(self, request: Request) -> bytes:
        fault = self.chance.choice(FAULTS)
        self.done[fault] += 1
        match fault:
            case "drop before send":
                return b""
            case "502 before send":
                return BAD_GATEWAY
            case "delay":
                await asyncio.sleep(self.chance.random() * LONGEST_DELAY_S)
            case "duplicate":
                await self.ask(request)
            case "late duplicate":
                self.late.add(asyncio.create_task(self.again(request)))
        return harmed(fault, await self.ask(request))

    async def again(self, request: Request) -> bytes:
        await asyncio.sleep(self.chance.random() * 2)
        return await self.ask(request)

    async def ask(self, request: Request) -> bytes:
        """Give the server's whole answer; nothing while the server is down."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
            writer.write(request.raw)
            await writer.drain()
            answer = await reader.read()
            writer.close()
            return answer
        except OSError:
            return b""


BAD_GATEWAY = (
    b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n"
    b"<h1>Bad</h1>   "
)


def harmed(fault: str, answer: bytes) -> bytes:
    """Give what is left of an answer."""
    match fault:
        case "drop after answer":
            return b""
        case "502 after answer":
            return BAD_GATEWAY
        case "cut mid-body":
            head, _, body = answer.partition(b"\r\n\r\n")
            return head + b"\r\n\r\n" + body[: len(body) // 2]
        case _:
            return answer


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
    body = await reader.readexactly(length)
    kept = [line for line in lines if line and not line.lower().startswith(("connection:", "keep-alive:"))]
    head = "\r\n".join([*kept, "Connection: close", "", ""]).encode("latin-1")
    return Request(target=lines[0].split(" ")[1], raw=head + body)


@contextmanager
def faulty(proxy: FaultyProxy) -> Iterator[FaultyProxy]:
    """Let the proxy run in a thread of its own while the block lasts."""
    loop, started = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(proxy.serve(started, stop)), daemon=True)
    thread.start()
    started.wait(timeout=10)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=20)
        loop.close()
