"""Every public estimator on the data that people bring, and what is wrong with the answers.

    python benchmarks/hostile.py                       # 100,000 inputs, ten minutes on two cores
    python benchmarks/hostile.py --inputs 5000         # a glance
    python benchmarks/hostile.py --only LocalPCA       # one estimator
    python benchmarks/hostile.py --show "LocalPCA|counts|17"   # one input again, with its trace

An answer is right if it is finite, or says why it is not, and if moving, scaling, reordering and
repeating the input do to it what they should; an error, if it is a ValueError that this package
says itself. All else is a fault: another exception, an infinite number without a word, a process
that ends or hangs. Each worker is a process of its own, so that its end is seen. Prints the faults
as a table of estimators and kinds, and writes them as JSON under --out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter, defaultdict
from pathlib import Path

import _hostile_data as data
import numpy as np
from _hostile_targets import targets

KINDS = {
    "clouds": data.CLOUDS,
    "matrices": data.MATRICES,
    "images": data.IMAGES,
    "diagrams": data.DIAGRAMS,
    "graphs": data.GRAPHS,
    "meshes": data.MESHES,
    "series": data.SERIES,
}
#: Most seconds of processor time for one input of a few dozen points, kernels compiled as well.
PATIENCE = 120.0
#: What an error is about: something that was given, or a parameter.
NAMED = r"\b(X|x|Y|y|K|Z|bars|births|diagrams?|points|weights)\b|\w="
#: Relative tolerance: algorithms of some hundred roundings on numbers moved without any.
RTOL = 1e-6


def make_input(takes, kind, seed):
    rng = np.random.default_rng([zlib.crc32(kind.encode()), seed])
    return KINDS[takes][kind](rng)


# -- one input ---------------------------------------------------------------------------------


def answer(target, X, seed):
    """What a target says: ("answer", parts, warned) or ("refused", message, None)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            parts = target.run(X, seed)
        except (ValueError, MemoryError) as error:
            if not _is_ours(error):
                raise
            return "refused", str(error), None
    return "answer", parts, any(issubclass(w.category, UserWarning) for w in caught)


def _is_ours(error):
    """Whether this package says it, or scikit-learn's check of rows and parameters for it."""
    last = traceback.extract_tb(error.__traceback__)[-1].filename.replace(os.sep, "/")
    ours = "/tda/" in last or "sklearn/utils/validation" in last or "_param_validation" in last
    return ours and bool(re.search(NAMED, str(error)))


def fault_of(target, kind, seed):
    """What is wrong with a target on one input, or None."""
    try:
        X = make_input(target.takes, kind, seed)
        said, parts, warned = answer(target, X, seed)
        if said == "refused":
            return None
        fault = None if warned else _not_finite(target, parts)
        return fault or _variance(target, kind, X, parts, seed)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        return f"{type(error).__name__} at {where}: {str(error)[:160]}"


def _not_finite(target, parts):
    for name, part in parts.items():
        if name == "message":
            if re.search(r"\b(inf|nan)\b", str(part.values)) and "steady" in str(part.values):
                return f"says {part.values!r}"
            continue
        values = np.asarray(part.values, dtype=float)
        infinite = name.startswith("bars") or name == "image" or target.name == "DiagramDistance"
        if infinite:  # a class that lives on, a cell that never enters, different numbers of them
            bad = np.isnan(values)
        elif target.name == "VolumeDensity" and np.isposinf(values).all():
            continue  # the density of one point, as its docstring says
        else:
            bad = ~np.isfinite(values)
        quiet = "message" not in parts or "steady" in str(parts["message"].values)
        if bad.any() and quiet:
            return f"{name}: {values[bad][0]} without a word ({bad.sum()} of {values.size})"
    return None


# -- invariances -------------------------------------------------------------------------------


def _variance(target, kind, X, parts, seed):
    """Give the same cloud in another way, and compare."""
    if target.takes not in ("clouds", "matrices") or not _is_plain(X):
        return None
    rng = np.random.default_rng(seed)
    ways = ["order", "scale", "repeat"]
    if target.takes == "clouds" and target.moves and _moves_exactly(X):
        ways.append("move")
    way = ways[seed % len(ways)]
    order, power = rng.permutation(len(X)), int(rng.integers(-30, 30))
    square = target.takes == "matrices"
    if way == "order":
        other = X[order][:, order] if square else X[order]
    elif way == "scale":
        other = X * 2.0**power
    elif way == "move":
        other = X + np.rint(rng.uniform(-1, 1, X.shape[1]) * 2**26)
    else:
        twice = np.repeat(np.arange(len(X)), 2)
        order = rng.permutation(len(twice))
        other = X[twice][:, twice] if square else X[twice]
    if way == "scale" and not target.moves:
        return None
    said, others, _ = answer(target, other, seed)
    if way == "repeat" and not any(part.repeats for part in parts.values()):
        return None
    if said == "refused":
        return f"{way}: answered, then refused: {others[:120]}"
    for name, part in parts.items():
        if name == "message" or name not in others:
            if name not in others:
                return f"{way}: {name} is missing"
            continue
        one, two = np.asarray(part.values, float), np.asarray(others[name].values, float)
        if way == "order" and part.by_row:
            one = one[order]
        if way in ("order", "move", "repeat") and (
            not part.order or (kind in data.TIED and not part.ties)
        ):
            continue
        if part.roots and (kind in data.TIED or kind == "few points"):
            continue
        if way == "scale":
            if part.unit is None:
                continue
            one = one * (2.0**power) ** np.asarray(part.unit)
        if way == "repeat":
            if not part.repeats:
                continue
            if part.by_row:
                one = np.repeat(one, 2, axis=0)
        gap = _gap(one, two, part.roots)
        if gap:
            return f"{way}: {name} {gap}"
    return None


def _is_plain(X):
    return (
        isinstance(X, np.ndarray)
        and not isinstance(X, np.ma.MaskedArray)
        and X.dtype == np.float64
        and X.ndim == 2
        and not np.isnan(X).any()
    )


def _moves_exactly(X):
    small = np.abs(X).max(initial=0.0) <= 2.0**10
    return bool(small and np.array_equal(X, data.on_grid(X)))


def _gap(one, two, roots=False):
    """How two arrays differ, or ""."""
    if one.shape != two.shape:
        return f"has shape {two.shape} in place of {one.shape}"
    size = np.abs(one[np.isfinite(one) & (one != 0)])
    atol = 1e-9 * float(np.median(size)) if size.size else 0.0  # what rounding leaves of 0
    if roots and size.size:
        atol = 1.5e-8 * float(size.max())  # the root of 2**-52
    if np.allclose(one, two, rtol=RTOL, atol=atol, equal_nan=True):
        return ""
    worst = np.unravel_index(
        np.argmax(~np.isclose(one, two, RTOL, atol, equal_nan=True)), one.shape
    )
    return f"is {two[worst]:.6g} in place of {one[worst]:.6g}"


# -- many inputs, in processes of their own ------------------------------------------------------


def plan(inputs, only=None):
    """Pairs of target and kind, as often as `inputs` allows, with seeds from 0 on."""
    found = [t for t in targets().values() if only is None or only in t.name]
    pairs = [(t.name, kind) for t in found for kind in KINDS[t.takes]]
    rounds = -(-inputs // len(pairs))
    return [(name, kind, seed) for seed in range(rounds) for name, kind in pairs][:inputs]


def work(cases, out):
    """Go through cases, saying each one before and after on a pipe."""
    known = targets()
    for i, (name, kind, seed) in cases:
        # Of processor time, so that what else runs here does not count; SIGPROF ends the process.
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        os.write(out, f"{i}\n".encode())
        fault = fault_of(known[name], kind, seed)
        os.write(out, (json.dumps([i, fault]) + "\n").encode())


def supervise(cases, path):
    """Run `work` in a child; where it ends or hangs, write that down and go on after it."""
    todo = list(cases)
    with open(path, "a", encoding="utf-8") as found:
        while todo:
            read, write = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(read)
                quiet = os.open(os.devnull, os.O_WRONLY)
                os.dup2(quiet, 2)
                work(todo, write)
                os._exit(0)
            os.close(write)
            begun, done, rest = None, 0, b""
            while piece := os.read(read, 65536):
                *lines, rest = (rest + piece).split(b"\n")
                for line in lines:
                    said = json.loads(line)
                    if isinstance(said, int):
                        begun = said
                    else:
                        begun, done = None, done + 1
                        found.write(line.decode() + "\n")
            os.close(read)
            _, status = os.waitpid(child, 0)
            if begun is not None:
                hangs = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
                why = f"takes {PATIENCE:.0f} s" if hangs else f"ends the process (status {status})"
                found.write(json.dumps([begun, why]) + "\n")
                done += 1
            elif status and not done:
                raise RuntimeError(f"a worker ended with status {status} before any input")
            found.flush()
            todo = todo[done:]


def run(cases, n_workers):
    """The fault of each case, or None, in their order."""
    numbered = list(enumerate(cases))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{k}.jsonl" for k in range(n_workers)]
        children = []
        for k, path in enumerate(paths):
            child = os.fork()
            if child == 0:
                try:
                    supervise(numbered[k::n_workers], path)
                except BaseException:
                    traceback.print_exc()
                    os._exit(1)
                os._exit(0)
            children.append(child)
        ends = [os.waitpid(child, 0)[1] for child in children]
        if any(ends):
            raise RuntimeError(f"a supervisor ended with {ends}")
        said = [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    faults = dict(said)
    return [faults[i] for i in range(len(cases))]


# -- what is printed -----------------------------------------------------------------------------


def table(cases, faults):
    """Estimators by kinds: how many faults of how many inputs, where there are any."""
    tried, wrong, kinds = Counter(), Counter(), defaultdict(Counter)
    for (name, kind, _), fault in zip(cases, faults, strict=True):
        tried[name] += 1
        if fault:
            wrong[name] += 1
            kinds[name][kind] += 1
    lines = ["| target | inputs | faults | kinds |", "| --- | --- | --- | --- |"]
    for name in tried:
        where = ", ".join(f"{kind} {n}" for kind, n in kinds[name].most_common())
        lines.append(f"| {name} | {tried[name]:,} | {wrong[name]:,} | {where} |")
    lines.append(f"| all | {sum(tried.values()):,} | {sum(wrong.values()):,} | |")
    return "\n".join(lines)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--only", help="targets whose name holds this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--show", help='one input again: "target|kind|seed"')
    parser.add_argument("--out", type=Path, default=Path("out/hostile"))
    options = parser.parse_args(argv)
    if options.show:
        name, kind, seed = options.show.split("|")
        target, seed = targets()[name], int(seed)
        X = make_input(target.takes, kind, seed)
        print(repr(X))
        print(fault_of(target, kind, seed))
        print(answer(target, X, seed))
        return 0
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    start = time.perf_counter()
    cases = plan(options.inputs, options.only)
    faults = run(cases, options.workers)
    print(table(cases, faults))
    found = [
        {"target": name, "kind": kind, "seed": seed, "fault": fault}
        for (name, kind, seed), fault in zip(cases, faults, strict=True)
        if fault
    ]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "faults.json").write_text(json.dumps(found, indent=1) + "\n")
    print(f"\n{len(found)} faults in {len(cases):,} inputs, {time.perf_counter() - start:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
