"""Ask giotto-tda for the local homology of a cloud; writes graphs_giotto.json.

    DIR/giotto-tda/bin/python tests/reference/make_graphs_giotto.py

with the environment that ``benchmarks/install_peers.py DIR --only giotto-tda`` makes.
"""

import json
from pathlib import Path

import numpy as np
from gtda.local_homology import KNeighborsLocalVietorisRips, RadiusLocalVietorisRips


def bars(diagrams):
    """For each sample its bars by degree 1 and 2, without those of length zero."""
    return [
        [d[(d[:, 2] == k) & (d[:, 0] != d[:, 1]), :2].tolist() for k in (1, 2)] for d in diagrams
    ]


def main():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 40)
    cloud = np.column_stack([np.sin(angle), np.sin(2 * angle), rng.normal(0, 0.1, 40)])
    near = KNeighborsLocalVietorisRips(n_neighbors=(6, 18), homology_dimensions=(1, 2))
    within = RadiusLocalVietorisRips(radii=(0.5, 1.2), homology_dimensions=(1, 2))
    answers = {
        "cloud": cloud.tolist(),
        "neighbors": bars(near.fit_transform(cloud)),
        "radius": bars(within.fit_transform(cloud)),
    }
    path = Path(__file__).with_name("graphs_giotto.json")
    path.write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
