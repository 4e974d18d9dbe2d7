"""Many pieces of work at once, in order, that outlive a lost worker: all that calls an engine.

Work is cut into chunks of items. Where they run is what joblib is told, and nothing else chooses:

=============================================== ==================================================
active                                          chunks run
=============================================== ==================================================
nothing, or ``parallel_config("threading")``    in `n_jobs` threads
``parallel_config("loky", n_jobs=2)``           in processes of this machine
``parallel_config("dask")``                     on the workers of Dask, by ``client.submit``
``register_ray()``, ``parallel_config("ray")``  on the workers of Ray, as its tasks
=============================================== ==================================================

A chunk does not depend on the others, and its size only on the number of items. So neither the
engine nor `n_jobs` changes a bit of the result. joblib's own backend for Dask keeps the input on a
worker, and it is lost with this worker. Here the input is part of the task, so that the scheduler
can give it to another one. Finished chunks are fetched, and written to `checkpoint`, as they come.

This file imports no room, and each engine only where it is used.
"""

from __future__ import annotations

import os
import warnings
from functools import partial

from ._checkpoint import Kept
from ._progress import progress

__all__ = [
    "checked_part",
    "delayed_parts",
    "each",
    "in_chunks",
    "in_threads",
    "over_delayed",
    "refuse_delayed",
    "stream",
]

#: Chunks that are aimed at, and the most items of one.
N_CHUNKS, MOST_ITEMS = 64, 64
#: Chunks for each thread of a cluster that are under way or wait there.
AHEAD = 4
#: So often in a row workers may die without one chunk finished, as in Dask.
MOST_DEATHS = 3


def each(function, items, **options):
    """``[function(item) for item in items]``; the options are those of `stream`."""
    parts = in_chunks(partial(_map, function), items, **options)
    return [result for part in parts for result in part]


def in_chunks(function, items, **options):
    """What `function` gives for each chunk, a list of items, in order; options as of `stream`."""
    found = dict(stream(function, items, **options))
    return [found[number] for number in sorted(found)]


def stream(function, items, *, n_jobs=None, label=None, checkpoint=None, key=None):
    """Pairs of the first item of a chunk, as a number, and its result, in the order of finishing.

    Parameters
    ----------
    function : callable
        Takes a list of items.
    items : sequence
    n_jobs : int, default=None
        As in joblib. With 1 all is done here, whatever is active.
    label : str, default=None
        Beside the progress bar; None for no bar.
    checkpoint : path or joblib.Memory, default=None
        A folder that keeps the results of finished chunks.
    key : object, default=None
        Besides the items, all that the results depend on.

    Raises
    ------
    RuntimeError
        If workers die again and again over one chunk, or the scheduler is lost.
    """
    items = list(items)
    kept, engine = Kept(checkpoint), _engine(n_jobs)
    size = min(max(-(-len(items) // N_CHUNKS), 1), MOST_ITEMS)
    if engine is _here and not kept and label is None:  # small clouds share one compiled loop
        size = max(len(items), 1)
    chunks = {first: items[first : first + size] for first in range(0, len(items), size)}
    if kept:
        names = {number: kept.name(key, chunk) for number, chunk in chunks.items()}
    else:
        names = {}
    sizes = {number: len(chunk) for number, chunk in chunks.items()}
    yield from _run(partial(engine, function), chunks, names, kept, sizes, label)


def over_delayed(function, parts, *, n_jobs=None, label=None, checkpoint=None, key=None):
    """What `function` gives for each part of `delayed_parts`, in order.

    A part is computed where its result is: the samples themselves are sent nowhere. With a
    `checkpoint` they are made twice, once to find out what they hold.

    Parameters
    ----------
    function : callable
        Takes the list of samples of a part, and words for where the part is, such as ``X[3]``.
    parts : dict
        Of `delayed_parts`.
    n_jobs, label, checkpoint, key :
        As of `stream`; `n_jobs` is not used on a cluster.
    """
    kept = Kept(checkpoint)
    engine = partial(_by_dask_graph, client=_client(), n_jobs=n_jobs)
    words = list(parts)
    numbered = dict(enumerate(parts.items()))
    names = {}
    if kept:
        hashes = dict(engine(_hash_of_samples, numbered))
        names = {number: kept.name(key, hashes[number]) for number in numbered}
    sizes = dict.fromkeys(numbered, 1)
    found = dict(_run(partial(engine, function), numbered, names, kept, sizes, label))
    return [found[number] for number in range(len(words))]


def in_threads(function, items, *, n_jobs=None):
    """The same as `each` for work on shared memory, which no engine takes to other processes."""
    from joblib import Parallel, delayed

    return Parallel(n_jobs=n_jobs, require="sharedmem")(delayed(function)(item) for item in items)


# -- samples that are not made yet ----------------------------------------------------------------


def delayed_parts(X, *, name="X"):
    """Samples of Dask that are not made yet, by words for their place, or None for all else.

    Parameters
    ----------
    X : list of dask.delayed samples, or dask.bag.Bag of samples

    Returns
    -------
    dict of str to delayed list of samples, or None

    Raises
    ------
    ValueError
        If only some are delayed, or the bag is empty.
    """
    if _is_dask(X, "Bag"):
        # Without fusing it with what comes after, as Dask would do for itself.
        return {f"{name}, partition {i}": part for i, part in enumerate(X.to_delayed())}
    if not isinstance(X, list | tuple) or not any(_is_dask(x, "Delayed") for x in X):
        return None
    if not all(_is_dask(x, "Delayed") for x in X):
        i = next(i for i, x in enumerate(X) if not _is_dask(x, "Delayed"))
        raise ValueError(
            f"{name} holds delayed samples, but {name}[{i}] is {type(X[i]).__name__}: pass "
            f"dask.delayed({name}[{i}]), or compute the others."
        )
    return {f"{name}[{i}]": [sample] for i, sample in enumerate(X)}


def checked_part(check, samples, place):
    """``check(samples)`` where the samples are made; errors say which of all it was."""
    if not samples:  # a partition of a bag may be empty
        return []
    try:
        return check(samples)
    except ValueError as error:
        words = str(error)
        one = "X[0]" in words and "," not in place
        words = words.replace("X[0]", place) if one else f"{place}: {words}"
        raise ValueError(words) from None


def refuse_delayed(X, name):
    """Raise ValueError for what has to be computed first."""
    if _is_dask(X, "Delayed") or _is_dask(X, "Bag"):
        raise ValueError(
            f"{name} is a dask {type(X).__name__}, which is not computed yet: pass "
            f"{name}.compute(). Transformers from shapes to diagrams or counts, such as "
            "RipsPersistence and HoleCounter, take a list of delayed clouds or a bag of clouds."
        )


def _is_dask(X, name):
    kind = type(X)
    return kind.__module__.partition(".")[0] == "dask" and any(
        base.__name__ == name for base in kind.__mro__
    )


def _hash_of_samples(samples, place):
    import joblib

    return joblib.hash(list(samples))


# -- one run --------------------------------------------------------------------------------------


def _run(engine, chunks, names, kept, sizes, label):
    """Results that are kept, then those that are missing, which are kept as they come."""
    missing = {}
    with progress(total=sum(sizes.values()), label=label, shown=label is not None) as bar:
        for number, chunk in chunks.items():
            found, result = kept.load(names[number]) if kept else (False, None)
            if found:
                bar.update(sizes[number])
                yield number, result
            else:
                missing[number] = chunk
        n_missing = len(missing)
        for done, (number, result) in enumerate(_told(engine(missing), n_missing, kept), 1):
            if kept:
                kept.store(names[number], result)
            bar.update(sizes[number])
            bar.set_postfix_str(f"{n_missing - done} chunks to come" if kept else "", refresh=False)
            yield number, result


def _told(results, n_missing, kept):
    """The same results; an engine that is lost says how much is done, and what to do."""
    done = 0
    try:
        for result in results:
            done += 1
            yield result
    except _Lost as lost:
        rest = (
            f"they are kept in {kept.folder}, and the same call goes on from there."
            if kept
            else "with checkpoint=, a folder, they would be kept, and the same call would go on "
            "from there."
        )
        raise RuntimeError(
            f"{lost} after {done} of {n_missing} chunks were finished; {rest}"
        ) from lost.__cause__


class _Lost(Exception):
    """Work that no worker can be found for."""


def _map(function, items):
    return [function(item) for item in items]


def _away(function, chunk, home):
    """A chunk in another process, which does not answer with other engines meanwhile."""
    if os.getpid() != home:
        os.environ.setdefault("TDA_COMPILE", "now")
    return function(*chunk) if isinstance(chunk, _Part) else function(chunk.items)


def _numbered(number, function, chunk, home):
    return number, _away(function, _Chunk(chunk), home)


class _Chunk:
    """Items that Dask does not look into."""

    def __init__(self, items):
        self.items = items


class _Part(tuple):
    """Samples of a part, and words for its place."""


# -- engines: a function and chunks by number, to pairs of number and result ----------------------


def _engine(n_jobs):
    """The engine that joblib's context asks for."""
    from joblib import effective_n_jobs
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend(prefer="threads")
    name = type(backend).__name__
    if n_jobs == 1:
        return _here
    if name == "DaskDistributedBackend":
        return _here if _is_dask_task() else partial(_by_dask, client=backend.client)
    if name == "RayBackend":
        return _here if backend.nesting_level else _by_ray
    return _here if effective_n_jobs(n_jobs) == 1 else partial(_by_joblib, n_jobs=n_jobs)


def _here(function, chunks):
    for number, chunk in chunks.items():
        yield number, function(chunk)


def _by_joblib(function, chunks, *, n_jobs):
    from concurrent.futures.process import BrokenProcessPool

    from joblib import Parallel, delayed
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend(prefer="threads")
    streams = backend.supports_return_generator
    waiting, deaths, home = dict(chunks), 0, os.getpid()
    while waiting:
        # Arrays go as they are, not as files: those are data that stays on disk to our readers.
        parallel = Parallel(
            n_jobs=n_jobs,
            prefer="threads",
            batch_size=1,
            max_nbytes=None,
            return_as="generator_unordered" if streams else "list",
        )
        before = len(waiting)
        try:
            for number, result in parallel(
                delayed(_numbered)(number, function, chunk, home)
                for number, chunk in list(waiting.items())
            ):
                del waiting[number]
                yield number, result
        except BrokenProcessPool as error:
            deaths = deaths + 1 if len(waiting) == before else 0
            if deaths == MOST_DEATHS:
                raise _Lost(
                    f"workers died {deaths} times over the same chunks, perhaps for want of memory,"
                ) from error


def _is_dask_task():
    """Whether this is already on a worker, as in a grid search: a task that waits blocks it."""
    from distributed import get_worker

    try:
        return get_worker() is not None
    except ValueError:
        return False


def _by_dask(function, chunks, *, client):
    from distributed import as_completed

    home, rest, numbers = os.getpid(), iter(chunks.items()), {}
    done = as_completed()

    def submit(count):
        for _, (number, chunk) in zip(range(count), rest, strict=False):
            with warnings.catch_warnings():  # of tasks that carry much: so they outlive a worker
                warnings.filterwarnings("ignore", "Sending large graph")
                future = client.submit(_away, function, _Chunk(chunk), home, pure=False)
            numbers[future] = number
            done.add(future)

    submit(AHEAD * max(sum(client.nthreads().values()), 1))
    yield from _gathered(done, numbers, lambda: submit(1))


def _by_dask_graph(function, parts, *, client, n_jobs):
    """Each part with what makes it: on Dask's cluster, or in threads where there is none."""
    import dask

    home = os.getpid()
    away = dask.delayed(_away_part, pure=False)
    tasks = {i: away(function, part, place, home) for i, (place, part) in parts.items()}
    if client is None:
        from joblib import effective_n_jobs

        n_workers = effective_n_jobs(n_jobs)
        numbers = list(tasks)
        for first in range(0, len(numbers), AHEAD * n_workers):
            some = numbers[first : first + AHEAD * n_workers]
            results = dask.compute(
                *[tasks[i] for i in some], scheduler="threads", num_workers=n_workers
            )
            yield from zip(some, results, strict=True)
        return
    from distributed import as_completed

    if not tasks:
        return
    futures = client.compute(list(tasks.values()))
    yield from _gathered(as_completed(futures), dict(zip(futures, tasks, strict=True)))


def _away_part(function, samples, place, home):
    return _away(function, _Part((list(samples), place)), home)


def _gathered(done, numbers, more=lambda: None):
    """Results of futures as they come; a lost worker's are done again by the scheduler."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    for future in done:
        try:
            result = future.result()
        except KilledWorker as error:
            raise _Lost(
                "one chunk ended one worker of Dask after the other, perhaps for want of memory,"
            ) from error
        except (CancelledError, OSError) as error:
            if future.status == "error":  # of the work itself
                raise
            raise _Lost("Dask's scheduler was lost") from error
        number = numbers.pop(future)
        future.release()
        more()
        yield number, result


def _client():
    """The client of Dask in joblib's context, else the last one that was started, or None."""
    import sys

    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend(prefer="threads")
    if type(backend).__name__ == "DaskDistributedBackend":
        return backend.client
    if "distributed" not in sys.modules:
        return None
    from distributed import default_client

    try:
        return default_client()
    except ValueError:
        return None


def _by_ray(function, chunks):
    import ray

    home, rest, numbers = os.getpid(), iter(chunks.items()), {}
    shared = ray.put(function)
    away = ray.remote(_away).options(max_retries=MOST_DEATHS)

    def submit(count):
        for _, (number, chunk) in zip(range(count), rest, strict=False):
            numbers[away.remote(shared, _Chunk(chunk), home)] = number

    submit(AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1))
    try:
        while numbers:
            (first, *_), _ = ray.wait(list(numbers), num_returns=1)
            result = ray.get(first)
            yield numbers.pop(first), result
            submit(1)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
    except ray.exceptions.RayError as error:
        raise _Lost(f"workers of Ray died {MOST_DEATHS} times over one chunk, or all,") from error
    finally:
        for task in numbers:
            ray.cancel(task)
