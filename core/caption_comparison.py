"""Compares two captions of one image claim by claim: what both say, what only one says, and what contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .claims import Claim, Passage, Reading, Thing
from .claims.entailment import CONTRADICTED, align, relation, unsupported, without_echoes
from .claims.readers import reader_for
from .claims.scene import Grouped, grouped, merged
from .image_record import ImageRecord
from .settings import SYNTAX
from .statements import Statement, Verdict

LEFT, RIGHT = "left", "right"
SUPPORTED, DENIED, OPEN = "supported", "contradicted", "open"


@dataclass(frozen=True)
class Said:
    """One claim of a side.

    Attributes:
        score: probability (0..1) that it is true; None if that is not known.
        check: of a text beside the verified claims of its image: "supported", "contradicted" or "open"; else "".
        regions: whose captions make it; empty for a text.
    """

    text: str
    score: float | None = None
    check: str = ""
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Side:
    """One of the two captions.

    Attributes:
        reading: its claims; `said` has one entry for each.
        models, requests, tokens: by role, of a side that came with its claims; `tokens` were generated.
    """

    reading: Reading
    said: tuple[Said, ...]
    models: Mapping[str, str] = field(default_factory=dict)
    requests: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_record(cls, record: ImageRecord) -> Side:
        """Return the kept claims of an image."""
        claims: list[Claim] = []
        said: list[Said] = []
        for s in record.statements:
            if s.verdict is Verdict.KEPT:
                for claim in [s.claim] if s.claim else _claims_of(record, s):
                    claims.append(claim)
                    said.append(Said(claim.text, s.score, "", s.regions))
        reading = Reading((), _definite(record.things), tuple(claims))
        return cls(reading, tuple(said), record.models, record.calls, record.tokens)

    @classmethod
    def of_text(cls, text: str, record: ImageRecord | None = None) -> Side:
        """Return the claims of a caption.

        Args:
            record: an image whose claims were verified: each claim is then checked against them, and has the score of
                the verified claim that says the same.
        """
        [reading] = reader_for(SYNTAX, None).read([Passage(text)])
        reading = replace(without_echoes(reading), things=_definite(reading.things))
        said = [Said(claim.text) for claim in reading.claims]
        if record is not None:
            said = _checked(reading, record)
        return cls(reading, tuple(said))

    def cost(self, prices: Mapping[str, tuple[float, float]]) -> float | None:
        """Return the price of the generated tokens; None if the price of a model is not known.

        Args:
            prices: model -> the price of a million tokens that go in, and of a million that come out.
        """
        spent = [(self.models.get(role, ""), n) for role, n in self.tokens.items() if n]
        if not spent or not all(name in prices for name, _ in spent):
            return None
        return sum(n * prices[name][1] / 1e6 for name, n in spent)


@dataclass(frozen=True)
class Comparison:
    """What two sides say of one image.

    Attributes:
        contradicting: pairs of claims, left and right, of which one at most is true.
        both: claims that both make, as the left and the right word them; None where a side says it only together with
            more ("a poodle" says that there is a dog), or in several claims.
        only_left, only_right: claims that the other side does not make.
    """

    left: Side
    right: Side
    contradicting: tuple[tuple[Said, Said], ...] = ()
    both: tuple[tuple[Said | None, Said | None], ...] = ()
    only_left: tuple[Said, ...] = ()
    only_right: tuple[Said, ...] = ()


def compared(left: Side, right: Side) -> Comparison:
    """Compare two sides. Swapping them swaps the result."""
    sides = {LEFT: left, RIGHT: right}
    # The order in which things are matched must not depend on which side is which.
    names = dict(zip(sorted(sides, key=lambda n: sorted(s.text for s in sides[n].said)), "ab"))
    scene = merged({(names[n], 0): s.reading for n, s in sides.items()}, lambda a, b: True)
    claims = [(n, i, c) for n in sides for i, c in enumerate(scene.readings[names[n], 0].claims)]
    groups = grouped([c for _, _, c in claims], [(names[n], 0) for n, _, _ in claims], scene.things)
    told: list[dict[str, Said]] = []
    for group in groups.groups:
        found: dict[str, Said] = {}
        for member in group:
            name, index, _ = claims[member]
            found.setdefault(name, sides[name].said[index])
        told.append(found)
    follows = _following(left, right)
    pairs = _opposed(groups, told, follows)
    opposed = {g for pair in pairs for g in pair}
    both: list[tuple[Said | None, Said | None]] = []
    only: dict[str, list[Said]] = {LEFT: [], RIGHT: []}
    for number, found in enumerate(told):
        if number in opposed:
            continue
        [name, *others] = found
        if others or found[name].text in follows[name]:
            both.append((found.get(LEFT), found.get(RIGHT)))
        else:
            only[name].append(found[name])
    return Comparison(
        left,
        right,
        tuple((told[a][LEFT], told[b][RIGHT]) for a, b in pairs),
        tuple(both),
        tuple(only[LEFT]),
        tuple(only[RIGHT]),
    )


def _following(left: Side, right: Side) -> dict[str, set[str]]:
    """Return for each side the texts of its claims that follow from the other side, all together."""
    found = {}
    for name, own, other in ((LEFT, left, right), (RIGHT, right, left)):
        new = set(unsupported(other.reading, own.reading))
        found[name] = {s.text for i, s in enumerate(own.said) if i not in new}
    return found


def _opposed(
    groups: Grouped, told: Sequence[Mapping[str, Said]], follows: Mapping[str, set[str]]
) -> list[tuple[int, int]]:
    """Return pairs of groups (left, right) that contradict each other, each group in one pair at most."""
    taken: set[int] = set()
    pairs = []
    for a, b in sorted(groups.contradicts):
        if LEFT not in told[a]:
            a, b = b, a
        if set(told[a]) != {LEFT} or set(told[b]) != {RIGHT} or {a, b} & taken:
            continue
        if told[a][LEFT].text in follows[LEFT] or told[b][RIGHT].text in follows[RIGHT]:
            continue
        taken |= {a, b}
        pairs.append((a, b))
    return pairs


def _definite(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Return the things so that the only one of its name counts as "the" one: two captions of one image that both speak
    of a cup mean the same cup, also where they disagree about its colour."""
    names = Counter(head for t in things for head in set(t.heads or (t.head,)))
    return tuple(
        replace(t, definite=True) if all(names[h] == 1 for h in t.heads or (t.head,)) else t
        for t in things
    )


def _claims_of(record: ImageRecord, statement: Statement) -> list[Claim]:
    return [
        claim
        for occurrence in statement.occurrences
        for claim in record.readings[occurrence.source].claims
        if claim.sentence == occurrence.sentence
    ]


def _checked(reading: Reading, record: ImageRecord) -> list[Said]:
    """Return the claims of a text, each checked against the verified claims of its image."""
    kept = Side.of_record(record).reading
    new, known = set(unsupported(kept, reading)), align(kept, reading)
    scores = _scores(reading, record)
    return [
        Said(
            claim.text,
            scores.get(i),
            SUPPORTED
            if i not in new
            else DENIED
            if relation(claim, kept, known) == CONTRADICTED
            else OPEN,
        )
        for i, claim in enumerate(reading.claims)
    ]


def _scores(reading: Reading, record: ImageRecord) -> dict[int, float]:
    """Return claim of a text -> the score of the verified claim, kept or dropped, that says the same."""
    verified = [s for s in record.statements if s.claim and s.score is not None]
    other = Reading((), record.things, tuple(s.claim for s in verified))
    scene = merged({("a", 0): other, ("b", 0): reading}, lambda a, b: True)
    claims = [*scene.readings["a", 0].claims, *scene.readings["b", 0].claims]
    sources = [("a", 0)] * len(verified) + [("b", 0)] * len(reading.claims)
    found: dict[int, float] = {}
    for group in grouped(claims, sources, scene.things).groups:
        known = [verified[i].score for i in group if i < len(verified)]
        if known:
            found |= {i - len(verified): max(known) for i in group if i >= len(verified)}
    return found


def as_view(comparison: Comparison, prices: Mapping[str, tuple[float, float]] = {}) -> dict:
    """Return a comparison as JSON, which the node also shows."""
    return {
        "contradicting": [[_said(a), _said(b)] for a, b in comparison.contradicting],
        "both": [[_said(a), _said(b)] for a, b in comparison.both],
        "only_left": [_said(s) for s in comparison.only_left],
        "only_right": [_said(s) for s in comparison.only_right],
        "left": _spent(comparison.left, prices),
        "right": _spent(comparison.right, prices),
    }


def _said(said: Said | None) -> dict | None:
    if said is None:
        return None
    score = None if said.score is None else round(said.score, 3)
    return {"text": said.text, "score": score, "check": said.check, "regions": list(said.regions)}


def _spent(side: Side, prices: Mapping[str, tuple[float, float]]) -> dict:
    cost = side.cost(prices)
    known = [s.score for s in side.said if s.score is not None]
    return {
        "claims": len(side.said),
        "mean_score": round(sum(known) / len(known), 3) if known else None,
        "models": dict(side.models),
        "requests": sum(n for role, n in side.requests.items() if role != "detector"),
        "tokens": sum(side.tokens.values()),
        "cost": None if cost is None else round(cost, 6),
    }


def as_text(view: Mapping) -> str:
    """Return the view of a comparison as a text to read: left of a bar the score on the left, right of it the other."""
    lines = [f"CONTRADICTING ({len(view['contradicting'])})"]
    for left, right in view["contradicting"]:
        lines += [f"  left: {_line(left)}", f"  right: {_line(right)}"]
    lines.append(f"BOTH ({len(view['both'])})")
    for pair in view["both"]:
        said = [p for p in pair if p]
        scores = " | ".join(_score(p) for p in said)
        lines.append(f"  {scores} {said[0]['text']}")
    for title, key in (("ONLY LEFT", "only_left"), ("ONLY RIGHT", "only_right")):
        lines.append(f"{title} ({len(view[key])})")
        lines += [f"  {_line(said)}" for said in view[key]]
    lines.append("COST")
    for name in (LEFT, RIGHT):
        side = view[name]
        price = "" if side["cost"] is None else f" · price of these tokens: {side['cost']:.4f}"
        mean = "" if side["mean_score"] is None else f" · mean score {side['mean_score']:.2f}"
        lines.append(
            f"  {name} · claims: {side['claims']}{mean} · requests: {side['requests']} · tokens generated: "
            f"{side['tokens']}{price}"
        )
    return "\n".join(lines)


def _line(said: Mapping) -> str:
    check = f" ({said['check']})" if said["check"] else ""
    return f"{_score(said)} {said['text']}{check}"


def _score(said: Mapping) -> str:
    return " –  " if said["score"] is None else f"{said['score']:.2f}"
