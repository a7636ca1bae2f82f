"""The options of the command line. This module imports only what needs no installation."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from .dataset.choices import EXISTING, EXTRAS, KEEP
from .models.local.loading import PRECISIONS
from .models.registry import (
    CAPTIONER,
    DETECTOR,
    NLI,
    VERIFIER,
    WRITER,
    hosted_examples,
    known_models,
)
from .profiles import DEFAULT, LENGTHS, PROFILES
from .settings import AUTO, READERS
from .styles import DESCRIPTION, STYLES

PACK = Path(__file__).parent.parent
# Options that say nothing about single images.
DATASET_ONLY = (
    *("existing", "format", "lines", "trigger", "prefix", "suffix", "template", "context"),
    *("retry", "limit", "dry_run", "undo"),
)
# Options that say how caption files are written, which a run on Ray leaves to a second command.
EXPORT_ONLY = (
    *("existing", "format", "lines", "trigger", "prefix", "suffix", "template"),
    *("undo", "json", "overwrite"),
)
ROLES = {
    DETECTOR: "finds the objects that the patches are built around",
    CAPTIONER: "describes the whole image and each patch",
    VERIFIER: "scores each claim against the pixels",
    WRITER: "writes the caption from the claims that were kept",
    NLI: "decides whether one claim follows from another or contradicts it, where grammar and lexicon cannot "
    "(optional)",
}


EARLIER = {VERIFIER: ("--matcher",)}  # names of options in version 0.2


def parser() -> argparse.ArgumentParser:
    """Return the parser for the options of `run.py`."""
    p = argparse.ArgumentParser(
        prog="run.py",
        description="Long, detailed image captions: divide the image into patches, describe each, "
        "keep the claims that fit the pixels, and join them.",
        epilog="A hosted model can be captioner, verifier or writer as "
        f"ENDPOINT:MODEL, for example {', '.join(hosted_examples())}. docs/models.md lists the keys that "
        "they need. The exit code is 0 if every image was captioned, 1 if any was not, and 2 if the "
        "run could not start.",
    )
    p.add_argument(
        "images",
        nargs="*",
        metavar="IMAGE",
        help="images to caption, or one folder whose images get their captions beside them, or "
        "WebDataset shards (.tar) (none: the example image)",
    )
    p.add_argument(
        "--out",
        metavar="DIR",
        help="folder for each image's caption (.txt), report (.report.json) and annotated image "
        "(.patches.png) (default: output). With a folder of images: another folder for its captions",
    )
    p.add_argument(
        "--json", metavar="FILE", help="also write the reports of all images to FILE, as one list"
    )
    p.add_argument(
        "--overwrite",
        action="store_true",
        help="replace files that this pack did not write or that were changed since. Without this "
        "option they are kept, and their images are not captioned. Images of the run and links are "
        "never replaced",
    )
    for role, what in ROLES.items():
        hosted = role not in (DETECTOR, NLI)
        known = known_models(role) + (", or ENDPOINT:MODEL" if hosted else "")
        p.add_argument(
            f"--{role}", *EARLIER.get(role, ()), default="", metavar="NAME", help=f"{what}: {known}"
        )
    p.add_argument(
        "--classes",
        default="",
        metavar="WORDS",
        help='the classes to detect, as in "person, red car" (default: all its classes, or the '
        "nouns of the caption for an open-vocabulary detector)",
    )
    p.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="auto",
        help="number format of the weights of a captioner or writer (default: as saved). 8-bit and "
        "4-bit need the packages bitsandbytes and accelerate",
    )
    p.add_argument(
        "--models",
        metavar="DIR",
        default=_models_folder(),
        help="folder in which models are found and to which they are downloaded "
        "(default: %(default)s)",
    )
    p.add_argument(
        "--profile",
        choices=PROFILES,
        default=DEFAULT.name,
        help="default: decide about each claim by all the evidence, and write once; paper: "
        "decide sentence by sentence and write level by level, as the paper does; fast: one "
        "caption of each patch, and no writer",
    )
    p.add_argument(
        "--reader",
        choices=READERS,
        default=AUTO,
        help="how captions are split into claims: auto splits English by syntax and other languages with the "
        "writer, if it is a language model; syntax uses no model; language-model also splits English with "
        "the writer",
    )
    p.add_argument(
        "--length",
        choices=tuple(LENGTHS),
        default="long",
        help="how many sentences to keep, most important first: short = 3, medium = 8, long = all (default)",
    )
    p.add_argument(
        "--style",
        choices=tuple(STYLES),
        default=DESCRIPTION.name,
        help="how the caption is written: description (default), training, short, tags-sdxl, tags-illustrious, "
        "flux, qwen-image, alt-text, chinese, or custom with --style-text",
    )
    p.add_argument(
        "--style-text",
        default="",
        metavar="TEXT",
        help="your own style: how the caption is to be, and in which language; {known} stands for --context",
    )
    p.add_argument(
        "--only",
        default="",
        metavar="WORDS",
        help='describe only these things, as in "the person"',
    )
    p.add_argument(
        "--ignore",
        default="",
        metavar="WORDS",
        help='say nothing of these things, as in "background, dog"; unlike --exclude, the captioner is told, too',
    )
    p.add_argument(
        "--seed",
        type=int,
        default=0,
        help="random seed; the same seed gives the same captions (default: 0)",
    )
    p.add_argument(
        "--concurrency",
        type=_positive,
        default=6,
        metavar="N",
        help="concurrent requests to hosted models, over all images and roles (default: %(default)s)",
    )
    p.add_argument(
        "--max-requests",
        type=_positive,
        metavar="N",
        help="requests that this command may send to hosted models (default: max_requests of the "
        "config file, 1000 unless set)",
    )
    p.add_argument(
        "--clear-answers",
        action="store_true",
        help="delete the saved answers of models first, so that every request is sent again",
    )
    p.add_argument(
        "--here",
        action="store_true",
        help="use the Python that runs this command and install nothing",
    )
    p.add_argument(
        "--extra",
        action="append",
        choices=EXTRAS,
        default=[],
        help="first install an optional package into the environment that run.py created",
    )
    _add_dataset_options(p)
    _add_cluster_options(p)
    return p


def _add_dataset_options(p: argparse.ArgumentParser) -> None:
    g = p.add_argument_group(
        "captioning a folder",
        "Every image below the folder is captioned, apart from links and hidden folders. Reports and the "
        "record of what was done are in FOLDER/.patch_matters; a second run does what is missing.",
    )
    g.add_argument(
        "--existing",
        choices=EXISTING,
        default=KEEP,
        help="what becomes of a caption that an image has: keep it (default), overwrite it, append or "
        "prepend the new one, or improve it (its claims are checked like the captioner's)",
    )
    g.add_argument(
        "--format",
        default="txt",
        metavar="NAMES",
        help="formats to write, separated by commas: txt, caption and ai-toolkit (.json) put a file beside "
        "each image; metadata (metadata.jsonl of Hugging Face's imagefolder), kohya, parquet and "
        "webdataset write one file or one folder for all images (default: %(default)s)",
    )
    g.add_argument(
        "--lines",
        default="long",
        metavar="NAMES",
        help="captions of each image, one a line: long, medium, short, tags (default: long). kohya's "
        "trainer reads the first line only unless wildcards are on; others join the lines",
    )
    g.add_argument(
        "--trigger",
        default="",
        metavar="WORD",
        help="word to learn; it comes first in each caption",
    )
    g.add_argument("--prefix", default="", metavar="TEXT", help="text before each caption")
    g.add_argument("--suffix", default="", metavar="TEXT", help="text after each caption")
    g.add_argument(
        "--template",
        default="",
        metavar="TEXT",
        help="text of each caption, with {trigger} {caption} {medium} {short} {tags} {old} {name} {folder}",
    )
    g.add_argument(
        "--context",
        default="",
        metavar="TEXT",
        help='what the captioner is told about each image, as in "The person is {name}."; {folder}, and '
        "{tags} or {old} from the caption that the image has",
    )
    g.add_argument(
        "--exclude",
        default="",
        metavar="WORDS",
        help='what captions must not say, as in "hair colour, tattoo": such claims are removed and counted',
    )
    g.add_argument(
        "--retry", choices=("failed",), help="only caption again what failed in an earlier run"
    )
    g.add_argument(
        "--limit", type=_positive, default=0, metavar="N", help="caption at most N images"
    )
    g.add_argument(
        "--dry-run",
        action="store_true",
        help="only say how many images, requests and tokens it would take, and the cost if the config file "
        "has prices",
    )
    g.add_argument(
        "--undo",
        action="store_true",
        help="put back the captions as they were before this pack wrote any",
    )


def _add_cluster_options(p: argparse.ArgumentParser) -> None:
    g = p.add_argument_group(
        "captioning on a cluster",
        "For data sets that outgrow one machine (docs/cluster.md). The images are a folder, a list of files (.txt), "
        "shards (.tar) or tables (.parquet), on disk or as URLs; --out gets the captions as Parquet. A second run does "
        "what is missing.",
    )
    g.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="caption on Ray: on the cluster at ADDRESS (auto: the one that this machine belongs to), or without "
        "ADDRESS on this machine",
    )
    g.add_argument(
        "--ray-workers",
        type=_positive,
        default=0,
        metavar="N",
        help="worker processes; each keeps one CPU busy (default: one for each CPU)",
    )
    g.add_argument(
        "--ray-gpus",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="GPUs of each worker, for models that run in it; 0.25 puts four workers on a GPU (default: 0)",
    )
    g.add_argument(
        "--captions-from",
        metavar="DIR",
        help="ask no model: write the captions that a run with --ray left in DIR, in the formats and with the words "
        "that the other options say",
    )


def given(options: argparse.Namespace, names: Sequence[str]) -> str:
    """Return the first of some options that is set, as a user writes it; "" if none is."""
    defaults = parser()
    for name in names:
        if getattr(options, name) != defaults.get_default(name):
            return f"--{name.replace('_', '-')}"
    return ""


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _share(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 8:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 8")
    return found


def _models_folder() -> str:
    """Return the models folder of the surrounding ComfyUI, or one in this pack's folder."""
    of_comfyui = PACK.parent.parent / "models" / "LLM"
    return str(of_comfyui if of_comfyui.is_dir() else PACK / "models" / "LLM")
