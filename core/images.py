"""Reads image files in common raster formats as upright RGB images."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import PatchMattersError

# By name: others that Pillow opens are programs (EPS starts Ghostscript) or rarely used.
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")
MAX_PIXELS = 100_000_000  # 300 MB as RGB, which every stage may hold twice


def read_image(path: str | Path, content: bytes | None = None) -> Image.Image:
    """Read an image file as upright RGB; of an animation, the first frame.

    Transparent parts are laid on white, 16-bit values are scaled to 8 bits, and CMYK, grey and
    palette images are converted.

    Args:
        content: of the file, where it was read already; `path` then only names it.

    Raises:
        PatchMattersError: there is no such file, it is not a regular file, it cannot be read, it is not a whole
            image in one of `FORMATS`, or it has more than `MAX_PIXELS` pixels.
    """
    path = Path(path)
    try:
        if content is None and path.is_dir():
            raise PatchMattersError(
                f"{path} is a folder: name the images in it, for example {path / '*.jpg'}"
            )
        if content is None and path.exists() and not path.is_file():
            raise PatchMattersError(f"{path} is a pipe or a device: name an image file.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            source = path if content is None else io.BytesIO(content)
            with Image.open(source, formats=_readable_formats()) as file:
                width, height = file.size
                if width * height > MAX_PIXELS:
                    raise Image.DecompressionBombError(f"{width} x {height} pixels")
                file.load()
                return to_rgb(_upright(file))
    except FileNotFoundError as error:
        raise PatchMattersError(f"{path} does not exist: check the path.") from error
    except PermissionError as error:
        raise PatchMattersError(f"{path} cannot be read: check its permissions.") from error
    except Image.DecompressionBombError as error:
        raise PatchMattersError(
            f"{path} has more than {MAX_PIXELS // 1_000_000} million pixels: scale it down first "
            f"({error})."
        ) from error
    except PatchMattersError:
        raise
    except Exception as error:  # whatever a decoder stumbles over
        if _unidentified(error):
            size = len(content) if content is not None else path.stat().st_size
            empty = "" if size else ", because it is empty"
            raise PatchMattersError(
                f"{path} cannot be opened as an image{empty}: use a "
                f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]} file."
            ) from error
        raise PatchMattersError(f"{path} is damaged or incomplete: {error}") from error


def _unidentified(error: BaseException | None) -> bool:
    """Return whether Pillow recognised no format. ultralytics, once imported, replaces `Image.open` by a
    function that then raises other errors.
    """
    while error is not None and not isinstance(error, UnidentifiedImageError):
        error = error.__context__
    return error is not None


def _readable_formats() -> list[str]:
    """Return the formats of `FORMATS` that this Pillow supports."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _upright(image: Image.Image) -> Image.Image:
    """Rotate the image as its EXIF data says, if they can be read."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged metadata of a whole image
        return image


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert any Pillow image to 8-bit RGB."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        import numpy as np

        values = np.nan_to_num(np.asarray(image, np.float64), posinf=np.inf, neginf=0)
        # Pillow opens 16-bit files as I;16 or as I, whose values then stay within 16 bits. Floats are
        # in 0..1 as a rule.
        highest = values.max(initial=0)
        top = 65535 if highest > 255 else 1 if image.mode == "F" and highest <= 1 else 255
        image = Image.fromarray((values.clip(0, top) * (255 / top)).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")
