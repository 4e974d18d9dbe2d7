"""Every engine of every complex beside a peer, on small random inputs.

    python benchmarks/agree.py --inputs 5000                # an hour on one core
    python benchmarks/agree.py --engine rips alpha/cells    # the Rips engines and one more
    python benchmarks/agree.py --checked                    # with the bounds of arrays checked
    python benchmarks/agree.py --engine rips/lunes --seed 17 --inputs 1

Inputs have ties, twins, infinite distances and pixels, points in flats, on spheres and lattices,
and single points. A peer is gudhi, the definition with a reduction of a boundary matrix, or exact
fractions. Prints a table, and each input that disagrees by its seed; the exit code is 1 if there
is one. "left" counts the inputs that an engine leaves to another, which are not among the inputs.
An engine is "complex/engine" as `plan` names them; so is what computes the same in parts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from _agree import distance
from agreement import alpha, cubical, graphs, rips

CASES = (*rips.CASES, *alpha.CASES, *cubical.CASES, *graphs.CASES)

#: An engine that leaves so many inputs to others for each one that it takes is asked no more.
MOST_LEFT = 20


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1000, help="for each engine")
    parser.add_argument(
        "--engine", nargs="*", default=[""], metavar="NAME", help="or its beginning"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the first input")
    parser.add_argument("--checked", action="store_true", help="check the bounds of arrays")
    args = parser.parse_args(argv)
    cases = [case for case in CASES if case.name.startswith(tuple(args.engine))]
    if not cases:
        parser.error(f"no engine {args.engine}; there are {', '.join(c.name for c in CASES)}")
    if args.checked:
        return checked(sys.argv[1:] if argv is None else argv)
    print(
        "| engine | peer | inputs | agree | left | CPU s |\n| --- | --- | --- | --- | --- | --- |"
    )
    rows = [row(case, args.inputs, args.seed) for case in cases]
    wrong = [fault for _, faults in rows for fault in faults]
    print(
        f"\n{sum(n for n, _ in rows) - len(wrong):,} of {sum(n for n, _ in rows):,} inputs agree."
    )
    for fault in wrong:
        print(fault)
    return len(wrong)


def checked(argv):
    """The same in a process whose kernels are compiled with checks, and kept apart."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"NUMBA_BOUNDSCHECK": "1", "TDA_COMPILE": "now"}
        given["NUMBA_CACHE_DIR"] = os.environ.get("NUMBA_CACHE_DIR", folder)
        argv = [word for word in argv if word != "--checked"]
        command = [sys.executable, __file__, *argv]
        return subprocess.run(command, env=os.environ | given, check=False).returncode


def row(case, n_inputs, seed):
    """Prints a row of the table; how many inputs were compared, and the faults in words."""
    start, compared, left, faults = time.process_time(), 0, 0, []
    while compared < n_inputs and left < MOST_LEFT * n_inputs:
        fault = look(case, seed)
        left += fault is None
        compared += fault is not None
        if fault:
            faults.append(f"{case.name} disagrees: --seed {seed}: {fault}")
        seed += 1
    seconds = time.process_time() - start
    print(
        f"| {case.name} | {case.peer} | {compared:,} | {compared - len(faults):,} | {left:,} "
        f"| {seconds:.0f} |",
        flush=True,
    )
    return compared, faults


def look(case, seed):
    """What is wrong with the answer to one input, "" if nothing; None if there is no answer."""
    try:
        compared = case.compare(np.random.default_rng(seed))
        if compared is None:
            return None
        for degree, (ours, theirs, tolerance) in enumerate(compared):
            apart = distance(np.asarray(ours), np.asarray(theirs), tolerance)
            if not apart <= tolerance:
                return f"bars {degree} are {apart:.1e} apart, {tolerance:.1e} are allowed"
    except Exception as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return ""


if __name__ == "__main__":
    sys.exit(bool(main()))
