"""What a run asks of hosted models: requests, tokens, time and cost, estimated before the first request.

The figures for one image serve a data set (`dataset/estimate.py`) and a queued prompt (`nodes/plan.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .models.registry import CAPTIONER, VERIFIER, WRITER
from .profiles import Profile
from .settings import LANGUAGE_MODEL
from .styles import Style

if TYPE_CHECKING:
    from .pipeline import Settings

PATCHES = 4.6  # of an image: four, and the main subject in three of five of the 101 photos of bench/RESULTS.md
FEWEST_PATCHES = 4
SENTENCES_OF_CAPTION = 5  # what vision-language models write about a patch (bench/RESULTS.md)
IMAGE_TOKENS = 1100  # in a request: what services count for an image of about 1500 px
PROMPT_TOKENS = 150
TOKENS_OUT = {CAPTIONER: 120, VERIFIER: 150, WRITER: 200}  # of one request


@dataclass(frozen=True)
class Requests:
    """How many requests something takes.

    Attributes:
        few: estimated, if nothing has to be asked again.
        most: estimated, if everything that can be asked again is.
        least: needed in any case, if no answer is cached.
    """

    few: float = 0.0
    most: float = 0.0
    least: int = 0

    def __add__(self, other: Requests) -> Requests:
        return Requests(self.few + other.few, self.most + other.most, self.least + other.least)

    def __mul__(self, times: int) -> Requests:
        return Requests(self.few * times, self.most * times, self.least * times)

    def amount(self) -> str:
        """Return the number for a person: "12", or "12 to 18"."""
        few, most = round(self.few), round(self.most)
        return f"{most}" if few == most else f"{few} to {most}"


NONE = Requests()


@dataclass(frozen=True)
class Demand:
    """What one stage asks of one model.

    Attributes:
        role: `CAPTIONER`, `VERIFIER` or `WRITER`.
        model: "endpoint:model".
        node: the id of the node that asks; empty outside of a graph.
    """

    role: str
    model: str
    requests: Requests
    node: str = ""

    @property
    def tokens_in(self) -> int:
        """Return how many tokens one request has."""
        return PROMPT_TOKENS + (IMAGE_TOKENS if self.role != WRITER else 0)

    @property
    def tokens_out(self) -> int:
        """Return how many tokens one answer has."""
        return TOKENS_OUT[self.role]


def captioning(images: float, settings: Settings, *, several: bool) -> dict[str, Requests]:
    """Return role -> requests for images that go through all four stages.

    Args:
        several: the captioner gives several answers to one request.
    """
    candidates, style = settings.describe.candidates, settings.describe.style
    profile = settings.aggregate.profile
    # In another language than English the whole image is described twice: objects are found by English words.
    more = Requests(images, images) if style.language else NONE
    by_model = bool(style.language) or settings.filter.reader == LANGUAGE_MODEL
    return {
        CAPTIONER: describing(images, 1 if several else candidates) + more,
        VERIFIER: verifying(images),
        WRITER: reading(images, profile, candidates, by_model=by_model)
        + writing(images, profile, style),
    }


def describing(images: float, each: int, *, whole: bool = True) -> Requests:
    """Return the requests for the captions of some images.

    Args:
        each: requests for each patch: 1 where a service gives several answers to one request.
        whole: whether the whole images are described, too.
    """
    number = images * (whole + PATCHES * each)
    return Requests(number, number, int(images * (whole + FEWEST_PATCHES)))


def answering(images: float, samples: int) -> Requests:
    """Return the requests for answers about the whole images and their patches.

    Args:
        samples: requests for each patch and whole image: 1 where a service gives several answers to one request.
    """
    number = images * (1 + PATCHES) * samples
    return Requests(number, number, int(images * (1 + FEWEST_PATCHES)))


def verifying(images: float) -> Requests:
    """Return the requests for the scores: one for each patch and whole image, and one more where a claim of it is
    undecided.
    """
    once = images * (1 + PATCHES)
    return Requests(once, 2 * once, int(images))


def reading(images: float, profile: Profile, candidates: int, *, by_model: bool) -> Requests:
    """Return the requests to the writer before anything is verified: it splits captions into claims, and in the paper's
    profile groups the sentences of each region.

    Args:
        candidates: captions of each patch.
        by_model: whether the captions are in another language than English, or English is split by the writer, too.
    """
    from .claims.language_model import SENTENCES  # here, so that a node's schema imports no claims

    found = NONE
    if by_model:
        number = images * (1 + PATCHES * candidates) * SENTENCES_OF_CAPTION / SENTENCES
        found += Requests(number, number)
    if profile.by_sentence:
        found += Requests(images * PATCHES, images * (1 + PATCHES))
    return found


def writing(images: float, profile: Profile, style: Style) -> Requests:
    """Return the requests for writing: one for each image, and one more where something was left out; in the paper's
    profile also one for each region, and one for each two that overlap.
    """
    if not profile.writes or style.tags:
        return NONE
    found = Requests(images, 2 * images, int(images))
    if profile.by_level:
        found += Requests(images * (1 + PATCHES), images * (1 + PATCHES + PATCHES // 2))
    if style.language:
        # The written caption is split into claims, and again after it was completed.
        found += Requests(images, 2 * images)
    return found


def requests_by_role(demands: Sequence[Demand]) -> dict[str, Requests]:
    """Return role -> requests of all its demands, without roles that have none."""
    found: dict[str, Requests] = {}
    for role in (CAPTIONER, VERIFIER, WRITER):
        of_role = sum((d.requests for d in demands if d.role == role), NONE)
        if of_role.most:
            found[role] = of_role
    return found


def tokens_of(demands: Sequence[Demand]) -> tuple[Requests, Requests]:
    """Return the tokens in and out, in place of the numbers of requests."""

    def total(tokens: Callable[[Demand], float]) -> Requests:
        few = sum(d.requests.few * tokens(d) for d in demands)
        return Requests(few, sum(d.requests.most * tokens(d) for d in demands))

    return total(lambda d: d.tokens_in), total(lambda d: d.tokens_out)


def cost_of(
    demands: Sequence[Demand], prices: Mapping[str, tuple[float, float]]
) -> tuple[float, float] | None:
    """Return what the demands cost, at least and at most; None if the price of a model is not known.

    Args:
        prices: model name -> price of a million tokens in, and out.
    """
    if any(demand.model not in prices for demand in demands):
        return None
    each = [
        (d.tokens_in * prices[d.model][0] + d.tokens_out * prices[d.model][1]) / 1e6
        for d in demands
    ]
    few = sum(price * d.requests.few for price, d in zip(each, demands))
    return few, sum(price * d.requests.most for price, d in zip(each, demands))


def seconds_of(demands: Sequence[Demand], rates: Mapping[str, float]) -> tuple[float, float] | None:
    """Return how long the demands take, at least and at most; None if a model's rate was not measured yet.

    Args:
        rates: model name -> seconds for each request, at the number of requests that are in flight at once.
    """
    if any(demand.model not in rates for demand in demands):
        return None
    few = sum(d.requests.few * rates[d.model] for d in demands)
    return few, sum(d.requests.most * rates[d.model] for d in demands)


def asked_in_words(demands: Sequence[Demand], cost: tuple[float, float] | None) -> list[str]:
    """Return for a person what the demands are, in parts: requests by role, tokens and price."""
    by_role = requests_by_role(demands)
    roles = ", ".join(f"{role} {number.amount()}" for role, number in by_role.items())
    tokens = " and ".join(
        f"{between(number.few, number.most, thousands)} {way}"
        for number, way in zip(tokens_of(demands), ("tokens in", "out"))
    )
    return [
        f"about {sum(by_role.values(), NONE).amount()} requests ({roles})",
        f"about {tokens}",
        "price unknown" if cost is None else f"about {between(*cost, '{:.2f}'.format)} to pay",
    ]


def sentence(
    demands: Sequence[Demand],
    seconds: tuple[float, float] | None,
    cost: tuple[float, float] | None,
    uncounted: Sequence[str] = (),
) -> str:
    """Return the estimate for a person: requests by role, tokens, price and time.

    Args:
        uncounted: what else asks a hosted model, whose requests cannot be known before.
    """
    if not demands:
        return f"an unknown number of requests ({', '.join(uncounted)})"
    parts = asked_in_words(demands, cost)
    parts.append(
        "time unknown until the first answers"
        if seconds is None
        else f"about {between(*seconds, duration)}"
    )
    if uncounted:
        parts.append(f"not counted: {', '.join(uncounted)}")
    return "; ".join(parts)


def between(few: float, most: float, said: Callable[[float], str]) -> str:
    """Return two numbers for a person, or one where they read the same."""
    return said(few) if said(few) == said(most) else f"{said(few)} to {said(most)}"


def duration(seconds: float) -> str:
    """Return a time for a person: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def thousands(number: float) -> str:
    """Return a number of tokens for a person: "70 thousand", "1.2 million"."""
    return f"{number / 1e6:.1f} million" if number >= 1e6 else f"{round(number / 1000)} thousand"
