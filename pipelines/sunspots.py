"""Find the cycle of the sunspots as a hole, and measure its period.

The number of spots on the sun, year by year from 1700 to 2008. Take the values of a year, of some
years before and of some years before that, as the coordinates of a point. If the spots come and go
in cycles, the points of all years lie on a ring, and a ring has a hole. So the story looks for one
significant loop, goes around it with the years, and reports how long a turn takes.

The rules, none of which uses a period:
  series     the square root, since large counts scatter more; then the mean of 3 years, less the
             mean of 23 years around, against noise and against the slow change of the cycles
  delay      where the series' correlation with itself first falls to zero or below
  dimension  the least with less than 5 % of false nearest neighbours: neighbours that are far
             apart as soon as one more coordinate is added (Kennel, Brown, Abarbanel, 1992)

Two checks: the period of the strongest line of the power spectrum, which uses no holes, and the
same steps for red noise, which has no cycle.
"""

from __future__ import annotations

import numpy as np
from _common import INK, SOFT, figure, finish, meaning, options, p_words, play, table
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import make_pipeline
from tqdm import tqdm

from tda import HoleCounter, count_holes, plot
from tda.datasets import load_sunspots

SHORT, LONG = 3, 23  # years
FALSE_NEIGHBORS = 0.05
MOST_DIMENSIONS = 6


class DelayEmbedding(TransformerMixin, BaseEstimator):
    """Clouds of points ``(x[t], x[t + delay], …)`` (per shape: `X` is a list of series).

    Parameters
    ----------
    delay : int, default=3
    dimension : int, default=3
    """

    def __init__(self, *, delay=3, dimension=3):
        self.delay = delay
        self.dimension = dimension

    def fit(self, X, y=None):
        """Nothing is learned."""
        return self

    def transform(self, X):
        """One cloud of shape (n_values - (dimension - 1) * delay, dimension) a series."""
        return [embed(level_out(series), self.delay, self.dimension) for series in X]

    def __sklearn_is_fitted__(self):
        return True


def build_pipeline(*, delay=3, dimension=3):
    """The pipeline of the story: series in, numbers of components and loops out."""
    return make_pipeline(
        DelayEmbedding(delay=delay, dimension=dimension), HoleCounter(max_dimension=1)
    )


def parse(argv=None):
    parser = options("sunspots", __doc__)
    parser.add_argument("--quick", action="store_true", help="9 noise series instead of 99")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the series, the cloud and its count."""
    sunspots = load_sunspots()
    series = level_out(sunspots.series)
    delay = first_zero(series)
    shares = [false_neighbors(series, delay, d) for d in range(1, MOST_DIMENSIONS + 1)]
    dimension = next((d for d, s in enumerate(shares, 1) if s < FALSE_NEIGHBORS), MOST_DIMENSIONS)
    cloud = embed(series, delay, dimension)
    count = count_holes(cloud, max_dimension=1)
    period, turns, forward = period_around(cloud)
    choices = sensitivity(series, dimension)
    noise = noise_ratios(sunspots.series, dimension, 9 if args.quick else 99, args.seed)
    ratio, p_value = strongest_loop(count)
    return {
        "seed": args.seed,
        "delay": delay,
        "dimension": dimension,
        "false_neighbors": shares,
        "betti": count.betti,
        "ratio": ratio,
        "p_value": p_value,
        "p_value_red_noise": (1 + int((noise >= ratio).sum())) / (1 + len(noise)),
        "red_noise_ratios": {"median": np.median(noise), "largest": noise.max(), "n": len(noise)},
        "period": period,
        "turns": turns,
        "steps_forward": forward,
        "period_spectrum": spectral_period(sunspots.series),
        "sensitivity": choices,
        "count": count.to_dict(),
        "shown": {"sunspots": sunspots, "series": series, "cloud": cloud, "count": count},
    }


# -- the series ----------------------------------------------------------------------------


def level_out(series):
    """Square root, mean over a few years less the mean over many, spread 1."""
    roots = np.sqrt(np.asarray(series, dtype=float))
    leveled = moving_mean(roots, SHORT) - moving_mean(roots, LONG)
    return leveled / leveled.std()


def moving_mean(series, width):
    """The mean of `width` values around each, of fewer at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(series)])
    here = np.arange(len(series))
    first = np.maximum(here - width // 2, 0)
    after = np.minimum(here + width // 2 + 1, len(series))
    return (sums[after] - sums[first]) / (after - first)


def embed(series, delay, dimension):
    """Points ``(x[t], x[t + delay], …)``."""
    n = len(series) - (dimension - 1) * delay
    return np.column_stack([series[k * delay : k * delay + n] for k in range(dimension)])


def first_zero(series):
    """The first lag at which the correlation of the series with itself is zero or less."""
    series = series - series.mean()
    products = np.correlate(series, series, mode="full")[len(series) - 1 :]
    return int(np.argmax(products <= 0))


def false_neighbors(series, delay, dimension, most=10.0):
    """Share of nearest neighbours that one more coordinate moves `most` times as far apart."""
    from scipy.spatial import cKDTree

    further = embed(series, delay, dimension + 1)
    points, last = further[:, :-1], further[:, -1]
    distances, neighbors = cKDTree(points).query(points, k=2)
    distance, neighbor = np.maximum(distances[:, 1], 1e-12), neighbors[:, 1]
    return float(np.mean(np.abs(last - last[neighbor]) / distance > most))


# -- the loop and its period ---------------------------------------------------------------


def strongest_loop(count):
    """Ratio and p-value of the clearest loop, significant or not."""
    loop = next((hole for hole in count.candidates if hole.degree == 1), None)
    return (loop.ratio, loop.p_value) if loop else (1.0, 1.0)


def plane(cloud, points=None):
    """Points, by default the cloud's, in the cloud's two directions of largest spread."""
    middle = cloud.mean(axis=0)
    _, _, directions = np.linalg.svd(cloud - middle, full_matrices=False)
    return ((cloud if points is None else points) - middle) @ directions[:2].T


def period_around(cloud):
    """Years a turn, number of turns, and share of the years that go forward."""
    x, y = plane(cloud).T
    angle = np.unwrap(np.arctan2(y, x)) / (2 * np.pi)
    turns = angle[-1] - angle[0]
    forward = np.mean(np.diff(angle) * np.sign(turns) > 0)
    return float((len(angle) - 1) / abs(turns)), float(abs(turns)), float(forward)


def spectral_period(series):
    """One over the frequency of the highest peak of the power spectrum."""
    from scipy.signal import periodogram

    # Zeros after the series make the frequencies dense enough to find the peak.
    frequencies, power = periodogram(series, nfft=1 << 14, detrend="constant")
    return float(1 / frequencies[np.argmax(power)])


def sensitivity(series, dimension):
    """The strongest loop for other delays and dimensions."""
    found = []
    choices = [(tau, d) for d in (dimension, dimension + 1, 2) for tau in range(1, 6)]
    for tau, d in tqdm(choices, desc="other choices", leave=False):
        cloud = embed(series, tau, d)
        count = count_holes(cloud, max_dimension=1)
        ratio, p_value = strongest_loop(count)
        found.append(
            {
                "delay": tau,
                "dimension": d,
                "loops": count.betti[1],
                "ratio": ratio,
                "p_value": p_value,
                "period": period_around(cloud)[0],
            }
        )
    return found


def noise_ratios(series, dimension, n_series, seed):
    """The ratio of the clearest loop of red noise, each with the delay of its own rule."""
    rng = np.random.default_rng(seed)
    roots = np.sqrt(series)
    memory = np.corrcoef(roots[:-1], roots[1:])[0, 1]
    ratios = []
    for _ in tqdm(range(n_series), desc="red noise", leave=False):
        noise = rng.standard_normal(len(series))
        noise[0] /= np.sqrt(1 - memory**2)
        for t in range(1, len(noise)):
            noise[t] += memory * noise[t - 1]
        # The steps begin with a square root.
        leveled = level_out((noise - noise.min()) ** 2)
        cloud = embed(leveled, first_zero(leveled), dimension)
        ratios.append(strongest_loop(count_holes(cloud, max_dimension=1))[0])
    return np.array(ratios)


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    n_years = len(shown["sunspots"].years)
    print(f"{n_years} years of sunspots: is there a cycle, and how long is it?\n")
    print(
        f"By the rules above (--help), each point holds {numbers['dimension']} values, "
        f"{numbers['delay']} years apart."
    )
    print(f"\n{shown['count']}\n")
    print(
        table(
            ["period from", "years", ""],
            [
                [
                    "going around the hole",
                    f"{numbers['period']:.2f}",
                    f"{numbers['turns']:.1f} turns",
                ],
                ["the power spectrum", f"{numbers['period_spectrum']:.2f}", "no topology"],
            ],
        )
    )
    meaning("Years: of one period. Turns: how often the series goes around the hole.")
    print(f"\n{numbers['steps_forward']:.0%} of the steps go forward around the hole.")
    tell_choices(numbers)
    noise = numbers["red_noise_ratios"]
    beaten = numbers["ratio"] <= noise["largest"]
    print(
        "\nThe p-value assumes independent points, and the years are not independent. So the same\n"
        f"steps are done for {noise['n']} series of red noise. Their clearest loop has a ratio of "
        f"at most {noise['largest']:.2f},\nthat of the sun {numbers['ratio']:.2f}. This gives "
        f"p = {numbers['p_value_red_noise']:.2g}"
        f"{'' if beaten else ', the least that so many series can give'}."
    )


def tell_choices(numbers):
    print("\nDoes the loop depend on the choice of delay and dimension?")
    choices, chosen = numbers["sensitivity"], (numbers["delay"], numbers["dimension"])
    rows = [
        [
            c["delay"],
            c["dimension"],
            c["loops"],
            f"{c['ratio']:.2f}",
            f"{c['p_value']:.2g}",
            f"{c['period']:.2f}",
            "chosen" if (c["delay"], c["dimension"]) == chosen else "",
        ]
        for c in choices
    ]
    print(table(["delay", "dimension", "loops", "ratio", "p", "period", ""], rows))
    found = sum(c["loops"] == 1 for c in choices)
    meaning(
        "Delay, dimension: of the embedding. Ratio: death over birth of the clearest loop; p: its "
        "p-value. Period: years of one turn around it."
    )
    print(f"  One loop at {found} of {len(choices)} choices.")


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    shown = numbers["shown"]
    sunspots, period = shown["sunspots"], numbers["period"]
    figures = {
        "series": draw_series(sunspots, shown["series"], period),
        "cycle": draw_cycle(sunspots, shown["cloud"], shown["count"], numbers["delay"], period),
    }
    finish(out, numbers, figures)


def draw_series(sunspots, series, period):
    fig = figure(10, 5.4)
    top, bottom = fig.subplots(2, 1, sharex=True)
    top.fill_between(sunspots.years, sunspots.series, color="#E69F00", alpha=0.35, linewidth=0)
    top.plot(sunspots.years, sunspots.series, color="#B87800", linewidth=1.1)
    top.set_ylabel("sunspots a year")
    top.set_title(f"Sunspots come and go, every {period:.1f} years by the loop", color=INK)
    bottom.axhline(0, color="#B9C0C6", linewidth=0.8)
    bottom.plot(sunspots.years, series, color=INK, linewidth=1.1)
    bottom.set(ylabel="levelled out", xlabel="year")
    for ax in (top, bottom):
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(x=0.01)
    return fig


def draw_cycle(sunspots, cloud, count, delay, period):
    """The cloud in its plane, the loop on it, and the diagram that shows it above the noise."""
    fig = figure(12.4, 6)
    left, right = fig.subplots(1, 2, width_ratios=(1.18, 1))
    flat = plane(cloud)
    left.plot(*flat.T, color="#D5DADE", linewidth=0.7, zorder=0)
    plot.plot_cloud(flat, color=sunspots.years[: len(flat)], ax=left, size=20)
    bar = fig.colorbar(left.collections[0], ax=left, shrink=0.75, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label("year")
    loops = [count.cycle(hole, how="tight") for hole in count.holes if hole.degree == 1]
    if loops:
        # Tight in all coordinates, drawn in two.
        plot.plot_hole(plane(cloud, count.points), loops, ax=left, cloud=False, smooth=True)
    words = f"One loop, {p_words(strongest_loop(count)[1])}: one turn takes {period:.1f} years"
    left.set_title(words if count.betti[1] == 1 else count.verdict, fontsize=14, color=INK)
    left.set(xlabel="first direction of largest spread", ylabel="second")
    plot.plot_diagram(count.diagram, holes=count, degrees=[1], ax=right)
    right.set_title(f"delay {delay} years", fontsize=12, color=SOFT)
    return fig


if __name__ == "__main__":
    main()
