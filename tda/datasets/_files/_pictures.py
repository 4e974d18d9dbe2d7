"""Pictures and volumes: .png, .jpg, .tif and .nii."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np

from .._loaders import LUMINANCE
from ._kinds import as_grid


def read_picture(path: Path, *, kind: str, columns, missing: str) -> dict:
    """One picture, or the pages of a .tif as a volume."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            # Pillow warns of damaged tags, and then of what it can read nonetheless.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.filterwarnings("ignore", module="PIL")
            with Image.open(path) as picture:
                n_pages = getattr(picture, "n_frames", 1)
                described = str(getattr(picture, "tag_v2", {}).get(270, ""))
                pages = []
                for page in range(n_pages):
                    picture.seek(page)
                    _refuse_short_page(picture)
                    pages.append(_grey(ImageOps.exif_transpose(picture), notes))
    except _Transparent as error:
        raise ValueError(f"{path}: {error}") from error
    except UnidentifiedImageError as error:
        if path.suffix.lower() in (".tif", ".tiff"):
            return _by_tifffile(path)
        raise ValueError(f"{path}: cannot be read as an image ({error})") from error
    except Exception as error:  # Pillow's exceptions, SyntaxError among them
        raise ValueError(f"{path}: cannot be read as an image ({error})") from error
    values, is_grey = zip(*pages, strict=True)
    notes[:] = list(dict.fromkeys(notes))
    if n_pages == 1:
        return as_grid(path, values[0], grey=is_grey[0]) | {"notes": notes}
    _refuse_channels(path, described)
    shapes = {page.shape for page in values}
    if len(shapes) > 1:
        # Cameras and slide scanners add smaller copies of the first page.
        notes.append(f"left out: {n_pages - 1} more pages, whose size differs from the first's")
        return as_grid(path, values[0], grey=is_grey[0]) | {"notes": notes}
    notes.append(f"the {n_pages} pages are read as one volume")
    return as_grid(path, np.stack(values), grey=all(is_grey)) | {"notes": notes}


def read_nifti(path: Path, *, kind: str, columns, missing: str) -> dict:
    """A volume of nuclear or other medical imaging, in the units of its file."""
    try:
        import nibabel
    except ImportError as error:
        raise ImportError(
            f"{path}: reading .nii needs nibabel; pip install 'tda-learn[files]'"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with nibabel.imageglobals.LoggingOutputSuppressor():
                values = np.asarray(nibabel.load(path).get_fdata(dtype=np.float64))
    except Exception as error:  # nibabel's, gzip's and zlib's own
        raise ValueError(f"{path}: cannot be read as a volume ({error})") from error
    while values.ndim > 2 and values.shape[-1] == 1:
        values = values[..., 0]
    if values.ndim > 3:
        raise ValueError(
            f"{path}: has shape {values.shape}: it has several volumes; save one of them on its own"
        )
    return as_grid(path, values) | {"notes": []}


def _by_tifffile(path: Path) -> dict:
    """Files that Pillow cannot read, such as those of doubles; they may also be damaged."""
    try:
        import tifffile
    except ImportError as error:
        raise ValueError(
            f"{path}: cannot be read as an image by Pillow; if it is whole, tifffile may read it: "
            "pip install 'tda-learn[files]'"
        ) from error
    try:
        with tifffile.TiffFile(path) as file:
            series = file.series[0]
            axes, values = series.axes, series.asarray()
    except Exception as error:  # tifffile's, zlib's and struct's own
        raise ValueError(f"{path}: cannot be read as an image ({error})") from error
    if axes[-2:] != "YX" or len(axes) > 3 or axes[:1] in ("C", "S", "T"):
        raise ValueError(
            f"{path}: has axes {axes} of lengths {values.shape}, where one picture (YX) or one "
            "volume (ZYX) can be read; save the one to be looked at on its own"
        )
    notes = [f"the {len(values)} pages are read as one volume"] if values.ndim == 3 else []
    return as_grid(path, values) | {"notes": notes}


class _Transparent(ValueError):
    """A picture without anything to see."""


def _grey(picture, notes: list[str]) -> tuple[np.ndarray, bool]:
    """The grey values, from 0 (black) to 1 (white) unless the file has numbers of its own."""
    mode = picture.mode
    if mode in ("1", "L"):
        scale = 1 if mode == "1" else 255
        if "transparency" not in picture.info:
            return np.asarray(picture, dtype=np.float64) / scale, True
    if picture.format == "PNG" and mode.startswith("I"):
        return np.asarray(picture).astype(np.float64) / 65535, True
    if mode.startswith(("I", "F")):  # a measurement, in units of its own
        return np.asarray(picture, dtype=np.float64), False
    colours = np.asarray(picture.convert("RGBA"), dtype=np.float64) / 255
    red, opacity = colours[:, :, 0], colours[:, :, 3]
    # Grey pixels keep their value, which weights that add up to 1 would round.
    is_grey = (colours[:, :, 1] == red) & (colours[:, :, 2] == red)
    grey = np.where(is_grey, red, colours[:, :, :3] @ LUMINANCE)
    if opacity.min() == 1:
        return grey, True
    if opacity.max() == 0:
        raise _Transparent("every pixel is transparent, so there is nothing to see")
    # What is seen must stand out from what shows through.
    is_bright = np.average(grey, weights=opacity) > 0.5
    behind = 0.0 if is_bright else 1.0
    notes.append(
        "transparent pixels are taken as "
        + ("black, since what is seen is bright (--region bright)" if is_bright else "white")
    )
    return opacity * grey + (1 - opacity) * behind, True


def _refuse_short_page(picture) -> None:
    """A page of a .tif that is not packed is as long as its size says; else Pillow fills it up."""
    tags = getattr(picture, "tag_v2", None)
    if tags is None or tags.get(259, 1) != 1:
        return
    bits = tags.get(258, (1,))
    n_bits = sum(bits) if isinstance(bits, tuple) else bits
    there = tags.get(279, tags.get(325, 0))
    n_there = sum(there) if isinstance(there, tuple) else there
    if 8 * n_there < picture.width * picture.height * n_bits:
        raise ValueError(f"{n_there} bytes for {picture.width} x {picture.height} pixels")


def _refuse_channels(path: Path, described: str) -> None:
    """Pages that are colours or times of one place, as ImageJ and OME say, are no volume."""
    for what, pattern in (
        ("channels", r'^channels=(\d+)|SizeC="(\d+)"'),
        ("times", r'^frames=(\d+)|SizeT="(\d+)"'),
    ):
        said = re.search(pattern, described, re.MULTILINE)
        if said and int(said[1] or said[2]) > 1:
            raise ValueError(
                f"{path}: its pages are {said[1] or said[2]} {what}, which make no volume; save "
                "the one to be looked at on its own"
            )
