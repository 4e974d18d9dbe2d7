"""Small real data that comes with the package; ``data/README.md`` has the sources."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ._meshes import is_closed, read_mesh, solid_betti, surface_betti

_MESHES = {
    "mug": "the mug of PyBullet's data, its handle welded to its cup",
    "doughnut": "the torus of PyBullet's data",
    "nut": "the hexagonal nut of PyVista's examples",
    "bunny": "the coarse bunny of PyBullet's data",
}

# The installed package carries the files beside this module; a checkout has them in data/.
_DATA_FOLDERS = (Path(__file__).parent / "data", Path(__file__).parents[2] / "data")

# What the eye makes of red, green and blue: ITU-R recommendation BT.601.
LUMINANCE = np.array([0.299, 0.587, 0.114])


def load_mesh(name: str):
    """A triangle mesh of a real thing.

    Parameters
    ----------
    name : {"mug", "doughnut", "nut", "bunny"}
        Which mesh. All are closed surfaces: the first three of genus 1, the bunny of genus 0.

    Returns
    -------
    sklearn.utils.Bunch
        - `vertices` : ndarray of shape (n_vertices, 3), metres in the mug, otherwise no unit
        - `faces` : ndarray of shape (n_faces, 3), rows of `vertices`, counterclockwise from outside
        - `betti`, `solid_betti` : Betti numbers of the surface and of what it encloses
        - `is_closed` : bool
        - `name`, `source` : str

    Raises
    ------
    ValueError
        If there is no mesh of this name.
    FileNotFoundError
        If the data files are not there.

    Examples
    --------
    >>> from tda.datasets import load_mesh
    >>> mug = load_mesh("mug")
    >>> mug.betti, mug.solid_betti
    ((1, 2, 1), (1, 1, 0))
    """
    from sklearn.utils import Bunch

    if name not in _MESHES:
        raise ValueError(f"name={name!r}: give one of {', '.join(map(repr, _MESHES))}")
    vertices, faces = read_mesh(_data_file(f"{name}.ply"))
    return Bunch(
        vertices=vertices,
        faces=faces,
        betti=surface_betti(faces),
        solid_betti=solid_betti(faces),
        is_closed=is_closed(faces),
        name=name,
        source=_MESHES[name],
    )


def load_digits_images():
    """Handwritten digits, from scikit-learn.

    Returns
    -------
    sklearn.utils.Bunch
        - `images` : ndarray of shape (1797, 8, 8), ink from 0 to 1
        - `target` : ndarray of shape (1797,), the digits
    """
    from sklearn.datasets import load_digits
    from sklearn.utils import Bunch

    digits = load_digits()
    return Bunch(images=digits.images / 16, target=digits.target)


def load_sample_images():
    """Two photographs, from scikit-learn, made grey.

    Returns
    -------
    sklearn.utils.Bunch
        - `images` : list of 2 ndarrays of shape (427, 640), from 0 (black) to 1 (white)
        - `names` : ["china", "flower"]
    """
    from sklearn import datasets
    from sklearn.utils import Bunch

    photographs = datasets.load_sample_images()
    return Bunch(
        images=[image @ LUMINANCE / 255 for image in photographs.images],
        names=[Path(file).stem for file in photographs.filenames],
    )


def load_faces():
    """Small grey pictures, half of them faces: 100 of either kind, from scikit-image.

    Returns
    -------
    sklearn.utils.Bunch
        - `images` : ndarray of shape (200, 25, 25), from 0 (black) to 1 (white)
        - `is_face` : bool ndarray of shape (200,), True for the first 100

    Raises
    ------
    FileNotFoundError
        If the data files are not there.

    References
    ----------
    G. B. Huang, M. Mattar, H. Lee, E. Learned-Miller, Learning to align from scratch, Advances
    in Neural Information Processing Systems (2012): Labeled Faces in the Wild.
    """
    from sklearn.utils import Bunch

    images = np.load(_data_file("faces.npy"), allow_pickle=False) / 255
    return Bunch(images=images, is_face=np.arange(len(images)) < 100)


def load_sunspots():
    """Yearly mean sunspot numbers, 1700 to 2008, whose cycle is about 11 years.

    Returns
    -------
    sklearn.utils.Bunch
        - `years` : int ndarray of shape (309,)
        - `series` : ndarray of shape (309,)

    Raises
    ------
    FileNotFoundError
        If the data files are not there.
    """
    from sklearn.utils import Bunch

    table = np.loadtxt(_data_file("sunspots.csv"), delimiter=",", skiprows=1)
    return Bunch(years=table[:, 0].astype(int), series=table[:, 1])


def load_ecg():
    """An electrocardiogram of a few heartbeats, from PyWavelets.

    Returns
    -------
    sklearn.utils.Bunch
        - `series` : ndarray of shape (1024,), in units and at a rate that the source leaves open

    Raises
    ------
    FileNotFoundError
        If the data files are not there.
    """
    from sklearn.utils import Bunch

    return Bunch(series=np.loadtxt(_data_file("ecg.csv"), skiprows=1))


def _data_file(name: str) -> Path:
    for folder in _DATA_FOLDERS:
        if (folder / name).is_file():
            return folder / name
    places = " nor in ".join(str(folder) for folder in _DATA_FOLDERS)
    raise FileNotFoundError(
        f"{name} is neither in {places}; install the package again, or work in a full checkout"
    )
