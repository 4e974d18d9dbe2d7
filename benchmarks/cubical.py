"""Cubical persistence of images and volumes: our kernels against gudhi and, if given, cripser.

    python benchmarks/cubical.py                                   # ten minutes, most of it gudhi
    python benchmarks/cubical.py --quick                           # half a minute
    python benchmarks/cubical.py --peer-python ENV/bin/python      # where cripser is installed

CPU seconds of the fastest of a few runs, one case after the other in one process (cripser in
one of its own, without its start), and whether the bars agree: bit for bit, as sorted lists, in
every degree, over Z/2. Ours is from the image to a `Diagram`, with the pixels of births and
deaths; gudhi and cripser are from the image to their arrays. Prints a table in Markdown and
writes it, and JSON, under --out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from tda.homology.engines.cubical_grid import cubical_grid

# shape, kind of image, whether gudhi's general complex is run on it too
CASES = [
    ((1024, 1024), "random", True),
    ((1024, 1024), "smooth", True),
    ((1024, 1024), "levels", True),
    ((4096, 4096), "smooth", False),
    ((64, 64, 64), "random", True),
    ((64, 64, 64), "smooth", True),
    ((64, 64, 64), "levels", True),
    ((128, 128, 128), "random", False),
    ((128, 128, 128), "smooth", False),
    ((128, 128, 128), "levels", False),
]
QUICK = [
    ((256, 256), "random", True),
    ((256, 256), "smooth", True),
    ((24, 24, 24), "random", True),
    ((24, 24, 24), "smooth", True),
]
CRIPSER = """
import sys, time, numpy as np, cripser
X, construction, repeats = np.load(sys.argv[1]), sys.argv[2], int(sys.argv[4])
run = cripser.computePH_T if construction == "cells" else cripser.computePH
seconds = []
for _ in range(repeats):
    start = time.process_time()
    bars = run(X, maxdim=X.ndim - 1)
    seconds.append(time.process_time() - start)
np.savez(sys.argv[3], seconds=min(seconds), bars=np.asarray(bars)[:, :3])
"""


def make(shape, kind, seed=0):
    X = np.random.default_rng(seed).normal(size=shape)
    if kind == "smooth":
        return gaussian_filter(X, 4 if len(shape) == 2 else 3)
    return np.round(2 * X) if kind == "levels" else X


def fastest(run, repeats):
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = run()
        seconds.append(time.process_time() - start)
    return min(seconds), result


def sorted_bars(bars):
    bars = np.reshape(bars, (-1, 2))
    bars = bars[bars[:, 0] != bars[:, 1]]
    return bars[np.lexsort((bars[:, 1], bars[:, 0]))]


def by_ours(X, construction):
    return cubical_grid(
        X, max_dimension=X.ndim - 1, construction=construction, representatives=True
    )


def by_gudhi(X, construction):
    import gudhi

    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    built = gudhi.CubicalComplex(**{kind: X})
    built.compute_persistence(homology_coeff_field=2)
    return [built.persistence_intervals_in_dimension(k) for k in range(X.ndim)]


def by_gudhi_plane(X):
    from gudhi.sklearn import CubicalPersistence

    return CubicalPersistence(homology_dimensions=[0, 1]).fit_transform([X])[0]


def by_cripser(X, construction, python, repeats):
    with tempfile.TemporaryDirectory() as folder:
        image, out = Path(folder, "image.npy"), Path(folder, "bars.npz")
        np.save(image, X)
        subprocess.run([python, "-c", CRIPSER, image, construction, out, str(repeats)], check=True)
        with np.load(out) as file:
            seconds, bars = float(file["seconds"]), file["bars"]
    bars[bars[:, 2] == np.finfo(float).max, 2] = np.inf
    return seconds, [bars[bars[:, 0] == k, 1:] for k in range(X.ndim)]


def has_cripser(python):
    return (
        python is not None
        and not subprocess.run([python, "-c", "import cripser"], capture_output=True).returncode
    )


def measure(shape, kind, construction, general, cripser):
    X = make(shape, kind)
    by_ours(make((8,) * X.ndim, kind), construction)  # compile, or load what was compiled
    repeats = 3
    seconds, ours = fastest(lambda: by_ours(X, construction), repeats)
    row = {"shape": shape, "image": kind, "construction": construction, "ours": seconds}
    row["bars"] = [len(ours[k]) for k in range(X.ndim)]
    theirs = {}
    if general:
        row["gudhi"], theirs["gudhi"] = fastest(lambda: by_gudhi(X, construction), 1)
    if X.ndim == 2 and construction == "cells":
        row["gudhi fast"], theirs["gudhi fast"] = fastest(lambda: by_gudhi_plane(X), repeats)
    if cripser is not None:
        row["cripser"], theirs["cripser"] = by_cripser(X, construction, cripser, 1)
    row["agree"] = {
        name: all(np.array_equal(ours[k], sorted_bars(bars[k])) for k in range(X.ndim))
        for name, bars in theirs.items()
    }
    return row


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small images only")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--peer-python", help="an interpreter that can import cripser")
    parser.add_argument("--out", type=Path, default=Path("out/cubical"))
    args = parser.parse_args(argv)
    cripser = args.peer_python if has_cripser(args.peer_python) else None
    if args.peer_python and cripser is None:
        print(f"{args.peer_python} cannot import cripser; it is left out.")
    peers = ["gudhi", "gudhi fast", "cripser"]
    lines = [
        "| image | construction | bars | ours, s | " + " | ".join(f"{p}, s" for p in peers) + " |",
        "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    print("\n".join(lines), flush=True)
    rows = []
    for shape, kind, general in QUICK if args.quick else CASES:
        name = f"{'×'.join(map(str, shape))} {kind}"
        if args.only not in name:
            continue
        for construction in ("cells", "vertices"):
            row = measure(shape, kind, construction, general, cripser)
            rows.append(row)
            cells = []
            for peer in peers:
                ratio = row[peer] / max(row["ours"], 1e-9) if peer in row else 0.0
                text = f"{row[peer]:.3g} ({ratio:.1f}x)" if peer in row else "–"
                cells.append(text if row["agree"].get(peer, True) else text + " DIFFERS")
            lines.append(
                f"| {name} | {construction} | {row['bars']} | {row['ours']:.3g} | "
                + " | ".join(cells)
                + " |"
            )
            print(lines[-1], flush=True)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "numbers.json").write_text(json.dumps(rows, indent=1))
    (args.out / "table.md").write_text("\n".join(lines) + "\n")
    return rows


if __name__ == "__main__":
    main()
