"""docs/migrate.md names every public class of the peers, counterparts that exist, and tests."""

import json
import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import tda

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "migrate.md").read_text(encoding="utf-8")
PEERS = json.loads((HERE / "reference" / "peer_names.json").read_text())


def rows():
    """(package, their names, our names, test, note) of every row."""
    package = None
    for line in PAGE.splitlines():
        if not line.startswith("| `"):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        theirs, ours, test, note = cells if len(cells) == 4 else (*cells, "", "")[:4]
        if ours == "here":
            package = theirs.strip("`")
            continue
        names = [re.findall(r"`([^`]+)`", cell) for cell in (theirs, ours, test)]
        yield package, names[0], names[1], names[2], note


ROWS = list(rows())


def test_every_public_class_of_every_peer_has_one_row():
    assert len(ROWS) > 90
    for package, classes in PEERS.items():
        named = [name for row in ROWS if row[0] == package for name in row[1]]
        assert sorted(set(named)) == sorted(named), package
        assert not set(classes) - set(named), package


@pytest.mark.parametrize("package", ["persim", "ripser"])
def test_no_class_of_the_installed_version_is_missing(package):
    """Of packages that are here in any case: whatever `__init__` shows."""
    module = import_module(package)
    classes = {
        name for name, thing in vars(module).items() if isinstance(thing, type) and name[0] != "_"
    }
    assert not classes - {name for row in ROWS if row[0] == package for name in row[1]}


def test_gudhis_representations_are_all_named():
    from gudhi import representations

    named = {name for row in ROWS if row[0] == "gudhi" for name in row[1]}
    assert not set(representations.__all__) - named


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][0])
def test_counterparts_exist_or_a_reason_is_given(row):
    _, theirs, ours, tests, note = row
    assert theirs and (ours or len(note.split()) >= 3)
    for name in ours:
        parts = name.split(".")
        assert parts[0] == "tda" and reduce(getattr, parts[1:], tda) is not None
    assert ours or not tests


@pytest.mark.parametrize("row", [row for row in ROWS if row[3]], ids=lambda row: row[1][0])
def test_what_is_said_to_be_equal_is_compared_with_a_peer(row):
    """The test that is named calls our counterpart, and a peer or what one has said."""
    text = (HERE / row[3][0]).read_text(encoding="utf-8")
    assert re.search(r"gudhi|ripser|persim|\bkmapper\b|reference|GIOTTO", text)
    words = set()
    for name in row[2]:
        short = name.split(".")[-1]
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", short).lower()
        words |= {short, snake, snake.replace("_persistence", "_diagram")}
    assert any(re.search(rf"\b{word}\b", text) for word in words), row[3]


def test_names_of_ours_in_the_text_exist():
    for name in set(re.findall(r"`(tda(?:\.\w+)+)", PAGE)):
        assert reduce(getattr, name.split(".")[1:], tda) is not None
    for name in set(re.findall(r"`(?:Diagrams\.)?((?:from|to)_\w+)`", PAGE)):
        owners = (
            tda.Diagrams,
            tda.mapper.MapperGraph,
            tda.mapper.MapperFeatures,
            type(tda.Mapper()),
        )
        assert any(hasattr(owner, name) for owner in owners), name


# -- what the notes say of values --------------------------------------------------------------


def test_giottos_values_are_those_of_the_counterparts():
    made = json.loads((HERE / "reference" / "giotto_features.json").read_text())
    diagrams = [[bars] for bars in made["diagrams"]]
    bits = tda.PersistenceEntropy().fit_transform(diagrams).ravel() / np.log(2)
    np.testing.assert_allclose(bits, made["entropy"], rtol=1e-12)
    for key, metric in (("bottleneck", "bottleneck"), ("wasserstein_2", "wasserstein")):
        ours = tda.Amplitude(metric=metric).fit_transform(diagrams).ravel()
        np.testing.assert_allclose(ours, made["amplitude"][key], rtol=1e-12)
    curves = tda.BettiCurve(n_bins=7).fit_transform(diagrams)
    np.testing.assert_allclose(curves, made["betti_curve"], rtol=0, atol=1e-14)


def test_gudhis_values_differ_by_the_factors_of_the_notes():
    from gudhi import representations

    rng = np.random.default_rng(0)
    births = rng.uniform(0, 1, 12)
    bars = np.column_stack([births, births + rng.exponential(0.5, 12)])
    grid = np.linspace(0, 2, 21)
    theirs = representations.Landscape(num_landscapes=2, resolution=21, sample_range=[0, 2])
    ours = tda.features.persistence_landscape(bars, grid, n_layers=2)
    np.testing.assert_allclose(theirs(bars), np.sqrt(2) * ours.ravel(), atol=1e-12)
    one, other, b = bars[:6], bars[6:], 0.3
    theirs = representations.PersistenceScaleSpaceKernel(bandwidth=b)(one, other)
    ours = tda.distances.scale_space_kernel(one, other, bandwidth=b / np.sqrt(2))
    assert theirs == pytest.approx(np.sqrt(2 * np.pi) * b * ours)
