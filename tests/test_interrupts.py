"""A signal ends a long kernel soon, and what its handler raises is what the caller sees."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tda._kernels.spanning_tree import prim

SCRIPT = """
import signal, sys, threading, time

import numpy as np
import tda
from tda._kernels import _compiled
from tda.distances import pairwise_distances

# A job in the background of a shell has this signal ignored, and so have its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
rng = np.random.default_rng(0)


def clouds(columns, **options):
    return lambda n: tda.rips_diagram(rng.normal(size=(n, columns)), **options)


def bars(n):
    born = rng.random(n)
    return tda.Diagram(born, 1 + born, np.zeros(n, int))


# What runs, a small size that compiles it, a large one, and the kernel that then takes long.
CASES = {
    "loops": (clouds(10), 400, 6000, "rips_loops"),
    "voids": (clouds(4, max_dimension=2), 20, 3000, "rips_degrees"),
    "alpha": (lambda n: tda.alpha_diagram(rng.normal(size=(n, 3))), 50, 700_000, "delaunay_space"),
    "volume": (lambda n: tda.cubical_diagram(rng.normal(size=3 * (n,))), 6, 200, "loop_bars"),
    "pairs": (
        lambda n: pairwise_distances(tda.Diagrams([bars(n), bars(n)]), metric="fisher"),
        5, 40_000, "gaussian_rows",
    ),
}


def interrupt_in(kernel, main, sent):
    # Once the main thread has been in the kernel for a moment.
    while True:
        frame = sys._current_frames()[main]
        running = frame.f_code is _compiled.compiled.__call__.__code__
        if running and frame.f_locals["self"].__name__ == kernel:
            break
        time.sleep(0.01)
    time.sleep(0.2)
    sent.append(time.monotonic())
    signal.pthread_kill(main, signal.SIGINT)


for name in sys.argv[1:]:
    run, small, large, kernel = CASES[name]
    run(small)
    sent = []
    arguments = kernel, threading.get_ident(), sent
    threading.Thread(target=interrupt_in, args=arguments, daemon=True).start()
    try:
        run(large)
    except KeyboardInterrupt:
        print(name, "interrupted", time.monotonic() - sent[0], flush=True)
    else:
        print(name, "ended", 0.0, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to a thread")
def test_ctrl_c_in_a_long_kernel_is_a_keyboard_interrupt():
    names = ["loops", "voids", "alpha", "volume", "pairs"]
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names], capture_output=True, text=True, timeout=300
    )
    assert found.returncode == 0, found.stderr
    rows = [line.split() for line in found.stdout.splitlines()]
    assert [row[:2] for row in rows] == [[name, "interrupted"] for name in names]
    # Two seconds on a machine at rest: signals are asked for once a second.
    assert max(float(row[2]) for row in rows) < 20.0


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers")
def test_what_a_handler_raises_comes_out_of_the_kernel():
    class TimeIsUp(Exception):
        pass

    def handler(number, frame):
        raise TimeIsUp("enough")

    X = np.random.default_rng(0).normal(size=(300_000, 2))
    prim(X[:2])
    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(TimeIsUp, match="enough"):
            prim(X)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(prim(X[:10])[0]) == 9  # and nothing of it is left


def test_a_kernel_in_another_thread_is_left_alone():
    from concurrent.futures import ThreadPoolExecutor

    X = np.random.default_rng(0).normal(size=(50, 2))
    with ThreadPoolExecutor(1) as pool:
        edges, _ = pool.submit(prim, X).result()
    np.testing.assert_array_equal(edges, prim(X)[0])


def test_every_kernel_lets_signals_end_it():
    import tda._kernels

    for path in Path(tda._kernels.__file__).parent.glob("*.py"):
        assert path.name == "_compiled.py" or "njit" not in path.read_text(), path
