"""Arrays with room for more, in kernels. A leaf: imports no kernel."""

import numpy as np

from ._compiled import compiled


@compiled
def longer(a):
    """The same array with twice the room."""
    bigger = np.empty(2 * a.size, a.dtype)
    # Number by number: the messages of slices that do not fit take seconds to compile.
    for i in range(a.size):
        bigger[i] = a[i]
    return bigger


@compiled
def longer_table(table):
    """The same table with room for twice as many rows."""
    bigger = np.empty((2 * table.shape[0], table.shape[1]), table.dtype)
    copy_table(table, bigger)
    return bigger


@compiled
def copy_table(table, bigger):
    """Write `table` into the first rows and columns of `bigger`."""
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            bigger[i, j] = table[i, j]
