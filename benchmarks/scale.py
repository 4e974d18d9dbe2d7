"""What a cluster costs and gains: two worker processes against one, and degree 0 in parts.

    python benchmarks/scale.py           # two minutes on two cores that are free
    python benchmarks/scale.py --quick   # a tenth of the work

Shapes: Rips persistence of clouds of 400 points, on one worker of Dask and on two, one thread each,
after a run that loads everything. Beside the time by the clock stands the CPU time of the workers
and of this process, from the system's accounts: on a machine that others use too, the clock says
little. Work over slowest worker, which is printed, leaves out what this process spends on dispatch.

Parts: the spanning tree of points in space whole and in parts, and of a smooth volume in slabs.
"""

from __future__ import annotations

import argparse
import os
import resource
import time

import joblib
import numpy as np

from tda import RipsPersistence, cubical_diagram, rips_diagram
from tda.homology import cloud_components, volume_components


def spent():
    return time.perf_counter(), time.process_time()


def since(start):
    return [now - then for now, then in zip(spent(), start, strict=True)]


def worker_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return os.getpid(), used.ru_utime + used.ru_stime


def shapes(n_clouds):
    from distributed import Client, LocalCluster

    rng = np.random.default_rng(0)
    clouds = [rng.normal(size=(400, 3)) for _ in range(n_clouds)]
    model = RipsPersistence()
    model.transform(clouds[:20])
    start = spent()
    expected = model.transform(clouds)
    wall, cpu = since(start)
    print(f"{n_clouds} clouds of 400 points: here {wall:.1f} s by the clock, {cpu:.1f} s CPU")
    for n_workers in (1, 2):
        with (
            LocalCluster(
                n_workers=n_workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
            ) as cluster,
            Client(cluster) as client,
            joblib.parallel_config("dask"),
        ):
            model.transform(clouds[: 64 * n_workers])
            before = dict(client.run(worker_seconds).values())
            start = spent()
            found = model.transform(clouds)
            wall, own = since(start)
            after = dict(client.run(worker_seconds).values())
        each = [after[pid] - before[pid] for pid in after]
        print(
            f"  Dask, {n_workers} worker(s): {wall:.1f} s by the clock; CPU: workers "
            f"{' + '.join(f'{s:.1f}' for s in each)} s, dispatch here (with the scheduler) "
            f"{own:.2f} s; work over slowest worker {sum(each) / max(each):.2f}; same: "
            f"{found == expected}"
        )


def parts(n_points, side):
    rng = np.random.default_rng(0)
    cloud_components(rng.normal(size=(5_000, 3)), n_parts=2)
    X = rng.uniform(size=(n_points, 3))
    start = spent()
    found = cloud_components(X)
    print(f"degree 0 of {n_points:.0e} points in parts: {since(start)[1]:.1f} s CPU", end="; ")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak of this process {peak:.1f} GiB", end="; ")
    if n_points <= 2_000_000:
        start = spent()
        whole = rips_diagram(X, max_dimension=0)
        print(f"whole {since(start)[1]:.1f} s; same: {found == whole}")
    else:
        print(f"{len(found)} bars")
    from scipy.ndimage import gaussian_filter

    volume = gaussian_filter(rng.normal(size=(side,) * 3), 2)
    volume_components(volume[:9], n_blocks=2), cubical_diagram(volume[:9], max_dimension=0)
    start = spent()
    found = volume_components(volume, n_blocks=4)
    in_blocks = since(start)[1]
    start = spent()
    whole = cubical_diagram(volume, max_dimension=0)
    print(
        f"degree 0 of {side}³ pixels in 4 slabs: {in_blocks:.1f} s CPU; whole "
        f"{since(start)[1]:.1f} s; same: {found == whole}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--points", type=int, help="of the cloud in parts")
    args = parser.parse_args()
    shapes(200 if args.quick else 2000)
    parts(args.points or (100_000 if args.quick else 1_000_000), 64 if args.quick else 128)
