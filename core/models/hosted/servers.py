"""Several servers of one model: each request goes to the least busy one, and one that fails is left out for a while."""

from __future__ import annotations

import random
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .. import Completion
from .questions import Question

ATTEMPTS = 3  # servers that one request may fail on: one that ends servers shall not end them all
POLL_SECONDS = 0.2
FIRST_WAIT, LONGEST_WAIT = 1.0, 15.0  # seconds between two looks at a server that failed


@dataclass(eq=False)
class Server:
    """A server.

    Attributes:
        ask: sends a question.
        alive: whether it answers at all.
        busy: questions that wait for its answer.
        left_out: it failed and has not answered since.
    """

    ask: Callable[[Question], Sequence[Completion]]
    alive: Callable[[], bool]
    busy: int = 0
    left_out: bool = False


class Servers:
    """Sends each question to the server with the fewest questions under way.

    Questions about one image go to one server as long as it is not much busier than others, because it has the image in
    its prefix cache. A server that fails gets no questions until it answers again; its question goes to another one. Where no server is
    left, questions wait. May be called from several threads.

    Args:
        failed: whether an exception of `Server.ask` says that the server is at fault, not the question.
        may_send: whether questions may still go out.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        failed: Callable[[Exception], bool],
        may_send: Callable[[], bool],
    ):
        self._servers, self._failed, self._may_send = servers, failed, may_send
        self._change = threading.Condition()
        self._watched = False

    def __call__(self, question: Question) -> Sequence[Completion]:
        for attempt in range(1, ATTEMPTS + 1):
            server = self._take(question)
            try:
                return server.ask(question)
            except Exception as error:
                if not self._failed(error):
                    raise
                self._leave_out(server)
                if attempt == ATTEMPTS:
                    raise
            finally:
                self._give(server)
        raise AssertionError("the last attempt returns or raises")

    def _take(self, question: Question) -> Server:
        with self._change:
            while not (up := [server for server in self._servers if not server.left_out]):
                if not self._may_send():
                    raise RuntimeError("stopped")
                self._change.wait(POLL_SECONDS)
            # Of equally busy ones any, or all processes of a cluster would begin with the first.
            least = min(server.busy for server in up)
            server = random.choice([server for server in up if server.busy == least])
            if question.jpeg:
                usual = up[zlib.crc32(question.jpeg) % len(up)]
                if usual.busy <= least + max(1, least // 4):
                    server = usual
            server.busy += 1
            return server

    def _give(self, server: Server) -> None:
        with self._change:
            server.busy -= 1

    def _leave_out(self, server: Server) -> None:
        with self._change:
            server.left_out = True
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Look at the servers that failed, less and less often, until all answer again."""
        wait = FIRST_WAIT
        while True:
            time.sleep(wait)
            wait = min(1.5 * wait, LONGEST_WAIT)
            back = [server for server in self._servers if server.left_out and server.alive()]
            with self._change:
                for server in back:
                    server.left_out = False
                    wait = FIRST_WAIT
                self._change.notify_all()
                if not any(server.left_out for server in self._servers):
                    self._watched = False
                    return
