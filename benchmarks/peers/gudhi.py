"""gudhi: its scikit-learn door where there is one, else its complexes, over Z/2."""

import gudhi
import numpy as np
from gudhi import representations
from gudhi.sklearn import CubicalPersistence, RipsPersistence

DISTRIBUTION = "gudhi"
PRECISION = "float64"


def rips(X, *, max_dimension):
    return rips_many([X], max_dimension=max_dimension)[0]


def rips_many(X, *, max_dimension):
    degrees = list(range(max_dimension + 1))
    return RipsPersistence(homology_dimensions=degrees, homology_coeff_field=2).fit_transform(
        list(X)
    )


def rips_matrix(X, *, max_dimension, field, cocycles=False):
    return RipsPersistence(
        homology_dimensions=list(range(max_dimension + 1)),
        input_type="full distance matrix",
        homology_coeff_field=field,
    ).fit_transform([X])[0]


def alpha(X):
    # "fast" is the least that can be asked of it: doubles without a guarantee.
    tree = gudhi.AlphaComplex(points=X, precision="fast").create_simplex_tree(
        output_squared_values=False
    )
    tree.compute_persistence(homology_coeff_field=2)
    return [tree.persistence_intervals_in_dimension(k) for k in range(X.shape[1])]


def cubical(X, *, construction):
    kind = "vertices" if construction == "vertices" else "top_dimensional_cells"
    return CubicalPersistence(
        homology_dimensions=list(range(X.ndim)), input_type=kind, homology_coeff_field=2
    ).fit_transform([X])[0]


def extended(X):
    """Of rows with two vertices and the function at both."""
    edges = X[:, :2].astype(int)
    values = np.zeros(edges.max() + 1)
    values[edges] = X[:, 2:]
    tree = gudhi.SimplexTree()
    for i, value in enumerate(values.tolist()):
        tree.insert([i], value)
    for edge, value in zip(edges.tolist(), X[:, 2:].max(axis=1).tolist(), strict=True):
        tree.insert(edge, value)
    tree.extend_filtration()
    return tree.extended_persistence()


def of_pairs(kinds):
    return [np.reshape([pair for _, pair in kind], (-1, 2)) for kind in kinds]


def grid(X, n_bins):
    """The same filtration values for all engines."""
    ends = [min(bars[:, 0].min() for bars in X), max(bars[:, 1].max() for bars in X)]
    return {"resolution": n_bins, "sample_range": ends, "keep_endpoints": True}


def landscape(X, *, n_bins, n_layers):
    return representations.Landscape(num_landscapes=n_layers, **grid(X, n_bins)).fit_transform(X)


def silhouette(X, *, n_bins):
    weight = lambda bar: bar[1] - bar[0]  # noqa: E731
    return representations.Silhouette(weight=weight, **grid(X, n_bins)).fit_transform(X)


def betti_curve(X, *, n_bins):
    return representations.BettiCurve(**grid(X, n_bins)).fit_transform(X)


def birth_first(images):
    side = int(np.sqrt(images.shape[1]))
    return images.reshape(-1, side, side).transpose(0, 2, 1).reshape(images.shape)


def persistence_image(X, *, resolution, bandwidth, birth_range, persistence_range):
    # It takes the density at nodes: here at the middles of the pixels.
    ranges = np.array([birth_range, persistence_range])
    half = np.diff(ranges) / resolution / 2
    images = representations.PersistenceImage(
        bandwidth=bandwidth,
        weight=lambda bar: bar[1],
        resolution=[resolution] * 2,
        im_range=(ranges + half * [1, -1]).ravel().tolist(),
    ).fit_transform(X)
    return images * np.prod(2 * half)


def matrix(metric, **options):
    """Its matrix of a distance among diagrams."""
    from gudhi.representations.metrics import pairwise_persistence_diagram_distances

    return lambda X, **more: pairwise_persistence_diagram_distances(
        X, metric=metric, **options, **more
    )


def scale_space(X, *, bandwidth):
    from gudhi.representations.kernel_methods import pairwise_persistence_diagram_kernels

    # Its bandwidth is that of the kernel, and it divides by a Gaussian's norm on the line.
    width = np.sqrt(2) * bandwidth
    kernels = pairwise_persistence_diagram_kernels(
        X, kernel="persistence_scale_space", bandwidth=width, kernel_approx=None
    )
    return kernels / (np.sqrt(2 * np.pi) * width)


def tomato(X, *, n_neighbors, n_clusters):
    from gudhi.clustering.tomato import Tomato

    return Tomato(k=n_neighbors + 1, dim=X.shape[1], q=2, n_clusters=n_clusters).fit(X).labels_


TASKS = {
    "tomato_values": (tomato, np.asarray),
    "rips": (rips, list),
    "rips_many": (rips_many, list),
    "rips_matrix": (rips_matrix, list),
    "alpha": (alpha, list),
    "cubical": (cubical, list),
    "extended": (extended, of_pairs),
    # Its tents are the square root of two times the standard ones.
    "landscape_values": (landscape, lambda values: values / np.sqrt(2), list),
    "silhouette_values": (silhouette, lambda values: values / np.sqrt(2), list),
    "betti_curve_values": (betti_curve, np.asarray, list),
    "persistence_image_values": (persistence_image, birth_first, list),
    "sliced_wasserstein_values": (
        matrix("sliced_wasserstein", num_directions=10),
        np.asarray,
        list,
    ),
    "scale_space_values": (scale_space, np.asarray, list),
    "fisher_values": (matrix("persistence_fisher"), np.asarray, list),
    "bottleneck_values": (matrix("bottleneck"), np.asarray, list),
    "wasserstein_values": (matrix("hera_wasserstein"), np.asarray, list),
}
