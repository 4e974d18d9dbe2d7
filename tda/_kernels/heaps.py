"""A heap of int64 codes in an array, the least on top, in kernels. A leaf: imports no kernel."""

from ._compiled import compiled


@compiled
def push(heap, n, code):
    """Add a code to the `n` of a heap that has room for it."""
    i = n
    while i and heap[(i - 1) >> 1] > code:
        heap[i] = heap[(i - 1) >> 1]
        i = (i - 1) >> 1
    heap[i] = code


@compiled
def pop(heap, n):
    """Take the least of the `n` codes off."""
    first, code, i = heap[0], heap[n - 1], 0
    while 2 * i + 1 < n - 1:
        j = 2 * i + 1
        if j + 1 < n - 1 and heap[j + 1] < heap[j]:
            j += 1
        if heap[j] >= code:
            break
        heap[i] = heap[j]
        i = j
    heap[i] = code
    return first
