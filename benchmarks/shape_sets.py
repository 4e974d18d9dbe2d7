"""Four sets of shapes with known classes: what topology tells apart, and what simple things do.

    python benchmarks/shape_sets.py                    # about eight minutes of one core
    python benchmarks/shape_sets.py --per-class 20 --only graphs
    python benchmarks/shape_sets.py --out docs         # writes shape_sets.json there

Each set is made from a seed or ships with scikit-learn; nothing is downloaded:

  shapes     clouds of eight curves, surfaces and solids, turned, scaled, under growing noise
  graphs     random graphs of six models with equally many nodes and nearly as many edges
  dynamics   series of six systems, seen through one coordinate
  textures   squares of two photographs, without their brightness and contrast

Every rival gives numbers for a sample, and the same forest learns from them. The baselines use no
topology: they are the first thing that comes to mind for the kind of data. Prints the accuracy, the
mean of splits that leave out 30% of the samples; of textures, stripes of the photographs that were
not seen.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import pdist, squareform
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import GroupKFold, StratifiedShuffleSplit
from tqdm import tqdm

import tda

QUANTILES = np.linspace(0, 1, 33)


class Set(NamedTuple):
    """Samples with classes, the numbers that rivals make of them, and groups that stay together."""

    samples: list
    target: np.ndarray
    topologies: dict[str, Callable]  # list of samples -> columns
    baselines: dict[str, Callable]
    groups: np.ndarray | None = None


def summary(diagrams):
    """Numbers of diagrams: quantiles and means of births, deaths, lifetimes; the longest bars."""
    parts = (
        tda.PersistenceStatistics(quantities=["births", "deaths", "lifetimes", "ratios"]),
        tda.Lifetimes(n_longest=8),
    )
    return np.hstack([np.nan_to_num(part.fit_transform(diagrams)) for part in parts])


def one_by_one(function):
    return lambda samples: np.array([function(sample) for sample in samples])


# -- clouds ------------------------------------------------------------------------------------


def solid_ball(n, random_state):
    return tda.datasets.make_ball(n, random_state=random_state)


def plane(maker):
    """A shape of the plane, in space."""

    def make(n, random_state):
        points = maker(n, random_state=random_state).points
        return np.column_stack([points, np.zeros(n)])

    return make


SHAPES = {
    "circle": plane(tda.datasets.make_circle),
    "figure eight": plane(tda.datasets.make_figure_eight),
    "disk": plane(tda.datasets.make_disk),
    "linked circles": lambda n, s: tda.datasets.make_linked_circles(n, random_state=s).points,
    "trefoil": lambda n, s: tda.datasets.make_trefoil_knot(n, random_state=s).points,
    "sphere": lambda n, s: tda.datasets.make_sphere(n, random_state=s).points,
    "torus": lambda n, s: tda.datasets.make_torus(n, random_state=s).points,
    "ball": lambda n, s: tda.datasets.make_ball(n, random_state=s).points,
}


def make_shapes(per_class, seed, *, noise, stretch=1.0, n_points=300):
    rng = np.random.default_rng([seed, int(1000 * noise), int(1000 * stretch)])
    clouds = []
    for make in SHAPES.values():
        for _ in range(per_class):
            X = make(n_points, int(rng.integers(2**31)))
            X = X / np.sqrt(((X - X.mean(axis=0)) ** 2).sum(axis=1).mean())
            X = X + noise * rng.normal(size=X.shape) / np.sqrt(3)
            X = X * rng.uniform(1 / stretch, stretch, size=3)
            Q = np.linalg.qr(rng.normal(size=(3, 3)))[0]
            clouds.append(X @ Q * np.exp(rng.normal()))
    return clouds, np.repeat(np.arange(len(SHAPES)), per_class)


def to_one_size(X):
    return X / np.median(pdist(X))


def alpha(clouds):
    dgms = tda.AlphaPersistence(n_jobs=2).fit_transform([to_one_size(X) for X in clouds])
    return summary(dgms)


def dtm(clouds):
    dgms = tda.DTMPersistence(n_jobs=2, mass=0.05).fit_transform([to_one_size(X) for X in clouds])
    return summary(dgms)


@one_by_one
def distance_histogram(X):
    """Shape distributions (Osada et al. 2002): the distances of all pairs."""
    return np.quantile(pdist(to_one_size(X)), QUANTILES)


@one_by_one
def neighbor_distances(X):
    D = np.sort(squareform(pdist(to_one_size(X))), axis=1)
    return np.quantile(D[:, [1, 2, 4, 8, 16]], QUANTILES[::4], axis=0).ravel()


def shapes(per_class, seed, **options):
    clouds, target = make_shapes(per_class, seed, **options)
    return Set(
        clouds,
        target,
        {"alpha": alpha, "DTM": dtm},
        {
            "distances of all pairs": distance_histogram,
            "distances to neighbours": neighbor_distances,
        },
    )


# -- graphs ------------------------------------------------------------------------------------

N_NODES, MEAN_DEGREE = 60, 8


def make_graphs(per_class, seed):
    """Edges of graphs with 60 nodes, of mean degree about 8."""
    import networkx as nx

    rng = np.random.default_rng([seed, 1])
    models = (
        lambda s: nx.gnm_random_graph(N_NODES, N_NODES * MEAN_DEGREE // 2, seed=s),
        lambda s: nx.barabasi_albert_graph(N_NODES, MEAN_DEGREE // 2, seed=s),
        lambda s: nx.watts_strogatz_graph(N_NODES, MEAN_DEGREE, 0.3, seed=s),
        lambda s: nx.random_geometric_graph(N_NODES, 0.23, seed=s),
        lambda s: nx.random_regular_graph(MEAN_DEGREE, N_NODES, seed=s),
        lambda s: nx.random_partition_graph([20] * 3, 0.34, 0.035, seed=s),
    )
    graphs = []
    for model in models:
        for _ in range(per_class):
            G = model(int(rng.integers(2**31)))
            graphs.append(nx.to_scipy_sparse_array(G, format="csr", dtype=float))
    return graphs, np.repeat(np.arange(len(models)), per_class)


def by_steps(graphs):
    """Rips of the lengths of shortest paths."""
    from scipy.sparse.csgraph import shortest_path

    D = [shortest_path(A, unweighted=True) for A in graphs]
    D = [np.where(np.isfinite(d), d, N_NODES) for d in D]
    return summary(tda.RipsPersistence(metric="precomputed", n_jobs=2).fit_transform(D))


def by_curvature(graphs):
    return summary(tda.GraphPersistence(function="ollivier", n_jobs=2).fit_transform(graphs))


def by_degree(graphs):
    return summary(tda.ExtendedPersistence(n_jobs=2).fit_transform(graphs))


@one_by_one
def degrees(A):
    return np.quantile(A.sum(axis=0), QUANTILES[::2])


@one_by_one
def spectrum(A):
    """Eigenvalues of the normalised Laplacian."""
    d = np.maximum(np.asarray(A.sum(axis=0)).ravel(), 1)
    return np.linalg.eigvalsh(np.eye(A.shape[0]) - A.toarray() / np.sqrt(np.outer(d, d)))


@one_by_one
def triangles(A):
    """Clustering: how often two neighbours of a node are neighbours."""
    A = A.toarray()
    d = A.sum(axis=0)
    around = np.diag(A @ A @ A) / np.maximum(d * (d - 1), 1)
    return [*np.quantile(around, QUANTILES[::4]), *np.quantile(d, QUANTILES[::4])]


def graphs(per_class, seed):
    samples, target = make_graphs(per_class, seed)
    return Set(
        samples,
        target,
        {
            "Rips of path lengths": by_steps,
            "curvature": by_curvature,
            "degree, extended": by_degree,
        },
        {"degrees": degrees, "degrees and clustering": triangles, "spectrum": spectrum},
    )


# -- series ------------------------------------------------------------------------------------


def flow(rhs, state, step, n, thin, burn=1000):
    """A trajectory by Runge-Kutta of order 4; its first coordinate, every `thin` steps."""
    x, found = np.array(state, dtype=float), []
    for i in range(burn + n * thin):
        a = rhs(x)
        b = rhs(x + step / 2 * a)
        c = rhs(x + step / 2 * b)
        d = rhs(x + step * c)
        x = x + step / 6 * (a + 2 * b + 2 * c + d)
        if i >= burn and (i - burn) % thin == 0:
            found.append(x[0])
    return np.array(found)


def lorenz(rng, n):
    rho = rng.uniform(26, 30)
    rhs = lambda v: np.array(  # noqa: E731
        [10 * (v[1] - v[0]), v[0] * (rho - v[2]) - v[1], v[0] * v[1] - 8 / 3 * v[2]]
    )
    return flow(rhs, rng.normal(size=3), 0.01, n, 5)


def roessler(rng, n):
    c = rng.uniform(5, 6.5)
    rhs = lambda v: np.array(  # noqa: E731
        [-v[1] - v[2], v[0] + 0.2 * v[1], 0.2 + v[2] * (v[0] - c)]
    )
    return flow(rhs, rng.normal(size=3), 0.05, n, 5)


def van_der_pol(rng, n):
    mu = rng.uniform(0.8, 2)
    rhs = lambda v: np.array([v[1], mu * (1 - v[0] ** 2) * v[1] - v[0]])  # noqa: E731
    return flow(rhs, rng.normal(size=2), 0.05, n, 5)


def two_tones(rng, n):
    """Two frequencies that never meet: a torus."""
    t, w = np.arange(n) * 0.25, rng.uniform(1.3, 1.7)
    return np.sin(t + rng.uniform(0, 6)) + 0.6 * np.sin(w * t + rng.uniform(0, 6))


def noisy_cycle(rng, n):
    """A damped oscillation kept alive by noise: the spectrum of a cycle, no loop."""
    x = np.zeros(n + 200)
    r, w = rng.uniform(0.95, 0.98), rng.uniform(0.2, 0.35)
    for i in range(2, len(x)):
        x[i] = 2 * r * np.cos(w) * x[i - 1] - r**2 * x[i - 2] + rng.normal()
    return x[200:]


def stand_in(rng, n):
    """A Lorenz series with its phases at random: the same spectrum, no dynamics."""
    f = np.fft.rfft(lorenz(rng, n))
    f[1:] *= np.exp(2j * np.pi * rng.random(len(f) - 1))
    return np.fft.irfft(f, n)


SYSTEMS = (lorenz, roessler, van_der_pol, two_tones, noisy_cycle, stand_in)


def make_series(per_class, seed, n=400, noise=0.05):
    rng = np.random.default_rng([seed, 2])
    found = []
    for system in SYSTEMS:
        for _ in range(per_class):
            x = system(rng, n)
            x = (x - x.mean()) / x.std() + noise * rng.normal(size=n)
            found.append(x)
    return found, np.repeat(np.arange(len(SYSTEMS)), per_class)


def windows(series):
    """Delay embeddings in space; the delay is where the correlation first falls below 0.3."""
    clouds = []
    for x in series:
        r = np.correlate(x, x, "full")[len(x) - 1 :] / (x @ x)
        delay = int(np.clip(np.argmax(r < 0.3), 2, 30))
        m = len(x) - 2 * delay
        clouds.append(np.column_stack([x[i * delay : i * delay + m] for i in range(3)]))
    return clouds


def by_delays(series):
    return summary(tda.AlphaPersistence(n_jobs=2).fit_transform(windows(series)))


def by_delays_and_density(series):
    return summary(tda.DTMPersistence(mass=0.05, n_jobs=2).fit_transform(windows(series)))


def by_peaks(series):
    return summary(tda.SeriesPersistence().fit_transform(series))


@one_by_one
def correlations(x):
    r = np.correlate(x, x, "full")[len(x) - 1 :] / (x @ x)
    return r[1:81:2]


@one_by_one
def power(x):
    return np.log(np.abs(np.fft.rfft(x * np.hanning(len(x))))[:100:2] + 1e-3)


@one_by_one
def steps(x):
    """Quantiles of the values and of their changes."""
    return [*np.quantile(x, QUANTILES[::2]), *np.quantile(np.diff(x), QUANTILES[::2])]


def dynamics(per_class, seed):
    samples, target = make_series(per_class, seed)
    return Set(
        samples,
        target,
        {"alpha of delays": by_delays, "DTM of delays": by_delays_and_density, "peaks": by_peaks},
        {"correlations": correlations, "spectrum": power, "values and changes": steps},
    )


# -- textures ----------------------------------------------------------------------------------

SIDE = 24
#: Photograph; left, right, top, bottom.
REGIONS = {
    "sky": ("china.jpg", 350, 560, 10, 150),
    "water": ("china.jpg", 345, 545, 244, 292),
    "bush": ("china.jpg", 385, 561, 320, 425),
    "hedge": ("china.jpg", 76, 204, 345, 425),
    "tree": ("china.jpg", 572, 640, 170, 425),
    "windows": ("china.jpg", 98, 318, 194, 236),
    "petals": ("flower.jpg", 195, 420, 125, 320),
    "leaves out of focus": ("flower.jpg", 450, 640, 10, 330),
}
N_STRIPES = 4


def make_textures(per_class, seed):
    """Squares of one class of each stripe of its region; no square lies in two stripes."""
    from sklearn.datasets import load_sample_image

    rng = np.random.default_rng([seed, 3])
    photographs = {name: load_sample_image(name).mean(axis=2) for name, *_ in REGIONS.values()}
    patches, target, stripe = [], [], []
    for label, (name, left, right, top, bottom) in enumerate(REGIONS.values()):
        tall = bottom - top > right - left  # stripes run across the longer side
        first, last = (top, bottom) if tall else (left, right)
        ends = np.linspace(first, last, N_STRIPES + 1).astype(int)
        for i in range(per_class):
            s = i % N_STRIPES
            width = SIDE if ends[s + 1] - ends[s] >= SIDE else ends[s + 1] - ends[s]
            a = rng.integers(ends[s], ends[s + 1] - width + 1)
            b = rng.integers(*((left, right) if tall else (top, bottom)) - np.array([0, SIDE - 1]))
            y, x = (a, b) if tall else (b, a)
            patch = photographs[name][y : y + SIDE, x : x + SIDE]
            patch = np.rot90(patch, rng.integers(4))
            patches.append((patch - patch.mean()) / max(patch.std(), 1e-9))
            target.append(label)
            stripe.append(s)
    return patches, np.array(target), np.array(stripe)


def below(patches):
    return summary(tda.CubicalPersistence(n_jobs=2).fit_transform(patches))


def below_and_above(patches):
    """Dark holes and bright ones."""
    return np.hstack([below(patches), below([-patch for patch in patches])])


@one_by_one
def grey_histogram(patch):
    return np.quantile(patch, QUANTILES)


@one_by_one
def gradients(patch):
    return np.quantile(np.hypot(*np.gradient(patch)), QUANTILES)


@one_by_one
def spectrum_of_patch(patch):
    """Power by frequency, whatever the direction."""
    f = np.abs(np.fft.fft2(patch)) ** 2
    k = np.hypot(*np.meshgrid(np.fft.fftfreq(SIDE), np.fft.fftfreq(SIDE)))
    ring = np.minimum((k * SIDE).astype(int), SIDE // 2)
    return np.log(np.bincount(ring.ravel(), f.ravel()) / np.bincount(ring.ravel()) + 1e-6)


def textures(per_class, seed):
    samples, target, stripe = make_textures(per_class, seed)
    return Set(
        samples,
        target,
        {"cubical, from below": below, "cubical, from below and above": below_and_above},
        {"grey values": grey_histogram, "gradients": gradients, "spectrum": spectrum_of_patch},
        stripe,
    )


# -- the study ---------------------------------------------------------------------------------

NOISES = (0.0, 0.1, 0.2, 0.4, 0.8)
SETS = {
    **{f"shapes, noise {x:g}": (lambda n, s, x=x: shapes(n, s, noise=x)) for x in NOISES},
    "shapes, stretched": lambda n, s: shapes(n, s, noise=0.1, stretch=2.0),
    "graphs": graphs,
    "dynamics": dynamics,
    "textures": textures,
}


def accuracy(columns, one, n_splits):
    """The accuracy of each split."""
    if one.groups is not None:
        splits = list(GroupKFold(N_STRIPES).split(columns, one.target, one.groups))
    else:
        splitter = StratifiedShuffleSplit(n_splits, test_size=0.3, random_state=0)
        splits = list(splitter.split(columns, one.target))
    found = []
    for train, test in splits:
        model = ExtraTreesClassifier(200, random_state=0, n_jobs=2)
        model.fit(columns[train], one.target[train])
        found.append(model.score(columns[test], one.target[test]))
    return found


def study(name, per_class, seed, n_splits):
    """A row for each rival: the kind, its name, mean accuracy, spread, columns, CPU seconds."""
    one, rows = SETS[name](per_class, seed), []
    columns = {"topology": {}, "baseline": {}}
    seconds = {}
    for kind, rivals in (("topology", one.topologies), ("baseline", one.baselines)):
        for rival, describe in rivals.items():
            start = time.process_time()
            columns[kind][rival] = describe(one.samples)
            seconds[kind, rival] = time.process_time() - start
    every = {(kind, rival): X for kind, rivals in columns.items() for rival, X in rivals.items()}
    every["topology", "all of these"] = np.hstack(list(columns["topology"].values()))
    every["baseline", "all of these"] = np.hstack(list(columns["baseline"].values()))
    every["both", "topology and baselines"] = np.hstack([*every.values()][-2:])
    for (kind, rival), X in every.items():
        found = accuracy(X, one, n_splits)
        rows.append(
            {
                "set": name,
                "kind": kind,
                "rival": rival,
                "accuracy": float(np.mean(found)),
                "spread": float(np.std(found)),
                "columns": X.shape[1],
                "cpu_seconds": seconds.get((kind, rival)),
                "samples": len(one.samples),
                "classes": int(one.target.max()) + 1,
            }
        )
    return rows


def table(rows):
    lines = [
        "| set | what the forest sees | numbers | accuracy | spread |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for row in rows:
        kind = "" if row["kind"] == "both" else f"{row['kind']}: "
        lines.append(
            f"| {row['set']} | {kind}{row['rival']} | {row['columns']} | {row['accuracy']:.1%} "
            f"| {row['spread']:.1%} |"
        )
    return "\n".join(lines)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--per-class", type=int, default=60)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="sets whose name begins with this")
    parser.add_argument("--out", type=Path, help="folder for shape_sets.json")
    args = parser.parse_args(argv)
    names = [name for name in SETS if name.startswith(args.only)]
    rows = []
    for name in tqdm(names, desc="sets"):
        rows += study(name, args.per_class, args.seed, args.splits)
    print(table(rows))
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "shape_sets.json").write_text(json.dumps(rows, indent=1) + "\n")
    return rows


if __name__ == "__main__":
    main()
