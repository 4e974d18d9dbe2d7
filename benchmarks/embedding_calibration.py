"""How often `embedding_report` is wrong: good and bad maps of many clouds, each kind 200 times.

    python benchmarks/embedding_calibration.py              # 25 minutes of one core
    python benchmarks/embedding_calibration.py --maps 20 --only held-out

Every map has a known answer. The constants of the report were chosen on the kinds of TRAINING and
are judged on those of HELD_OUT, which they have not seen. Each kind draws its shape, its number of
points (150 to 500), its noise and the size of its fault at random; the smallest faults stand in its
docstring. Prints Markdown: of each kind the share that is condemned, and for which reasons; the
shares of false condemnations and false acquittals; and what other constants would have given.
"""

from __future__ import annotations

import argparse
import json
import zlib
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from tda import embedding_report
from tda.datasets import make_linked_circles, make_sphere, make_torus
from tda.embedding._fidelity import LEAST_RECALL, LEAST_SCORE, MOST_MOVED

# -- clouds --------------------------------------------------------------------------------------


def turned(rng, X, dimension=None):
    """The cloud in a space of so many dimensions, turned, moved and scaled."""
    dimension = dimension or int(rng.integers(X.shape[1], X.shape[1] + 8))
    Q = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0][: X.shape[1]]
    return X @ Q * np.exp(rng.normal()) + 10 * rng.normal(size=dimension)


def noisy(rng, X, most=0.02):
    """With noise in all coordinates, up to a share of the largest deviation of a coordinate."""
    return X + rng.uniform(0, most) * X.std(axis=0).max() * rng.normal(size=X.shape)


def flat_cloud(rng, n):
    """A plane shape: square, disk, ring, or a few blobs."""
    kind = rng.integers(4)
    if kind == 0:
        return rng.uniform(-1, 1, size=(n, 2))
    if kind == 3:
        centres = rng.uniform(-1, 1, size=(int(rng.integers(1, 5)), 2)) * 3
        return centres[rng.integers(len(centres), size=n)] + 0.3 * rng.normal(size=(n, 2))
    inner = 0.0 if kind == 1 else rng.uniform(0.4, 0.8)
    radius, angle = np.sqrt(rng.uniform(inner**2, 1, n)), rng.uniform(0, 2 * np.pi, n)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def disk(rng, n):
    radius, angle = np.sqrt(rng.uniform(0, 1, n)), rng.uniform(0, 2 * np.pi, n)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def roll(rng, n, turns):
    """A rolled sheet in space, and its two coordinates: arc length and height.

    Its turns are one unit apart, six times the distance of neighbours or more.
    """
    start = 1.0
    stop = start + turns
    # An Archimedean spiral of radius r = angle / 2π; arc length by quadrature.
    r = np.linspace(start, stop, 2000)
    speed = np.hypot(1.0, 2 * np.pi * r)
    arc = np.concatenate([[0], np.cumsum((speed[1:] + speed[:-1]) / 2 * np.diff(r))])
    s = rng.uniform(0, arc[-1], n)
    height = rng.uniform(0, n * 0.03 / arc[-1], n)
    r = np.interp(s, arc, r)
    angle = 2 * np.pi * r
    return np.column_stack([r * np.cos(angle), height, r * np.sin(angle)]), np.column_stack(
        [s, height]
    )


def size(rng):
    return int(rng.integers(150, 401))


# -- good maps: (rng) -> cloud, coordinates ------------------------------------------------------


def isometric(rng):
    """A flat cloud in a larger space; its coordinates, turned and scaled, with a little noise."""
    Y = flat_cloud(rng, size(rng))
    return noisy(rng, turned(rng, Y)), noisy(rng, turned(rng, Y, 2))


def unrolled(rng):
    """A rolled sheet, some with a hole in it; the sheet."""
    X, Z = roll(rng, int(rng.integers(300, 501)), rng.uniform(0.5, 1.5))
    if rng.random() < 0.3:
        middle = (Z.min(axis=0) + Z.max(axis=0)) / 2
        kept = np.linalg.norm(Z - middle, axis=1) > 0.3 * np.ptp(Z, axis=0).min()
        X, Z = X[kept], Z[kept]
    return noisy(rng, turned(rng, X)), noisy(rng, turned(rng, Z, 2))


def stretched(rng):
    """A flat cloud, stretched in one direction by a factor up to 1.6."""
    Y = flat_cloud(rng, size(rng))
    return noisy(rng, turned(rng, Y)), turned(rng, noisy(rng, Y * [rng.uniform(1, 1.6), 1]), 2)


def warped(rng):
    """A flat cloud under a smooth map that bends: its area changes up to threefold."""
    Y = flat_cloud(rng, size(rng))
    Y = Y / np.abs(Y).max()
    a, b = rng.uniform(0.05, 0.25, size=2)
    Z = Y + np.column_stack([a * np.sin(2 * Y[:, 1]), b * np.sin(2 * Y[:, 0])])
    return noisy(rng, turned(rng, Y)), turned(rng, Z * np.exp(a * Y[:, :1]), 2)


def bent(rng):
    """A cap of a sphere, up to 60 degrees wide, in the plane by distance and direction."""
    n, wide = size(rng), rng.uniform(0.3, np.pi / 3)
    polar = np.arccos(rng.uniform(np.cos(wide), 1, n))
    angle = rng.uniform(0, 2 * np.pi, n)
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    X = np.column_stack([np.sin(polar)[:, None] * around, np.cos(polar)])
    return noisy(rng, turned(rng, X)), noisy(rng, polar[:, None] * around)


def denoised(rng):
    """A flat cloud under noise in 10 to 30 dimensions; its principal components."""
    from sklearn.decomposition import PCA

    Y = flat_cloud(rng, size(rng))
    X = turned(rng, Y, int(rng.integers(10, 31)))
    X = X + rng.uniform(0.01, 0.04) * X.std(axis=0).max() * rng.normal(size=X.shape)
    return X, PCA(2).fit_transform(X)


def noisier(rng):
    """As `isometric`, under up to five times as much noise."""
    Y = flat_cloud(rng, size(rng))
    return noisy(rng, turned(rng, Y), 0.1), turned(rng, Y, 2)


def by_isomap(rng):
    """A rolled sheet as Isomap unrolls it."""
    from sklearn.manifold import Isomap

    X, _ = roll(rng, int(rng.integers(300, 501)), rng.uniform(0.5, 1.2))
    X = turned(rng, X)
    return X, Isomap(n_neighbors=8, n_components=2).fit_transform(X)


# -- bad maps ------------------------------------------------------------------------------------


def cut(rng):
    """Cut open: a circle, a ring, a tube, or a disk along a slit from its rim to its centre."""
    n, kind = size(rng), rng.integers(4)
    angle, along = rng.uniform(0, 2 * np.pi, n), rng.uniform(0, rng.uniform(1, 4), n)
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    if kind == 0:
        return noisy(rng, turned(rng, around)), noisy(rng, angle[:, None])
    if kind == 1:
        radius = rng.uniform(0.6, 1, n)
        return noisy(rng, turned(rng, radius[:, None] * around)), np.column_stack([angle, radius])
    if kind == 2:
        return noisy(rng, turned(rng, np.c_[around, along])), np.column_stack([angle, along])
    radius, wide = np.sqrt(rng.uniform(0, 1, n)), rng.uniform(0.5, 0.75)
    Z = radius[:, None] * np.column_stack([np.cos(wide * angle), np.sin(wide * angle)])
    return noisy(rng, turned(rng, radius[:, None] * around)), Z


def folded(rng):
    """A sheet folded over: at least a seventh of it lies on the rest."""
    n = size(rng)
    Y = rng.uniform(-1, 1, size=(n, 2)) * [rng.uniform(1, 2), 1]
    most = np.abs(Y[:, 0]).max()
    fold = rng.uniform(-0.7, 0.7) * most
    Z = np.column_stack([np.abs(Y[:, 0] - fold), Y[:, 1]])
    return noisy(rng, turned(rng, Y)), noisy(rng, turned(rng, Z, 2))


def glued(rng):
    """Pieces laid on each other or side by side, or the ends of a strip joined."""
    n, kind = size(rng), rng.integers(3)
    if kind == 2:
        s, width = rng.uniform(0, 2 * np.pi, n), rng.uniform(0.7, 1, n)
        Z = width[:, None] * np.column_stack([np.cos(s), np.sin(s)])
        return noisy(rng, turned(rng, np.column_stack([s, width]))), noisy(rng, Z)
    first, second = disk(rng, n // 2), disk(rng, n - n // 2)
    apart = rng.uniform(3, 5)
    X = np.vstack([first, second + [apart, 0]])
    near = rng.uniform(0, 1.0) if kind == 0 else 1.8
    Z = np.vstack([first, second + [near, 0]])
    return noisy(rng, turned(rng, X)), noisy(rng, turned(rng, Z, 2))


def projected(rng):
    """A sphere, a torus, a roll or linked circles, seen from one side."""
    n, kind = size(rng), rng.integers(4)
    seed = int(rng.integers(2**31))
    if kind == 0:
        X = make_sphere(n, random_state=seed).points
        Z = X[:, :2]
    elif kind == 1:
        X = make_torus(n, random_state=seed).points
        Z = X[:, [0, 2]]
    elif kind == 2:
        X, _ = roll(rng, n, rng.uniform(1.0, 2.0))
        Z = X[:, [0, 1]]
    else:
        X = make_linked_circles(n, random_state=seed).points
        Z = X @ np.linalg.qr(rng.normal(size=(3, 3)))[0][:, :2]
    return noisy(rng, turned(rng, X)), Z


def shuffled(rng):
    """A flat cloud with a tenth of its points or more at each other's places."""
    Y = flat_cloud(rng, size(rng))
    n = len(Y)
    moved = rng.choice(n, int(rng.uniform(0.1, 1) * n), replace=False)
    Z = Y.copy()
    Z[moved] = Y[np.roll(moved, 1)]
    return noisy(rng, turned(rng, Y)), turned(rng, Z, 2)


def crossed(rng):
    """A closed curve in space whose picture crosses itself."""
    n = size(rng)
    t = np.sort(rng.uniform(0, 2 * np.pi, n))
    p, q = [(1, 2), (2, 3), (3, 2), (2, 5)][rng.integers(4)]
    if p == 1:
        X = np.column_stack([np.sin(t), np.sin(2 * t), np.cos(t)])
        return noisy(rng, turned(rng, X)), noisy(rng, X[:, :2])
    radius = 2 + np.cos(q * t)
    X = np.column_stack([radius * np.cos(p * t), radius * np.sin(p * t), np.sin(q * t)])
    return noisy(rng, turned(rng, X)), noisy(rng, X[:, :2])


def collapsed(rng):
    """A flat cloud, a fifth of it or more pressed to a line or a point."""
    Y = flat_cloud(rng, size(rng))
    far = np.argsort(Y @ rng.normal(size=2))
    part = far[: int(rng.uniform(0.2, 0.6) * len(Y))]
    Z = Y.copy()
    centre = Y[part].mean(axis=0)
    along = rng.normal(size=2)
    along /= np.linalg.norm(along)
    Z[part] = centre + (rng.random() < 0.5) * ((Y[part] - centre) @ along)[:, None] * along
    Z[part] += 1e-3 * rng.normal(size=(len(part), 2))
    return noisy(rng, turned(rng, Y)), turned(rng, Z, 2)


def scattered(rng):
    """A sheet torn into three to eight pieces, each moved elsewhere."""
    n = size(rng)
    Y = rng.uniform(-1, 1, size=(n, 2))
    k = int(rng.integers(3, 9))
    centres = rng.uniform(-1, 1, size=(k, 2))
    piece = np.linalg.norm(Y[:, None] - centres, axis=2).argmin(axis=1)
    places = 4 * np.column_stack([np.arange(k) % 3, np.arange(k) // 3])[rng.permutation(k)]
    return noisy(rng, turned(rng, Y)), turned(rng, Y + places[piece], 2)


def inside_out(rng):
    """A disk whose rim becomes its centre."""
    Y = disk(rng, size(rng))
    radius = np.linalg.norm(Y, axis=1, keepdims=True)
    return noisy(rng, turned(rng, Y)), noisy(rng, Y / radius * (1.0 - radius))


TRAINING = {
    "isometric": (isometric, True),
    "unrolled": (unrolled, True),
    "cut": (cut, False),
    "folded": (folded, False),
    "glued": (glued, False),
    "projected": (projected, False),
    "shuffled": (shuffled, False),
}
HELD_OUT = {
    "stretched": (stretched, True),
    "warped": (warped, True),
    "bent": (bent, True),
    "denoised": (denoised, True),
    "noisier": (noisier, True),
    "by Isomap": (by_isomap, True),
    "crossed": (crossed, False),
    "collapsed": (collapsed, False),
    "scattered": (scattered, False),
    "inside out": (inside_out, False),
}
KINDS = {"training": TRAINING, "held-out": HELD_OUT}

# -- the study -----------------------------------------------------------------------------------

REASONS = ("neighbours", "few kept", "torn or glued", "holes")


def ask(name, seed):
    """What the report says of one map, as numbers: one row of the study."""
    make, good = (TRAINING | HELD_OUT)[name]
    X, Z = make(np.random.default_rng([seed, zlib.crc32(name.encode())]))
    report = embedding_report(X, Z)
    return {
        "kind": name,
        "good": good,
        "faithful": report.is_faithful,
        "n": len(X),
        "score": min(report.trustworthiness, report.continuity),
        "recall": report.recall,
        "moved": max(report.torn, report.glued),
        "holes": any(report.lost) or any(report.made),
    }


def reasons(row, score=LEAST_SCORE, recall=LEAST_RECALL, moved=MOST_MOVED):
    """Why a map is condemned, in the words of REASONS; nothing if it is not."""
    kept = row["recall"] >= recall
    moves = kept and row["moved"] > moved and row["moved"] * row["n"] > 1.5
    found = (row["score"] < score, not kept, moves, row["holes"])
    return [reason for reason, holds in zip(REASONS, found, strict=True) if holds]


def errors(rows, **constants):
    """The shares of good maps that are condemned, and of bad ones that are not."""
    condemned = [bool(reasons(row, **constants)) for row in rows]
    good = [wrong for wrong, row in zip(condemned, rows, strict=True) if row["good"]]
    bad = [not right for right, row in zip(condemned, rows, strict=True) if not row["good"]]
    return tuple(float(np.mean(part)) if part else float("nan") for part in (good, bad))


def table(rows):
    lines = [
        f"| kind | | maps | condemned | {' | '.join(REASONS)} |",
        f"| --- | --- | ---: | ---: | {' | '.join(['---:'] * len(REASONS))} |",
    ]
    for name in dict.fromkeys(row["kind"] for row in rows):
        own = [row for row in rows if row["kind"] == name]
        found = [reasons(row) for row in own]
        shares = [np.mean([reason in one for one in found]) for reason in REASONS]
        lines.append(
            f"| {name} | {'good' if own[0]['good'] else 'bad'} | {len(own)} "
            f"| {np.mean([bool(one) for one in found]):.1%} "
            f"| {' | '.join(f'{share:.0%}' for share in shares)} |"
        )
    return "\n".join(lines)


def other_constants(rows):
    """False condemnations and acquittals with each constant halved and doubled, as Markdown."""
    lines = ["| constant | false condemnations | false acquittals |", "| --- | ---: | ---: |"]
    cases = {"as they are": {}}
    for factor in (0.5, 2):
        cases |= {
            f"1 - LEAST_SCORE times {factor:g}": {"score": 1 - (1 - LEAST_SCORE) * factor},
            f"MOST_MOVED times {factor:g}": {"moved": MOST_MOVED * factor},
        }
    cases |= {f"LEAST_RECALL = {recall:g}": {"recall": recall} for recall in (0.25, 0.75)}
    cases["no shares of points, no recall"] = {"moved": 1.0, "recall": 0.0}
    for name, constants in cases.items():
        false, missed = errors(rows, **constants)
        lines.append(f"| {name} | {false:.1%} | {missed:.1%} |")
    return "\n".join(lines)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--maps", type=int, default=200, help="of each kind")
    parser.add_argument("--first-seed", type=int, default=10_000)
    parser.add_argument("--only", choices=list(KINDS), help="one of the two sets of kinds")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for embedding_calibration.json")
    args = parser.parse_args(argv)
    found = {}
    seeds = range(args.first_seed, args.first_seed + args.maps)
    for part in [args.only] if args.only else KINDS:
        work = [(name, seed) for seed in seeds for name in KINDS[part]]
        done = Parallel(n_jobs=args.jobs, return_as="generator")(delayed(ask)(*w) for w in work)
        rows = list(tqdm(done, total=len(work), desc=part))
        rows = found[part] = sorted(rows, key=lambda row: list(KINDS[part]).index(row["kind"]))
        false, missed = errors(rows)
        print(f"\n{part}: {false:.1%} false condemnations, {missed:.1%} false acquittals\n")
        print(f"{table(rows)}\n\n{other_constants(rows)}")
        if args.out:
            args.out.mkdir(parents=True, exist_ok=True)
            (args.out / "embedding_calibration.json").write_text(json.dumps(found) + "\n")
    return found


if __name__ == "__main__":
    main()
