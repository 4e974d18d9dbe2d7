"""Write zigzag_dionysus.json and zigzag_dionysus_degrees.json: small zigzags by dionysus.

python tests/reference/make_zigzag_dionysus.py ./zz

The program is that of benchmarks/zigzag.py, which says how it is compiled. The first file has loops
over Z/2, the second voids over Z/2 and Z/3.
"""

import json
import sys
from itertools import product
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "benchmarks"))


def main(program):
    from zigzag import moving, uniform

    loops, voids = [], []
    for seed in range(6):
        for make, scale in ((moving, 0.5), (uniform, 0.25), (uniform, 0.4)):
            clouds = [np.round(X, 2) for X in make(5, 16, seed=seed)]
            clouds[2] = np.concatenate([clouds[1][:8], clouds[2][8:]])  # some points stay
            loops.append(case(program, clouds, scale, 1))
        rng = np.random.default_rng(seed)
        lattice = np.array(list(product(range(4), range(3), range(3))))
        for n, field in ((14, 2), (18, 3)):
            clouds = [lattice[rng.choice(36, n, replace=False)] for _ in range(4)]
            voids.append({**case(program, clouds, 1.5, 2, field), "field": field})
    for name, cases in (("zigzag_dionysus", loops), ("zigzag_dionysus_degrees", voids)):
        text = json.dumps(cases, separators=(",", ":"))
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def case(program, clouds, scale, top, field=2):
    from zigzag import events, of_dionysus

    rows, _ = events(clouds, scale, top)
    bars = []
    for degree in range(top + 1):
        found, _ = of_dionysus(program, rows, degree, field=field)
        bars.append([[b, None if d == np.inf else d] for b, d in found])
    clouds = [cloud.tolist() for cloud in clouds]
    return {"clouds": clouds, "scale": scale, "bars": bars}


if __name__ == "__main__":
    main(sys.argv[1])
