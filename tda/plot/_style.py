"""What the pictures share: colours, axes, and the words on them."""

from __future__ import annotations

from numbers import Integral

import numpy as np

from .._html import DEGREE_COLORS as DEGREE_COLORS  # the same in every picture
from .._html import degree_color as degree_color
from .._kinds import far_rows
from .._words import degree_name
from ..diagrams import Diagram, Diagrams, as_diagrams

CLOUD_COLOR = "#5B6770"
PALE = "#B9C0C6"
LINE = "#8A9299"
INK = "#333333"
SMALL = 8.5  # points, for words inside a picture
LEAST_VALUES = 20  # of fewer none is too far to draw


def cyclic_map():
    """A colour map for angles: all hues at one lightness, so that no angle stands out.

    A circle in the colour space OKLab (B. Ottosson, 2020), where equal steps look equal.
    """
    from matplotlib.colors import ListedColormap

    hue = np.linspace(0, 2 * np.pi, 256, endpoint=False) + 0.5
    lab = np.stack([np.full_like(hue, 0.68), 0.125 * np.cos(hue), 0.125 * np.sin(hue)])
    to_cones = np.array(
        [
            [1, 0.3963377774, 0.2158037573],
            [1, -0.1055613458, -0.0638541728],
            [1, -0.0894841775, -1.2914855480],
        ]
    )
    to_light = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    light = np.clip(to_light @ (to_cones @ lab) ** 3, 0, 1).T
    return ListedColormap(
        np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    )


def degree_label(diagram, k):
    """ "H1, loops": a degree, and in words what it counts."""
    if k > 2 or diagram.filtration == "extended":
        return f"H{k}"
    return f"H{k}, {degree_name(k)}"


def new_axes(figsize, projection=None):
    """An axes in a new figure."""
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(
        figsize=figsize, layout="constrained", subplot_kw={"projection": projection}
    )
    return ax


def tidy(ax, title):
    """Fewer lines around a flat picture, and its title."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(LINE)
    ax.tick_params(color=LINE, labelsize=SMALL)
    if title is not None:
        ax.set_title(title)


def is_3d(ax):
    return ax.name == "3d"


def with_holes(diagram, holes):
    """One Diagram, and what was counted in it: a HoleCount alone is both."""
    counted = hasattr(diagram, "diagram") and not isinstance(diagram, Diagram)
    return as_diagram(diagram), diagram if holes is None and counted else holes


def as_diagram(diagram):
    """One Diagram, from one sample in any format of the field, that has room on an axis."""
    diagram = _one_diagram(diagram)
    ends = np.abs(np.concatenate([diagram.births, diagram.deaths]))
    largest = np.max(ends, initial=0.0, where=np.isfinite(ends))
    if largest > 1e300:
        raise ValueError(
            f"diagram has a bar that reaches {largest:.3g}, which no axis has room for: leave "
            "such bars out or scale the diagram."
        )
    return diagram


def _one_diagram(diagram):
    if isinstance(diagram, Diagram):
        return diagram
    if isinstance(diagram, np.ndarray):
        raise ValueError(
            f"diagram is an array of shape {diagram.shape}: pass the arrays of all degrees in a "
            "list, [H0, H1, …], or a Diagram."
        )
    if hasattr(diagram, "diagram"):
        return diagram.diagram
    samples = as_diagrams(diagram if isinstance(diagram, Diagrams) else [diagram], name="diagram")
    if len(samples) != 1:
        raise ValueError(
            f"diagram holds {len(samples)} samples, and one picture shows one: pass diagram[0]."
        )
    return samples[0]


def degrees_to_draw(degrees, diagram):
    """The degrees asked for, by default all that were computed."""
    if degrees is None:
        return list(range(diagram.max_dimension + 1))
    degrees = [degrees] if isinstance(degrees, Integral) else list(degrees)
    if not degrees or not all(isinstance(k, Integral) and k >= 0 for k in degrees):
        raise ValueError(f"degrees={degrees!r}; they must be integers from 0 on, such as [0, 1].")
    return sorted({int(k) for k in degrees})


def significant_bars(diagram, holes, degrees):
    """The holes to point out: those of `degrees` that stand for a bar of the diagram."""
    if holes is None:
        return []
    found = [hole for hole in holes.holes if hole.bar is not None and hole.degree in degrees]
    for hole in found:
        if not 0 <= hole.bar < len(diagram) or diagram.dims[hole.bar] != hole.degree:
            raise ValueError(
                f"holes names bar {hole.bar} in degree {hole.degree}, which this diagram does not "
                "have: pass the diagram that the holes were counted in, holes.diagram."
            )
    return found


def with_unit(word, diagram):
    """An axis label such as "birth (radius)"."""
    said = diagram.unit == "unknown" or diagram.unit in word
    return word if said else f"{word} ({diagram.unit})"


def p_text(p_value):
    """A p-value in words, or "" where there is none."""
    if p_value is None or np.isnan(p_value):
        return ""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}"


def merge_labels(heights, texts, gap):
    """Join equal words that would stand closer than `gap`.

    Returns lists ``(members, text)``, where the members are indices into `heights`.
    """
    groups = []
    for i in np.argsort(heights, kind="stable"):
        last = groups[-1] if groups else None
        if last and texts[last[-1]] == texts[i] and heights[i] - heights[last[-1]] < gap:
            last.append(i)
        else:
            groups.append([i])
    return [
        (group, texts[group[0]] + (f" (each of {len(group)})" if len(group) > 1 else ""))
        for group in groups
    ]


def few_labels(heights, texts, gap, most):
    """`merge_labels` with as wide a gap as gives at most so many labels.

    Where words differ too often for that, neighbours share "p from … to …"; every bar is in one.
    """
    groups = merge_labels(heights, texts, gap)
    while len(groups) > most and len(groups) > len(set(texts)):
        gap *= 1.5
        groups = merge_labels(heights, texts, gap)
        if gap > 2 * (np.max(heights) - np.min(heights)):
            break
    if len(groups) <= most:
        return groups
    order = np.argsort(heights, kind="stable")
    found = []
    for members in map(list, np.array_split(order, most)):
        words = sorted({texts[i] for i in members}, key=_p_in)
        several = f" (each of {len(members)})" if len(members) > 1 else ""
        said = words[0] if len(words) == 1 else f"{words[0]} to {words[-1].split()[-1]}"
        found.append((members, said + several))
    return found


def _p_in(text):
    """The number in `p_text`, for sorting."""
    return float(text.split()[-1]) - ("<" in text) * 1e-9


def spread(values, gap):
    """Move numbers apart to at least `gap`, each as little as keeps their order.

    Crowded neighbours become one group around their common mean (isotonic regression by
    pooling).
    """
    values = np.asarray(values, dtype=float)
    order = np.argsort(values, kind="stable")
    groups = []  # [sum of what each would like as the group's first position, size]
    for value in values[order]:
        groups.append([value, 1])
        while len(groups) > 1:
            (low, n), (high, m) = groups[-2:]
            if low / n + n * gap <= high / m:
                break
            groups[-2:] = [[low + high - m * n * gap, n + m]]
    out = np.empty_like(values)
    out[order] = np.concatenate(
        [[], *(total / size + gap * np.arange(size) for total, size in groups)]
    )
    return out


def halo():
    """A white rim that keeps words readable on top of marks."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground="white")]


def legend(ax, **where):
    """A legend without a heavy box, if there is anything to name; plain H0, H1, … come first."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        order = sorted(range(len(labels)), key=lambda i: " threshold" in labels[i])
        handles, labels = [handles[i] for i in order], [labels[i] for i in order]
        ax.legend(handles, labels, fontsize=SMALL, framealpha=0.85, edgecolor="none", **where)


def usual_limits(values):
    """The least and the largest value to draw, and the least of those beyond, which are too far.

    The third is infinite where all finite values are drawn.
    """
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0, np.inf
    far = np.inf
    beyond = far_rows(values[:, None], 0) if values.size >= LEAST_VALUES else []
    if len(beyond) and (values[beyond] > np.median(values)).all():
        far = float(values[beyond].min())
    return float(values.min()), float(values[values < far].max()), far


def far_text(far):
    """What the line or the arrow of what is not drawn to scale is marked with."""
    return "∞" if far == np.inf else f"≥ {far:.2g}"
