"""One sweep of Gibbs' sampler over a mixture of dimensions. A leaf: imports no kernel."""

import numpy as np

from ._compiled import compiled


@compiled
def assign_sweep(labels, counts, base, slopes, logs, starts, touching, alike, costs, chances):
    """Draw the component of every point anew, in the order of the rows; changes two arrays.

    Parameters
    ----------
    labels : int64 array of shape (n_points,)
        Changed in place.
    counts : int64 array of shape (n_components,)
        Points of each component. Changed in place.
    base, slopes : arrays of shape (n_components,)
        The log density of a value x in component k is ``base[k] - slopes[k] * x``, the weight of
        the component included.
    logs : array of shape (n_points,)
        The values.
    starts, touching : int64 arrays
        Point i touches ``touching[starts[i]:starts[i + 1]]``: neighbours, and those whose
        neighbour it is.
    alike : float
        What each touching point of the same component adds to the log probability.
    costs : array of shape (n_points,)
        What it costs that a component of c points takes one more.
    chances : array of shape (n_points,)
        Uniform numbers.
    """
    n_components = counts.size
    values = np.empty(n_components)
    for i in range(labels.size):
        counts[labels[i]] -= 1
        largest = -np.inf
        for k in range(n_components):
            same = 0
            for j in range(starts[i], starts[i + 1]):
                same += labels[touching[j]] == k
            values[k] = base[k] - slopes[k] * logs[i] + alike * same - costs[counts[k]]
            largest = max(largest, values[k])
        total = 0.0
        for k in range(n_components):
            values[k] = np.exp(values[k] - largest)
            total += values[k]
        left = chances[i] * total
        chosen = 0
        while chosen < n_components - 1 and left >= values[chosen]:
            left -= values[chosen]
            chosen += 1
        labels[i] = chosen
        counts[chosen] += 1
