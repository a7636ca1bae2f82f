"""The prompts for writers: write a caption from facts, and add facts that were left out."""

from __future__ import annotations

from collections.abc import Sequence

from ..prompts import fenced, load_prompt
from ..styles import CHINESE
from . import Fact, WritingRequest

MAX_WRITTEN_TOKENS = 400  # of a written caption


def writing_prompt(request: WritingRequest) -> str:
    """Return the prompt for a caption, with the facts fenced as data."""
    # Only where drafts are merged level by level is the writer to work out from boxes what is where.
    facts = "\n".join(fact_lines(request.facts, boxes=bool(request.drafts)))
    drafts = "\n".join(f"- [{place}] {fenced(text)}" for place, text in request.drafts)
    limit = f"Use at most {request.max_sentences} sentences." if request.max_sentences else ""
    prompt = load_prompt("write_drafts" if drafts else "write")
    if request.language == CHINESE and not drafts:
        limit = f"最多写{request.max_sentences}句。" if request.max_sentences else ""
        prompt = load_prompt(f"write.{CHINESE}")
    limit = " ".join(filter(None, (limit, request.instruction)))
    return prompt.format(facts=facts, drafts=drafts, limit=limit).strip()


def missing_prompt(draft: str, missing: Sequence[str], instruction: str = "") -> str:
    """Return the prompt that asks for facts missing from a text.

    Args:
        draft: what it wrote, without what was taken out of it.
        missing: sentences that say what the draft does not.
        instruction: how it is to be written.
    """
    facts = "\n".join(f"- {fenced(text)}" for text in missing)
    prompt = load_prompt("write_missing").format(draft=fenced(draft), facts=facts).strip()
    return f"{prompt}\n\n{instruction}".strip()


def fact_lines(facts: Sequence[Fact], *, boxes: bool = False) -> list[str]:
    """Return one line for each fact, "- [top left] The woman wears a red coat.", those of one thing in one
    region next to each other, where the first of them stands.

    One line for all facts of a thing ("the woman: is sitting; wears a red coat") would be shorter, but a
    language model of 1.5 B parameters then left out twice as many of them.

    Args:
        boxes: also give each region's box, as fractions of width and height.
    """
    groups: dict[tuple, list[str]] = {}
    for number, fact in enumerate(facts):
        box = ", ".join(f"{v:.2f}" for v in fact.box.as_tuple())
        place = f"{fact.place}; box {box}" if boxes else fact.place
        # What is said of no thing (the weather) stands where it is.
        group = groups.setdefault((fact.place, fact.thing or number), [])
        group.append(f"- [{place}] {fenced(fact.text)}")
    return [line for group in groups.values() for line in dict.fromkeys(group)]
