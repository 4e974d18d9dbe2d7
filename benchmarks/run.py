"""Ours and the peers side by side: time, memory, and whether the answers agree.

    python benchmarks/install_peers.py DIR               # once
    python benchmarks/run.py --peers DIR                 # all topics; about an hour
    python benchmarks/run.py --peers DIR --quick         # two minutes
    python benchmarks/run.py rips_loops alpha --peers DIR

Each measurement is a fresh process in the engine's own environment: imports, a call on a tiny
input, then the measured call, from a NumPy array to diagrams, or from diagrams in the engine's
own container to features. CPU seconds are those of all
threads, and the ratio beside a peer's is its CPU time over ours: below 1 the peer is faster. A
call under a second is made three times and the least counts. Memory is the peak of the whole
process, interpreter and imports included. Threads are each engine's default.

Without --peers there are those that this package depends on: gudhi, persim and ripser. Prints
tables in Markdown; writes them, every measurement as JSON, and growth with size as a figure under
--out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from importlib import import_module
from pathlib import Path

import numpy as np
from _agree import compare_files
from _growth import draw_growth
from _measure import HERE, OURS, measure
from tqdm import tqdm

TOPICS = (
    "spanning_tree",
    "rips_loops",
    "rips_voids",
    "rips_fields",
    "alpha",
    "cubical",
    "dimension",
    "small_clouds",
    "graphs",
    "features_curves",
    "features_image",
    "distances",
    "tomato",
    "series",
    "mapper",
    "euler",
)
#: Topics of a quick run.
QUICK = TOPICS[:8]
#: Peers of a family that it asks: those to beat come first.
N_QUICK = 3


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(TOPICS))
    parser.add_argument(
        "--quick",
        action="store_true",
        help="small sizes, few peers, a limit of 3; homology and dimension unless topics are named",
    )
    parser.add_argument("--peers", type=Path, metavar="DIR", help="where install_peers.py put them")
    parser.add_argument("--out", type=Path, metavar="DIR", default=Path("out/benchmarks"))
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="of CPU, for one call; 60")
    parser.add_argument("--memory", type=float, default=8.0, metavar="GB", help="of one process; 8")
    options = parser.parse_args(argv)
    for name in options.topics:
        if name not in TOPICS:
            parser.error(f"no topic {name!r}; there are {', '.join(TOPICS)}")
    limit = options.limit or (3.0 if options.quick else 60.0)
    options.out.mkdir(parents=True, exist_ok=True)
    reports = {}
    for name in options.topics or (QUICK if options.quick else TOPICS):
        topic = import_module(f"topics.{name}")
        report = run_topic(topic, options.quick, options.peers, limit, options.memory)
        text = tables(topic.TITLE, report["rows"], getattr(topic, "ANSWERS", "Diagrams"))
        print(f"\n{text}", flush=True)
        (options.out / f"{name}.md").write_text(text)
        (options.out / f"{name}.json").write_text(json.dumps(report, indent=1))
        draw_growth(topic, report["rows"], options.out / f"{name}.png", limit)
        reports[name] = report
    return reports


def run_topic(topic, quick=False, peers=None, limit=60.0, memory=8.0):
    """Measure every family, size and engine of a topic; a report as goes into the JSON."""
    cases = [
        (family, n, engine)
        for family in topic.FAMILIES
        for n in (family.quick if quick else family.sizes)
        for engine in (OURS, *family.peers[: N_QUICK if quick else None])
    ]
    report = {
        "topic": topic.TITLE,
        "quick": quick,
        "limit_seconds": limit,
        "memory_gb": memory,
        "machine": about_machine(),
        "rows": [],
    }
    given_up = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        files = made = reference = None
        # Without a terminal there is no bar, only the tables.
        for family, n, engine in tqdm(cases, desc=topic.TITLE, disable=None):
            if made != (family.name, n):
                files, made, reference = save_inputs(family, n, folder), (family.name, n), None
            row = given_up.get((family.name, engine))
            if row is None:
                row = measure(
                    engine,
                    family.task,
                    dict(family.options),
                    files=files,
                    folder=folder,
                    peers=peers,
                    limit=limit,
                    memory=memory,
                )
            elif "gave_up_at" not in row:
                row = row | {"gave_up_at": row["n"]}
            row = {"family": family.name, **row, "n": n}
            if row["status"] != "ok":
                # A larger input would not go better.
                given_up[family.name, engine] = row
            bars = row.pop("bars", None)
            if engine == OURS:
                reference = bars
            elif bars and reference:
                row |= compare_files(reference, bars, precision(engine), family.tolerance)
            report["rows"].append(row)
    return report


def save_inputs(family, n, folder):
    """The warm-up input and the input, as files that every engine reads."""
    files = folder / "warm_up.npy", folder / "input.npy"
    for path, size in zip(files, (min(family.warm_up, n), n), strict=True):
        np.save(path, np.ascontiguousarray(family.make(size), dtype=np.float64))
    return files


def precision(engine):
    """Number format of an engine, read from its file without importing the engine."""
    for line in (HERE / "peers" / f"{engine}.py").read_text().splitlines():
        if line.startswith("PRECISION"):
            return line.split('"')[1]
    return "float64"


def about_machine():
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "started": time.strftime("%Y-%m-%d %H:%M"),
    }


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


# -- tables ----------------------------------------------------------------------------------


def tables(title, rows, answers="Diagrams"):
    """A table of CPU seconds with ratios, one of memory, and where ours is not the first."""
    engines = list(dict.fromkeys(row["engine"] for row in rows))
    cases = {}
    for row in rows:
        cases.setdefault((row["family"], row["n"]), {})[row["engine"]] = row
    versions = {row["engine"]: row["version"] for row in rows if "version" in row}
    return "\n".join(
        [
            f"## {title}",
            "",
            "CPU seconds, and how many times ours: " + describe(versions) + ".",
            "",
            *table(engines, cases, time_cell),
            "",
            "Peak memory of the process in MB.",
            "",
            *table(engines, cases, memory_cell),
            "",
            *remarks(cases, answers),
            "",
        ]
    )


def describe(versions):
    return ", ".join(f"{engine} {version}" for engine, version in versions.items())


def table(engines, cases, cell):
    lines = [
        "| input | n | " + " | ".join(engines) + " |",
        "| --- |" + " ---: |" * (len(engines) + 1),
    ]
    for (family, n), by_engine in cases.items():
        cells = [cell(by_engine.get(engine), by_engine.get(OURS)) for engine in engines]
        lines.append(f"| {family} | {n:,} | " + " | ".join(cells) + " |")
    return lines


def time_cell(row, ours):
    if row is None:
        return ""
    if row["status"] != "ok":
        return f"> {row['limit']:g}" if row["status"] == "timeout" else row["status"]
    text = number(row["cpu_seconds"])
    if row["engine"] != OURS and ours["status"] == "ok":
        text += f" ({number(ratio(row, ours))}×)"
        if not row["agree"]:
            text += " ≠"
    return text


def memory_cell(row, ours):
    if row is None:
        return ""
    return f"{row['peak_mb']:.0f}" if row["status"] == "ok" else "–"


def ratio(row, ours):
    return row["cpu_seconds"] / max(ours["cpu_seconds"], 1e-6)


def number(x):
    """Two significant digits, without an exponent."""
    return f"{x:.0f}" if x >= 10 else f"{x:.1f}" if x >= 1 else f"{x:#.2g}"


def remarks(cases, answers):
    """Lines on what does not show in a number: losses, disagreement, no check."""
    checked = wrong = 0
    lines = []
    for (family, n), by_engine in cases.items():
        ours = by_engine.get(OURS)
        where = f"{family}, n = {n:,}"
        if ours["status"] != "ok":
            lines.append(f"- Ours {ours['status']}: {where}. {ours.get('message', '')}".rstrip())
            continue
        if ours.get("compiled"):
            lines.append(f"- Ours compiled within the measured call: {where}.")
        for row in by_engine.values():
            if row["engine"] == OURS or row["status"] != "ok":
                continue
            checked += 1
            if not row["agree"]:
                wrong += 1
                lines.append(
                    f"- {row['engine']} disagrees by {row['distance']:.1e} of the scale: {where}."
                )
            if ratio(row, ours) < 1:
                lines.append(f"- {row['engine']} is {number(ratio(ours, row))}× faster: {where}.")
    return [f"{answers} agree in {checked - wrong} of {checked} comparisons.", *lines]


if __name__ == "__main__":
    main()
