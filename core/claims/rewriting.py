"""Sentences without their false claims, and sentences that need no other before them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ..english import article, capital
from . import Claim, Reading, Sentence, lexicon
from .editing import edited

_PRONOUNS = frozenset("he she it they him her them his hers its their theirs both".split())
_POSSESSIVE = frozenset("his its their".split())
_DETERMINED = r"(?:an?|the|two|three|four|five|his|her|its|their|some|several|many)"
_SINGULAR = {"are": "is", "were": "was", "have": "has", "do": "does"}
_FINITE = frozenset("is are was were has have does do can may sit stand lie hang hold wear".split())
_VERBS = frozenset(
    "wear hold sit stand walk look play ride lie run eat watch face carry lean smile graze rest drink wait read talk "
    "swim fly sleep hang lean jump dance work cook".split()
)
_DANGLING = re.compile(
    r"(?:[\s,;:]+(?:and|or|but|with|while|as|in|on|at|of|to|by|from|a|an|the|which|who|that|where|is|are|near|"
    r"next|both|appears?|seems?|looks|appears? to be|seems? to be|with the words?|reading|labeled|labelled|saying))+\s*(?=[.!?]?$)",
    re.IGNORECASE,
)


def without(
    sentence: Sentence, claims: Sequence[Claim], false: Collection[int]
) -> tuple[str, set[int]]:
    """Return the sentence without some of its claims.

    Args:
        claims: all claims of the sentence.
        false: which of them have to go, as places in `claims`.

    Returns:
        The text, "" where nothing that is a sentence is left, and the places in `claims` of those that are
        gone with it though they aren't false.
    """
    gone, others = set(false), {i for i in range(len(claims)) if i not in set(false)}
    if not gone:
        return sentence.text, set()
    if not others or any(not claims[i].spans for i in gone):
        return "", others
    spans = _merged(
        [span for i in gone if not _shared(i, claims, gone) for span in claims[i].spans]
    )
    lost = {
        i
        for i in others
        if claims[i].spans and all(_inside(span, spans) for span in claims[i].spans)
    }
    if not others - lost:
        return "", others
    text = _mended(sentence.text, spans)
    return (text, lost) if text else ("", others)


_MARK = "\u2060"  # stands before the names of things, to see whether a cut left one


def still_names(
    sentence: Sentence,
    claims: Sequence[Claim],
    false: Collection[int],
    things: Collection[int],
) -> bool:
    """Return whether a sentence without its false claims still names one of the things, by a noun or a
    pronoun.
    """
    marks = {(start, start, _MARK) for start, _, thing in sentence.mentions if thing in things}
    if not marks:
        return False
    marked, moved = edited(sentence, claims, sorted(marks))
    return _MARK in without(marked, moved, false)[0]


def _shared(i: int, claims: Sequence[Claim], gone: Collection[int]) -> bool:
    """Return whether the words of a false claim say a true one too, and its thing goes by itself.

    "In the background, there are trees and a building": without trees, the building is still there.
    """
    mine = claims[i]
    true = any(
        j not in gone and c.spans == mine.spans and c.thing != mine.thing
        for j, c in enumerate(claims)
    )
    alone = any(
        j in gone and j != i and c.thing == mine.thing and c.spans != mine.spans
        for j, c in enumerate(claims)
    )
    return true and alone


def name_edits(
    reading: Reading, index: int, known: Collection[int] = ()
) -> list[tuple[int, int, str]]:
    """Return what makes a sentence understood by itself: names for the pronouns of things not named in it
    before.

    Args:
        known: things that whatever stands before the sentence has named last, so that a pronoun finds them.

    Returns:
        (start, end, new text) in characters of the sentence's `text`, in order.
    """
    sentence = reading.sentences[index]
    text = sentence.text
    named: set[int] = set(known)
    edits: list[tuple[int, int, str]] = []
    starts = [(a, b) for a, b, _ in sentence.mentions]
    nouns = {t for a, b, t in sentence.mentions if text[a:b].lower() not in _PRONOUNS}
    for start, end, thing in sentence.mentions:
        word = text[start:end].lower()
        first = thing not in named
        named.add(thing)
        name = reading.things[thing].name
        of = word == "both" and text[end:].startswith(" of ")
        if word not in _PRONOUNS or not first or thing in nouns or not name or of:
            continue
        if word in ("it", "its") and _own_thing(reading, sentence, start):
            continue
        owns = word in _POSSESSIVE or (
            word == "her" and any(a == start and b > end for a, b in starts)
        )
        if text[end : end + 2] in ("'s", "’s"):
            edits.append((end, end + 2, " is"))
        if owns:
            name += "'" if name.endswith("s") else "'s"
        elif word == "they" and reading.things[thing].number == 1 and " and " not in name:
            verb = re.match(r"\s+(are|were|have)\b", text[end:])
            edits += [(end + verb.start(1), end + verb.end(1), _SINGULAR[verb[1]])] if verb else []
        edits.append((start, end, capital(name) if start == 0 else name))
    return sorted(edits)


def _own_thing(reading: Reading, sentence: Sentence, position: int) -> bool:
    """Return whether a noun before it in the sentence explains an "it" or "its": "The can lies on its side".

    Not so people and several things: "Three people walk in front of it", "Small mushrooms grow around it".
    """
    text = sentence.text
    return any(
        end <= position
        and text[start:end].lower() not in _PRONOUNS
        and not lexicon.is_person(reading.things[thing].head)
        and reading.things[thing].number < 2
        and not _is_many(text[start:end])
        and not text[:start].endswith(" of ")  # "drops of dew"
        for start, end, thing in sentence.mentions
    )


def _is_many(mention: str) -> bool:
    last = mention.split()[-1].lower()
    return lexicon.singular(last) != last


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _inside(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(a <= span[0] and span[1] <= b for a, b in spans)


def _mended(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the text without the spans, with articles, commas and verbs made to fit."""
    for start, end in reversed(spans):
        text = _cut(text, start, end)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,;:.!?])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(
        r"\b(and|or|but|while)(?:,?\s+(?:and|or|but))+\b", r"\1", text, flags=re.IGNORECASE
    )
    text = re.sub(r",\s+(and|or|but)\s*,", r", \1", text)
    text = _HOLLOW.sub("", text)
    text = _pair(text)
    text = re.sub(
        r"^(?:[\s,;:.]|(?:and|or|but|while|which|who|that)\b)+", "", text, flags=re.IGNORECASE
    )
    body, stop = re.fullmatch(r"(.*?)([.!?]?)", text, re.DOTALL).groups()
    body = body.rstrip(" ,;:-–—")
    body = re.sub(r"^(?:Parked|Seated|Standing|Sitting) (is|are) ", r"There \1 ", body)
    if bare := re.fullmatch(
        r"((?:an?|two|three|four|five|\d+|several|some|many)\s.+?)\s(is|are|was|were)",
        body,
        re.IGNORECASE,
    ):
        body = f"There {bare[2]} {bare[1][:1].lower()}{bare[1][1:]}"  # its whole predicate is gone
    elif re.search(r"\s(?:is|are|was|were)$", body):
        return ""
    if (body := bare_predicates(body)) == "":
        return ""
    while (shorter := _DANGLING.sub("", body)) != body:
        body = shorter.rstrip(" ,;:-–—")
    body = _one(body)
    if len(re.findall(r"[^\W\d_]+", body)) < 2 or re.fullmatch(
        r"there (?:is|are|may be|appears? to be)", body, re.IGNORECASE
    ):
        return ""
    return capital(body) + (stop or ".")


# A relative clause that has lost what it said: ", which is placed".
_HOLLOW = re.compile(
    r",? (?:which|that|who) (?:is|are) (?:located|placed|positioned|situated|mounted|set|adorned|lined|laden|covered|filled|"
    r"decorated|surrounded|topped|equipped|dressed)(?=[.,;!?]|$)"
)
_BARE = re.compile(
    r"(?P<where>(?:in|on|at|to|behind|under|next|near|above|below|beside|between|around)\b[^,]*, )?"
    r"(?P<what>(?P<det>an?|the|his|her|its|their|two|three|four|five|six|\d+|some|several|many|one|another)\s"
    r"(?:(?!\b(?:is|are|was|were|has|have|that|which|who)\b)[^,])+?)\s"
    r"(?:(?P<one>(?:is|was)\s(?:located|placed|positioned|situated|mounted|set|made|covered|filled|based|hung|adorned|lined|laden|decorated|surrounded|topped|equipped)|stands|"
    r"lies|hangs|rests|runs|rises|sits|extends|stretches|appears|leans|is)|"
    r"(?:are|were)\s(?:located|placed|positioned|situated|mounted|set|made|covered|filled|based|hung|adorned|lined|laden|decorated|surrounded|topped|equipped)|stand|lie|hang|"
    r"rest|run|rise|sit|extend|stretch|appear|lean|are)",
    re.IGNORECASE,
)
_KNOWN = frozenset("the his her its their".split())


def bare_predicates(body: str) -> str:
    """Return a verb of being somewhere that has lost the place says no more than that there is such a thing.

    "A lighthouse stands" -> "There is a lighthouse"; "" where the thing is known ("The bench is made").
    """
    parts = re.split(
        r"(,? (?:and|while) (?=(?:the|an?|two|three|some|several|his|her|its)\b))", body
    )
    mended = []
    for part in parts:
        bare = _BARE.fullmatch(part)
        if bare is None:
            mended.append(part)
            continue
        if bare["det"].lower() in _KNOWN:
            if len(parts) == 1:
                return ""
            mended.append("")
            continue
        what = bare["what"][:1].lower() + bare["what"][1:]
        mended.append(f"{bare['where'] or ''}there {'is' if bare['one'] else 'are'} {what}")
    text = re.sub(r"^,? (?:and|while) |,? (?:and|while) $", "", "".join(mended))
    return capital(text)


def _pair(text: str) -> str:
    """ "a cup, and an apple" -> "a cup and an apple": two things need no comma."""
    return (
        re.sub(
            rf"(?<!,)( {_DETERMINED}\s[^\s,]+(?:\s[^\s,]+)?), (and|or) (?={_DETERMINED}\s[^,]*[.!?]?$)",
            r"\1 \2 ",
            text,
        )
        if text.count(",") == 1
        else text
    )


def _one(body: str) -> str:
    """Return the verb after what is one now: "A woman are walking", "there are a building"."""
    there = re.search(
        r"\bthere (are|were) (?=(?:an?|one)\s(?:(?!\band\b)[^,])*$)", body, re.IGNORECASE
    )
    if there:
        return body[: there.start(1)] + _SINGULAR[there[1].lower()] + body[there.end(1) :]
    one = re.match(
        r"(?:an?|one)\s(?!few\b|couple\b|number\b)(?:(?!\b(?:and|is|has|was|of)\b)[^,])*?\s(are|were|have)\b",
        body,
        re.IGNORECASE,
    )
    return body[: one.start(1)] + _SINGULAR[one[1]] + body[one.end(1) :] if one else body


def _cut(text: str, start: int, end: int) -> str:
    before, removed, after = text[:start].rstrip(), text[start:end], text[end:].lstrip()
    article_before = re.search(r"\b(an?)$", before, re.IGNORECASE)
    following = re.match(r"[\w'-]+", after)
    if article_before and following:
        right = article(following[0]).split()[0]
        right = capital(right) if article_before[1][0].isupper() else right
        before = before[: article_before.start()] + right
    if _between_adjectives(before, removed, after):
        before = before[:-1]
    if before.endswith(",") and (not after or after[0] in ",.;!?"):
        before = before[:-1]  # the pair of commas that set it off
        aside = re.match(r"(?:which|who|whose|where|that|[a-z]+(?:ing|ed))\b", removed)
        verb = re.match(r",\s*([a-z]+)", after)
        if verb and (
            verb[1] in _FINITE
            or (
                aside
                and lexicon.senses(verb[1].removesuffix("s"), lexicon.VERB)
                and verb[1].endswith("s")
            )
        ):
            after = after[1:].lstrip()
    elif (
        before.endswith(",")
        and after
        and re.match(r"(?:is|are|was|were|has|have|sits?|stands?)\b", after)
    ):
        before = before[:-1]
    if re.match(r"(?:,\s*)?(?:and|or)\b", removed):
        before = _closed_list(before)
        after = _agreed(before, after)
    if not before and after.startswith(","):
        after = after[1:].lstrip()
    joint = "" if not before or not after or after[0] in ",.;:!?" else " "
    return before + joint + after


def _between_adjectives(before: str, removed: str, after: str) -> bool:
    """Return whether the comma before what was cut only parted two adjectives: "a large, dark cat"."""
    first = re.search(rf"\b{_DETERMINED}\s(?:[\w-]+,\s)*([\w-]+),$", before, re.IGNORECASE)
    return bool(
        first
        and re.fullmatch(r"[\w-]+(?: [\w-]+)?", removed.strip())
        and re.match(r"[a-z]", after)
        and lexicon.senses(first[1].lower(), lexicon.ADJECTIVE)
    )


def _closed_list(before: str) -> str:
    """ "a cup, a book", of which "and a pen" was the end -> "a cup and a book"."""
    found = re.search(
        rf"\b{_DETERMINED}\s[^,]+?(,\s*)(?={_DETERMINED}\s[^,]*$)", before, re.IGNORECASE
    ) or _bare_last(before)
    if found and re.search(r"\bof (?:which|whom|them)\b", before[found.end(1) :]):
        return before
    if not found or re.match(
        r"(?:in|on|at|behind|under|above|beside|near|next|to|below|between|around|against|inside|outside|along|across|"
        r"over|by|with)\b",
        before[: found.end(1)].split(",")[-2].lstrip(),
        re.IGNORECASE,
    ):
        return before
    return f"{before[: found.start(1)]} and {before[found.end(1) :]}"


def _bare_last(before: str) -> re.Match | None:
    """Return where the last of a list stands without an article: "a red shirt, blue jeans"."""
    found = re.search(
        rf"\b{_DETERMINED}\s[^,]+?(,\s*)(?=(?:[a-z-]+\s){{0,2}}(?P<noun>[a-z]+)$)", before
    )
    noun = found["noun"] if found else ""
    named = lexicon.senses(lexicon.singular(noun)) or lexicon.senses(noun.removesuffix("s"))
    return found if named and not lexicon.senses(noun, lexicon.ADJECTIVE) else None


def _agreed(before: str, after: str) -> str:
    """Return the verb after a subject that is one now: "A man are" -> "A man is"."""
    verb = re.match(r"[a-z]+", after)
    if verb is None or not re.match(
        r"(?:an?|one|the|this|his|her|its)\s(?:(?!\b(?:and|are|is|with)\b).)*$",
        before,
        re.IGNORECASE,
    ):
        return after
    if re.search(r"\band\b", before) or _plural(before):
        return after
    word = verb[0]
    if word in _SINGULAR:
        return _SINGULAR[word] + after[len(word) :]
    return after[: len(word)] + "s" + after[len(word) :] if word in _VERBS else after


def _plural(before: str) -> bool:
    last = re.findall(r"[a-z]+", before.lower())[-1:]
    return bool(last) and (
        lexicon.singular(last[0]) != last[0] or last[0] in ("people", "men", "women", "children")
    )
