"""Write zigzag_dionysus.json: small zigzags by dionysus, as benchmarks/zigzag.py runs it.

python tests/reference/make_zigzag_dionysus.py ./zz
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "benchmarks"))


def main(program):
    from zigzag import events, moving, uniform

    cases = []
    for seed in range(6):
        for make, scale in ((moving, 0.5), (uniform, 0.25), (uniform, 0.4)):
            clouds = [np.round(X, 2) for X in make(5, 16, seed=seed)]
            clouds[2] = np.concatenate([clouds[1][:8], clouds[2][8:]])  # some points stay
            rows, _ = events(clouds, scale)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "events"
                rows.tofile(path)
                done = subprocess.run([program, path], capture_output=True, text=True, check=True)
            bars = [[], []]
            for line in done.stdout.splitlines():
                degree, birth, death = map(int, line.split())
                if degree < 2:
                    bars[degree].append([birth / 2, None if death < 0 else death / 2])
            clouds = [cloud.tolist() for cloud in clouds]
            cases.append({"clouds": clouds, "scale": scale, "bars": list(map(sorted_bars, bars))})
    text = json.dumps(cases, separators=(",", ":"))
    (HERE / "zigzag_dionysus.json").write_text(text + "\n", encoding="utf-8")


def sorted_bars(bars):
    return sorted(bars, key=lambda bar: (bar[0], np.inf if bar[1] is None else bar[1]))


if __name__ == "__main__":
    main(sys.argv[1])
