"""Write euler_ect.json, euler_pyect.json or euler_multipers.json: what the peer says.

    python make_euler.py ect          # ect 1.3.0
    python make_euler.py pyect        # pyect 1.0.1, with torch and torchvision
    python make_euler.py multipers    # multipers 2.3.2 with gudhi 3.11.0

Each in an environment of its own. The shapes are made again by the test from the same seeds; they
hold no two equal heights, so that single precision does not matter.
"""

import json
import sys
from pathlib import Path

import numpy as np

CASES = [(2, 0), (3, 1), (4, 2)]  # coordinates, seed


def shape_of(dimension, seed):
    """Points, and edges and triangles of a closed complex on some of them."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(25, dimension))
    triangles = np.unique([np.sort(rng.choice(20, 3, replace=False)) for _ in range(30)], axis=0)
    sides = np.concatenate([triangles[:, [0, 1]], triangles[:, [0, 2]], triangles[:, [1, 2]]])
    edges = np.unique(np.concatenate([sides, [[20, 21], [21, 22]]]), axis=0)
    directions = rng.normal(size=(6, dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return points, edges, triangles, directions


def radius_of(points):
    return np.sqrt((points**2).sum(axis=1)).max()


def ect():
    from ect import ECT, SECT, Directions, EmbeddedComplex

    found = []
    for case in CASES:
        points, edges, triangles, directions = shape_of(*case)
        shape = EmbeddedComplex()
        shape.add_nodes_from(enumerate(points))
        for edge in edges.tolist():
            shape.add_edge(*edge)
        for triangle in triangles.tolist():
            shape.add_cell(triangle, dim=2)
        options = {
            "directions": Directions.from_vectors(directions),
            "num_thresh": 20,
            "bound_radius": radius_of(points),
        }
        values = {}
        for name, kind in (("ect", ECT), ("sect", SECT)):
            values[name] = np.asarray(kind(**options).calculate(shape)).tolist()
        found.append(values)
    return found


def pyect():
    import torch
    from pyect import WECT, Complex

    found = []
    for case in CASES:
        *parts, directions = shape_of(*case)
        cells = [(torch.as_tensor(part), torch.ones(len(part))) for part in parts]
        transform = WECT(torch.as_tensor(directions, dtype=torch.float32), 20)
        found.append(transform(Complex(*cells).dimensions).numpy().astype(int).tolist())
    return found


def cloud_of(seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(14, 2)), rng.integers(0, 6, 14) / 4


def multipers():
    """Exact signed measures of function-Rips; radius and level, as multipers orders them."""
    import multipers
    from multipers.filtrations import RipsLowerstar

    found = []
    for seed in range(3):
        points, function = cloud_of(seed)
        filtered = RipsLowerstar(
            points=points,
            function=function[:, None],
            threshold_radius=100.0,  # by default edges are missing that sparse levels need
        )
        filtered.expansion(2)
        measures = []
        for degree in (0, 1):
            ((where, weights),) = multipers.signed_measure(
                filtered, degree=degree, invariant="hilbert"
            )
            measures.append({"points": where.tolist(), "weights": weights.tolist()})
        found.append(measures)
    return found


if __name__ == "__main__":
    peer = sys.argv[1]
    made = {"ect": ect, "pyect": pyect, "multipers": multipers}[peer]()
    path = Path(__file__).with_name(f"euler_{peer}.json")
    path.write_text(json.dumps(made, separators=(",", ":")) + "\n")
