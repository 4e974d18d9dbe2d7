"""Measure an engine: a fresh process in the engine's own environment, under a time limit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
OURS = "ours"
# What this package depends on can be measured in its own environment.
DEPENDENCIES = ("gudhi", "persim", "ripser")
# Seconds for imports, compilation and the warm-up, on a busy machine.
START_UP = 180.0


def interpreter(engine, peers=None):
    """Python of the environment that has the engine, or None."""
    if peers is not None:
        home = Path(peers) / engine
        # The list of requirements is the last thing written there.
        if (home / "requirements.txt").exists():
            # Not resolved: the path is what makes it that environment's.
            return os.path.abspath(home / "bin" / "python")
    return sys.executable if engine == OURS or engine in DEPENDENCIES else None


def measure(engine, task, options, *, files, folder, peers=None, limit=60.0, memory=8.0):
    """One engine on one input: a row with its status and, if that is "ok", what it took.

    `files` are the paths of the warm-up input and the input. The row's status is "ok",
    "not installed", "timeout" (of `limit` CPU seconds, loading and warm-up not counted),
    "refused" (it raised MemoryError, by itself or at `memory` gigabytes), "failed" (any other
    error) or "crashed" (the process died). Where "ok", `bars` is the path of its diagrams.
    """
    python = interpreter(engine, peers)
    if python is None:
        return {"engine": engine, "status": "not installed"}
    answer, bars, started = (folder / f"{engine}.{end}" for end in ("json", "npz", "started"))
    job = {
        "engine_file": str(HERE / "peers" / f"{engine}.py"),
        "task": task,
        "options": options,
        "warm_up": str(files[0]),
        "input": str(files[1]),
        "started": str(started),
        "answer": str(answer),
        "bars": str(bars),
        "memory": memory,
    }
    (folder / "job.json").write_text(json.dumps(job))
    for old in (answer, bars, started):
        old.unlink(missing_ok=True)
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    row = {"engine": engine, "load_before": load}
    # Isolated (-I): nothing of ours is on the path of a peer.
    command = [python, "-I", str(HERE / "_worker.py"), str(folder / "job.json")]
    with open(folder / "errors.txt", "w+") as errors:
        process = subprocess.Popen(command, cwd=folder, stdout=errors, stderr=errors)
        if not ends_in_time(process, started, limit):
            return row | {"status": "timeout", "limit": limit}
        errors.seek(0)
        lines = errors.read().strip().splitlines()
    if not answer.exists():
        message = f"exit code {process.returncode}" + (f": {lines[-1]}" if lines else "")
        return row | {"status": "crashed", "message": message}
    row |= json.loads(answer.read_text())
    return row | {"bars": str(bars)} if row["status"] == "ok" else row


def ends_in_time(process, started, limit):
    """Wait for a worker; at the limit end it and return False.

    A timer of the system inside the worker would coarsen the clock that it reads.
    """
    launch, start = time.monotonic(), None
    try:
        while True:
            try:
                process.wait(timeout=0.1)
                return True
            except subprocess.TimeoutExpired:
                pass
            if start is None and started.exists() and (text := started.read_text()):
                start = float(text), time.monotonic()
            if start is None:
                if time.monotonic() - launch > START_UP:
                    return False
            elif (cpu := cpu_seconds(process.pid)) is not None:
                if cpu - start[0] > limit:
                    return False
            elif time.monotonic() - start[1] > limit:
                return False
    finally:
        process.kill()
        process.wait()


def cpu_seconds(pid):
    """CPU time of a process, all threads; None where the system does not tell (not Linux)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
