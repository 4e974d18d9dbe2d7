"""Engines change no bit; a lost worker costs what it was doing; checkpoints keep what is done."""

import importlib.util
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import dask
import dask.bag
import joblib
import networkx as nx
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

import tda
from tda import (
    AlphaPersistence,
    CloudDimension,
    CubicalPersistence,
    DiagramDistance,
    DTMPersistence,
    GraphPersistence,
    HoleCounter,
    PeriodicityScore,
    PersistenceStatistics,
    RipsPersistence,
    _parallel,
    count_holes,
    rips_diagram,
)
from tda._parallel import each, in_chunks

RNG = np.random.default_rng(0)
MOST = None  # so many diagrams end a run
CLOUDS = [RNG.normal(size=(n, 3)) for n in range(12, 42)]


class Logged(RipsPersistence):
    """Writes a line for every diagram that it computes; `slow` seconds each."""

    _parameter_constraints = {
        **RipsPersistence._parameter_constraints,
        "log": [str],
        "slow": [float],
    }

    def __init__(self, *, log="", slow=0.0, checkpoint=None, n_jobs=None, verbose=False):
        super().__init__(checkpoint=checkpoint, n_jobs=n_jobs, verbose=verbose)
        self.log = log
        self.slow = slow

    def _diagrams(self, samples):
        if len(computed(self.log)) == MOST:
            raise Stop
        for sample in samples:
            with open(Path(self.log) / f"{os.getpid()}", "a") as file:
                file.write(f"{len(sample)}\n")
            time.sleep(self.slow)
        return super()._diagrams(samples)


def computed(log):
    """The sizes of the clouds whose diagrams were begun."""
    return [int(n) for path in Path(log).iterdir() for n in path.read_text().split()]


def kill_one(log, after):
    """End the process that has begun `after` diagrams first; returns the thread that does."""

    def wait_and_kill():
        while True:
            for path in Path(log).iterdir():
                if len(path.read_text().split()) >= after:
                    return os.kill(int(path.name), signal.SIGKILL)
            time.sleep(0.01)

    thread = threading.Thread(target=wait_and_kill, daemon=True)
    thread.start()
    return thread


@pytest.fixture(scope="module")
def client():
    """Two worker processes of Dask, as on a cluster; they find this file to unpickle from it."""
    from distributed import Client, LocalCluster

    with (
        pytest.MonkeyPatch.context() as patch,
        dask.config.set({"distributed.worker.daemon": True}),
    ):
        paths = [str(Path(tda.__file__).parents[1]), str(Path(__file__).parent)]
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        patch.syspath_prepend(paths[1])
        with (
            LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client


@pytest.fixture
def on_dask(client):
    with joblib.parallel_config("dask"):
        yield client


# -- the same answer everywhere -------------------------------------------------------------------

SERIES = [np.sin(np.arange(60) / k) + RNG.normal(scale=0.2, size=60) for k in (2, 3)]

BOOTSTRAP = {"method": "bootstrap", "n_resamples": 5, "level": 0.4, "max_dimension": 1}

TASKS = {
    "rips": (RipsPersistence(), CLOUDS),
    "rips with cocycles": (RipsPersistence(cocycles=True, representatives=True), CLOUDS[:5]),
    "alpha": (AlphaPersistence(), CLOUDS),
    "alpha of landmarks": (AlphaPersistence(n_landmarks=10), CLOUDS),
    "dtm": (DTMPersistence(mass=0.3), CLOUDS[:5]),
    "images": (CubicalPersistence(), RNG.normal(size=(5, 8, 9))),
    "graphs": (GraphPersistence(), [nx.cycle_graph(n) for n in (3, 4, 5)]),
    "holes": (HoleCounter(), CLOUDS[:5]),
    "bootstrap": (HoleCounter(**BOOTSTRAP, random_state=0), CLOUDS[:4]),
    "dimensions": (CloudDimension(), CLOUDS[:5]),
    "distances": (DiagramDistance(), RipsPersistence().transform(CLOUDS[:9])),
    "vectors": (DiagramDistance(metric="betti"), RipsPersistence().transform(CLOUDS[:9])),
    "periods": (PeriodicityScore(n_surrogates=9, random_state=0), SERIES),
}


def same(one, other):
    return np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


@pytest.mark.parametrize("name", TASKS)
def test_dask_changes_no_bit(name, on_dask):
    model, X = TASKS[name]
    with joblib.parallel_config("threading", n_jobs=1):
        expected = clone(model).fit_transform(X)
    assert same(clone(model).fit_transform(X), expected)


@pytest.mark.parametrize("name", TASKS)
def test_threads_change_no_bit(name):
    model, X = TASKS[name]
    expected = clone(model).fit_transform(X)
    assert same(clone(model).set_params(n_jobs=3).fit_transform(X), expected)


def test_processes_change_no_bit():
    with joblib.parallel_config("loky", n_jobs=2):
        for name in ("rips", "alpha of landmarks", "holes", "dimensions", "distances"):
            model, X = TASKS[name]
            expected = clone(model).set_params(n_jobs=1).fit_transform(X)
            assert same(clone(model).fit_transform(X), expected)


def test_a_random_state_gives_every_cloud_the_same_numbers():
    """A generator that clouds shared would depend on the order of the workers."""
    X = [CLOUDS[0], CLOUDS[1], CLOUDS[0]]
    counter = HoleCounter(**BOOTSTRAP)
    one, other = (
        clone(counter).set_params(random_state=np.random.RandomState(7), n_jobs=n).fit(X).count(X)
        for n in (1, 3)
    )
    one, other = ([count.to_dict() for count in counts] for counts in (one, other))
    assert one == other and one[0] == one[2]


def test_results_are_in_the_order_of_the_items(on_dask):
    numbers = list(range(1000))
    assert each(_square, numbers) == [n * n for n in numbers]
    assert each(_square, []) == []
    assert [len(part) for part in in_chunks(list, numbers)] == 62 * [16] + [8]


def _square(n):
    time.sleep(0.002 * (n % 7 == 0))
    return n * n


def test_an_error_of_a_sample_is_its_own(on_dask):
    with pytest.raises(ZeroDivisionError):
        each(_divide, [1, 2, 0])


def _divide(n):
    return 1 / n


def test_a_grid_search_runs_on_dask(on_dask):
    X = [cloud * (1 + i % 2) for i, cloud in enumerate(CLOUDS[:12])]
    model = make_pipeline(RipsPersistence(), PersistenceStatistics(), SVC())
    search = GridSearchCV(model, {"svc__C": [0.1, 10.0]}, cv=2)
    found = search.fit(X, [0, 1] * 6).cv_results_["mean_test_score"]
    here = GridSearchCV(model, search.param_grid, cv=2, n_jobs=1).fit(X, [0, 1] * 6)
    np.testing.assert_array_equal(found, here.cv_results_["mean_test_score"])


def test_joblib_is_called_in_one_place():
    calls = [
        path.name
        for path in Path(tda.__file__).parent.rglob("*.py")
        if re.search(r"\bParallel\(|client\.submit", path.read_text(encoding="utf-8"))
    ]
    assert sorted(calls) == ["_compilation.py", "_parallel.py"]


# -- samples that are not made here ---------------------------------------------------------------


def _made_where(folder, i):
    (Path(folder) / f"{os.getpid()}").touch()
    return np.random.default_rng(i).normal(size=(10 + i, 3))


@pytest.mark.parametrize("form", ["delayed", "bag"])
def test_clouds_of_dask_are_made_on_the_workers(form, on_dask, tmp_path):
    clouds = [np.random.default_rng(i).normal(size=(10 + i, 3)) for i in range(9)]
    if form == "delayed":
        X = [dask.delayed(_made_where)(str(tmp_path), i) for i in range(9)]
    else:
        X = dask.bag.from_sequence(range(9), npartitions=4).map(
            lambda i, folder: _made_where(folder, i), str(tmp_path)
        )
    for model in (RipsPersistence(), HoleCounter(), CloudDimension()):
        assert same(model.fit_transform(X), clone(model).set_params(n_jobs=1).fit_transform(clouds))
    assert str(os.getpid()) not in {path.name for path in tmp_path.iterdir()}


def test_delayed_clouds_need_no_cluster():
    X = [dask.delayed(cloud) for cloud in CLOUDS[:5]]
    assert RipsPersistence(n_jobs=2).fit_transform(X) == RipsPersistence().transform(CLOUDS[:5])


def test_an_error_says_which_delayed_cloud_it_was():
    X = [dask.delayed(CLOUDS[0]), dask.delayed(np.full((4, 3), np.nan))]
    with pytest.raises(ValueError, match=r"^X\[1\] holds NaN"):
        RipsPersistence().fit_transform(X)
    with pytest.raises(ValueError, match=r"^X\[1\].*whole cloud"):
        RipsPersistence().fit_transform([X[0], dask.delayed(np.zeros(3))])
    with pytest.raises(ValueError, match="set max_dimension"):
        AlphaPersistence().fit_transform([X[0], dask.delayed(np.zeros((4, 2)))])
    with pytest.raises(ValueError, match="X is empty"):
        RipsPersistence().fit_transform(dask.bag.from_sequence([]))
    with pytest.raises(ValueError, match=r"X\[1\] is ndarray"):
        RipsPersistence().fit_transform([X[0], CLOUDS[1]])


@pytest.mark.parametrize("function", [count_holes, rips_diagram, AlphaPersistence().transform])
def test_one_delayed_cloud_has_to_be_computed_first(function):
    with pytest.raises(ValueError, match=r"pass X\.compute\(\)"):
        function(dask.delayed(CLOUDS[0]))


# -- a lost worker --------------------------------------------------------------------------------


def test_a_killed_worker_of_dask_costs_what_it_was_doing(on_dask, tmp_path):
    killer = kill_one(tmp_path, 4)
    dgms = Logged(log=str(tmp_path), slow=0.03).transform(CLOUDS)
    killer.join(10)
    assert not killer.is_alive() and len(list(tmp_path.iterdir())) >= 2
    assert dgms == RipsPersistence(n_jobs=1).transform(CLOUDS)
    # What it was doing; what it had finished in that moment may not have been fetched yet.
    assert len(CLOUDS) < len(computed(tmp_path)) <= len(CLOUDS) + 3


def test_a_killed_process_costs_what_it_was_doing(tmp_path):
    killer = kill_one(tmp_path, 4)
    with joblib.parallel_config("loky", n_jobs=2):
        dgms = Logged(log=str(tmp_path), slow=0.03).transform(CLOUDS)
    killer.join(10)
    assert dgms == RipsPersistence().transform(CLOUDS)
    # All processes of loky end with one of them.
    assert len(CLOUDS) < len(computed(tmp_path)) <= len(CLOUDS) + 6


def _die(n):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_chunk_that_ends_every_process_is_an_error(monkeypatch):
    monkeypatch.setattr(_parallel, "MOST_DEATHS", 1)
    with joblib.parallel_config("loky", n_jobs=2), pytest.raises(RuntimeError, match="checkpoint="):
        each(_die, [1, 2])


# -- a checkpoint ---------------------------------------------------------------------------------


class Stop(Exception):
    pass


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """A model whose first run of all clouds ends with 11 of them finished."""
    (tmp_path / "log").mkdir()
    model = Logged(log=str(tmp_path / "log"), checkpoint=tmp_path / "kept")
    monkeypatch.setattr(sys.modules[__name__], "MOST", 11)
    with pytest.raises(Stop):
        model.transform(CLOUDS)
    monkeypatch.undo()
    assert len(computed(model.log)) == 11
    return model


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_a_run_is_taken_up_where_it_stopped(stopped, n_jobs):
    dgms = stopped.set_params(n_jobs=n_jobs).transform(CLOUDS)
    assert dgms == RipsPersistence().transform(CLOUDS)
    assert len(computed(stopped.log)) == len(CLOUDS)
    assert stopped.transform(CLOUDS) == dgms
    assert len(computed(stopped.log)) == len(CLOUDS)


def test_dask_takes_up_what_stopped_here(stopped, on_dask):
    assert stopped.transform(CLOUDS) == RipsPersistence(n_jobs=1).transform(CLOUDS)
    assert len(computed(stopped.log)) == len(CLOUDS)
    delayed = [dask.delayed(cloud) for cloud in CLOUDS]
    for _ in range(2):
        assert stopped.transform(delayed) == stopped.transform(CLOUDS)
    assert len(computed(stopped.log)) == 2 * len(CLOUDS)


def test_what_is_kept_belongs_to_its_input(stopped):
    moved = [cloud + 1.0 for cloud in CLOUDS]
    assert stopped.transform(moved) == RipsPersistence().transform(moved)
    assert len(computed(stopped.log)) == 11 + len(CLOUDS)
    one = RipsPersistence(max_dimension=0, checkpoint=stopped.checkpoint).transform(CLOUDS)
    assert one == RipsPersistence(max_dimension=0).transform(CLOUDS)


def test_a_damaged_file_is_computed_again(stopped):
    kept = sorted((stopped.checkpoint / "tda").iterdir())
    assert len(kept) == 11 and all(path.suffix == ".pkl" for path in kept)
    kept[0].write_bytes(kept[0].read_bytes()[:20])
    with pytest.warns(UserWarning, match="cannot be read"):
        stopped.transform(CLOUDS)
    assert len(computed(stopped.log)) == len(CLOUDS) + 1


def test_a_memory_of_joblib_is_a_folder(tmp_path):
    memory = joblib.Memory(tmp_path, verbose=0)
    for model in (HoleCounter(checkpoint=memory), CloudDimension(checkpoint=str(tmp_path))):
        expected = clone(model).set_params(checkpoint=None).fit_transform(CLOUDS[:3])
        before = len(list(tmp_path.rglob("*.pkl")))
        for _ in range(2):
            assert same(model.fit_transform(CLOUDS[:3]), expected)
        assert len(list(tmp_path.rglob("*.pkl"))) == before + 3
    assert RipsPersistence(checkpoint=joblib.Memory(None)).transform(CLOUDS[:1])


def test_what_cannot_be_pickled_is_no_key(tmp_path):
    model = RipsPersistence(metric=lambda x, y: 1.0, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="cannot be pickled"):
        model.transform(CLOUDS[:2])


@pytest.fixture
def separate(tmp_path):
    """A scheduler of Dask and one worker as processes of their own, and a client."""
    from distributed import Client

    file = tmp_path / "scheduler.json"
    paths = [str(Path(tda.__file__).parents[1]), str(Path(__file__).parent)]
    started = []

    def start(name, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{name}", *options]
        command += ["--no-dashboard", "--scheduler-file", str(file)]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        started.append(subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL))

    try:
        start("scheduler", "--port=0")
        start("worker", "--nthreads=1", "--no-nanny")
        while not file.exists():
            assert started[0].poll() is None
            time.sleep(0.05)
        client = Client(scheduler_file=str(file), timeout=5)  # also to look for it once it is lost
        yield started[0], client
        with suppress(TimeoutError):
            client.close(timeout=0.1)
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_lost_scheduler_leaves_what_is_finished(separate, tmp_path):
    (scheduler, client), log = separate, tmp_path / "log"
    log.mkdir()
    model = Logged(log=str(log), slow=0.03, checkpoint=tmp_path / "kept")

    def end_the_scheduler():
        while len(computed(log)) < 6:
            time.sleep(0.01)
        scheduler.kill()

    threading.Thread(target=end_the_scheduler, daemon=True).start()
    with (
        joblib.parallel_config("dask", client=client),
        pytest.raises(RuntimeError, match=r"scheduler was lost after \d+ of 30 chunks"),
    ):
        model.transform(CLOUDS)
    n_kept = len(list((tmp_path / "kept").rglob("*.pkl")))
    time.sleep(0.1)  # the worker ends what it has begun
    before = len(computed(log))
    assert 3 <= n_kept < len(CLOUDS)
    assert model.transform(CLOUDS) == RipsPersistence().transform(CLOUDS)
    assert len(computed(log)) - before == len(CLOUDS) - n_kept


# -- Ray, where it is installed -------------------------------------------------------------------

if importlib.util.find_spec("ray"):

    def test_ray_changes_no_bit_and_survives_a_killed_worker(tmp_path):
        import ray
        from ray.util.joblib import register_ray

        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
        register_ray()
        try:
            with joblib.parallel_config("ray"):
                for model, X in TASKS.values():
                    expected = clone(model).set_params(n_jobs=1).fit_transform(X)
                    assert same(clone(model).fit_transform(X), expected)
                kill_one(tmp_path, 4)
                dgms = Logged(log=str(tmp_path), slow=0.03).transform(CLOUDS)
                assert dgms == RipsPersistence(n_jobs=1).transform(CLOUDS)
                assert len(CLOUDS) < len(computed(tmp_path)) <= len(CLOUDS) + 3
                with pytest.raises(ZeroDivisionError):
                    each(_divide, [1, 2, 0])
        finally:
            ray.shutdown()
