"""The page of a Mapper: one file with the graph, its numbers and a small script, no network."""

from __future__ import annotations

import html
import json
from pathlib import Path

import numpy as np

from ._graph import column_names

__all__ = ["page_data", "write_page"]

TEMPLATE = Path(__file__).parent / "page.html"
#: Rows of a node that are listed.
MOST_ROWS = 100


def write_page(path, graph, values, X, columns, title):
    """Write the page; X gives the columns, or the lens if it is None."""
    data = page_data(graph, values, X, columns)
    # No "</script>" may stand in the text of a script.
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    title = html.escape("Mapper" if title is None else str(title))
    page = TEMPLATE.read_text(encoding="utf-8").replace("__TITLE__", title)
    path = Path(path)
    path.write_text(page.replace("__DATA__", text), encoding="utf-8")
    return path


def page_data(graph, values, X=None, columns=None):
    """What the page shows, as plain types.

    Returns
    -------
    dict
        ``nodes`` with place, size, means of the columns and the first rows; ``edges`` as triples
        of two nodes and the number of rows they share; ``columns``; ``all``, their means over all
        rows; ``table``, the values of each row that is listed; ``unit``, ``n_rows``.
    """
    if X is None:
        names = [f"lens {c}" for c in range(values.shape[1])] if columns is None else list(columns)
        X, columns = values, names
    names = column_names(X, columns)
    try:
        X = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"X holds columns that are no numbers ({error}): leave them out or encode them."
        ) from None
    X = X[:, None] if X.ndim == 1 else X
    means, places, sizes = graph.means(X), graph.layout(), graph.sizes
    nothing = 1e-12 * np.abs(X).max(axis=0, initial=0.0)  # what rounding leaves of a mean of 0
    means = np.where(np.abs(means) <= nothing, 0.0, means)
    by_node = graph.membership.tocsc()
    nodes, listed = [], set()
    for v in range(graph.n_nodes):
        rows = np.sort(by_node.indices[by_node.indptr[v] : by_node.indptr[v + 1]])[:MOST_ROWS]
        listed.update(rows.tolist())
        nodes.append(
            {
                "x": _short(places[v, 0]),
                "y": _short(places[v, 1]),
                "size": int(sizes[v]),
                "means": [_short(m) for m in means[v]],
                "rows": rows.tolist(),
            }
        )
    edges = [[int(i), int(j), int(w)] for (i, j), w in zip(graph.edges, graph.weights, strict=True)]
    overall = X.mean(axis=0)
    overall = np.where(np.abs(overall) <= nothing, 0.0, overall)
    return {
        "nodes": nodes,
        "edges": edges,
        "columns": names,
        "all": [_short(m) for m in overall],
        "table": {str(r): [_short(x) for x in X[r]] for r in sorted(listed)},
        "unit": 1.0,
        "n_rows": len(X),
    }


def _short(x):
    return float(f"{x:.6g}") if np.isfinite(x) else None
