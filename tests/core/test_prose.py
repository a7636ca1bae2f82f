"""What a program can see of our prose: phrases that were corrected once, quotation marks, titles.

`BANNED` is the list. Whoever corrects a phrase that may come back adds it here, with what to write instead.
"""

import ast
import io
import json
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROSE = [
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(ROOT.glob("docs/*.md")),
]
PAGES = sorted((ROOT / "web" / "docs").glob("*.md"))
CODE = [
    *sorted(ROOT.glob("*.py")),
    *(f for folder in ("core", "nodes", "bench") for f in sorted((ROOT / folder).rglob("*.py"))),
]

# pattern -> what to write instead
BANNED = {
    r"\bbelongs? into\b": "go in",
    r"\bgo(?:es)? on where\b": "resume where",
    r"\bis skipped, and said\b": "is skipped and reported",
    r"\bat hand\b": "available, connected",
    r"\bstands? in (?:the )?`?(?:config|README|file)": "is in",
    r"\bwants? (?:bitsandbytes|a|an|the) ": "needs",
    r"^(?:That|Those) (?:of|which|that)\b": "Return the ...",
    r", for (?:it|they|neither|nobody|there|that is|this is|he|she|we)\b": "because",
    r"(?-i:\b(?:Lower|Higher|More|Fewer): )": "Lower values ...",
    r"(?<!there )\bis no (?:folder|file|model|text|name|number|image)\b": "is not a",
    r"\bare no (?:claims|multiples|images|captions)\b": "are not",
    r"\blook whether\b": "check that",
    r"\bforbids? to\b": "does not allow",
    r"\bWhat holds everywhere\b": "Caption for the whole image.",
    r"\bbear(?:s)? (?:it|out)\b|\bbears? .{0,20}\bout\b": "support",
    r"\bsurer\b": "more reliable",
    r"\ba detector of core\b": "one of ComfyUI's built-in detectors",
    r"\bmake room\b": "free up space",
    r"\bnot connected:": "If not connected, ...",
    r"[«»‹›]": "quotation marks",
}
PATTERNS = {
    re.compile(p, re.IGNORECASE if p[0] != "^" else 0): instead for p, instead in BANNED.items()
}


def found(text: str) -> list[str]:
    return [
        f'"{m[0]}": write "{to}"'
        for pattern, to in PATTERNS.items()
        for m in pattern.finditer(text)
    ]


def prose_of(file: Path):
    """Line and text of each comment, and of each string that is a sentence."""
    source = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.count(" ") > 3
        ):
            yield node.lineno, node.value


@pytest.mark.parametrize("file", PROSE, ids=lambda f: Path(f).name)
def test_documents_have_none_of_the_phrases(file):
    assert found((ROOT / file).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", CODE, ids=lambda f: str(f.relative_to(ROOT)))
def test_code_has_none_of_the_phrases(file):
    wrong = [f"{line}: {what}" for line, text in prose_of(file) for what in found(text)]
    assert wrong == []


def test_help_pages_locales_and_templates_have_none_of_the_phrases():
    texts = [
        f.read_text(encoding="utf-8") for f in (*PAGES, ROOT / "locales" / "en" / "nodeDefs.json")
    ]
    for file in sorted((ROOT / "workflows").glob("*.json")):
        notes = [
            n
            for n in json.loads(file.read_text())["nodes"]
            if n["type"] in ("Note", "MarkdownNote")
        ]
        texts += [str(value) for note in notes for value in note["widgets_values"]]
    assert [what for text in texts for what in found(text)] == []


def test_titles_are_words():
    shown = json.loads((ROOT / "locales" / "en" / "nodeDefs.json").read_text())
    titles = [node["display_name"] for node in shown.values()]
    titles += [f.stem for f in (ROOT / "workflows").glob("*.json")]
    titles += [f.read_text(encoding="utf-8").split("\n")[0].lstrip("# ") for f in PAGES]
    for title in titles:
        assert not re.search(r"\w_\w", title) and title[0] == title[0].upper(), title
