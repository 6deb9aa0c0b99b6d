"""Pictures from files, whatever they are, as (H, W, 3) uint8 BGR; and back to JPEG."""

import mimetypes
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from models.errors import PictureError
from models.files import files_in

# What Pillow may read. It goes by the content, whatever the name, and has more readers than faces come in: that of EPS
# starts Ghostscript, and each is a way in for a file made to break it. The JPEG reader reads MPO too.
FORMATS = (
    *("AVIF", "BMP", "DIB", "GIF", "HEIF", "JPEG", "JPEG2000", "PCX", "PNG"),
    *("PPM", "PSD", "QOI", "SGI", "TGA", "TIFF", "WEBP"),
)
FILMS = {".apng", ".avifs"}
TELEPHONES = {".heic", ".heif", ".hif"}
SUFFIXES = (
    frozenset(
        suffix for suffix, known in Pillow.registered_extensions().items() if known in (*FORMATS, "MPO")
    ).difference(FILMS)
    | TELEPHONES
)
DEPTHS = (8, 10, 12, 14, 16)  # bits of a number in pictures whose numbers have room for more


def is_picture(path: Path) -> bool:
    """Whether it is a file whose name is a picture's."""
    return path.suffix.lower() in SUFFIXES and path.is_file()


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder and of all folders in it, in order; see `files_in`."""
    return list(filter(is_picture, files_in(folder)))


@dataclass(frozen=True, slots=True)
class Upload:
    """A picture that is no file here: its bytes, and what messages call it."""

    name: str
    data: bytes

    def __str__(self) -> str:
        return self.name


def read_image(picture: Path | Upload) -> NDArray[np.uint8]:
    """A picture, upright by its EXIF orientation; grey, palette, transparent and 16-bit ones become BGR of 8 bits.

    Raises:
        PictureError: the file is missing, empty, damaged, not a picture, or so large that it could fill the memory
            (Pillow's limit: about 179 million pixels).
    """
    try:
        with opened(picture) as file:
            return _bgr(_deep_colours(picture, file) or ImageOps.exif_transpose(file))
    except IsADirectoryError:
        raise PictureError(f"{picture} is a folder: give the pictures in it.") from None
    except FileNotFoundError:
        raise PictureError(f"There is no picture {picture}: check the path.") from None
    except Pillow.DecompressionBombError:
        raise PictureError(f"{picture} has too many pixels to be read safely: scale it down first.") from None
    except Exception as error:  # what Pillow's many decoders raise on damaged files shares no base class
        if isinstance(error, UnidentifiedImageError) and _size(picture) == 0:
            raise PictureError(f"{picture} is empty (0 bytes): copy it again.") from None
        if (mimetypes.guess_type(Path(str(picture)))[0] or "").startswith("video/"):
            raise PictureError(f"{picture} is a video, not a picture: save a picture of it as JPEG or PNG.") from None
        cause = "no format that is known" if isinstance(error, UnidentifiedImageError) else error
        raise PictureError(
            f"{picture} is not a picture that can be read ({cause}): copy it again, or save it as JPEG or PNG."
        ) from error


@contextmanager
def opened(picture: Path | Upload) -> Iterator[Pillow.Image]:
    """A picture whose head alone is read so far. Raises what Pillow's readers raise."""
    _register_heif()
    source = BytesIO(picture.data) if isinstance(picture, Upload) else picture
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)  # of what is large, and not yet too large
        with Pillow.open(source, formats=FORMATS) as file:
            yield file


@cache
def _register_heif() -> None:
    """Let Pillow read what telephones write, from the first picture on: the library takes a while to load."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def _size(picture: Path | Upload) -> int:
    """In bytes."""
    return len(picture.data) if isinstance(picture, Upload) else picture.stat().st_size


def _deep_colours(picture: Path | Upload, file: Pillow.Image) -> Pillow.Image | None:
    """A picture whose colours have 16 bits each, of which Pillow would keep the first 8; None where it is another."""
    if file.mode != "RGB" or not any("16" in str(tile.args) for tile in getattr(file, "tile", ())):
        return None
    data = picture.data if isinstance(picture, Upload) else picture.read_bytes()
    deep = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if deep is None or deep.dtype != np.uint16 or deep.ndim != 3 or deep.shape[2] != 3:
        return None
    scaled = Pillow.fromarray(np.ascontiguousarray(_of_eight_bits(deep.astype(np.float32))[..., ::-1]))
    scaled.info["exif"] = file.getexif().tobytes()
    return ImageOps.exif_transpose(scaled)


def _of_eight_bits(deep: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Numbers as 8 bits, as many times smaller as their largest tells: by 16 where they have 12 bits.

    Broken numbers up to 1 are shares of full brightness.
    """
    deep = np.nan_to_num(deep, posinf=0.0, neginf=0.0)
    highest = float(deep.max(initial=0))
    limits = [2.0**bits - 1 for bits in DEPTHS]
    if highest <= 1 and (deep % 1).any():
        limits.insert(0, 1.0)
    limit = next((limit for limit in limits if highest <= limit), highest)
    return np.asarray((deep * (255 / limit)).clip(0, 255).astype(np.uint8))


def _bgr(picture: Pillow.Image) -> NDArray[np.uint8]:
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 or 32 bits of grey: Pillow would clip, not scale
        deep = _of_eight_bits(np.asarray(picture, np.float32))
        return np.asarray(cv2.cvtColor(deep, cv2.COLOR_GRAY2BGR), np.uint8)
    if picture.has_transparency_data:
        white = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(white, picture.convert("RGBA"))
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"))[..., ::-1])


def to_jpeg(image: NDArray[np.uint8], quality: int = 95) -> bytes:
    """A picture (H, W, 3 BGR) as JPEG, of a quality up to 100. Raises PictureError: it is too large."""
    encoded, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not encoded:
        raise PictureError(f"A picture of shape {image.shape} cannot be encoded as JPEG: scale it down.")
    return data.tobytes()


def from_jpeg(data: bytes) -> NDArray[np.uint8]:
    """The picture (H, W, 3 BGR) that `to_jpeg` encoded. Raises PictureError: it is damaged."""
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise PictureError("A stored face crop is damaged: enrol the picture again.")
    return np.asarray(image, np.uint8)
