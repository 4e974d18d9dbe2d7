"""Write what teaspoon's template functions give for a small diagram.

    python make_features_template_functions.py

Run it in an environment that has the package and not ours; README.md has the version.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from teaspoon.ML import feature_functions

HERE = Path(__file__).parent


def tent(bars, n, step, lowest):
    params = SimpleNamespace(d=n, delta=step, epsilon=lowest)
    return {
        "birth_range": [0, n * step],
        "lifetime_range": [lowest, n * step + lowest],
        "resolution": [n + 1, n],
        "features": feature_functions.tent(bars, params).tolist(),
    }


def polynomial(bars, resolution, birth_range, lifetime_range):
    params = SimpleNamespace(
        d=[n - 1 for n in resolution],
        jacobi_poly="cheb1",
        boundingBox={"birthAxis": birth_range, "lifetimeAxis": lifetime_range},
        partitions=[{"nodes": [*birth_range, *lifetime_range]}],
        useAdaptivePart=False,
    )
    return {
        "birth_range": birth_range,
        "lifetime_range": lifetime_range,
        "resolution": resolution,
        "features": feature_functions.interp_polynomial(bars, params).tolist(),
    }


def main():
    rng = np.random.default_rng(0)
    births = rng.uniform(0, 1, 20)
    bars = np.column_stack([births, births + rng.exponential(0.4, 20)]).round(3)
    made = {
        "bars": bars.tolist(),
        "tent": [tent(bars, 5, 0.25, 0.05), tent(bars, 3, 0.2, 0.0)],
        "polynomial": [
            polynomial(bars, [4, 6], [0.0, 1.0], [0.01, 3.0]),
            polynomial(bars, [3, 3], [0.2, 0.8], [0.1, 0.6]),
        ],
    }
    (HERE / "features_template_functions.json").write_text(json.dumps(made) + "\n")


if __name__ == "__main__":
    main()
