"""What a run asks of hosted models: requests, tokens, time and cost, estimated before the first request.

The figures for one image serve a data set (`dataset/estimate.py`) and a queued prompt (`nodes/plan.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .models.registry import CAPTIONER, VERIFIER, WRITER

PATCHES = 4.6  # of an image: four, and the main subject in three of five of the 101 photos of bench/RESULTS.md
FEWEST_PATCHES = 4
IMAGE_TOKENS = 1100  # in a request: what services count for an image of about 1500 px
PROMPT_TOKENS = 150
TOKENS_OUT = {CAPTIONER: 120, VERIFIER: 150, WRITER: 200}  # of one request


@dataclass(frozen=True)
class Demand:
    """What one stage asks of one model.

    Attributes:
        role: `CAPTIONER`, `VERIFIER` or `WRITER`.
        model: "endpoint:model".
        requests: estimated.
        least: requests that are needed in any case, if no answer is cached.
        node: the id of the node that asks; empty outside of a graph.
    """

    role: str
    model: str
    requests: float
    least: int = 0
    node: str = ""

    @property
    def tokens_in(self) -> float:
        return self.requests * (PROMPT_TOKENS + (IMAGE_TOKENS if self.role != WRITER else 0))

    @property
    def tokens_out(self) -> float:
        return self.requests * TOKENS_OUT[self.role]


def describing(images: float, candidates: int, *, whole: bool = True) -> tuple[float, int]:
    """Return the requests for the captions of some images, as estimated and at least.

    Args:
        candidates: requests for each patch: 1 where a service gives several answers to one request.
        whole: whether the whole images are described, too.
    """
    return images * (whole + PATCHES * candidates), int(images * (whole + FEWEST_PATCHES))


def answering(images: float, samples: int) -> tuple[float, int]:
    """Return the requests for answers about the whole images and their patches, as estimated and at least.

    Args:
        samples: requests for each patch and whole image: 1 where a service gives several answers to one request.
    """
    return images * (1 + PATCHES) * samples, int(images * (1 + FEWEST_PATCHES))


def verifying(images: float) -> tuple[float, int]:
    """Return the requests for the scores: one for each patch and whole image, and one more for what is undecided."""
    return images * 2 * (1 + PATCHES), int(images)


def writing(images: float) -> tuple[float, int]:
    """Return the requests for writing: in half of the images the writer is asked for what it left out."""
    return images * 1.5, int(images)


def requests_by_role(demands: Sequence[Demand]) -> dict[str, int]:
    """Return role -> requests, rounded."""
    return {
        role: round(sum(d.requests for d in demands if d.role == role))
        for role in (CAPTIONER, VERIFIER, WRITER)
    }


def cost_of(demands: Sequence[Demand], prices: Mapping[str, tuple[float, float]]) -> float | None:
    """Return what the demands cost; None if the price of a model is not known.

    Args:
        prices: model name -> price of a million tokens in, and out.
    """
    if any(demand.model not in prices for demand in demands):
        return None
    return sum(
        (d.tokens_in * prices[d.model][0] + d.tokens_out * prices[d.model][1]) / 1e6
        for d in demands
    )


def seconds_of(demands: Sequence[Demand], rates: Mapping[str, float]) -> float | None:
    """Return how long the demands take; None if a model's rate was not measured yet.

    Args:
        rates: model name -> seconds for each request, at the number of requests that are in flight at once.
    """
    if any(demand.model not in rates for demand in demands):
        return None
    return sum(d.requests * rates[d.model] for d in demands)


def sentence(
    demands: Sequence[Demand],
    seconds: float | None,
    cost: float | None,
    uncounted: Sequence[str] = (),
) -> str:
    """Return the estimate for a person: requests by role, tokens, price and time.

    Args:
        uncounted: what else asks a hosted model, whose requests cannot be known before.
    """
    if not demands:
        return f"an unknown number of requests ({', '.join(uncounted)})"
    by_role = requests_by_role(demands)
    roles = ", ".join(f"{role} {count}" for role, count in by_role.items() if count)
    parts = [f"about {sum(by_role.values())} requests ({roles})"]
    tokens = sum(d.tokens_in for d in demands), sum(d.tokens_out for d in demands)
    parts.append(f"about {thousands(tokens[0])} tokens in and {thousands(tokens[1])} out")
    parts.append("price unknown" if cost is None else f"about {cost:.2f} to pay")
    parts.append(
        "time unknown until the first answers" if seconds is None else f"about {duration(seconds)}"
    )
    if uncounted:
        parts.append(f"not counted: {', '.join(uncounted)}")
    return "; ".join(parts)


def duration(seconds: float) -> str:
    """Return a time for a person: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def thousands(number: float) -> str:
    """Return a number of tokens for a person: "70 thousand", "1.2 million"."""
    return f"{number / 1e6:.1f} million" if number >= 1e6 else f"{round(number / 1000)} thousand"
