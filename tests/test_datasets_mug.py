"""The mug: its points, its area and volume against integrals, and what homology sees in it."""

import numpy as np
import pytest
from scipy import integrate, stats

from tda.datasets import make_mug, make_solid_mug

MUGS = {
    "default": {},
    "porcelain": {
        "height": 1.8,
        "wall": 0.12,
        "bottom": 0.12,
        "handle_radius": 0.12,
        "finger_radius": 0.4,
    },
}
DEFAULT = {
    "radius": 1.0,
    "height": 2.6,
    "wall": 0.6,
    "bottom": 1.6,
    "handle_radius": 0.45,
    "finger_radius": 0.4,
}
ALPHA = 1e-4


def signed_distance(points, radius, height, wall, bottom, handle_radius, finger_radius):
    """A function that is 0 on the mug, negative in the clay and positive outside.

    Written from the picture, not from the sampler: a turned profile, and a tube round a U.
    """
    x, y, z = points.T
    s = np.hypot(x, y)
    outside_cup = np.maximum.reduce([s - radius, -z, z - height])
    in_cavity = np.minimum(radius - wall - s, z - bottom)
    cup = np.maximum(outside_cup, in_cavity)
    bend = finger_radius + handle_radius
    up = z - height / 2
    beyond = np.maximum(x - radius - finger_radius, 0)
    arms = np.where(beyond > 0, np.hypot(beyond, up) - bend, np.abs(up) - bend)
    handle = np.maximum(np.hypot(arms, y) - handle_radius, radius - wall - x)
    return np.minimum(cup, handle)


def overlap_free_measures(radius, height, wall, bottom, handle_radius, finger_radius):
    """Area and volume of cup and of the handle's visible part, by quadrature."""
    t, bend, cavity = handle_radius, finger_radius + handle_radius, radius - wall
    elbow = radius + finger_radius
    # Along an arm at side y, the handle leaves the cup at x = sqrt(radius^2 - y^2).
    arm_area, _ = integrate.quad(
        lambda a: t * (elbow - np.sqrt(radius**2 - (t * np.sin(a)) ** 2)), 0, 2 * np.pi
    )
    arm_volume, _ = integrate.quad(
        lambda y: 2 * np.sqrt(t**2 - y**2) * (elbow - np.sqrt(radius**2 - y**2)), -t, t
    )
    footprint, _ = integrate.quad(
        lambda y: 2 * np.sqrt(t**2 - y**2) * radius / np.sqrt(radius**2 - y**2), -t, t
    )
    cup_area = 2 * np.pi * (radius * height + cavity * (height - bottom) + radius**2)
    return {
        "cup area": cup_area - 2 * footprint,
        "handle area": 2 * arm_area + 2 * np.pi**2 * bend * t,
        "cup volume": np.pi * (radius**2 * height - cavity**2 * (height - bottom)),
        "handle volume": 2 * arm_volume + np.pi**2 * bend * t**2,
    }


@pytest.mark.parametrize("name", MUGS)
def test_surface_points_lie_on_the_surface(name):
    points = make_mug(5000, random_state=0, **MUGS[name]).points
    distance = signed_distance(points, **(DEFAULT | MUGS[name]))
    np.testing.assert_allclose(distance, 0, atol=1e-9)


@pytest.mark.parametrize("name", MUGS)
def test_solid_points_lie_inside(name):
    points = make_solid_mug(5000, random_state=0, **MUGS[name]).points
    assert signed_distance(points, **(DEFAULT | MUGS[name])).max() <= 0


@pytest.mark.parametrize("name", MUGS)
@pytest.mark.parametrize(("make", "kind"), [(make_mug, "area"), (make_solid_mug, "volume")])
def test_handle_has_its_share(make, kind, name):
    points = make(10_000, random_state=0, **MUGS[name]).points
    n_handle = np.sum(np.hypot(points[:, 0], points[:, 1]) > 1 + 1e-9)
    measures = overlap_free_measures(**(DEFAULT | MUGS[name]))
    handle, cup = measures[f"handle {kind}"], measures[f"cup {kind}"]
    assert stats.binomtest(int(n_handle), 10_000, handle / (handle + cup)).pvalue > ALPHA


@pytest.mark.parametrize("name", MUGS)
def test_every_face_of_the_cup_has_its_share(name):
    measure = DEFAULT | MUGS[name]
    points = make_mug(10_000, random_state=1, **MUGS[name]).points
    x, y, z = points.T
    s = np.hypot(x, y)
    cavity = measure["radius"] - measure["wall"]
    height, bottom = measure["height"], measure["bottom"]
    areas = overlap_free_measures(**measure)
    total = areas["cup area"] + areas["handle area"]
    faces = {
        "foot": (z == 0, np.pi),
        "rim": (z == height, np.pi * (1 - cavity**2)),
        "floor": (z == bottom, np.pi * cavity**2),
        "inner wall": (
            np.isclose(s, cavity) & (z > bottom),
            2 * np.pi * cavity * (height - bottom),
        ),
    }
    for is_on_face, area in faces.values():
        assert stats.binomtest(int(is_on_face.sum()), 10_000, area / total).pvalue > ALPHA
    assert stats.kstest(s[z == 0] ** 2, "uniform").pvalue > ALPHA


@pytest.mark.parametrize("name", MUGS)
def test_volume_by_monte_carlo(name):
    measure = DEFAULT | MUGS[name]
    reach = 1 + 2 * measure["finger_radius"] + 2 * measure["handle_radius"]
    size = np.array([1 + reach, 2, measure["height"]])
    box = np.random.default_rng(0).uniform(size=(400_000, 3)) * size - [1, 1, 0]
    measures = overlap_free_measures(**measure)
    volume = measures["cup volume"] + measures["handle volume"]
    n_inside = int(np.sum(signed_distance(box, **measure) < 0))
    assert stats.binomtest(n_inside, len(box), volume / size.prod()).pvalue > ALPHA


def test_solid_mug_is_uniform_by_volume():
    points = make_solid_mug(5000, random_state=0).points
    box = np.random.default_rng(1).uniform([-1, -1, 0], [2.7, 1, 2.6], (100_000, 3))
    reference = box[signed_distance(box, **DEFAULT) < 0]
    for axis in range(3):
        assert stats.ks_2samp(points[:, axis], reference[:, axis]).pvalue > ALPHA


@pytest.mark.parametrize("make", [make_mug, make_solid_mug])
@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"wall": 1.0}, "wall=1.0 must be smaller than radius"),
        ({"bottom": 3.0}, "bottom=3.0 must be smaller than height"),
        ({"finger_radius": 0.0}, "finger_radius=0.0"),
        ({"handle_radius": 1.5}, "handle_radius=1.5 must be smaller than radius"),
        ({"wall": 0.05}, "poke into the cavity; lower handle_radius or raise wall"),
        ({"height": 2.5}, "height=2.5 is less than the handle's.*2.6"),
    ],
)
def test_impossible_mugs(make, parameters, message):
    with pytest.raises(ValueError, match=message):
        make(10, **parameters)


# What homology sees ------------------------------------------------------------------------------


def largest_ratios(points, degree, n):
    """The n largest death / birth of a degree in the alpha filtration, from gudhi."""
    import gudhi

    tree = gudhi.AlphaComplex(points=points, precision="fast").create_simplex_tree()
    tree.compute_persistence()
    squares = tree.persistence_intervals_in_dimension(degree).reshape(-1, 2)
    squares = squares[squares[:, 0] > 1e-12]  # cocircular points are born at once
    return np.sort(np.sqrt(squares[:, 1] / squares[:, 0]))[::-1][:n]


def test_solid_mug_is_a_doughnut():
    points = make_solid_mug(2000, random_state=0).points
    loop, next_loop = largest_ratios(points, 1, 2)
    assert loop > 3.8 > 3.1 > next_loop
    assert largest_ratios(points, 2, 1)[0] < 1.6


@pytest.mark.parametrize("noise_of_diameter", [0.0, 0.02])
def test_mug_is_a_torus(noise_of_diameter):
    diameter = 4.03  # of the default mug, from the handle to the far rim
    points = make_mug(5000, noise=noise_of_diameter * diameter, random_state=0).points
    _, loop, next_loop = largest_ratios(points, 1, 3)
    void, next_void = largest_ratios(points, 2, 2)
    assert loop > 3.3 > next_loop
    assert void > 1.65 > next_void
