"""Where the eigenvalues of a loss's second derivatives lie."""

from __future__ import annotations

import numpy as np

from ._style import DEGREE_COLORS, LINE, PALE, legend, new_axes, tidy


def plot_spectral_density(spectra, *, labels=None, width=0.01, ax=None, title=None):
    """Draw the density of the eigenvalues, on a logarithmic scale.

    Parameters
    ----------
    spectra : SpectralDensity, or a list of them
        From `tda.networks.spectral_density`, such as one at the start and one at the end of
        training.
    labels : list of str, default=None
    width : float, default=0.01
        Of the Gaussians that smooth it, by the range of the eigenvalues.
    ax : matplotlib Axes, default=None
    title : str, default=None

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, or labels do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import random_network, spectral_density
    >>> from tda.plot import plot_spectral_density
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> network = random_network(3, [20], activation="tanh", random_state=0)
    >>> ax = plot_spectral_density(spectral_density(network, X, X[:, 0]))
    >>> ax.get_xlabel()
    'eigenvalue'
    """
    spectra = [spectra] if hasattr(spectra, "weights") else list(spectra)
    if not spectra or not all(hasattr(one, "weights") for one in spectra):
        raise ValueError("spectra: pass what tda.networks.spectral_density gives, or a list.")
    labels = [None] * len(spectra) if labels is None else list(labels)
    if len(labels) != len(spectra):
        raise ValueError(f"{len(labels)} labels for {len(spectra)} spectra: give one each.")
    if ax is None:
        ax = new_axes((6.6, 4.0))
    top = 0.0
    for i, (one, label) in enumerate(zip(spectra, labels, strict=True)):
        color = DEGREE_COLORS[i % len(DEGREE_COLORS)]
        at, density = one.density(width=width)
        top = max(top, density.max())
        ax.plot(at, density, color=color, linewidth=1.6, label=label)
        ends = np.array([one.smallest, one.largest])
        ax.plot(ends, [0, 0], "|", color=color, ms=12, transform=ax.get_xaxis_transform())
    ax.axvline(0, color=LINE, linewidth=0.7, zorder=0)
    ax.set_yscale("log")
    ax.set_ylim(top * 1e-5, top * 2)
    ax.set(xlabel="eigenvalue", ylabel="density")
    ax.grid(axis="y", color=PALE, alpha=0.4, linewidth=0.6)
    tidy(ax, title)
    legend(ax)
    return ax
