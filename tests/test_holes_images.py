"""Holes of images: against SciPy's labels, Otsu by brute force, and what noise does."""

import numpy as np
import pytest
from scipy import ndimage

from tda import ImageHoleCounter, count_image_holes
from tda.holes import otsu_threshold


def scipy_betti(region):
    """Components that touch at corners, and enclosed pieces of the rest that touch along sides."""
    _, pieces = ndimage.label(region, structure=np.ones((3,) * region.ndim))
    _, outside = ndimage.label(np.pad(~region, 1, constant_values=True))
    return pieces, outside - 1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("region", ["dark", "bright"])
def test_region_has_the_components_and_holes_that_labels_have(seed, region):
    rng = np.random.default_rng(seed)
    X = ndimage.gaussian_filter(rng.normal(size=(40, 30)), 1.5).round(1 + seed % 2)  # with ties
    threshold = float(np.median(X))
    count = count_image_holes(X, threshold=threshold, region=region)
    dark = X <= threshold
    assert count.betti == scipy_betti(dark if region == "dark" else ~dark)
    assert count.by_contrast[0] == count.betti


def test_otsu_is_the_best_of_all_thresholds():
    X = np.random.default_rng(0).integers(0, 12, size=(9, 11)).astype(float)

    def between(t):
        low, high = X[t >= X], X[t < X]
        return low.size * high.size * (low.mean() - high.mean()) ** 2

    best = otsu_threshold(X)
    assert between(best) == pytest.approx(max(between(t) for t in np.arange(0, 11) + 0.5))
    assert otsu_threshold(np.full((3, 3), 7.0)) == 7.0


def test_contrast_takes_noise_away():
    y, x = np.mgrid[-1:1:80j, -1:1:80j]
    ring = (np.abs(np.hypot(x, y) - 0.6) > 0.2).astype(float)
    noisy = ring + np.random.default_rng(0).normal(0, 0.15, ring.shape)
    count = count_image_holes(noisy)
    table = count.to_frame()
    assert count.betti != (1, 1) and table.loc[0.3].tolist() == [1, 1]
    assert (np.diff(table.to_numpy(), axis=0) <= 0).all()
    assert "dark region has" in str(count) and count.to_dict()["region"] == "dark"


def test_volumes_have_tunnels_and_cavities():
    z, y, x = np.mgrid[-1:1:24j, -1:1:24j, -1:1:24j]
    shell = np.abs(np.sqrt(x**2 + y**2 + z**2) - 0.6)
    assert count_image_holes(shell, threshold=0.15).betti == (1, 0, 1)
    torus = np.hypot(np.hypot(x, y) - 0.6, z)
    count = count_image_holes(torus, threshold=0.2)
    assert count.betti == (1, 1, 0) and count.names == ("components", "tunnels", "cavities")


def test_each_contrast_has_its_columns():
    X = np.random.default_rng(0).normal(size=(3, 20, 20))
    counter = ImageHoleCounter(contrast=(0.0, 0.2)).set_output(transform="pandas")
    frame = counter.fit_transform(X)
    assert list(frame.columns) == [f"image_holes_h{k}_{c}" for c in ("0", "0.2") for k in (0, 1)]
    for row, image in zip(frame.to_numpy(), X, strict=True):
        expected = count_image_holes(image, contrasts=(0.0, 0.2)).by_contrast
        assert row.tolist() == np.ravel(expected).tolist()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"region": "grey"}, "region='grey'"),
        ({"threshold": "mean"}, "threshold='mean'"),
        ({"threshold": np.nan}, "threshold=nan"),
        ({"contrasts": (2,)}, "shares from 0 to 1"),
        ({"contrasts": ()}, "shares from 0 to 1"),
    ],
)
def test_bad_options_are_named(options, said):
    with pytest.raises(ValueError, match=said):
        count_image_holes(np.eye(4), **options)


def test_images_of_other_axes_are_refused():
    counter = ImageHoleCounter()
    with pytest.raises(ValueError, match="images of 2 and 3 axes"):
        counter.fit([np.eye(3), np.zeros((3, 3, 3))])
    with pytest.raises(ValueError, match="images of fit have 2 axes"):
        counter.fit([np.eye(3)]).transform([np.zeros((3, 3, 3))])
