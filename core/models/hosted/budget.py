"""Limits the requests of a run over all stages and models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What a whole run is expected to send, made before its first request.

    Attributes:
        few: requests of all stages and models, if nothing has to be asked again.
        most: the same, if everything that can be asked again is.
        least: requests that it needs in any case, if no answer is cached.
        ceiling: the most that may be sent; None leaves it to each model's own limit.
        where: what sets the ceiling, for a person: "Hosted Model (node 12)".
        seconds: that it takes at most; None if that is not known.
        text: the estimate for a person.
    """

    few: int = 0
    most: int = 0
    least: int = 0
    ceiling: int | None = None
    where: str = ""
    seconds: float | None = None
    text: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why no request was reserved: `wanted` on top of `used` would be more than `permitted`.

    `before_first`: the run as a whole needs more, of which nothing was sent.
    """

    wanted: int
    used: int
    permitted: int
    where: str
    before_first: bool = False


class Budget:
    """Counts the requests of one run: one queued prompt, or one command.

    Args:
        run: names the run that is going on; what was counted in another one is forgotten.
        plan: makes the plan of a run, called before its first request.
    """

    def __init__(
        self,
        run: Callable[[], Hashable] = lambda: None,
        plan: Callable[[], Plan] = Plan,
    ):
        self._run, self._make_plan = run, plan
        self._current, self._used = run(), 0
        self._plan: Plan | None = None
        self._lock = threading.Lock()

    def take(self, wanted: int, permitted: int, *, fresh: bool = False) -> Refusal | None:
        """Reserve `wanted` requests, if the total then does not exceed `permitted` and the run's ceiling.

        Args:
            fresh: none of the answers is cached, so a run that needs more than it may send is refused at its first
                request.

        Returns:
            None where they were reserved.
        """
        with self._lock:
            if (run := self._run()) != self._current:
                self._current, self._used, self._plan = run, 0, None
            if self._plan is None and wanted:
                self._plan = self._make_plan()
            plan = self._plan or Plan()
            limit = permitted if plan.ceiling is None else min(permitted, plan.ceiling)
            where = plan.where if limit == plan.ceiling else ""
            if fresh and not self._used and plan.least > limit:
                return Refusal(plan.least, 0, limit, where, before_first=True)
            if self._used + wanted > limit:
                return Refusal(wanted, self._used, limit, where)
            self._used += wanted
            return None

    @property
    def plan(self) -> Plan | None:
        """Return the plan of the run that is going on; None before its first request."""
        return self._plan if self._run() == self._current else None

    @property
    def used(self) -> int:
        """Return how many requests were reserved in the run that is going on."""
        return self._used if self._run() == self._current else 0
