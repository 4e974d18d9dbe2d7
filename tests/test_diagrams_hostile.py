"""Diagrams from files and formats that lie, are cut off, or hold what no diagram holds."""

import io

import numpy as np
import pytest

from tda import Diagram, Diagrams
from tda.diagrams import as_diagrams

INF = np.inf


def test_roots_of_negative_squares_keep_their_sign():
    # A weighted alpha filtration: gudhi gives r² - weight, which may be below zero.
    dgms = Diagrams.from_gudhi([[(0, (-4.0, INF)), (0, (-3.0, -1.0))]], squared=True)
    assert dgms[0][0].tolist() == [[-2.0, INF], [-np.sqrt(3.0), -1.0]]
    dgms = Diagrams.from_gudhi([[(1, (-9.0, 4.0)), (0, (-INF, 0.0))]], squared=True)
    assert dgms[0][1].tolist() == [[-3.0, 2.0]] and dgms[0][0].tolist() == [[-INF, 0.0]]


hidden = np.ma.array([0.0, 1.0], mask=[False, True])


@pytest.mark.parametrize(
    "arguments, options, message",
    [
        ((hidden, [2, 3], [0, 0]), {}, "births is a masked array with hidden values"),
        (([0, 1], [2, 3], np.ma.array([0, 1], mask=[0, 1])), {}, "dims is a masked array"),
        ((["early"], [1], [0]), {}, "births are no array of numbers"),
        (([0], [1j], [0]), {}, "deaths are no array of numbers"),
        (([0], np.array(["2020-01-01"], "M8[D]"), [0]), {}, "deaths are no array of numbers"),
        (([[0, 1], [2]], [1], [0]), {}, "births are no array of numbers"),
        (([0], [{}], [0]), {}, "deaths are no array of numbers"),
        (([0], [10**400], [0]), {}, "deaths are no array of numbers"),
        (([0], [1], [INF]), {}, "degrees must lie in|dims must be integers"),
        (([2], [1], [0]), {"filtration": "rips"}, "bar 0 is born at 2 and dies at 1"),
        (([0, 2], [1, 1], [0, 0]), {"filtration": "alpha"}, "bar 1 is born at 2 and dies at 1"),
        (([-INF], [1], [0]), {"filtration": "dtm"}, "born at a finite value"),
        (([0], [1], [0]), {"field": 4}, "field=4 is not prime"),
        (([0], [1], [0]), {"max_dimension": 1.5}, r"max_dimension=1\.5"),
        (([0], [1], [0]), {"max_dimension": -1}, "max_dimension=-1"),
        (([0], [1], [0]), {"birth_simplices": [[0.5]]}, "birth_simplices must be vertices"),
        (([0], [1], [0]), {"death_simplices": [[-2]]}, "death_simplices must be vertices"),
        (([0], [1], [1]), {"cocycles": [[[1, 2]]]}, r"a cocycle has shape \(1, 2\)"),
        (([0], [1], [0]), {"filtration": None}, "filtration=None"),
    ],
)
def test_a_diagram_refuses_what_it_cannot_be(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        Diagram(*arguments, **options)


def test_bars_that_run_down_or_from_minus_infinity_are_those_of_images():
    diagram = Diagram([-INF, 3, INF, INF], [1, -INF, 2, INF], [0, 0, 0, 0], filtration="cubical")
    assert diagram[0].tolist() == [[-INF, 1], [3, -INF], [INF, 2]]  # from inf to inf is no bar


@pytest.mark.parametrize(
    "convert, sample, message",
    [
        (Diagrams.from_ripser, [[np.zeros((4, 3))]], r"degree 0 is an array of shape \(4, 3\)"),
        (Diagrams.from_ripser, [[np.zeros((2, 2)), "x"]], "degree 1 is str"),
        (Diagrams.from_ripser, [[np.ma.array([[0, 1.0]], mask=[[0, 1]])]], "hidden values"),
        (Diagrams.from_ripser, [{"dgms": 3}], "the arrays of a sample are int"),
        (Diagrams.from_ripser, [[[[0, np.nan]]]], "must not be NaN"),
        (Diagrams.from_ripser, [[[[2, 1]]]], "dies at 1"),
        (Diagrams.from_gudhi, [[(0, (1.0,))]], r"not \(degree, \(birth, death\)\)"),
        (Diagrams.from_gudhi, [[(0.5, (1.0, 2.0))]], r"not \(degree, \(birth, death\)\)"),
        (Diagrams.from_gudhi, [[(0, (1.0, np.nan))]], "must not be NaN"),
        (Diagrams.from_gudhi, [3], "gudhi's result of a sample is int"),
        (Diagrams.from_gudhi, [[(0, ("a", "b"))]], "no array of numbers"),
        (Diagrams.from_gudhi, [[(-1, (0.0, 1.0))]], "degrees must lie in"),
        (Diagrams.from_giotto, [[[0, 1, INF]]], "third column must hold degrees"),
        (Diagrams.from_giotto, [[[0, 1, np.nan]]], "third column must hold degrees"),
        (Diagrams.from_giotto, [[[0, 1, 500]]], "third column must hold degrees"),
        (Diagrams.from_giotto, [[[np.nan, 1, 0]]], "must not be NaN"),
        (Diagrams.from_giotto, np.ma.array([[[0, 1, 0]]], mask=[[[0, 1, 0]]]), "hidden values"),
        (Diagrams.from_giotto, [[["a", 1, 0]]], "no array of numbers"),
        (as_diagrams, [[np.ma.array([[0, 1.0]], mask=[[0, 1]])]], "hidden values"),
        (as_diagrams, [{"dgms": None}], "the arrays of a sample are NoneType"),
    ],
)
def test_every_converter_refuses_it_too(convert, sample, message):
    with pytest.raises(ValueError, match=message):
        convert(sample)


# -- files -------------------------------------------------------------------------------------


def arrays():
    one = Diagram(
        [0.0, 0.0, 1.0, 1.5],
        [INF, 1.0, 2.0, 3.0],
        [0, 0, 1, 1],
        filtration="rips",
        birth_simplices=[[0, -1], [1, -1], [0, 1], [1, 2]],
        death_simplices=[[-1, -1, -1], [0, 1, -1], [0, 1, 2], [1, 2, 3]],
        cocycles=[[[0, 1, 1]], [[1, 2, 1], [2, 3, 1]]],
    )
    dgms = Diagrams([one, one.finite()])
    file = io.BytesIO()
    dgms.save(file)
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        return dgms, dict(archive)


def load(fields, **more):
    file = io.BytesIO()
    np.savez(file, **(fields | more))
    file.seek(0)
    return Diagrams.load(file)


LIES = {
    "offsets that fall": (
        lambda a: {"offsets": np.array([0, 9, 7])},
        "do not rise",
    ),
    "offsets beyond": (lambda a: {"offsets": a["offsets"] + 1}, "do not rise"),
    "no offsets": (lambda a: {"offsets": np.zeros(0, int)}, "do not rise"),
    "float offsets": (lambda a: {"offsets": a["offsets"] * 1.0}, "flat array of integers"),
    "text": (lambda a: {"births": a["births"].astype(str)}, "flat array of floats"),
    "two axes": (lambda a: {"deaths": a["deaths"][:, None]}, "flat array of floats"),
    "too few": (lambda a: {"deaths": a["deaths"][1:]}, "one entry per bar"),
    "NaN": (lambda a: {"births": a["births"] * np.nan}, "must not be NaN"),
    "swapped": (
        lambda a: {"births": a["deaths"], "deaths": a["births"]},
        "are the columns swapped",
    ),
    "degrees": (lambda a: {"dims": a["dims"] - 1}, "degrees must lie in"),
    "top degree": (lambda a: {"max_dimension": np.array(0)}, "max_dimension is 0"),
    "filtration": (lambda a: {"filtration": np.array("witness")}, "filtration='witness'"),
    "many filtrations": (lambda a: {"filtration": np.array(["rips"])}, "not one word"),
    "field": (lambda a: {"field": np.array(6)}, "field=6 is not prime"),
    "float field": (lambda a: {"field": np.array(2.5)}, "not one integer"),
    "simplices": (lambda a: {"birth_simplices": a["birth_simplices"][:-1]}, "birth_simplices is a"),
    "vertices": (lambda a: {"death_simplices": a["death_simplices"] - 5}, "death_simplices holds"),
    "cocycles": (lambda a: {"cocycles": a["cocycles"][1:]}, "do not agree with cocycle_sizes"),
    "sizes": (lambda a: {"cocycle_sizes": a["cocycle_sizes"][1:]}, "cocycle_sizes are not"),
    "objects": (lambda a: {"dims": a["dims"].astype(object)}, "objects that pickle wrote"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_file_that_lies_is_refused(lie):
    change, message = LIES[lie]
    dgms, fields = arrays()
    assert load(fields) == dgms
    with pytest.raises(ValueError, match=message):
        load(fields, **change(fields))


def test_bars_of_a_file_in_any_order_are_sorted_and_empty_ones_dropped():
    loaded = load(
        {
            "births": np.array([1.0, 0.0, 5.0, 0.0]),
            "deaths": np.array([2.0, INF, 5.0, 1.0]),
            "dims": np.array([1, 0, 0, 0]),
            "offsets": np.array([0, 3, 4]),
            "filtration": np.array("rips"),
            "field": np.array(2),
            "max_dimension": np.array(1),
        }
    )
    first = Diagram([0.0, 1.0], [INF, 2.0], [0, 1], filtration="rips")
    second = Diagram([0.0], [1.0], [0], filtration="rips", max_dimension=1)
    assert loaded == Diagrams([first, second])


def test_a_file_cut_off_or_damaged_anywhere_is_refused_or_read():
    dgms, _ = arrays()
    file = io.BytesIO()
    dgms.save(file)
    whole = file.getvalue()
    rng = np.random.default_rng(0)
    refused = 0
    for case in range(200):
        broken = bytearray(whole[: rng.integers(len(whole))] if case % 2 else whole)
        for place in rng.integers(0, len(broken), 3) if len(broken) else ():
            broken[place] = rng.integers(256)
        try:
            Diagrams.load(io.BytesIO(bytes(broken)))
        except ValueError as error:
            assert "Diagrams.save" in str(error) or "diagrams" in str(error)
            refused += 1
    assert refused > 150


def test_other_files_say_what_they_are(tmp_path):
    np.save(tmp_path / "one.npy", [1.0])
    (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    (tmp_path / "text.npz").write_text("births,deaths\n")
    for name, message in (("one", "one array, not an .npz"), ("text", "no .npz archive")):
        with pytest.raises(ValueError, match=message):
            Diagrams.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        Diagrams.load(tmp_path / "none")
