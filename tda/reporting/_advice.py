"""What to do next: a few sentences, each with the line of Python that does it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._words import amount, degree_name

__all__ = ["Advice", "advise"]

#: From this share of equal rows on they are worth a word.
MANY_EQUAL = 0.05
#: Of a hole with a larger p-value nobody is told how many points would show it.
NEARLY = 0.5
#: So many sentences at most.
MOST = 7


class Advice(NamedTuple):
    """A sentence, and a line of Python that does what it says; empty where there is none."""

    words: str
    code: str = ""


def advise(data, found):
    """The advice, the most urgent first.

    Parameters
    ----------
    data : Data
    found : dict of str to Part
        By name; parts without a result say nothing.

    Returns
    -------
    tuple of Advice
    """
    results = {name: part.result for name, part in found.items() if part.result is not None}
    rules = (
        (_of_data, None),
        (_of_holes, "holes"),
        (_of_clusters, "clusters"),
        (_of_dimension, "dimension"),
        (_of_concentration, "concentration"),
        (_of_labels, "labels"),
        (_of_map, "map"),
    )
    said = []
    for rule, name in rules:
        if name is None or name in results:
            said += rule(data, results.get(name), results)
    if not said:
        said = [Advice("Nothing stands out: compare with more rows or other columns.")]
    return tuple(said[:MOST])


def _of_data(data, _, results):
    said = []
    if data.dominant:
        said.append(
            Advice(
                f"If the columns have different units, scale them: {data.dominant} alone decides "
                "what is near now.",
                "report = tda.report(data, scale=True)",
            )
        )
    if data.n_dropped > 0.2 * data.n_rows:
        said.append(
            Advice(
                f"{data.n_dropped:,} of {data.n_rows:,} rows lack a number. Fill the gaps, or "
                "leave out the columns that lack most, and see whether the answers stay."
            )
        )
    if data.n_duplicates > MANY_EQUAL * len(data.X):
        said.append(
            Advice(
                "Find out why so many rows are equal. They count once here, so a place that was "
                "measured often weighs no more than others."
            )
        )
    if data.lattice > 0.25:
        said.append(
            Advice(
                "Values are rounded: believe loops only if they are wider than a few steps of the "
                "rounding."
            )
        )
    return said


def _of_holes(data, count, results):
    said = []
    if len(count.betti) > 1 and count.betti[1]:
        loops = amount(count.betti[1], 1)
        said.append(
            Advice(
                f"There {'is' if count.betti[1] == 1 else 'are'} {loops}: give every row its angle "
                "along the loop, and see what changes with it (season, phase, direction).",
                "angles = tda.CircularCoordinates().fit_transform(X)",
            )
        )
    if count.betti[0] > 1:
        said.append(
            Advice(
                f"The data lie in {count.betti[0]} pieces: see what differs between them.",
                "piece = count.labels",
            )
        )
    for degree in range(1, len(count.betti)):
        near = any(h.degree == degree and h.p_value <= NEARLY for h in count.candidates)
        needed = count.points_needed(degree) if near and not count.betti[degree] else None
        if needed and needed > count.n_landmarks and needed <= 4 * count.n_points:
            said.append(
                Advice(
                    f"No {degree_name(degree, 1)} is certain with {count.n_points:,} points. If "
                    f"the longest one is real, about {needed:,} points would show it."
                )
            )
            break
    return said


def _of_clusters(data, model, results):
    count = results.get("holes")
    if model.n_clusters_ == 1:
        return []
    code = "import pandas as pd\npd.DataFrame(X).groupby(clusters.labels_).mean()"
    words = f"Look at what makes the {model.n_clusters_} clusters: the means of their columns."
    if count is not None and count.betti[0] == 1:
        words += " They touch (one piece), so where one ends is a matter of density."
    return [Advice(words, code)]


def _of_dimension(data, estimate, results):
    d = data.X.shape[1]
    said = []
    if estimate.groups:
        said.append(
            Advice(
                "Points differ in dimension: look at the dimension at each point.",
                "estimate.local",
            )
        )
    count = results.get("holes")
    loops = count is not None and any(count.betti[1:])
    # A circle is one-dimensional, and fits into no line.
    least = (estimate.rounded or d) + loops
    if np.isfinite(estimate.dimension) and 0 < least <= (d + loops) / 2:
        numbers = f"{least} number{'s' * (least != 1)}"
        more = ", one more for its holes" if loops else ""
        said.append(
            Advice(
                f"{d} columns hold about {estimate.rounded} "
                f"dimension{'s' * (estimate.rounded != 1)}: describe a row by {numbers}{more}, and "
                "see what that loses.",
                f"Z = tda.Embedding(n_components={least}, random_state=0).fit_transform(X)\n"
                "print(tda.embedding_report(X, Z).verdict)",
            )
        )
    if estimate.is_crowded:
        said.append(Advice("There are too few rows to tell the dimension: measure more."))
    return said


def _of_concentration(data, report, results):
    if report.is_like_noise and report.is_concentrated:
        return [
            Advice(
                "All rows are nearly equally far from each other, as in noise: choose columns by "
                "what you know of them before you use neighbours, clusters or maps.",
                "X = X[:, chosen]",
            )
        ]
    return []


def _of_labels(data, labels, results):
    if labels.is_quantity:
        return []
    if labels.shared > labels.by_chance + 0.5 * (1 - labels.by_chance):
        return [
            Advice(
                "Labels follow the shape: a model that looks at neighbours should predict them.",
                "from sklearn.neighbors import KNeighborsClassifier\n"
                "model = KNeighborsClassifier(10).fit(X, y)",
            )
        ]
    return [Advice("Labels hardly follow the shape: neighbours alone will not predict them.")]


def _of_map(data, maps, results):
    fidelity = maps.shown.fidelity
    if fidelity is None or fidelity.is_faithful:
        return []
    return [
        Advice(
            "Do not read distances, holes or the number of groups off the map: it is not faithful. "
            "Use the columns themselves, or more coordinates.",
            "Z = tda.Embedding(n_components=3, random_state=0).fit_transform(X)\n"
            "print(tda.embedding_report(X, Z).verdict)",
        )
    ]
