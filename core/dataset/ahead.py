"""Planning and decoding beside the models: a thread that works ahead, within bounds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from .listing import Found
from .planning import RESUMES, Plan

PIXELS = 64_000_000  # decoded and waiting, or in one batch; 192 MB as RGB
WAITING = 64  # plans that wait


class Ahead:
    """Plans images in a thread of its own; iterating gives the plans in order.

    No more than `WAITING` plans and `PIXELS` pixels wait (one image may be larger). `stop` ends it.
    """

    def __init__(self, found: Iterable[Found], plan: Callable[[Found], Plan]):
        self._plans: deque[Plan] = deque()
        self._pixels, self._ended, self._stopped = 0, False, False
        self._error: BaseException | None = None
        self._change = threading.Condition()
        thread = threading.Thread(target=self._work, args=(found, plan), daemon=True)
        thread.start()

    def take(self, seconds: float) -> Plan | None:
        """Return the next plan; None after so many seconds without one.

        Raises:
            StopIteration: there are no more.
        """
        with self._change:
            self._change.wait_for(lambda: self._plans or self._ended, seconds)
            if self._plans:
                plan = self._plans.popleft()
                self._pixels -= pixels(plan)
                self._change.notify_all()
                return plan
            if self._ended:
                if self._error:
                    raise self._error
                raise StopIteration
            return None

    def stop(self) -> None:
        """Plan no more."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def _work(self, found: Iterable[Found], plan: Callable[[Found], Plan]) -> None:
        try:
            for item in found:
                self._put(plan(item))
                if self._stopped:
                    return
        except BaseException as error:  # handed to whoever takes the plans
            self._error = error
        finally:
            with self._change:
                self._ended = True
                self._change.notify_all()

    def _put(self, plan: Plan) -> None:
        with self._change:
            last = self._plans[-1] if self._plans else None
            if last and last.todo == plan.todo == RESUMES:
                # Of a hundred thousand images that were done before, not each is worth a change of threads.
                self._plans[-1] = replace(last, count=last.count + 1)
                return
            self._change.wait_for(lambda: self._stopped or self._room(plan))
            self._plans.append(plan)
            self._pixels += pixels(plan)
            self._change.notify_all()

    def _room(self, plan: Plan) -> bool:
        if not self._plans:
            return True
        return len(self._plans) < WAITING and self._pixels + pixels(plan) <= PIXELS


def pixels(plan: Plan) -> int:
    """Return the pixels of a plan's image; 0 where it has none."""
    return plan.image.width * plan.image.height if plan.image is not None else 0
