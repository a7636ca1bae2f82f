"""What a language model is asked, to write a caption from facts and to add what it left out."""

from __future__ import annotations

from collections.abc import Sequence

from ..prompts import load_prompt
from . import Fact, WritingRequest

MAX_WRITTEN_TOKENS = 400  # of a written caption


def writing_prompt(request: WritingRequest) -> str:
    """What a language model is asked, the facts fenced as data."""
    facts = "\n".join(fact_lines(request.facts))
    drafts = "\n".join(f"- [{place}] {text}" for place, text in request.drafts)
    limit = f"Use at most {request.max_sentences} sentences." if request.max_sentences else ""
    prompt = load_prompt("write_drafts" if drafts else "write")
    return prompt.format(facts=facts, drafts=drafts, limit=limit).strip()


def missing_prompt(draft: str, missing: Sequence[str]) -> str:
    """What a language model is asked once its text has been checked and lacks something.

    Args:
        draft: what it wrote, without what was taken out of it.
        missing: sentences that say what the draft does not.
    """
    facts = "\n".join(f"- {_line(text)}" for text in missing)
    return load_prompt("write_missing").format(draft=_line(draft), facts=facts).strip()


def fact_lines(facts: Sequence[Fact]) -> list[str]:
    """One line for each thing in each region, in the order in which the facts first name them:
    "- [top left] the woman: is sitting on a bench; wears a red coat"."""
    groups: dict[tuple[str, str], list[str]] = {}
    for number, fact in enumerate(facts):
        # What is said of no thing (the weather) has a line of its own.
        groups.setdefault((fact.place, fact.thing or f"\n{number}"), []).append(_line(fact.text))
    return [f"- [{place}] {_said_of(thing, texts)}" for (place, thing), texts in groups.items()]


def _said_of(thing: str, texts: Sequence[str]) -> str:
    """ "the woman", ["There is a woman.", "The woman smiles."] -> "the woman: smiles" """
    name = "" if thing.startswith("\n") else _line(thing)
    said = []
    for text in dict.fromkeys(texts):
        plain = text.rstrip(".。")
        if name and plain.lower().startswith(f"{name.lower()} "):
            said.append(plain[len(name) :].strip())
        elif len(texts) == 1 or not _only_names(plain, name):
            said.append(plain)
    if not name or len(said) == len(texts) == 1 and _only_names(said[0], name):
        return f"{'; '.join(said)}."
    return f"{name}: {'; '.join(said)}"


def _only_names(text: str, name: str) -> bool:
    """ "There is a red cup" of "the red cup" says no more than its name."""
    start, _, rest = text.partition(" ")
    verb, _, named = rest.partition(" ")
    if start.lower() != "there" or verb not in ("is", "are"):
        return False
    bare = lambda phrase: phrase.lower().removeprefix("the ").removeprefix("a ").removeprefix("an ")  # noqa: E731
    return bare(named) == bare(name)


def _line(text: str) -> str:
    """Text on one line, so that it cannot end the fence around it."""
    return " ".join(text.split())
