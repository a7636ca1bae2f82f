"""Reading pictures: a file in a common raster format -> one upright RGB image."""

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
    """The picture in a file, upright and RGB; of an animation the first frame.

    Transparent parts are laid on white, 16-bit values are scaled to 8 bits, and CMYK, grey and
    palette images are converted.

    Args:
        content: of the file, where it was read already; `path` then only names it.

    Raises:
        PatchMattersError: there is no such file, it is no regular file, it cannot be read, it is no
            (whole) picture in one of `FORMATS`, or it has more than `MAX_PIXELS` pixels.
    """
    path = Path(path)
    try:
        if content is None and path.is_dir():
            raise PatchMattersError(
                f"{path} is a folder: name the images in it, for example {path / '*.jpg'}"
            )
        if content is None and path.exists() and not path.is_file():
            raise PatchMattersError(f"{path} is a pipe or a device: name a picture file.")
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
        raise PatchMattersError(f"{path} may not be read: check its permissions.") from error
    except Image.DecompressionBombError as error:
        raise PatchMattersError(
            f"{path} has more than {MAX_PIXELS // 1_000_000} million pixels: scale it down first "
            f"({error})."
        ) from error
    except PatchMattersError:
        raise
    except Exception as error:  # whatever a decoder stumbles over
        if _unidentified(error):
            raise PatchMattersError(
                f"{path} is not a picture that can be opened: use a "
                f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]} file."
            ) from error
        raise PatchMattersError(
            f"{path} is damaged or cut off, so it cannot be read whole: {error}"
        ) from error


def _unidentified(error: BaseException | None) -> bool:
    """Whether Pillow knew no format, and what came after followed from that: ultralytics, once imported,
    puts an `Image.open` of its own in place that looks for further packages then."""
    while error is not None and not isinstance(error, UnidentifiedImageError):
        error = error.__context__
    return error is not None


def _readable_formats() -> list[str]:
    """Those of `FORMATS` that this Pillow was built with."""
    Image.init()
    return [name for name in FORMATS if name in Image.OPEN]


def _upright(image: Image.Image) -> Image.Image:
    """The image as its EXIF says it was held; as it is where that cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged metadata of a whole picture
        return image


def to_rgb(image: Image.Image) -> Image.Image:
    """Any image of Pillow's as 8-bit RGB."""
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
