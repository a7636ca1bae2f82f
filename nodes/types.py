"""The sockets of this pack, and the inputs that several nodes have."""

from comfy_api.latest import io

from ..core.profiles import DEFAULT, LENGTHS, PROFILES

Patches = io.Custom("PATCH_MATTERS_PATCHES")
Captions = io.Custom("PATCH_MATTERS_CAPTIONS")
Survivors = io.Custom("PATCH_MATTERS_SURVIVORS")
Detector = io.Custom("PATCH_MATTERS_DETECTOR")
Captioner = io.Custom("PATCH_MATTERS_CAPTIONER")
Matcher = io.Custom("PATCH_MATTERS_MATCHER")
Writer = io.Custom("PATCH_MATTERS_WRITER")

CATEGORY = "Patch Matters"
MAX_SEED = 0xFFFFFFFFFFFFFFFF


def detector_input():
    return Detector.Input(
        "detector",
        optional=True,
        tooltip="Finds the objects that the patches are built around. Not connected: SSD MobileNet "
        "v2 on the CPU (80 COCO classes).",
    )


def captioner_input(
    tooltip: str = "The model that describes. Not connected: sentences on what the offline "
    "detector found and measured (class, number, place, size, colour).",
):
    return Captioner.Input("captioner", optional=True, tooltip=tooltip)


def matcher_input():
    return Matcher.Input(
        "matcher",
        optional=True,
        tooltip="Scores each claim against the pixels. Not connected: a second look by the "
        "offline detector, which knows only 80 classes of objects. With a "
        "vision-language model as captioner connect its judge, or a BLIP.",
    )


def writer_input():
    return Writer.Input(
        "writer",
        optional=True,
        tooltip="Writes the caption from what was kept. What it adds is removed, and what "
        "it leaves out is added. Not connected: the captioner's own sentences are "
        "arranged by rules, without what was dropped.",
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


def fraction_input(name: str, default: float, tooltip: str):
    return io.Float.Input(name, default=default, min=0.0, max=1.0, step=0.01, tooltip=tooltip)


def seed_input():
    return io.Int.Input(
        "seed",
        default=0,
        min=0,
        max=MAX_SEED,
        control_after_generate=io.ControlAfterGenerate.fixed,
        tooltip="Random seed. The same seed gives the same captions.",
    )
