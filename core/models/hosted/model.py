"""A hosted model: sends requests concurrently, returns answers in order, and pays for each once."""

from __future__ import annotations

import contextvars
import io
import logging
import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from PIL import Image

from ...errors import PatchMattersError, UnusableModel, in_short
from .. import ERROR, Completion, ModelProgress
from ..chat import ChatRequest
from ..completion_cache import CompletionCache, SplitCache
from .budget import Budget, Refusal
from .clients import Send, connect
from .endpoints import Endpoint, Limits
from .questions import Question
from .wire import Refused

POLL_SECONDS = 0.2
RENEW_SECONDS = 2  # between two renewals of what is claimed in the cache of answers
STOPPED = Completion("", ERROR, "stopped")
_log = logging.getLogger("patch_matters")


class HostedModel:
    """A model of an endpoint.

    However many threads ask, no more than `limits.concurrency` requests are under way.

    Args:
        announce: called before the first request, with a text that says how many will be sent.
        budget: of the run, shared with the other models in it.
        failed: called if an answer is missing that another run may bring.
    """

    remote = True  # several threads may call it at once, because the work is done elsewhere

    def __init__(
        self,
        endpoint: Endpoint,
        model: str,
        *,
        answers: CompletionCache | SplitCache | None = None,
        limits: Limits = Limits(),
        announce: Callable[[str], None] = lambda text: None,
        budget: Budget | None = None,
        failed: Callable[[], None] = lambda: None,
    ):
        self.name = f"{endpoint.name}:{model}"
        self._endpoint, self._model = endpoint, model
        self._answers, self._limits, self._announce = answers, limits, announce
        self._budget, self._failed = budget or Budget(), failed
        self._slots = threading.BoundedSemaphore(limits.concurrency)
        self._connected: Send | None = None
        self._connecting, self._asking = threading.Lock(), threading.local()
        self._clock = _Clock()

    def ask(
        self, chat_requests: Sequence[ChatRequest], on_progress: ModelProgress
    ) -> list[list[Completion]]:
        """Send the requests and return their answers (see `ChatBackend.ask`).

        Interrupted (`on_progress` raises), no more requests go out; those under way are answered in the
        background and are kept, because they are paid for.

        Raises:
            UnusableModel: nothing can be answered: a wrong key, no such model, or more requests than permitted.
            PatchMattersError: nothing was answered, but other requests may be.
        """
        jobs = self._jobs(chat_requests)
        # What comes from the cache was counted when it was paid for.
        known = {
            job: [replace(c, tokens=0, requests=0) for c in found]
            for job, key in jobs.items()
            if (found := self._kept(key))
        }
        missing = [job for job in jobs if job not in known]
        self._check(len(missing), len(known))
        if missing:
            try:
                known |= self._send(missing, jobs, chat_requests, on_progress)
            except PatchMattersError:
                self._failed()
                raise
            if any(c.finish == ERROR for job in missing for c in known[job]):
                self._failed()
        answers: list[list[Completion]] = [[] for _ in chat_requests]
        for job in jobs:  # in the order of the questions
            answers[job[0]] += known[job]
        return answers

    def _jobs(self, chat_requests: Sequence[ChatRequest]) -> dict[tuple[int, Question], str]:
        """Return each request that answers an ask, and the key of its answer."""
        images: dict[int, bytes] = {}
        jobs, rule = {}, self._endpoint.rule(self._model)
        for index, ask in enumerate(chat_requests):
            if ask.image is not None and id(ask.image) not in images:
                images[id(ask.image)] = encoded(
                    ask.image, self._endpoint.image_side, self._endpoint.image_bytes
                )
            jpeg = images.get(id(ask.image))
            numbers = (ask.n, ask.temperature, ask.max_tokens, ask.seed)
            whole = Question(ask.text, jpeg, *numbers, ask.schema)
            each = [whole]
            if ask.n > 1 and not self._endpoint.n:
                each = [replace(whole, n=1, seed=ask.seed + 7919 * c) for c in range(ask.n)]
            for q in each:
                # The server, too: a name may mean another model there.
                place = (self._endpoint.place, self._model)
                sent = rule.parameters(q.temperature, q.max_tokens), dict(rule.send), q.schema
                numbers = (q.n, q.temperature, q.max_tokens, q.seed)
                jobs[index, q] = CompletionCache.key(*place, *sent, q.text, *numbers, q.jpeg or b"")
        return jobs

    def _kept(self, key: str) -> list[Completion] | None:
        return self._answers.get(key) if self._answers else None

    def _check(self, new: int, known: int) -> None:
        refusal = self._budget.take(new, self._limits.max_requests, fresh=not known)
        if refusal is not None:
            error = self._refused(refusal)
            self._announce(error)
            raise UnusableModel(error)
        text = f"{self.name}: {new} requests" + (f", {known} answered before" if known else "")
        _log.info(text)
        plan = self._budget.plan
        first = plan is not None and new and self._budget.used == new
        self._announce(f"{plan.text}\n{text}" if first and plan.text else text)

    def _refused(self, refusal: Refusal) -> str:
        """Return why the ceiling of the run stopped it, what is kept, and what to do."""
        setting = f"max_requests of {refusal.where}" if refusal.where else "max_requests"
        text = (
            f"model: {self.name}: {'at least ' * refusal.before_first}{refusal.wanted} requests are needed and "
            f"{refusal.permitted} allowed"
        )
        if refusal.used:
            text += f", {refusal.used} were already sent in this run"
        if refusal.used and self._answers:
            text += ". Their answers are kept, so you can run it again to continue: each run counts from zero"
        text += "" if refusal.used else ", so nothing was sent"
        return (
            f"{text}. To allow more, raise {setting} (and the limit in config.json, if that is lower), or caption "
            "fewer images, patches or candidates."
        )

    def _send(self, missing, jobs, chat_requests, on_progress: ModelProgress) -> dict:
        run = _Run(missing)
        send = self._sender(run)

        def work() -> None:
            while (job := run.next()) is not None:
                found: Sequence[Completion] | Refused
                try:
                    found = self._answer(job[1], jobs[job], send, run)
                except Refused as error:
                    found = error
                except Exception as error:  # one bad answer costs that answer
                    found = [Completion("", ERROR, in_short(error))]
                run.answered(job, found)

        self._clock.start()
        for _ in range(min(self._limits.concurrency, len(missing))):
            # Daemons: what is under way when the program ends does not hold it up.
            # In a copy of this context, by which the budget knows the run.
            context = contextvars.copy_context()
            threading.Thread(target=context.run, args=(work,), daemon=True).start()
        try:
            found = self._collect(missing, chat_requests, run, on_progress)
        finally:
            run.stop()
            seconds = self._clock.stop()
        answered = sum(1 for job in missing if all(c.finish != ERROR for c in found[job]))
        if (
            isinstance(self._answers, CompletionCache) and answered
        ):  # a run on Ray tells its own rate
            self._answers.add_rate(self.name, answered, seconds)
        return found

    def _sender(self, run: _Run) -> Send:
        """Return what asks for a run. All runs share one client: to make one takes longer than most
        questions.
        """
        with self._connecting:
            if self._connected is None:
                may_send = lambda: not self._asking.run.stopped  # noqa: E731
                may_repeat = lambda: self._budget.take(1, self._limits.max_requests) is None  # noqa: E731
                self._connected = connect(self._endpoint, self._model, may_send, may_repeat)
        connected = self._connected

        def send(question: Question) -> Sequence[Completion]:
            with self._slots:
                self._asking.run = run
                return [STOPPED] if run.stopped else connected(question)

        return send

    def _answer(self, question: Question, key: str, send: Send, run: _Run) -> Sequence[Completion]:
        """Send a request and cache its answer, or wait if another process is sending the same request."""
        if not self._answers:
            return send(question)
        while not self._answers.claim(key, run.owner):
            time.sleep(POLL_SECONDS)
            if run.stopped:
                return [STOPPED]
            if found := self._kept(key):
                return [replace(c, tokens=0, requests=0) for c in found]
        try:
            answer = send(question)
            if all(c.finish != ERROR for c in answer):
                self._answers.put(key, answer)
            return answer
        finally:
            self._answers.release(run.owner, key)

    def _collect(self, missing, chat_requests, run: _Run, on_progress: ModelProgress) -> dict:
        renewed = time.monotonic()
        last = (
            time.monotonic()
        )  # when something was answered: a server at home answers one after the other
        left = {i: 0 for i in range(len(chat_requests))}
        for index, _ in missing:
            left[index] += 1
        for index, count in left.items():
            if not count:
                on_progress(index)
        found: dict = {}
        while len(found) < len(missing) and not run.over:
            if time.monotonic() - last > self._limits.seconds:
                break
            if self._answers and time.monotonic() - renewed > RENEW_SECONDS:
                renewed = time.monotonic()
                self._answers.renew(run.owner)
            try:
                job, answer = run.done.get(timeout=POLL_SECONDS)
            except queue.Empty:
                on_progress(None)
                continue
            last = time.monotonic()
            if isinstance(answer, Refused):
                answer = [Completion("", ERROR, f"refused: {answer}")]
            found[job] = [
                replace(c, requests=int(i == 0) if c.requests is None else c.requests)
                for i, c in enumerate(answer)
            ]
            left[job[0]] -= 1
            on_progress(job[0] if left[job[0]] == 0 else None)
        if run.hopeless:
            every = run.refusal is None or run.refusal.sure or run.refusal.ends
            error = UnusableModel if every else PatchMattersError
            raise error(f"model: {self.name} refused the request: {run.refusal}")
        why = f"no answer came for {self._limits.seconds:g} seconds"
        if run.over and run.refusal:
            why = f"not asked: {run.refusal}"
        return {job: found.get(job) or [Completion("", ERROR, why)] for job in missing}


class _Clock:
    """Measures the time in which a model was asked. What several threads wait for at once counts once."""

    def __init__(self):
        self._lock, self._at_work, self._since = threading.Lock(), 0, 0.0

    def start(self) -> None:
        with self._lock:
            if not self._at_work:
                self._since = time.monotonic()
            self._at_work += 1

    def stop(self) -> float:
        """Return the seconds since the last stop, or since the first start after a rest."""
        with self._lock:
            self._at_work -= 1
            now = time.monotonic()
            seconds, self._since = now - self._since, now
            return seconds


class _Run:
    """Jobs handed to threads, and their answers.

    A refusal before anything was answered may be that of a wrong key: no more go out until one of those
    under way is answered; if none is, it is hopeless. Two are needed where one may be of its image alone.

    Attributes:
        owner: a name for what this run claims in the cache of answers.
        done: (job, completions or a refusal).
        refusal: the last one.
    """

    def __init__(self, jobs: Sequence):
        self._waiting, self._under_way, self._answered = deque(jobs), 0, False
        self._change = threading.Condition()
        self._doubts = 0  # refusals, those that are sure counted twice
        self._ended = False
        self.refusal: Refused | None = None
        self.stopped = False
        self.owner = uuid.uuid4().hex
        self.done: queue.SimpleQueue = queue.SimpleQueue()

    @property
    def _refused(self) -> bool:
        return self._ended or (self._doubts > 1 and not self._answered)

    @property
    def hopeless(self) -> bool:
        """Return whether everything that was sent was refused or failed, and nothing is in flight."""
        with self._change:
            return self._refused and not self._answered and not self._under_way

    @property
    def over(self) -> bool:
        """Return whether no more answers will come: none are in flight, and none will be sent."""
        with self._change:
            return self._refused and not self._under_way and self.done.empty()

    def next(self):
        """Return the next job; None where there is none or no more may go out."""
        with self._change:
            while self._refused and not self._ended and self._under_way and not self.stopped:
                self._change.wait()
            if self.stopped or not self._waiting or self._refused:
                return None
            self._under_way += 1
            return self._waiting.popleft()

    def answered(self, job, found: Sequence[Completion] | Refused) -> None:
        self.done.put((job, found))
        with self._change:
            self._under_way -= 1
            if isinstance(found, Refused):
                self.refusal = found
                self._doubts += 2 if found.sure else 1
                self._ended |= found.ends
            elif any(c.finish != ERROR for c in found):
                self._answered = True
            self._change.notify_all()

    def stop(self) -> None:
        """Send no further requests."""
        with self._change:
            self.stopped = True
            self._change.notify_all()


def encoded(image: Image.Image, side: int, limit: int) -> bytes:
    """Return an RGB image as JPEG, its longer side at most `side` px, its size at most `limit` bytes."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    for quality in (92, 85, 75, 60, 40):
        file = io.BytesIO()
        small.save(file, "JPEG", quality=quality)
        if file.tell() <= limit:
            return file.getvalue()
    return encoded(image, side // 2, limit)
