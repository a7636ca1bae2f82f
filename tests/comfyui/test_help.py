"""Help pages, translations and the README, held against the nodes that a real server registers."""

import json
import re

import pytest

from conftest import ROOT

# What these say depends on the models on disk and in the catalogue, so no translation replaces it.
LISTS_MODELS = re.compile(r"Models on disk")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def nodes(server):
    everything = server.get("/object_info")
    return {k: v for k, v in everything.items() if v["category"] == "Patch Matters"}


def inputs(node):
    kinds = ("required", "optional")
    return {n: spec[1] for kind in kinds for n, spec in node["input"].get(kind, {}).items()}


def label(name, options):
    """What a socket is called on the screen."""
    return options.get("display_name") or name


def locale(language):
    return json.loads((ROOT / "locales" / language / "nodeDefs.json").read_text())


def test_the_english_locale_says_what_the_nodes_say(nodes):
    expected = {}
    for kind, node in nodes.items():
        named = {}
        for name, options in inputs(node).items():
            named[name] = {"name": label(name, options)}
            if not LISTS_MODELS.search(options["tooltip"]):
                named[name]["tooltip"] = options["tooltip"]
        outputs = zip(node["output_name"], node["output_tooltips"], strict=True)
        expected[kind] = {
            "display_name": node["display_name"],
            "description": node["description"],
            "inputs": named,
            "outputs": {str(i): {"name": n, "tooltip": t} for i, (n, t) in enumerate(outputs)},
        }
    assert locale("en") == expected


def test_the_chinese_locale_has_every_word_of_the_english(nodes):
    english, chinese = locale("en"), locale("zh")

    def keys(part, path=()):
        if not isinstance(part, dict):
            return {path}
        return {k for name, sub in part.items() for k in keys(sub, (*path, name))}

    assert keys(chinese) == keys(english)
    untranslated = [
        path for path in keys(chinese) if not CHINESE.search(at(chinese, path)) and at(chinese, path) != "CLIP"
    ]  # fmt: skip
    assert untranslated == []


def at(part, path):
    return at(part[path[0]], path[1:]) if path else part


def test_the_server_serves_the_translations(server, nodes):
    served = server.get("/i18n")
    assert served["zh"]["nodeDefs"]["PatchDivider"] == locale("zh")["PatchDivider"]


@pytest.mark.parametrize("page", ["{}.md", "{}/zh.md"])
def test_every_node_has_its_page_and_every_input_its_row(nodes, page):
    for kind, node in nodes.items():
        text = (ROOT / "web" / "docs" / page.format(kind)).read_text()
        rows = re.findall(r"^\| `(\w+)`", text, re.MULTILINE)
        named = [label(*item) for item in inputs(node).items()]
        assert rows == [*named, *node["output_name"]], kind
        words = locale("zh" if "zh" in page else "en")[kind]
        assert text.startswith(f"# {words['display_name']}\n\n{words['description']}\n")
        for part in ("inputs", "outputs"):
            for entry in words[part].values():
                tooltip = entry.get("tooltip", "").replace("\n", " ").replace("|", "\\|")
                assert tooltip in text, (kind, entry)


def test_there_is_no_page_of_a_node_that_is_gone(nodes):
    folder = ROOT / "web" / "docs"
    assert {p.name.removesuffix(".md") for p in folder.iterdir()} == set(nodes)
    assert {p.name for p in folder.glob("*/*")} == {"zh.md"}


def test_the_readme_names_every_node(nodes):
    rows = re.findall(
        r"^\| \*\*(.+?)\*\* \(`(\w+)`\)", (ROOT / "README.md").read_text(), re.MULTILINE
    )
    assert rows == [(node["display_name"], kind) for kind, node in nodes.items()]


def test_every_node_is_found_by_its_pack_and_other_words(nodes):
    for kind, node in nodes.items():
        found_by = [node["display_name"].lower(), *node["search_aliases"]]
        assert any("patch matters" in words for words in found_by) and len(found_by) >= 3, kind


def test_the_readme_recommends_models_of_the_catalogue_that_fit():
    catalogue = json.loads((ROOT / "core/models/local/catalogue.json").read_text())
    known = {entry["id"]: entry for entry in catalogue}
    rows = re.findall(
        r"^\| (\d+) GB \| `(\S+?)`(.*) \| ([\d.]+).* GB \|",
        (ROOT / "README.md").read_text(),
        re.MULTILINE,
    )
    assert [int(row[0]) for row in rows] == [6, 8, 12, 24]
    for memory, first, others, download in rows:
        assert known[first]["vram_gb"] <= int(memory) and known[first]["size_gb"] == float(download)
        assert set(re.findall(r"`(\S+/\S+)`", others)) <= set(known)
