"""One caption for a batch of frames."""

from __future__ import annotations

import json

import numpy as np
import torch
from comfy_api.latest import io, ui

from .. import core
from ..core.profiles import DEFAULT, FAST, LENGTHS
from ..core.video.shots import HEIGHT, WIDTH
from . import bridge, plan, types

FRAMES_AT_ONCE = 64  # whose thumbnails are made in one step
MAX_KEY_FRAMES = 64


class CaptionVideo(io.ComfyNode):
    @classmethod
    def define_schema(cls):
        return io.Schema(
            node_id="PatchMattersCaptionVideo",
            display_name="Caption Video",
            category=types.CATEGORY,
            description="Writes one caption for a video, for text-to-video training or as a prompt. It finds "
            "the shots, describes only frames that show something new, and tells in order what stays and "
            "what changes. Every claim is checked against the frame that it is about.",
            search_aliases=[
                *("patch matters", "video caption", "caption clip", "describe video", "frames"),
                *("video to text", "video to prompt", "shot detection", "视频反推", "视频打标"),
            ],
            is_output_node=True,
            inputs=[
                io.Image.Input(
                    "frames",
                    tooltip="The frames of the video, in order, as one batch: from Get Video Components, or "
                    "any other batch of images.",
                ),
                types.captioner_input(
                    "The model that describes the key frames and their patches. If not connected, the "
                    "offline captioner states what the offline detector finds and measures (class, count, "
                    "position, size and colour)."
                ),
                types.verifier_input(),
                types.writer_input(),
                types.detector_input(),
                io.Float.Input(
                    "fps",
                    default=24.0,
                    min=0.01,
                    max=1000.0,
                    step=0.01,
                    tooltip="Frames per second of the batch. It sets the times of the shots and nothing else. "
                    "Connect fps of Get Video Components.",
                ),
                io.Int.Input(
                    "key_frames",
                    default=6,
                    min=1,
                    max=MAX_KEY_FRAMES,
                    tooltip="The most frames that are described in the whole video, which sets the number of "
                    "requests. Each shot gets one frame, and one more for each large change in it. If there "
                    "are more shots than this, only the longest ones are described.",
                ),
                io.Combo.Input(
                    "length",
                    options=list(LENGTHS),
                    default="long",
                    tooltip="How many sentences to keep of what stays the same in a shot, and of each change, "
                    "most important first: short = 3, medium = 8, long = all.",
                ),
                io.Combo.Input(
                    "profile",
                    options=[DEFAULT.name, FAST.name],
                    default=DEFAULT.name,
                    tooltip="default: three captions for each patch, and the writer writes each shot. fast: one "
                    "caption for each patch, and no writer.",
                ),
                types.seed_input(),
                types.nli_input(),
            ],
            outputs=[
                io.String.Output("caption", tooltip="The caption of the whole video."),
                io.String.Output(
                    "shots",
                    tooltip="The shots as JSON: start and end in seconds, frames, key frames, the caption of "
                    "each shot, and what was true only at first or only later.",
                ),
                types.KeptClaims.Output(
                    "survivors",
                    display_name="kept_claims",
                    tooltip="The key frames with their claims. Connect to the Patch Report to see what was "
                    "kept and dropped.",
                ),
                io.Image.Output(
                    "annotated",
                    tooltip="The key frames with their patches and detected objects drawn in.",
                ),
            ],
        )

    @classmethod
    def execute(
        cls,
        frames,
        fps,
        key_frames,
        length,
        profile,
        seed,
        captioner=None,
        matcher=None,
        writer=None,
        detector=None,
        nli=None,
    ) -> io.NodeOutput:
        bridge.images_from_tensor(frames[:1], "frames")  # so that a wrong shape is reported
        stages = core.video.clip.STAGES
        bar = bridge.NodeProgress(len(stages), "")

        def progress(stage, done, total, region):
            steps = stages.index(stage) + done / max(1, total)
            bar.move_to(steps, region and f"{stage}: {region}")

        taken = 0

        def key_frame(index):
            nonlocal taken
            [image] = bridge.images_from_tensor(frames[index : index + 1], "frames")
            taken += 1
            plan.note_key_frames(taken)
            return image

        with bridge.explained():
            models = core.pipeline.Models.connected(
                detector=detector, captioner=captioner, verifier=matcher, writer=writer, nli=nli
            )
            clip = core.video.clip.caption_clip(
                _thumbnails(frames),
                key_frame,
                models,
                core.pipeline.profile_settings(profile, seed=seed, length=length),
                fps=fps,
                most=key_frames,
                progress=progress,
            )
        annotated = bridge.annotated_tensor(clip.records)
        shots = json.dumps(clip.as_dict(), ensure_ascii=False, indent=1)
        shown = ui.PreviewImage(annotated, cls=cls).as_dict()
        return io.NodeOutput(
            clip.caption,
            shots,
            clip.records,
            annotated,
            ui={**shown, "text": (_text(clip),)},
        )


def _thumbnails(frames: torch.Tensor) -> np.ndarray:
    """Return uint8 (frames, HEIGHT, WIDTH, 3) of IMAGE, whose values that are not numbers count as black."""
    small = []
    for start in range(0, len(frames), FRAMES_AT_ONCE):
        pixels = frames[start : start + FRAMES_AT_ONCE].float().cpu()  # BHWC
        pixels = pixels[..., :3].expand(-1, -1, -1, 3).movedim(-1, 1)  # BCHW
        small.append(torch.nn.functional.interpolate(pixels, (HEIGHT, WIDTH), mode="area"))
    values = torch.cat(small).nan_to_num().clamp(0, 1).movedim(1, -1)
    return (values * 255).round().to(torch.uint8).numpy()


def _text(clip) -> str:
    """Return what the node shows: the caption, then each shot with its time and the notes of its key frames."""
    lines = [clip.caption, ""]
    for number, shot in enumerate(clip.shots, 1):
        start, end = shot.shot.start / clip.fps, shot.shot.stop / clip.fps
        count = len(shot.shot.keys)
        lines.append(f"Shot {number}: {start:.2f} to {end:.2f} s, key frames: {count}")
    notes = dict.fromkeys(note for record in clip.records for note in record.notes)
    lines += ["", "Notes:", *(f"· {note}" for note in notes)] if notes else []
    return "\n".join(lines)
