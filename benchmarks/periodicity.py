"""How often `periodicity` is right: false alarms on noise, power on waves at signal to noise 1.

    python benchmarks/periodicity.py                        # all; ten minutes on one core
    python benchmarks/periodicity.py --only white sine --seeds 50

Series of 300 values, level 0.05. Waves have the variance of the white noise that is added to them,
periods from 12 to 40 steps, drawn for each seed, and a random phase. The drifting period grows from
0.8 to 1.2 times that.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.signal import lfilter

from tda import PeriodicityScore

N = 300
SHORTEST, LONGEST = 12.0, 40.0


def red(rng, coefficient=0.7):
    steps = rng.normal(size=N)
    steps[0] /= np.sqrt(1 - coefficient**2)
    return lfilter([1.0], [1.0, -coefficient], steps)


def turning(rng, drift=0.0):
    """Angles of a wave, and its period in the middle."""
    period = rng.uniform(SHORTEST, LONGEST)
    periods = period * np.linspace(1 - drift, 1 + drift, N)
    return 2 * np.pi * (np.cumsum(1 / periods) + rng.uniform()), period


def noisy(rng, wave):
    return wave + rng.normal(size=N)


def sine(rng):
    angle, period = turning(rng)
    return noisy(rng, np.sqrt(2) * np.sin(angle)), period


def square(rng):
    angle, period = turning(rng)
    return noisy(rng, np.sign(np.sin(angle))), period


def drifting(rng):
    angle, period = turning(rng, drift=0.2)
    return noisy(rng, np.sqrt(2) * np.sin(angle)), period


NOISES = {
    "white": lambda rng: rng.normal(size=N),
    "red": red,
    "red, 0.95": lambda rng: red(rng, 0.95),
    "walk": lambda rng: rng.normal(size=N).cumsum(),
}
WAVES = {"sine": sine, "square": square, "drifting": drifting}


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="KIND", choices=[*NOISES, *WAVES])
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args(argv)
    print(f"{'kind':10} {'significant':>12} {'period within 5%':>17} {'CPU s a series':>15}")
    for kind in options.only or [*NOISES, *WAVES]:
        row(kind, range(options.first, options.first + options.seeds))


def row(kind, seeds):
    draws = [np.random.default_rng(seed) for seed in seeds]
    periods = None
    if kind in NOISES:
        X = np.array([NOISES[kind](rng) for rng in draws])
    else:
        pairs = [WAVES[kind](rng) for rng in draws]
        X, periods = np.array([x for x, _ in pairs]), np.array([p for _, p in pairs])
    start = time.process_time()
    columns = PeriodicityScore(random_state=0).fit_transform(X)
    seconds = (time.process_time() - start) / len(X)
    share = np.mean(columns[:, 1] <= 0.05)
    near = "" if periods is None else f"{np.mean(np.abs(columns[:, 2] / periods - 1) < 0.05):.1%}"
    print(f"{kind:10} {share:12.1%} {near:>17} {seconds:15.2f}", flush=True)


if __name__ == "__main__":
    main()
