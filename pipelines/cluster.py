"""Count the holes of many shapes on a cluster, and lose none when a worker dies.

By default the story starts a cluster of its own on this machine, two worker processes of Dask;
`--scheduler tcp://HOST:8786` takes one that is running. Every shape is made on the worker that
counts its holes: only the counts come back. With `--kill` the story ends one worker by its process
id in mid-run. Dask gives its work to the others, and the counts are complete and the same.

The shapes are circles, figures of eight, annuli and disks with noise: 1, 2, 1 and 0 loops.

  --checkpoint DIR   keeps what is finished: the same call goes on where an earlier one stopped
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import dask
import joblib
import numpy as np
from _common import (
    INK,
    SOFT,
    clock,
    figure,
    finish,
    meaning,
    options,
    play,
    seconds_since,
    table,
)

from tda import HoleCounter
from tda.datasets import make_annulus, make_circle, make_disk, make_figure_eight

N_POINTS = 300
SHAPES = {
    "circle": (partial(make_circle, noise=0.05), 1),
    "figure eight": (partial(make_figure_eight, noise=0.05), 2),
    "annulus": (make_annulus, 1),
    "disk": (make_disk, 0),
}


def parse(argv=None):
    parser = options("cluster", __doc__)
    parser.add_argument("--quick", action="store_true", help="40 shapes instead of 2,000")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a cluster of Dask that is running")
    parser.add_argument("--workers", type=int, default=2, help="of an own cluster (%(default)s)")
    parser.add_argument("--kill", action="store_true", help="end a worker in mid-run")
    parser.add_argument("--checkpoint", metavar="DIR", help="a folder that keeps what is finished")
    parser.add_argument("--verbose", action="store_true", help="show a progress bar")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def make_shape(number, seed):
    """Shape `number` of all; the kinds take turns."""
    make, _ = list(SHAPES.values())[number % len(SHAPES)]
    return make(N_POINTS, random_state=seed + number).points


def compute(args):
    """The numbers of the story; `shown` holds the Betti numbers of every shape."""
    n_shapes = 40 if args.quick else 2000
    shapes = [dask.delayed(make_shape)(i, args.seed) for i in range(n_shapes)]
    with TemporaryDirectory() as folder, cluster(args) as client:
        folder = Path(args.checkpoint or folder)
        counter = HoleCounter(max_dimension=1, checkpoint=folder, verbose=args.verbose)
        n_workers = len(client.run(os.getpid))
        killed, start = [], clock()
        if args.kill:
            options = client, folder, n_shapes // 4, killed
            threading.Thread(target=kill_one, args=options, daemon=True).start()
        with joblib.parallel_config("dask"):
            betti = counter.fit_transform(shapes)
        spent = seconds_since(start)
    known = [right for _, right in SHAPES.values()]
    expected = np.resize(known, n_shapes)
    numbers = {
        "shapes": n_shapes,
        "points": N_POINTS,
        "workers": n_workers,
        "killed": len(killed),
        **spent,
        "correct": float(np.mean(betti[:, 1] == expected)),
        "loops": {
            name: np.bincount(betti[i :: len(SHAPES), 1], minlength=4)[:4].tolist()
            for i, name in enumerate(SHAPES)
        },
        "shown": {"betti": betti},
    }
    if args.kill:
        here = HoleCounter(max_dimension=1, n_jobs=1)
        again = here.fit_transform([make_shape(i, args.seed) for i in range(n_shapes)])
        numbers["same_as_here"] = bool(np.array_equal(again, betti))
    return numbers


@contextmanager
def cluster(args):
    """A client of the cluster that was asked for; one of our own ends with the story."""
    from distributed import Client, LocalCluster

    if args.scheduler is not None:
        with Client(args.scheduler) as client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=args.workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as own,
        Client(own) as client,
    ):
        yield client


def kill_one(client, folder, after, killed):
    """End a worker by its process id, once `after` shapes are counted."""
    while len(list(folder.rglob("*.pkl"))) < after:
        time.sleep(0.02)
    address, pid = next(iter(client.run(os.getpid).items()))
    client.run(end, workers=[address])
    killed.append(pid)


def end():
    """On a worker: end it, as the system does when no memory is left, after the answer."""
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGKILL)).start()


# -- telling and drawing -------------------------------------------------------------------


def tell(numbers):
    print(
        f"{numbers['shapes']} shapes of {numbers['points']} points on {numbers['workers']} "
        f"workers: {100 * numbers['correct']:.1f}% with the right number of loops."
    )
    rows = [[name, *counts] for name, counts in numbers["loops"].items()]
    print("\n" + table(["shapes with …", "0 loops", "1", "2", "3"], rows))
    meaning("Rows: what points were drawn from. Columns: how many clouds have so many loops.")
    if "same_as_here" in numbers:
        words = "the same as" if numbers["same_as_here"] else "OTHER than"
        print(f"\nWorkers ended in mid-run: {numbers['killed']}. The counts are {words} without.")
    print(f"\nTook {numbers['seconds']:.0f} s by the clock.")


def draw(numbers, out):
    """How many loops were found in the shapes of every kind."""
    fig = figure(6.4, 3.2)
    axes = fig.subplots(1, len(SHAPES), sharey=True)
    for ax, (name, counts) in zip(axes, numbers["loops"].items(), strict=True):
        right = SHAPES[name][1]
        ax.bar(range(4), counts, color=[INK if k == right else SOFT for k in range(4)])
        ax.set_title(name, fontsize=10)
        ax.set_xticks(range(4))
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("shapes")
    fig.supxlabel("loops counted (dark: the right number)", fontsize=10)
    finish(out, numbers, {"loops": fig})


if __name__ == "__main__":
    main()
