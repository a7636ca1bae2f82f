"""What a language model is asked, to write a caption from facts."""

from __future__ import annotations

from ..prompts import fenced, load_prompt
from . import WritingRequest

MAX_WRITTEN_TOKENS = 400  # of a written caption


def writing_prompt(request: WritingRequest) -> str:
    """What a language model is asked, the facts fenced as data."""
    facts = "\n".join(
        f"- [{f.place}; box {', '.join(f'{v:.2f}' for v in f.box.as_tuple())}] {fenced(f.text)}"
        for f in request.facts
    )
    drafts = "\n".join(f"- [{place}] {fenced(text)}" for place, text in request.drafts)
    limit = f"Use at most {request.max_sentences} sentences." if request.max_sentences else ""
    prompt = load_prompt("write_drafts" if drafts else "write")
    return prompt.format(facts=facts, drafts=drafts, limit=limit).strip()
