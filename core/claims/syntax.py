"""Walks through the clauses of an English sentence that spaCy parsed, and collects claims."""

from __future__ import annotations

from . import ATTRIBUTE, places
from .constructions import repeats
from .english_words import COLOURS, HEDGE_ADVERBS, HEDGE_MODALS, HEDGE_VERBS, INFER
from .image_clauses import ImageClauses
from .nouns import hyphenated, is_abstract, lemma
from .reading_builder import ReadingBuilder
from .scene_words import scene_of
from .trees import children, conjuncts, says_what_none_is
from .verb_lemmas import base_of

_CLAUSES = ("advcl", "ccomp", "xcomp", "conj", "dep", "parataxis", "pcomp", "acl", "relcl", "csubj")


def _denies(subject) -> bool:
    """ "None of the lights", "neither the cup nor the saucer": what is there, and is not so."""
    if subject.lower_ in ("nobody", "noone") or (
        subject.lower_ == "one" and any(c.lower_ == "no" for c in subject.children)
    ):
        return True
    if says_what_none_is(subject):
        return True
    if subject.lower_ in ("none", "neither"):
        return any(c.lower_ == "of" for c in subject.children)
    return any(c.dep_ == "preconj" and c.lower_ == "neither" for c in subject.children)


def _fronted(verb) -> bool:
    """Return whether a further clause has its subject after the verb: "..., and in front of him is a hat"."""
    return (
        verb.dep_ == "conj"
        and any(c.dep_ == "prep" and c.i < verb.i for c in verb.children)
        and not any(c.dep_ == "acomp" for c in verb.children)
    )


class SentenceReader(ImageClauses):
    """Reads one parsed sentence into a `ReadingBuilder`."""

    def __init__(self, draft: ReadingBuilder, doc):
        self.draft, self.doc = draft, doc
        self.done = {}
        self.verbs = set()
        self.places = {}
        for match in places.PHRASE.finditer(doc.text):
            span = doc.char_span(match.start(), match.end())
            if span is not None and len(span):
                self.places.update({t.i: (places.value(match), span) for t in span})

    def read(self) -> None:
        root = next((t for t in self.doc if t.head.i == t.i), None)
        if root is None:
            return
        self.clause(root, [])
        for token in self.doc:  # whatever an odd parse hung where no rule looks
            if (
                token.pos_ in ("NOUN", "PROPN")
                and token.i not in self.done
                and token.i not in self.places
                and not hyphenated(token)  # "see-through"
            ) and token.dep_ not in ("compound", "npadvmod", "nmod", "poss", "amod"):
                self.phrase(token)
        self.quotations()

    def clause(self, verb, inherited: list, *, hedged=False, negated=False) -> None:
        """The claims of a clause; `inherited`: its subjects where it names none ("... and holding a cup")."""
        if verb.i in self.verbs:
            return
        self.verbs.add(verb.i)
        kids = list(verb.children)
        hedged = hedged or any(
            c.lemma_.lower() in HEDGE_ADVERBS
            or (c.dep_ == "aux" and c.text.lower() in HEDGE_MODALS)
            for c in kids
        )
        negated = negated or any(c.dep_ == "neg" for c in kids)
        if any(_denies(c) for c in kids if c.dep_ in ("nsubj", "nsubjpass")):
            negated = not negated
        nominal = [c for c in kids if c.dep_ in ("nsubj", "nsubjpass")]
        if verb.pos_ in ("NOUN", "PROPN", "PRON", "NUM"):
            return self._nominal_clause(verb, nominal, inherited, hedged)
        if (
            any(
                c.text.lower() in ("which", "that", "who") and c.tag_ in ("WDT", "WP", "IN", "DT")
                for c in nominal
            )
            and verb.dep_ == "relcl"
        ):
            nominal = []
        there = any(c.dep_ == "expl" for c in kids) or (
            verb.lemma_ == "be" and any(c.text.lower() == "there" and c.i < verb.i for c in kids)
        )
        late = [
            c
            for c in kids
            if c.dep_ in ("attr", "dobj", "nsubj") and c.i > verb.i and c.text.lower() != "there"
        ]
        inverted = (
            verb.lemma_ in ("be", "stand", "sit", "hang", "lie")
            and not there
            and not [c for c in nominal if c.i < verb.i]
            and (verb.dep_ == "ROOT" or _fronted(verb))
        )
        if there or (inverted and late and verb.i > 0):
            nominal, inverted = late, not there
        base = base_of(verb)
        if (
            base in INFER
            and (not nominal or is_abstract(lemma(nominal[0])))
            and not children(verb, "prep")
        ):
            return self._inference(verb)
        if nominal and not there and self._about_picture(verb, nominal[0], hedged, negated):
            return
        subjects = self._subjects(nominal, inherited, hedged, negated and there)
        said = subjects
        if len(subjects) > 1 and nominal:
            joint = self.draft.things.join(subjects, self.draft.index)
            self.draft.things.subjects.append(joint.index)
        if there or (inverted and verb.lemma_ == "be"):
            self._exists(verb, subjects, hedged)
        elif base in HEDGE_VERBS and children(verb, "acomp", "oprd", "xcomp", "attr", "ccomp"):
            self.complements(verb, said, hedged=True, negated=negated)
        elif base == "be":
            self.complements(verb, said, hedged=hedged, negated=negated)
        elif base in ("have", "feature", "contain", "include", "boast") and children(verb, "dobj"):
            self.having(verb, base, said, hedged, negated)
        elif verb.pos_ == "ADJ":
            self.predicate(verb, said, hedged, negated)
        else:
            self.action(verb, base, said, hedged, negated)
        self.rest(verb, subjects or inherited, hedged and base not in HEDGE_VERBS)

    def _nominal_clause(self, noun, nominal, inherited, hedged) -> None:
        """A fragment: "A man with a hat."; an absolute: "his face calm"."""
        for t in conjuncts(noun):
            self.phrase(t, hedged=hedged)
        subject = self.done.get(noun.i)
        for t in nominal:
            self.phrase(t, hedged=hedged)
        self.rest(noun, [subject] if subject is not None else inherited, hedged)

    def _exists(self, verb, subjects, hedged) -> None:
        for c in verb.children:
            if c.dep_ == "prep":
                self.prepositional(c, subjects, hedged=hedged)
            elif c.dep_ in ("advcl", "acl", "csubj", "advmod") and c.pos_ in ("VERB", "AUX"):
                self.clause(c, subjects)
            elif c.dep_ in ("advmod", "acomp") and children(c, "prep"):
                for p in children(c, "prep"):
                    self.prepositional(p, subjects, hedged=hedged)
            elif c.dep_ == "acomp":
                self.predicate(c, subjects, hedged, False)

    def rest(self, verb, subjects, hedged) -> None:
        """The clauses and phrases that hang on a verb, with its subjects."""
        for c in verb.children:
            if c.i in self.done or c.i in self.verbs:
                continue
            if c.dep_ in _CLAUSES and c.pos_ in ("VERB", "AUX"):
                own = c.dep_ in ("ccomp",) and c.tag_ not in ("VBG", "VBN")
                self.clause(c, [] if own else subjects, hedged=hedged and c.dep_ == "xcomp")
            elif c.dep_ in ("advcl", "conj", "acl", "ccomp") and c.pos_ == "ADJ":
                if children(c, "nsubj"):
                    self.clause(c, [])
                else:
                    self.predicate(c, subjects, hedged, False)
            elif c.dep_ in (
                "appos",
                "dobj",
                "attr",
                "oprd",
                "nsubj",
                "dep",
                "conj",
                "nsubjpass",
                "dative",
            ) and c.pos_ in ("NOUN", "PROPN"):
                if children(c, "nsubj", "cop"):
                    self.clause(c, [])
                elif c.dep_ == "oprd" and c.lower_ in ("shut", "open", "closed"):
                    self.done[c.i] = None  # "are drawn shut": read with the verb
                elif c.dep_ in ("oprd", "dobj", "attr") and c.lower_ in COLOURS:
                    self.predicate(c, subjects, hedged, False)  # "is painted green"
                else:
                    for t in conjuncts(c):
                        self.phrase(t, hedged=hedged)
            elif how := repeats(c):
                self._repeated(c, how, subjects)
            elif c.dep_ == "npadvmod" and c.i < verb.i and children(c, "prep", "acl"):
                self.phrase(c, hedged=hedged)  # "Newspaper in its mouth, a dog walks"
            elif c.dep_ == "prep":
                self.prepositional(c, subjects, hedged=hedged)
            elif c.dep_ in ("advmod", "acomp", "prt"):
                for p in children(c, "prep"):
                    self.prepositional(p, subjects, hedged=hedged)
                if c.dep_ == "advmod" and (scene := scene_of(c)) and scene[0] == "setting":
                    self.draft.scene(*scene, hedged=hedged, tokens=[c])

    def _repeated(self, token, how, subjects) -> None:
        """ "side by side", "hand in hand": how some things stand to each other."""
        members = [self.draft.things.all[m] for e in subjects for m in e.members] or subjects
        tokens = list(token.doc[token.i : token.i + 3])
        for t in tokens:
            self.done[t.i] = None
            self.draft.skipped.add(t.i)
        if len(members) == 2 and how == "side by side":
            self.draft.relation(members[0], "next to", members[1], tokens=tokens)
        elif subjects:
            self.draft.add(ATTRIBUTE, subjects[0], how, tokens=tokens)

    def _subjects(self, nominal, inherited, hedged, negated) -> list:
        if not nominal:
            return [e for e in inherited if e is not None]
        found = [
            self.phrase(t, hedged=hedged, negated=negated)
            for token in nominal
            for t in conjuncts(token)
        ]
        return [e for e in found if e is not None]
