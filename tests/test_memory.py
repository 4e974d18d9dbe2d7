"""How much memory is free, and refusals before the work; files of the system are made up."""

import sys

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.spatial import Delaunay

import tda
from tda import _memory, alpha_diagram
from tda.homology._tasks import RipsTask
from tda.homology.engines import _delaunay_cells, rips_cocycles, rips_ripser

GB = 10**9


@pytest.fixture
def system(tmp_path):
    """Writes files below a made-up root."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return str(tmp_path)

    return write


MACHINE = {"proc/meminfo": "MemTotal: 99000000 kB\nMemFree: 1 kB\nMemAvailable:   64000000 kB\n"}
V2 = {
    "proc/self/cgroup": "0::/batch/job\n",
    "proc/self/mountinfo": "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n",
}


def group(path, **values):
    return {f"{path}/{name.replace('_', '.', 1)}": text for name, text in values.items()}


def test_without_groups_what_the_machine_has_free_is_free(system):
    assert _memory.free_memory(system(MACHINE)) == 64_000_000 * 1024


@pytest.mark.parametrize(
    "own, above, free",
    [
        ("max", "max", 64_000_000 * 1024),
        (f"{8 * GB}", "max", 8 * GB - 2 * GB),
        ("max", f"{5 * GB}", 5 * GB - 4 * GB),
        (f"{8 * GB}", f"{9 * GB}", 9 * GB - 4 * GB),
        (f"{1 * GB}", "max", 0),
    ],
)
def test_the_tightest_of_nested_groups_counts(own, above, free, system):
    files = (
        MACHINE
        | V2
        | group(
            "sys/fs/cgroup/batch/job",
            memory_max=own,
            memory_current=f"{3 * GB}",
            memory_stat=f"anon 5\ninactive_file {GB}\n",
        )
        | group("sys/fs/cgroup/batch", memory_max=above, memory_current=f"{4 * GB}")
    )
    assert _memory.free_memory(system(files)) == free


def test_the_soft_limit_counts_too(system):
    job = group("sys/fs/cgroup/batch/job", memory_high=f"{6 * GB}", memory_current="0")
    assert _memory.free_memory(system(MACHINE | V2 | job)) == 6 * GB


def test_groups_of_the_first_version(system):
    files = MACHINE | {
        "proc/self/cgroup": "5:devices:/\n4:cpu,memory:/docker/abc/job\n0::/\n",
        # A container: its own group is the root of what it sees.
        "proc/self/mountinfo": (
            "35 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
            "36 31 0:33 /docker/abc /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"
        ),
    }
    files |= {
        "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{7 * GB}\n",
        "sys/fs/cgroup/memory/memory.usage_in_bytes": f"{3 * GB}\n",
        "sys/fs/cgroup/memory/memory.stat": f"inactive_file 0\ntotal_inactive_file {GB}\n",
        "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/memory/job/memory.usage_in_bytes": "0\n",
    }
    assert _memory.free_memory(system(files)) == 5 * GB


@pytest.mark.parametrize("text", ["", "0::\n", "no colons here is no reason to fail:::\n"])
def test_groups_that_cannot_be_read_limit_nothing(text, system):
    root = system(MACHINE | V2 | {"proc/self/cgroup": text})
    assert _memory.free_memory(root) == 64_000_000 * 1024


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits of processes")
def test_the_limit_of_the_address_space_counts(system, monkeypatch):
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (2 * GB, resource.RLIM_INFINITY))
    root = system(MACHINE | {"proc/self/statm": f"{GB // resource.getpagesize()} 5 5\n"})
    assert _memory.free_memory(root) == pytest.approx(GB, abs=resource.getpagesize())


def test_free_memory_is_a_number_of_bytes_here():
    free = _memory.free_memory()
    assert free is None or free > 1_000_000


# -- alpha complexes -------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_no_triangulation_has_more_cells_than_the_bound(d):
    curve = np.linspace(0, 1, 24)[:, None] ** np.arange(1, d + 1)
    found = len(Delaunay(curve).simplices)
    assert found <= _delaunay_cells.most_delaunay_cells(24, d)
    assert _delaunay_cells.most_delaunay_cells(d + 1, d) == 1
    assert _delaunay_cells.most_delaunay_cells(d + 2, d) == d + 2  # the facets of a simplex, one up


def two_lines(n):
    """Each pair of neighbours on one line is a cell with each on the other: (n / 2 - 1)**2."""
    t = np.linspace(0, 1, n // 2)
    zero = np.zeros_like(t)
    return np.vstack([np.c_[t, zero, zero], np.c_[zero + 0.5, t - 0.5, zero + 0.5]])


def test_cells_are_told_from_parts_of_the_cloud():
    assert _delaunay_cells.count_cells(two_lines(3000)) == pytest.approx(1499**2, rel=0.1)
    uniform = np.random.default_rng(0).random((3000, 4))
    assert _delaunay_cells.count_cells(uniform) == pytest.approx(
        len(Delaunay(uniform).simplices), rel=0.3
    )
    assert _delaunay_cells.count_cells(np.outer(np.arange(500.0), [1, 2, 3])) is None  # a line


def test_clouds_with_many_cells_are_refused_before_they_are_triangulated(monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 500_000_000)
    with pytest.raises(
        MemoryError, match=r"4000 points in 3 dimensions would take about [\d.]+ [MG]B"
    ):
        alpha_diagram(two_lines(4000))
    uniform = np.random.default_rng(0).random((4000, 3))
    assert len(alpha_diagram(uniform, max_dimension=0)[0]) == 4000


# -- other doors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda X: tda.rips_diagram(X),
        lambda X: tda.count_holes(X),
        lambda X: tda.intrinsic_dimension(X),
        lambda X: tda.Embedding().fit(X),
        lambda X: tda.GeodesicDistance().fit(X),
        lambda X: tda.RipsPersistence().fit_transform([X]),
    ],
)
@pytest.mark.parametrize("dtype", [float, np.int8])
def test_a_view_of_many_rows_is_refused_by_its_size(call, dtype):
    X = np.broadcast_to(np.array([[1, 2]], dtype=dtype), (10**12, 2))
    with pytest.raises(MemoryError, match=r"shape \(1000000000000, 2\), as 2e\+12 floats .* 18 TB"):
        call(X)


@pytest.mark.parametrize(
    "call", [tda.manifold.geodesic_matrix, lambda X: tda.GeodesicDistance().fit(X)]
)
def test_a_geodesic_matrix_that_cannot_fit_is_refused_before_the_search(call, monkeypatch):
    monkeypatch.setattr(_memory, "free_memory", lambda: 11_000_000)
    monkeypatch.setattr(
        "tda.manifold._geodesic.geodesic_graph", lambda *_, **__: pytest.fail("it started")
    )
    with pytest.raises(MemoryError, match=r"1000 points would take about 16 MB .* 11 MB are free"):
        call(np.random.default_rng(0).random((1000, 3)))


@pytest.mark.parametrize(
    "engine, full, measured",
    [(rips_cocycles, np.asarray, (33e6, 63e6)), (rips_ripser, csr_array, (218e6, 237e6))],
)
def test_cocycles_take_what_they_are_planned_to_take(engine, full, measured):
    """Of 1,500 uniform points in 3 and 10 dimensions, by our own pass, and by ripser."""
    D = np.ones((1500, 1500)) - np.eye(1500)
    task = RipsTask(full(D), metric="precomputed", cocycles=True)
    assert engine.ENGINE.takes(task)
    assert max(measured) / 1.5 < engine.ENGINE.memory(task) < min(measured) * 1.5
