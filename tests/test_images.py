"""Image filtrations: by hand, against brute force, under rotation, and what they refuse."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer
from sklearn.tree import DecisionTreeClassifier

from tda import (
    BettiCurve,
    CubicalPersistence,
    HeightFiltration,
    ImageBinarizer,
    RadialFiltration,
    cubical_diagram,
    images,
)
from tda.images import (
    binarize,
    density_filtration,
    dilation_filtration,
    erosion_filtration,
    height_filtration,
    radial_filtration,
    signed_distance_filtration,
)

GIOTTO = Path(__file__).parent / "reference" / "giotto_images.json"
METRICS = ("euclidean", "manhattan", "chebyshev")
SHAPES = ((7,), (5, 8), (1, 6), (4, 3, 5))


def random_image(shape, seed=0):
    return (np.random.default_rng(seed).uniform(size=shape) < 0.4).astype(float)


def length(offset, metric):
    offset = np.abs(offset)
    order = {"euclidean": 2, "manhattan": 1, "chebyshev": np.inf}[metric]
    return np.linalg.norm(offset, order)


def by_brute_force(image, value):
    """An image of `value(p, foreground, background)`, pixel by pixel."""
    pixels = list(np.ndindex(image.shape))
    front = [np.array(p) for p in pixels if image[p]]
    back = [np.array(p) for p in pixels if not image[p]]
    values = [value(np.array(p), front, back) for p in pixels]
    return np.reshape(values, image.shape)


def nearest(p, others, metric):
    return min(length(p - q, metric) for q in others)


# -- by hand -------------------------------------------------------------------------------

IMAGE = np.array([[0, 1, 1], [1, 0, 1], [0, 0, 0]])


def test_height_by_hand():
    down = [[3, 0, 0], [1, 3, 1], [3, 3, 3]]
    assert height_filtration(IMAGE).tolist() == down
    assert height_filtration(IMAGE, direction=(5, 0)).tolist() == down
    left = [[3, 1, 0], [2, 3, 0], [3, 3, 3]]
    assert height_filtration(IMAGE, direction=(0, -1)).tolist() == left
    steps = np.array([[5, 1, 2], [1, 5, 3], [5, 5, 5]])  # of half a diagonal
    slant = np.where(IMAGE, steps / np.sqrt(2), 4 / np.sqrt(2) + 1)
    np.testing.assert_allclose(height_filtration(IMAGE, direction=(1, 1)), slant, atol=1e-9)


def test_radial_by_hand():
    r = np.sqrt(2)
    middle = [[r + 1, 1, r], [1, r + 1, 1], [r + 1, r + 1, r + 1]]
    np.testing.assert_allclose(radial_filtration(IMAGE), middle, atol=1e-9)
    corner = radial_filtration(IMAGE, center=(0, 1), metric="chebyshev")
    assert corner.tolist() == [[3, 1, 0], [2, 3, 1], [3, 3, 3]]


def test_density_by_hand():
    counts = [[2, 2, 3], [1, 3, 2], [1, 0, 1]]
    assert density_filtration(IMAGE, radius=1).tolist() == counts
    assert density_filtration(IMAGE, radius=0.9).tolist() == IMAGE.tolist()
    assert (density_filtration(IMAGE, radius=1e9) == 4).all()


def test_distances_by_hand():
    image = [[1, 1, 0, 0], [1, 1, 0, 0]]
    dilated = [[0, 0, 1, 2]] * 2
    eroded = [[2, 1, 0, 0]] * 2
    for metric in METRICS:
        assert dilation_filtration(image, metric=metric).tolist() == dilated
        assert erosion_filtration(image, metric=metric).tolist() == eroded
        signed = signed_distance_filtration(image, metric=metric)
        assert signed.tolist() == [[-2, -1, 1, 2]] * 2


@pytest.mark.parametrize(("metric", "largest"), [*zip(METRICS, (5, 7, 4), strict=True)])
def test_where_there_is_no_other_side(metric, largest):
    empty, full = np.zeros((4, 5)), np.ones((4, 5))
    assert (dilation_filtration(empty, metric=metric) == largest + 1).all()
    assert (dilation_filtration(full, metric=metric) == 0).all()
    assert (erosion_filtration(full, metric=metric) == largest + 1).all()
    assert (signed_distance_filtration(full, metric=metric) == -largest - 1).all()
    assert (height_filtration(empty) == 4).all()
    assert (density_filtration(empty) == 0).all()


# -- against brute force -------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("metric", METRICS)
def test_distances_like_brute_force(shape, metric):
    image = random_image(shape)
    dilated = by_brute_force(image, lambda p, front, _: nearest(p, front, metric))
    eroded = by_brute_force(image, lambda p, _, back: nearest(p, back, metric))
    np.testing.assert_allclose(dilation_filtration(image, metric=metric), dilated)
    np.testing.assert_allclose(erosion_filtration(image, metric=metric), eroded)
    np.testing.assert_allclose(signed_distance_filtration(image, metric=metric), dilated - eroded)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("radius", [0, 1, 2.5, 4])
def test_density_like_brute_force(shape, metric, radius):
    image = random_image(shape, seed=1)

    def count(p, front, _):
        return sum(length(p - q, metric) <= radius for q in front)

    expected = by_brute_force(image, count)
    np.testing.assert_array_equal(density_filtration(image, radius=radius, metric=metric), expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_height_and_radius_like_brute_force(shape):
    image = random_image(shape, seed=2)
    rng = np.random.default_rng(3)
    v, f = rng.normal(size=len(shape)), rng.uniform(size=len(shape))
    center = f * (np.array(shape) - 1)
    corners = [v @ p for p in itertools.product(*((0, n - 1) for n in shape))]
    far = max(length(p - center, "euclidean") for p in np.ndindex(shape))

    def height(p, *_):
        return (v @ p - min(corners) if image[tuple(p)] else 0) / np.linalg.norm(v)

    def radius(p, *_):
        return length(p - center, "euclidean") if image[tuple(p)] else far + 1

    expected = by_brute_force(image, height)
    expected[image == 0] = np.ptp(corners) / np.linalg.norm(v) + 1
    np.testing.assert_allclose(height_filtration(image, direction=v), expected, atol=1e-8)
    expected = by_brute_force(image, radius)
    np.testing.assert_allclose(radial_filtration(image, center=f), expected, atol=1e-8)


# -- against giotto-tda --------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["plane", "space"])
def test_giotto_differs_as_the_docstrings_say(shape):
    theirs = json.loads(GIOTTO.read_text())[shape]
    image = np.array(theirs["image"], float)
    # Its directions name the columns before the rows, and then the planes.
    order = [1, 0, 2][: image.ndim]
    direction = np.array(theirs["direction"])[order]
    height = height_filtration(image, direction=direction)
    np.testing.assert_allclose(height, theirs["height"], atol=1e-8)
    radius = radial_filtration(image, center=np.zeros(image.ndim))
    np.testing.assert_allclose(radius, theirs["radial"], atol=1e-8)
    np.testing.assert_array_equal(density_filtration(image, radius=2), theirs["density"])
    dilated = dilation_filtration(image, metric="manhattan")
    np.testing.assert_array_equal(dilated, theirs["dilation"])
    eroded = erosion_filtration(image, metric="manhattan")
    np.testing.assert_array_equal(eroded, theirs["erosion"])
    signed = signed_distance_filtration(image, metric="manhattan")
    np.testing.assert_array_equal(-signed - image, theirs["signed_distance"])


# -- invariances ---------------------------------------------------------------------------


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turning_image_and_direction_together_turns_the_values(quarters):
    image = random_image((6, 9), seed=4)
    turned = np.rot90(image, quarters)
    angle = 0.3
    v = np.array([np.sin(angle), np.cos(angle)])
    w = np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), quarters) @ v
    expected = np.rot90(height_filtration(image, direction=v), quarters)
    np.testing.assert_allclose(height_filtration(turned, direction=w), expected, atol=1e-8)
    f = np.array([0.2, 0.9])
    g = 0.5 + np.linalg.matrix_power(np.array([[0, -1], [1, 0]]), quarters) @ (f - 0.5)
    expected = np.rot90(radial_filtration(image, center=f), quarters)
    np.testing.assert_allclose(radial_filtration(turned, center=g), expected, atol=1e-8)
    for filtration in (density_filtration, dilation_filtration, signed_distance_filtration):
        np.testing.assert_array_equal(filtration(turned), np.rot90(filtration(image), quarters))


def test_the_other_side_of_a_dilation_is_an_erosion():
    image = random_image((8, 8), seed=5)
    np.testing.assert_array_equal(dilation_filtration(1 - image), erosion_filtration(image))
    np.testing.assert_array_equal(
        signed_distance_filtration(1 - image), -signed_distance_filtration(image)
    )


@pytest.mark.parametrize("turn", range(8))
def test_pixels_that_enter_together_are_not_a_rounding_error_apart(turn):
    """A slanted line of ink is one component in every direction, and never two."""
    angle = np.pi * turn / 4
    direction = (np.sin(angle), np.cos(angle))
    for image in (np.eye(9), np.eye(9)[::-1], np.ones((9, 9))):
        values = height_filtration(image, direction=direction)
        assert len(np.unique(values)) <= 18
        assert cubical_diagram(values)[0].tolist() == [[values.min(), np.inf]]


def test_a_loop_that_closes_in_the_last_line_is_seen():
    ring = np.ones((3, 3))
    ring[1, 1] = 0
    assert cubical_diagram(height_filtration(ring))[1].tolist() == [[2, 3]]


# -- thresholds ----------------------------------------------------------------------------


def test_the_binarizer_is_scikit_learns_on_images_of_one_shape():
    grey = np.random.default_rng(6).normal(size=(5, 4, 3))
    expected = [Binarizer(threshold=0.2).fit_transform(image) for image in grey]
    np.testing.assert_array_equal(ImageBinarizer(threshold=0.2).fit_transform(grey), expected)
    dark = ImageBinarizer(threshold=0.2, foreground="dark").fit_transform(grey)
    np.testing.assert_array_equal(dark, 1 - np.array(expected))
    assert binarize([[-np.inf, 0.5, np.inf]]).tolist() == [[0, 0, 1]]


def test_a_grid_search_over_threshold_and_direction():
    """Rings with a gap at the top or at the bottom, in grey."""
    grey = []
    for k in range(12):
        row, column = np.mgrid[-4:5, -4:5]
        ring = 0.4 * (abs(np.hypot(row, column) - 3) < 0.8)
        ring[:4, 4] = 0 if k < 6 else ring[:4, 4]
        ring[5:, 4] = 0 if k >= 6 else ring[5:, 4]
        grey.append(ring + np.random.default_rng(k).uniform(0, 0.1, ring.shape))
    y = np.repeat([0, 1], 6)
    model = make_pipeline(
        ImageBinarizer(),
        HeightFiltration(),
        CubicalPersistence(),
        BettiCurve(n_bins=9, range=(0, 8)),
        DecisionTreeClassifier(random_state=0),
    )
    grid = {
        "imagebinarizer__threshold": [0.25, 0.5],
        "heightfiltration__direction": [(1, 0), (0, 1)],
    }
    search = GridSearchCV(model, grid, cv=3, error_score="raise").fit(grey, y)
    assert search.best_params_ == {
        "imagebinarizer__threshold": 0.25,
        "heightfiltration__direction": (1, 0),
    }
    assert search.best_score_ == 1


# -- errors --------------------------------------------------------------------------------

FILTRATIONS = [getattr(images, name) for name in images.__all__ if name.endswith("_filtration")]


@pytest.mark.parametrize("filtration", FILTRATIONS)
def test_what_is_no_binary_image_is_refused(filtration):
    with pytest.raises(ValueError, match=r"0\.3, but .* ImageBinarizer"):
        filtration([[0, 1], [0.3, 1]])
    with pytest.raises(ValueError, match="NaN"):
        filtration([[0, np.nan]])
    with pytest.raises(ValueError, match="empty"):
        filtration(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="1 to 3 axes"):
        filtration(np.zeros((1, 1, 1, 1)))
    assert filtration(np.array([[True, False]])).tolist() == filtration([[1, 0]]).tolist()


@pytest.mark.parametrize(
    ("function", "options", "said"),
    [
        (height_filtration, {"direction": (1, 0, 0)}, "2 finite"),
        (height_filtration, {"direction": (0, 0)}, "not all 0"),
        (height_filtration, {"direction": (np.nan, 1)}, "finite"),
        (radial_filtration, {"center": (0.5,)}, "2 fraction"),
        (radial_filtration, {"center": (3, 4)}, "number of pixels less one"),
        (radial_filtration, {"metric": "cosine"}, "cosine.*one of"),
        (density_filtration, {"radius": -1}, "radius=-1"),
        (density_filtration, {"radius": np.inf}, "radius=inf"),
        (density_filtration, {"metric": "l2"}, "l2.*one of"),
        (dilation_filtration, {"metric": "taxicab"}, "taxicab.*one of"),
        (erosion_filtration, {"metric": "taxicab"}, "taxicab.*one of"),
        (signed_distance_filtration, {"metric": "taxicab"}, "taxicab.*one of"),
        (binarize, {"foreground": "red"}, "red.*one of"),
        (binarize, {"threshold": np.nan}, "threshold=nan"),
    ],
)
def test_wrong_options_are_named(function, options, said):
    with pytest.raises(ValueError, match=said):
        function([[1, 0], [1, 1]], **options)


def test_fit_refuses_a_direction_or_a_centre_of_other_axes():
    with pytest.raises(ValueError, match="direction"):
        HeightFiltration(direction=(1, 0)).fit([np.ones((2, 2)), np.ones((2, 2, 2))])
    with pytest.raises(ValueError, match="center"):
        RadialFiltration(center=(0.5, 0.5, 0.5)).fit([np.ones((2, 2))])
    with pytest.raises(ValueError, match=r"X\[1\] holds 2"):
        HeightFiltration().fit([np.ones((2, 2)), np.full((2, 2), 2)])
