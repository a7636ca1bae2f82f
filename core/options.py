"""The options of the command line. Imports nothing that has to be installed first."""

from __future__ import annotations

import argparse
from pathlib import Path

from .claims import AUTO, READERS
from .models.local.loading import PRECISIONS
from .models.registry import (
    CAPTIONER,
    DETECTOR,
    MATCHER,
    NLI,
    WRITER,
    hosted_examples,
    known_models,
)
from .profiles import DEFAULT, LENGTHS, PROFILES

PACK = Path(__file__).parent.parent
ROLES = {
    DETECTOR: "finds the objects that the patches are built around",
    CAPTIONER: "describes the whole image and each patch",
    MATCHER: "scores each sentence against the pixels",
    WRITER: "writes the caption from the sentences that were kept",
    NLI: "says whether a claim follows from another or contradicts it, where grammar and lexicon leave that "
    "open (not given: nobody is asked)",
}


def parser() -> argparse.ArgumentParser:
    """The options of `run.py`."""
    p = argparse.ArgumentParser(
        prog="run.py",
        description="Long, detailed image captions: divide the image into patches, describe each, "
        "keep the sentences that fit the pixels, and join them.",
        epilog="Hosted models, and servers of your own, are captioner, matcher or writer by "
        f"ENDPOINT:MODEL, for example {', '.join(hosted_examples())}. The README says which keys "
        "they need. The exit code is 0 if every image was captioned, 1 if any was not, and 2 if the "
        "run could not start.",
    )
    p.add_argument(
        "images", nargs="*", metavar="IMAGE", help="images to caption (none: the example image)"
    )
    p.add_argument(
        "--out",
        metavar="DIR",
        default="output",
        help="folder for each image's caption (.txt), report (.report.json) and annotated image "
        "(.patches.png) (default: %(default)s)",
    )
    p.add_argument(
        "--json", metavar="FILE", help="also write the reports of all images to FILE, as one list"
    )
    p.add_argument(
        "--overwrite",
        action="store_true",
        help="replace files that this pack did not write, or that were changed since. Without this "
        "option they are kept, and their images are not captioned. Images of the run and links are "
        "never replaced",
    )
    for role, what in ROLES.items():
        hosted = role not in (DETECTOR, NLI)
        known = known_models(role) + (", or ENDPOINT:MODEL" if hosted else "")
        p.add_argument(f"--{role}", default="", metavar="NAME", help=f"{what}: {known}")
    p.add_argument(
        "--classes",
        default="",
        metavar="WORDS",
        help='what the detector looks for, as in "person, red car" (default: all its classes, or the '
        "nouns of the caption for a detector that takes words)",
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
        help="folder in which models are found, and to which models of the catalogue are downloaded "
        "(default: %(default)s)",
    )
    p.add_argument(
        "--profile",
        choices=PROFILES,
        default=DEFAULT.name,
        help="default: decide about every single claim by all the evidence, and write once; paper: "
        "decide sentence by sentence and write level by level, as the paper does; fast: one "
        "caption of each patch, and no writer",
    )
    p.add_argument(
        "--reader",
        choices=READERS,
        default=AUTO,
        help="what takes the captions apart into claims: auto reads English by syntax and asks the "
        "writer, if it is a language model, about other languages; syntax asks nobody; "
        "language-model asks the writer about English, too",
    )
    p.add_argument(
        "--length",
        choices=tuple(LENGTHS),
        default="long",
        help="how many sentences to keep, most important first: short 3, medium 8, long all (default)",
    )
    p.add_argument(
        "--seed",
        type=int,
        default=0,
        help="random seed; the same seed gives the same captions (default: 0)",
    )
    p.add_argument(
        "--clear-answers",
        action="store_true",
        help="delete the saved answers of models first, so that everything is asked again",
    )
    p.add_argument(
        "--here",
        action="store_true",
        help="use the Python that runs this command, and install nothing",
    )
    return p


def _models_folder() -> str:
    """The models folder of the surrounding ComfyUI, or one in this pack's folder."""
    of_comfyui = PACK.parent.parent / "models" / "LLM"
    return str(of_comfyui if of_comfyui.is_dir() else PACK / "models" / "LLM")
