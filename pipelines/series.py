"""Three questions to time series: is there a period, how many beats, and what is out of place?

  sunspots   yearly numbers from 1700 to 2008. `periodicity` slides windows along them and asks
             whether these go around a hole, against series of red noise. The square root is taken
             first, since large counts scatter more.
  heart      an electrocardiogram. `series_peaks` ranks its peaks by prominence. Beats are those
             above the widest gap in that ranking.
  anomaly    a flutter of 40 steps is added to the electrocardiogram. Each window is compared with
             all that it does not overlap, through persistence diagrams of its values. The one that
             is farthest from the most similar other is out of place.

With --file a series of your own answers the first two questions: the last column of a table is the
series, and of several columns the first is its times. Gaps are filled by straight lines.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from _common import INK, SOFT, figure, finish, options, p_words, play
from sklearn.pipeline import make_pipeline

from tda import DiagramDistance, SeriesPersistence, periodicity
from tda.datasets import load_ecg, load_sunspots
from tda.series import regular_series, series_peaks, sliding_windows

SIZE, STRIDE = 60, 6  # steps of the windows that are compared
FLUTTER, LENGTH, HEIGHT = 690, 40, 40.0  # where the flutter begins, its steps, its amplitude
ORANGE = "#D55E00"
BLUE = "#0072B2"


def build_pipeline():
    """Series in, distances between their diagrams out."""
    return make_pipeline(
        SeriesPersistence(extended=True), DiagramDistance(metric_params={"order": 1.0})
    )


def parse(argv=None):
    parser = options("series", __doc__)
    parser.add_argument("--file", type=Path, metavar="CSV", help="a series of your own")
    parser.add_argument("--quick", action="store_true", help="19 random series instead of 199")
    return parser.parse_args(argv)


def main(argv=None):
    """Run the story and return its numbers."""
    return play(parse(argv), compute, tell, draw)


# -- computing -----------------------------------------------------------------------------


def compute(args):
    """The numbers of the story; `shown` holds the series and what was found in them."""
    n_surrogates = 19 if args.quick else 199
    if args.file is not None:
        times, series = own_series(args.file)
        return {
            "seed": args.seed,
            **asked("own", times, series, n_surrogates, args.seed, np.asarray(series)),
        }
    sunspots, heart = load_sunspots(), load_ecg().series
    numbers = asked(
        "sunspots", sunspots.years, np.sqrt(sunspots.series), n_surrogates, args.seed,
        sunspots.series,
    )  # fmt: skip
    peaks, n_beats = beats(heart)
    fluttering = with_flutter(heart)
    starts, oddness = odd_windows(fluttering)
    odd = int(starts[np.argmax(oddness)])
    numbers |= {
        "seed": args.seed,
        "n_beats": n_beats,
        "steps_between_beats": float(np.diff(np.sort(peaks.positions[:n_beats])).mean()),
        "prominences": peaks.prominences[: n_beats + 3],
        "odd_window": [odd, odd + SIZE],
        "flutter": [FLUTTER, FLUTTER + LENGTH],
        "oddness_over_next": float(oddness.max() / largest_elsewhere(starts, oddness, odd)),
    }
    numbers["shown"] |= {
        "heart": heart,
        "peaks": peaks,
        "fluttering": fluttering,
        "starts": starts,
        "oddness": oddness,
    }
    return numbers


def own_series(path):
    """Times, or None, and values of a table of numbers; gaps are filled by straight lines."""
    table = np.genfromtxt(path, delimiter="," if path.suffix == ".csv" else None)
    table = table.reshape(len(table), -1)
    table = table[~np.isnan(table).all(axis=1)]  # such as the line of titles
    values = table[:, -1]
    times = table[:, 0] if table.shape[1] > 1 else np.arange(float(len(values)))
    regular = regular_series(values, times, max_gap=np.inf)
    return np.linspace(times[0], times[-1], len(regular)), regular


def asked(name, times, series, n_surrogates, seed, drawn):
    """The period of a series and its peaks."""
    report = periodicity(series, times, n_surrogates=n_surrogates, random_state=seed)
    _, n_clear = beats(series)
    return {
        "name": name,
        "period": report.period,
        "p_value": report.p_value,
        "n_cycles": report.n_cycles,
        "n_clear_peaks": n_clear,
        "report": report.to_dict(),
        "shown": {
            "report": report,
            "times": np.arange(len(series)) if times is None else times,
            "series": drawn,
        },
    }


def beats(series):
    """The peaks, and how many are above the widest gap between their prominences, as a ratio."""
    peaks = series_peaks(series, n_peaks=200)
    if len(peaks.prominences) < 2:
        return peaks, len(peaks.prominences)
    ratios = peaks.prominences[:-1] / peaks.prominences[1:]
    return peaks, 1 + int(np.argmax(ratios))


def with_flutter(series):
    """The series, with a few small waves where there were none."""
    changed = series.copy()
    t = np.arange(LENGTH)
    changed[FLUTTER : FLUTTER + LENGTH] += HEIGHT * np.sin(2 * np.pi * t / 8)
    return changed


def odd_windows(series):
    """Begin of each window, and its distance to the nearest one that it does not overlap."""
    windows = sliding_windows(series, size=SIZE, stride=STRIDE)
    starts = len(series) - SIZE - STRIDE * np.arange(len(windows))[::-1]
    distances = build_pipeline().fit_transform(list(windows))
    apart = np.abs(starts[:, None] - starts) >= SIZE
    return starts, np.where(apart, distances, np.inf).min(axis=1)


def largest_elsewhere(starts, oddness, odd):
    """The largest oddness of a window that does not overlap the one found."""
    return oddness[np.abs(starts - odd) >= SIZE].max()


# -- words ---------------------------------------------------------------------------------


def tell(numbers):
    shown = numbers["shown"]
    print(f"{numbers['name'].capitalize()}: is there a period?\n")
    print(shown["report"])
    if numbers["name"] == "own":
        print(f"\nPeaks that stand out by their prominence: {numbers['n_clear_peaks']}.")
        return
    found = ", ".join(f"{height:.0f}" for height in numbers["prominences"])
    print(
        f"\nThe heart beats {numbers['n_beats']} times, "
        f"{numbers['steps_between_beats']:.0f} steps apart: the prominences of its peaks are\n"
        f"{found}, …\n"
    )
    (a, b), (c, d) = numbers["odd_window"], numbers["flutter"]
    print(
        f"The window that is like no other lies at steps {a} to {b}; the flutter was added at {c} "
        f"to {d}.\nIt is {numbers['oddness_over_next']:.1f} times as odd as any elsewhere."
    )


# -- pictures ------------------------------------------------------------------------------


def draw(numbers, out):
    """Write the figures and numbers.json."""
    figures = {"period": draw_period(numbers)}
    if numbers["name"] != "own":
        figures["heart"] = draw_heart(numbers)
    finish(out, numbers, figures)


def draw_period(numbers):
    """The series, its windows in two directions, and the scores of all periods."""
    shown = numbers["shown"]
    report = shown["report"]
    fig = figure(11, 6.4)
    grid = fig.add_gridspec(2, 2, height_ratios=(1, 1.25))
    top = fig.add_subplot(grid[0, :])
    top.plot(shown["times"], shown["series"], color=INK, linewidth=1.1)
    found = report.is_periodic
    words = f"One period is {report.period:.3g}" if found else "No significant period"
    top.set_title(f"{words}, {p_words(report.p_value)} against red noise", color=INK)
    top.set(ylabel=numbers["name"], xlabel="time")
    top.margins(x=0.01)
    left, right = fig.add_subplot(grid[1, 0]), fig.add_subplot(grid[1, 1])
    _, _, directions = np.linalg.svd(report.cloud, full_matrices=False)
    flat = report.cloud @ directions[:2].T
    left.scatter(*flat.T, s=18, color=BLUE, alpha=0.8)
    left.set_aspect("equal")
    left.set_title("windows of three periods, as points", fontsize=11, color=SOFT)
    left.set(xlabel="first direction of largest spread", ylabel="second")
    right.fill_between(
        report.periods, report.expected - 2 * report.spreads, report.expected + 2 * report.spreads,
        color="#D5DADE", label="red noise, two deviations",
    )  # fmt: skip
    right.plot(report.periods, report.scores, "o-", color=ORANGE, markersize=4, label="series")
    right.set_xscale("log")
    ticks = report.periods[::3]
    right.set_xticks(ticks, [f"{tick:.3g}" for tick in ticks])
    right.minorticks_off()
    right.set_ylim(0, 1.35 * max(report.scores.max(), (report.expected + report.spreads).max()))
    right.legend(frameon=False, loc="upper right")
    right.set_title("score of each period tried", fontsize=11, color=SOFT)
    right.set(xlabel="period", ylabel="lifetime of the loop")
    for ax in (top, left, right):
        ax.spines[["top", "right"]].set_visible(False)
    return fig


def draw_heart(numbers):
    """Beats on the series; the flutter, and how odd each window is."""
    shown, n_beats = numbers["shown"], numbers["n_beats"]
    fig = figure(11, 6.2)
    top, middle, bottom = fig.subplots(3, 1, sharex=True, height_ratios=(1.2, 1.2, 0.8))
    positions = shown["peaks"].positions[:n_beats]
    top.plot(shown["heart"], color=INK, linewidth=1)
    top.plot(positions, shown["heart"][positions], "o", color=ORANGE, markersize=8)
    top.set_title(f"{n_beats} heartbeats, by the prominence of their peaks", color=INK)
    a, b = numbers["odd_window"]
    middle.axvspan(a, b, color="#F0C9A8")
    middle.plot(shown["fluttering"], color=INK, linewidth=1)
    middle.set_title("with a flutter added, and the window that is like no other", color=INK)
    bottom.plot(shown["starts"] + SIZE / 2, shown["oddness"], color=BLUE, linewidth=1.3)
    bottom.set(xlabel="step", ylabel="distance to the\nmost similar window")
    bottom.set_ylim(0)
    for ax in (top, middle, bottom):
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(x=0.01)
    return fig


if __name__ == "__main__":
    main()
