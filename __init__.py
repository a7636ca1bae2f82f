"""Patch Matters for ComfyUI: long, detailed captions in which every claim is checked against the pixels."""

import logging

from comfyui_version import __version__ as _comfyui

WEB_DIRECTORY = "./web"

if tuple(int(part) for part in _comfyui.split(".")[:2]) >= (0, 19):
    from .nodes import comfy_entrypoint  # noqa: F401 - what ComfyUI looks for
else:
    logging.warning(
        "Patch Matters needs ComfyUI 0.19 or newer; this is %s. No node is added.", _comfyui
    )
    NODE_CLASS_MAPPINGS = {}
