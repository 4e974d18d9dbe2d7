"""One measurement in a process of its own: standard library, NumPy and one engine.

Run by `_measure.py` in the engine's own interpreter as

    python -I _worker.py JOB.json

The engine's file, `peers/<engine>.py`, gives `TASKS`: task -> (compute, to_answer) or
(compute, to_answer, prepare). `compute` is what is timed. It takes the input as loaded from disk,
or what `prepare` makes of that: the same numbers in the engine's own container. `to_answer` makes
of its result a list of (m, 2) arrays by degree, for a task that ends in "_many" a list of such
lists, and for one that ends in "_values" an array of numbers.

Imports and a call on a tiny input come first, so that neither loading nor compilation counts.
A call under a second is made three times, and the one with the least CPU time counts.
"""

import importlib.metadata
import importlib.util
import json
import os
import resource
import sys
import time

import numpy as np


def main(path):
    os.environ["TDA_COMPILE"] = "now"  # not another engine until kernels are compiled
    with open(path) as file:
        job = json.load(file)
    try:
        row = measure(job)
    except ModuleNotFoundError as error:
        row = {"status": "not installed", "message": str(error)}
    except MemoryError as error:
        row = {"status": "refused", "message": str(error) or "MemoryError"}
    except Exception as error:
        row = {"status": "failed", "message": f"{type(error).__name__}: {error}"}
    with open(job["answer"], "w") as file:
        json.dump(row, file)


def measure(job):
    engine = load_engine(job["engine_file"])
    compute, to_answer, *prepare = engine.TASKS[job["task"]]

    def load(path):
        X = np.load(path)
        return prepare[0](X) if prepare else X

    version = importlib.metadata.version(engine.DISTRIBUTION)
    compute(load(job["warm_up"]), **job["options"])
    # Of an engine that compiles when called: whether warming up did not reach all of it.
    compiled = getattr(engine, "watch_compilation", lambda: lambda: False)()
    X = load(job["input"])
    limit_memory(job["memory"])
    before = peak_memory()
    with open(job["started"], "w") as file:
        file.write(str(time.process_time()))  # from here on the limit counts
    cpu, wall, result = timed(compute, X, job["options"])
    memory = peak_memory()  # of the first call: more calls would leave more behind
    calls = 1
    while calls < 3 and wall < 1.0:
        # Without the result, so that only the first call's answer is in memory.
        again = timed(compute, X, job["options"])[:2]
        cpu, wall, calls = *min((cpu, wall), again), calls + 1
    save_answer(job["bars"], to_answer(result), job["task"])
    return {
        "status": "ok",
        "version": version,
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "calls": calls,
        "compiled": compiled(),
        "peak_mb": memory,
        "peak_before_mb": before,
    }


def load_engine(path):
    spec = importlib.util.spec_from_file_location("engine", path)
    engine = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(engine)
    return engine


def timed(compute, X, options):
    """CPU seconds of all threads, wall seconds, and the answer."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = compute(X, **options)
    return time.process_time() - cpu, time.perf_counter() - wall, result


def limit_memory(gigabytes):
    """Let an allocation fail rather than the machine."""
    try:
        resource.setrlimit(resource.RLIMIT_AS, (int(gigabytes * 1e9), resource.RLIM_INFINITY))
    except (ValueError, OSError):
        pass  # macOS has the call and refuses it


def peak_memory():
    """Peak resident memory in MB of this whole process: interpreter, imports and all.

    Linux carries `ru_maxrss` over from the process that started this one, so there the mark of
    this process alone is read.
    """
    try:
        with open("/proc/self/status") as file:
            for line in file:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) / 1000
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def save_answer(path, answer, task):
    if task.endswith("_values"):
        np.savez(path, values=np.asarray(answer, dtype=np.float64))
    else:
        save_bars(path, answer if task.endswith("_many") else [answer])


def save_bars(path, diagrams):
    """Bars of every sample and degree in three arrays."""
    bars, degree, sample = [np.zeros((0, 2))], [], []
    for i, diagram in enumerate(diagrams):
        for k, rows in enumerate(diagram):
            rows = np.asarray(rows, dtype=np.float64).reshape(-1, 2)
            bars.append(rows)
            degree += [k] * len(rows)
            sample += [i] * len(rows)
    np.savez(
        path,
        bars=np.concatenate(bars),
        degree=np.array(degree, dtype=np.int8),
        sample=np.array(sample, dtype=np.int64),
    )


if __name__ == "__main__":
    main(sys.argv[1])
