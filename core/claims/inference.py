"""What a model of natural language inference adds, where structure and lexicon leave a pair of claims open.

It never decides against them: what they call entailed, equivalent or contradictory is not asked, and nothing is
called a contradiction of what it follows from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..models import NLI, Inference, ModelProgress
from . import NUMBER, PLACE, STATEMENT, TEXT, Claim, Reading
from .entailment import undecided
from .scene import Grouped, Source

# A verdict of the model counts above it. Chosen, not measured: a false one costs a true claim or lets a false one pass,
# so it has to be likelier than what the filter keeps (`verdicts.PROBABLE`, .85), with a margin because such models are
# too sure of themselves on texts of another kind than their training data (Desai and Durrett 2020,
# doi 10.18653/v1/2020.emnlp-main.21).
SURE = 0.95
MOST_PAIRS = 500  # of claims of one image, in both directions: about 10 s of a small model on a CPU
PREMISE = 1500  # characters of facts that are a premise together: within the 512 tokens that the models read

_BY_STRUCTURE = (NUMBER, PLACE, TEXT)  # kinds whose values structure compares completely
_SameView = Callable[[str, str], bool]


def open_pairs(
    claims: Sequence[Claim], sources: Sequence[Source], groups: Grouped, may_meet: _SameView
) -> list[tuple[int, int]]:
    """Return the pairs of groups about the same things, of the same kind, that structure leaves open.

    Args:
        sources: of each claim, the caption that made it.
        may_meet: whether two regions, by their names, can show the same thing.
    """
    first = [claims[group[0]] for group in groups.groups]
    known = groups.entails | {(b, a) for a, b in groups.entails}
    known |= groups.contradicts | {(b, a) for a, b in groups.contradicts}
    alike: dict[object, list[int]] = {}
    for number, claim in enumerate(first):
        if claim.kind not in _BY_STRUCTURE:
            alike.setdefault(_compared(claim), []).append(number)

    def meet(a: int, b: int) -> bool:
        if first[a].thing >= 0:
            return True  # one thing, which was found in both
        regions = ({sources[i][0] for i in groups.groups[n]} for n in (a, b))
        return any(may_meet(x, y) for x in next(regions) for y in next(regions))

    pairs = [
        (a, b) for those in alike.values() for i, a in enumerate(those) for b in those[i + 1 :]
    ]
    return [pair for pair in pairs if pair not in known and meet(*pair)][:MOST_PAIRS]


def _compared(claim: Claim) -> object:
    """Return what two claims share that are asked about: the kind and the things, or the aspect of the scene."""
    if claim.thing < 0 and claim.kind != STATEMENT:
        return (claim.kind, claim.subject)
    return (claim.kind, claim.thing, claim.other)


def inferred(
    claims: Sequence[Claim],
    sources: Sequence[Source],
    groups: Grouped,
    asked: Mapping[tuple[int, int], tuple[Inference, Inference]],
) -> Grouped:
    """Return the groups with what the model is sure of.

    Contradictory are two claims of different captions if the model says so in both directions. Sentences that no
    reader took apart may speak of different things, so they never are.

    Args:
        asked: pair of groups -> what follows from the first for the second, and from the second for the first.
    """
    entails, contradicts = set(groups.entails), set(groups.contradicts)
    stronger = _reachable(groups.entails)
    for (a, b), (forward, backward) in asked.items():
        one, other = groups.groups[a], groups.groups[b]
        if forward.entailment > SURE:
            entails.add((a, b))
        if backward.entailment > SURE:
            entails.add((b, a))
        clash = min(forward.contradiction, backward.contradiction) > SURE
        apart = not {sources[i] for i in one} & {sources[i] for i in other}
        linked = b in stronger.get(a, ()) or a in stronger.get(b, ())
        if clash and apart and not linked and claims[one[0]].kind != STATEMENT:
            contradicts.add((a, b))
    return replace(groups, entails=frozenset(entails), contradicts=frozenset(contradicts))


def _reachable(entails: frozenset[tuple[int, int]]) -> dict[int, set[int]]:
    """strong -> all that follows from it, in any number of steps."""
    direct: dict[int, set[int]] = {}
    for strong, weak in entails:
        direct.setdefault(strong, set()).add(weak)
    found: dict[int, set[int]] = {}
    for strong in direct:
        seen, new = set(), set(direct[strong])
        while new:
            seen |= new
            new = {w for s in new for w in direct.get(s, ())} - seen
        found[strong] = seen
    return found


def supported(
    facts: Reading, written: Reading, claims: Sequence[int], nli: NLI, on_progress: ModelProgress
) -> set[int]:
    """Return the claims of a written text that follow, according to the model, from the facts about the same things.

    Args:
        claims: indices of the claims that do not follow by structure. The model is not asked about claims that
            contradict a fact or name a thing that the facts do not have.
    """
    questions = []
    for index, premise in undecided(facts, written).items():
        if index in claims:
            texts = list(dict.fromkeys(claim.text for claim in premise))
            questions += [(index, (part, written.claims[index].text)) for part in _parts(texts)]
    answers = nli.infer([pair for _, pair in questions], on_progress) if questions else []
    return {i for (i, _), said in zip(questions, answers) if said.entailment > SURE}


def _parts(texts: Sequence[str]) -> list[str]:
    """Return the texts joined to as few premises as have at most `PREMISE` characters each."""
    parts: list[str] = []
    for text in texts:
        if parts and len(parts[-1]) + 1 + len(text) <= PREMISE:
            parts[-1] += f" {text}"
        else:
            parts.append(text)
    return parts
