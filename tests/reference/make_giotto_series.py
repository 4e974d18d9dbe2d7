"""Ask giotto-tda for embeddings, windows and entropies of series; writes giotto_series.json.

    DIR/giotto-tda/bin/python tests/reference/make_giotto_series.py

with the environment that ``benchmarks/install_peers.py DIR --only giotto-tda`` makes.
"""

import json
from pathlib import Path

import numpy as np
from gtda import time_series


def main():
    rng = np.random.default_rng(0)
    series = np.round(rng.normal(size=(2, 23)).cumsum(axis=1), 3)
    channels = np.round(rng.normal(size=(2, 3, 17)), 3)
    answers = {"series": series.tolist(), "channels": channels.tolist(), "takens": []}
    for delay, dimension, stride in [(1, 2, 1), (3, 3, 2), (2, 5, 4), (4, 1, 3)]:
        takens = time_series.TakensEmbedding(time_delay=delay, dimension=dimension, stride=stride)
        answers["takens"].append(
            {
                "delay": delay,
                "dimension": dimension,
                "stride": stride,
                "clouds": takens.fit_transform(series).tolist(),
                "of_channels": takens.fit_transform(channels).tolist(),
            }
        )
    answers["windows"] = []
    for size, stride in [(5, 1), (4, 3), (23, 2)]:
        window = time_series.SlidingWindow(size=size, stride=stride)
        answers["windows"].append(
            {
                "size": size,
                "stride": stride,
                "windows": window.fit_transform(series[0]).tolist(),
                "targets": window.resample(series[0]).tolist(),
            }
        )
    labels = time_series.Labeller(size=4, func=np.std, n_steps_future=2)
    answers["labels"] = labels.fit_transform_resample(series[0], series[0])[1].tolist()
    answers["resampled"] = time_series.Resampler(period=3).fit_transform(series[0]).tolist()
    # Entropy of the patterns of clouds, in bits.
    clouds = time_series.TakensEmbedding(time_delay=1, dimension=3).fit_transform(series)
    answers["entropies"] = time_series.PermutationEntropy().fit_transform(clouds).tolist()
    path = Path(__file__).with_name("giotto_series.json")
    path.write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
