"""How alike the layers of networks are, as a matrix of colours with the numbers in it."""

from __future__ import annotations

from textwrap import fill

import numpy as np

from ._style import INK, SMALL

NAMES = {
    "cka": "kernel alignment",
    "overlap": "common neighbours",
    "imbalance": "information imbalance, row to column",
    "rtd": "topology divergence",
}
#: In larger matrices there is no room for numbers.
MOST_NUMBERS = 12


def plot_layer_comparison(report, *, ax=None, title=None):
    """Draw how alike the layers of one network are, or those of several with each other.

    Parameters
    ----------
    report : LayerComparison
        From `tda.networks.compare_layers`.
    ax : matplotlib Axes, default=None
        By default that of a new figure.
    title : str, default=None
        By default the verdict.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If `report` is something else.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.networks import compare_layers, random_network
    >>> from tda.plot import plot_layer_comparison
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> found = compare_layers(random_network(3, [8, 8], random_state=0), X)
    >>> plot_layer_comparison(found, title="").get_xlabel()
    'layer'
    """
    if not hasattr(report, "matched") or not hasattr(report, "measure"):
        raise ValueError(
            f"report is {type(report).__name__}: pass what compare_layers(network, X) returns."
        )
    values, n = report.values, len(report.layer_names)
    if ax is None:
        import matplotlib.pyplot as plt

        side = 2.6 + 0.5 * n
        _, ax = plt.subplots(figsize=(side + 1.0, side), layout="constrained")
    top = float(np.nanmax(values)) if report.measure == "rtd" else 1.0
    alike = report.measure in ("cka", "overlap")
    image = ax.imshow(
        values, cmap="Blues" if alike else "Blues_r", vmin=min(0.0, np.nanmin(values)),
        vmax=max(top, 1e-12),
    )  # fmt: skip
    if n <= MOST_NUMBERS:
        low, high = image.get_clim()
        for i, j in np.ndindex(n, n):
            depth = (values[i, j] - low) / (high - low)
            is_dark = depth > 0.6 if alike else depth < 0.4
            ax.text(j, i, f"{values[i, j]:.2f}", ha="center", va="center", fontsize=SMALL,
                    color="white" if is_dark else INK)  # fmt: skip
    step = -(-n // 24)
    names = [name.removeprefix("hidden ") for name in report.layer_names]
    long = max(map(len, names)) > 4
    ax.set_xticks(range(0, n, step), names[::step], fontsize=SMALL, rotation=40 if long else 0,
                  ha="right" if long else "center")  # fmt: skip
    ax.set_yticks(range(0, n, step), names[::step], fontsize=SMALL)
    several = report.n_networks > 1
    ax.set_xlabel("layer of another network" if several else "layer", fontsize=SMALL + 1)
    ax.set_ylabel("layer", fontsize=SMALL + 1)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.8)
    bar.set_label(NAMES[report.measure], fontsize=SMALL + 1)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL, length=0)
    ax.set_title(
        fill(report.verdict, 50) if title is None else title, fontsize=10, color=INK, loc="left"
    )
    return ax
