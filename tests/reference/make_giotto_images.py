"""Ask giotto-tda for its filtrations of binary images; writes giotto_images.json.

    DIR/giotto-tda/bin/python tests/reference/make_giotto_images.py

with the environment that ``benchmarks/install_peers.py DIR --only giotto-tda`` makes.
"""

import json
from pathlib import Path

import numpy as np
from gtda import images

SHAPES = {"plane": (6, 8), "space": (4, 3, 5)}


def main():
    answers = {}
    for name, shape in SHAPES.items():
        binary = np.random.default_rng(0).uniform(size=shape) < 0.4
        direction = np.arange(1.0, len(shape) + 1)
        steps = {
            "height": images.HeightFiltration(direction=direction),
            "radial": images.RadialFiltration(center=np.zeros(len(shape), int)),
            "density": images.DensityFiltration(radius=2),
            "dilation": images.DilationFiltration(),
            "erosion": images.ErosionFiltration(),
            "signed_distance": images.SignedDistanceFiltration(),
        }
        answers[name] = {
            "image": binary.astype(int).tolist(),
            "direction": direction.tolist(),
            **{key: step.fit_transform(binary[None])[0].tolist() for key, step in steps.items()},
        }
    path = Path(__file__).with_name("giotto_images.json")
    path.write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
