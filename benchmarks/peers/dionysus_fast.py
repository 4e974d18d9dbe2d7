"""Zigzag persistence by the cone of dionysus 2.2.3 (arXiv:2204.11080): for benchmarks/zigzag.py.

python dionysus_fast.py FILE: a pickle of simplices, of the times at which each comes and goes, and
of the degree. Prints its bars, and the CPU seconds to stderr.
"""

import pickle
import sys
import time
from pathlib import Path

import dionysus

simplices, times, degree = pickle.loads(Path(sys.argv[1]).read_bytes())
start = time.process_time()
cone = dionysus.fast_zigzag(simplices, times)
reduced = dionysus.homology_persistence(cone, method="clearing")
diagrams = dionysus.init_zigzag_diagrams(reduced, cone)
seconds = time.process_time() - start
for bars in diagrams[degree].values():
    for bar in bars:
        if bar.birth < bar.death:
            print(degree, int(bar.birth), -1 if bar.death == float("inf") else int(bar.death))
print(seconds, file=sys.stderr)
