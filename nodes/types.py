"""The sockets of this pack, and the inputs that several nodes have."""

from comfy_api.latest import io

from ..core.profiles import DEFAULT, LENGTHS, PROFILES
from ..core.styles import CUSTOM, DESCRIPTION, STYLES

Patches = io.Custom("PATCH_MATTERS_PATCHES")
Captions = io.Custom("PATCH_MATTERS_CAPTIONS")
KeptClaims = io.Custom("PATCH_MATTERS_SURVIVORS")
Detector = io.Custom("PATCH_MATTERS_DETECTOR")
Captioner = io.Custom("PATCH_MATTERS_CAPTIONER")
Verifier = io.Custom("PATCH_MATTERS_MATCHER")
Writer = io.Custom("PATCH_MATTERS_WRITER")
NLI = io.Custom("PATCH_MATTERS_NLI")

CATEGORY = "Patch Matters"
MAX_SEED = 0xFFFFFFFFFFFFFFFF


def detector_input():
    return Detector.Input(
        "detector",
        optional=True,
        tooltip="Finds the objects that the patches are built around. If not connected, SSD MobileNet v2 "
        "runs on the CPU (80 COCO classes).",
    )


def captioner_input(
    tooltip: str = "The model that describes the image and its patches. If not connected, the offline "
    "captioner states what the offline detector finds and measures (class, count, position, size and "
    "colour).",
):
    return Captioner.Input("captioner", optional=True, tooltip=tooltip)


def verifier_input(
    tooltip: str = "Scores each claim against the pixels. If not connected, the offline detector looks a "
    "second time; it knows only 80 classes of objects. If your captioner is a vision-language model, "
    "connect its verifier output, or a BLIP from Load Verifier.",
):
    return Verifier.Input("matcher", display_name="verifier", optional=True, tooltip=tooltip)


def writer_input():
    return Writer.Input(
        "writer",
        optional=True,
        tooltip="Writes the caption from the claims that were kept. Whatever it adds is removed, and "
        "whatever it leaves out is added. If not connected, the captioner's own sentences are arranged by "
        "rules, without the claims that were dropped.",
    )


def survivors_input(tooltip: str = "From the Semantic Filter.", *, optional: bool = False):
    return KeptClaims.Input(
        "survivors", display_name="kept_claims", optional=optional, tooltip=tooltip
    )


def nli_input():
    return NLI.Input(
        "nli",
        optional=True,
        tooltip="Decides whether one claim follows from another or contradicts it, where grammar and "
        "lexicon cannot. If not connected, such pairs of claims count as unrelated.",
    )


def length_input():
    return io.Combo.Input(
        "length",
        options=list(LENGTHS),
        default="long",
        tooltip="How many sentences to keep, most important first: short = 3, medium = 8, long = all.",
    )


def profile_input(tooltip: str):
    return io.Combo.Input("profile", options=list(PROFILES), default=DEFAULT.name, tooltip=tooltip)


AS_CAPTIONED = "as captioned"


def style_input(*, as_captioned: bool = False):
    first = f"{AS_CAPTIONED}: the style of the Local Captioner. " if as_captioned else ""
    return io.Combo.Input(
        "style",
        options=[*([AS_CAPTIONED] if as_captioned else []), *STYLES],
        default=AS_CAPTIONED if as_captioned else DESCRIPTION.name,
        optional=True,
        tooltip=f"{first}How the caption is written. It decides what the captioner looks for and how the writer "
        "writes. description: plain and complete. training: for training an image model. short: at most 2 "
        "sentences. tags-sdxl, tags-illustrious: the kept claims as tags, by rules. flux, qwen-image: a prompt for "
        "that model. alt-text: one sentence for people who cannot see the image. chinese: everything in Chinese. "
        f"{CUSTOM}: your own text.",
    )


def style_text_input():
    return io.String.Input(
        "style_text",
        default="",
        optional=True,
        placeholder="Your own style, for example: Like a museum catalogue. What is known: {known}",
        tooltip="The instruction for the style custom: how the caption should read, and in which language. "
        "{known} stands for what is known about the image.",
    )


def known_input():
    return io.String.Input(
        "known",
        default="",
        optional=True,
        placeholder="What you know: names, tags, a trigger word",
        tooltip="What you know about the images (names, tags, a trigger word). The captioner is told this, and "
        "uses it where it agrees with what is visible.",
    )


def only_input():
    return io.String.Input(
        "only",
        default="",
        optional=True,
        tooltip='Describe only these things, as in "the person" or "red car, dog". What belongs to them, what they '
        "wear and what they hold counts. Claims about anything else are dropped. If empty, everything is "
        "described.",
    )


def ignore_input():
    return io.String.Input(
        "ignore",
        default="",
        optional=True,
        tooltip='Leave these things out, as in "background" or "the dog". Claims that name them are dropped.',
    )


def fraction_input(name: str, default: float, tooltip: str):
    return io.Float.Input(name, default=default, min=0.0, max=1.0, step=0.01, tooltip=tooltip)


def seed_input(gives: str = "captions"):
    return io.Int.Input(
        "seed",
        default=0,
        min=0,
        max=MAX_SEED,
        control_after_generate=io.ControlAfterGenerate.fixed,
        tooltip=f"Random seed. The same seed gives the same {gives}.",
    )
