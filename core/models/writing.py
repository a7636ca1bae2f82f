"""What a language model is asked, to write a caption from facts and to add what it left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..prompts import load_prompt
from . import Fact, WritingRequest

MAX_WRITTEN_TOKENS = 400  # of a written caption
_THERE = re.compile(r"there (?:is|are) (?P<article>an? |some )?(?P<noun>.+?)\.?", re.IGNORECASE)


def writing_prompt(request: WritingRequest) -> str:
    """What a language model is asked, the facts fenced as data."""
    # Only where drafts are merged level by level is the writer to work out from boxes what is where.
    facts = "\n".join(fact_lines(request.facts, boxes=bool(request.drafts)))
    drafts = "\n".join(f"- [{place}] {text}" for place, text in request.drafts)
    limit = f"Use at most {request.max_sentences} sentences." if request.max_sentences else ""
    prompt = load_prompt("write_drafts" if drafts else "write")
    return prompt.format(facts=facts, drafts=drafts, limit=limit).strip()


def missing_prompt(draft: str, missing: Sequence[str]) -> str:
    """What a language model is asked when its text, once checked, leaves facts out.

    Args:
        draft: what it wrote, without what was taken out of it.
        missing: sentences that say what the draft does not.
    """
    facts = "\n".join(f"- {_one_line(text)}" for text in missing)
    return load_prompt("write_missing").format(draft=_one_line(draft), facts=facts).strip()


def fact_lines(facts: Sequence[Fact], *, boxes: bool = False) -> list[str]:
    """One line for each thing in each region, in the order in which the facts first name them:
    "- [top left] a woman: is sitting on a bench; wears a red coat".

    Args:
        boxes: also give each region's box, as fractions of width and height.
    """
    groups: dict[tuple, list[Fact]] = {}
    for number, fact in enumerate(facts):
        # What is said of no thing (the weather) has a line of its own.
        groups.setdefault((fact.place, fact.thing or number), []).append(fact)
    lines = []
    for group in groups.values():
        place, box = group[0].place, ", ".join(f"{v:.2f}" for v in group[0].box.as_tuple())
        place = f"{place}; box {box}" if boxes else place
        name = _one_line(group[0].thing)
        lines.append(f"- [{place}] {_said_of(name, [_one_line(f.text) for f in group])}")
    return lines


def _said_of(name: str, texts: Sequence[str]) -> str:
    """ "the woman", ["There is a woman.", "The woman smiles."] -> "a woman: smiles" """
    shown, said = name, []
    for text in dict.fromkeys(texts):
        there = _THERE.fullmatch(text)
        if there and set(there["noun"].lower().split()) <= set(name.lower().split()):
            # It says no more than that the thing is there, and how it is named at first.
            shown = (there["article"] or "") + name.removeprefix("the ")
        elif text.lower().startswith(f"{name} ".lower()):
            said.append(text[len(name) + 1 :].rstrip(".。"))
        else:
            said.append(text.rstrip(".。"))
    if not said or not name or len(texts) == 1:
        return texts[0]
    return f"{shown}: {'; '.join(said)}"


def _one_line(text: str) -> str:
    """Text that cannot end the fence around it."""
    return " ".join(text.split())
