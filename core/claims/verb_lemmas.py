"""Corrects lemmas of verbs where the tagger's rules fail."""

from __future__ import annotations

from functools import lru_cache

from . import lexicon


@lru_cache(maxsize=4096)
def verb_lemma(text: str, lemma_: str) -> str:
    """Return the lemma of a verb, also where the tagger's rules cut off too much ("rid" for "riding")."""
    if text.endswith(("ing", "ed")) and not lemma_.endswith("e"):
        stem = text[:-3] if text.endswith("ing") else text[:-2]
        vowel = (
            len(stem) > 2
            and stem[-2] in "aeiou"
            and stem[-1] not in "aeiouwxy"
            and stem[-3] not in "aeiou"
        )
        if lemma_ == stem and vowel and lexicon.senses(stem + "e", lexicon.VERB):
            return stem + "e"
    if (
        text == lemma_ + "es"
        and lemma_[-1:] not in "sxzho"
        and lexicon.senses(lemma_ + "e", lexicon.VERB)
    ):
        return lemma_ + "e"  # "rides"
    return {"sate": "seat", "lit": "light", "lain": "lie", "clothe": "dress"}.get(lemma_, lemma_)


def base_of(verb) -> str:
    """Return the lemma of a verb token, as `verb_lemma` corrects it."""
    return verb_lemma(verb.text.lower(), verb.lemma_.lower())
