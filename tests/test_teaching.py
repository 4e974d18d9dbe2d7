"""The page "A mug is a doughnut": what it draws has the pieces and holes that it names."""

import importlib.util
import json
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from test_reporting_page import BROWSER, contrast, seen_by

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "teaching" / "mug_is_a_doughnut.html"


@pytest.fixture(scope="module")
def data():
    text = PAGE.read_text(encoding="utf-8")
    return json.loads(re.search(r'id="numbers">(.*?)</script>', text, re.S)[1])


@pytest.fixture(params=["mug", "doughnut"])
def shape(request, data):
    return next(one for one in data["shapes"] if one["name"] == request.param)


def length(shape, path):
    points = np.array(shape["points"])[path]
    return np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1).sum()


def alive(shape, degree, r):
    bars = [bar for bar in shape["bars"] if bar[0] == degree]
    return sum(birth <= r and (death is None or r < death) for _, birth, death in bars)


def faces(shape, r):
    """Points, edges, triangles and tetrahedra that are there when balls have radius r."""
    there = [
        [face[:-1] for face in shape[name] if face[-1] <= r] for name in ("edges", "triangles")
    ]
    return len(shape["points"]), *there, sum(birth <= r for birth in shape["solids"])


@pytest.mark.parametrize("r", [0, 300, 380, 450, 700, 1000, 1600, 1900])
def test_pieces_and_holes_of_what_is_drawn_are_the_bars(shape, r):
    n, edges, triangles, n_solids = faces(shape, r)
    i, j = np.array(edges, dtype=int).reshape(-1, 2).T
    graph = coo_array((np.ones(len(i)), (i, j)), shape=(n, n))
    betti = [alive(shape, k, r) for k in range(3)]
    assert betti[0] == connected_components(graph, directed=False)[0]
    # Euler and Poincaré: faces and holes, each with alternating signs, sum up to the same.
    assert n - len(edges) + len(triangles) - n_solids == betti[0] - betti[1] + betti[2]


def test_a_face_is_there_after_its_edges(shape):
    births = {tuple(sorted(edge[:2])): edge[2] for edge in shape["edges"]}
    for *corners, birth in shape["triangles"]:
        a, b, c = sorted(corners)
        assert birth >= max(births[a, b], births[a, c], births[b, c])


def test_both_have_one_long_loop_and_it_is_a_path_of_the_complex(shape):
    loops = sorted((death - birth for k, birth, death in shape["bars"] if k == 1), reverse=True)
    assert loops[0] > 3 * loops[1]
    loop = shape["loop"]
    assert loop["death"] - loop["birth"] == loops[0] and loop["p"] < 0.001
    births = {tuple(sorted(edge[:2])): edge[2] for edge in shape["edges"]}
    first, shortest = (one["points"] for one in loop["paths"])
    for path, start in zip((first, shortest), (one["from"] for one in loop["paths"]), strict=True):
        pairs = zip(path, path[1:] + path[:1], strict=True)
        assert max(births[tuple(sorted(pair))] for pair in pairs) == start
        assert len(set(path)) == len(path) > 6
    assert loop["paths"][0]["from"] == loop["birth"] < loop["paths"][1]["from"] < loop["death"]
    assert length(shape, shortest) < length(shape, first)
    assert [alive(shape, k, (loop["birth"] + loop["death"]) // 2) for k in (0, 2)] == [1, 0]


def test_the_page_is_the_one_that_the_script_makes(data, tmp_path):
    spec = importlib.util.spec_from_file_location("make", DOCS / "teaching_page" / "make.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    old, new = data["shapes"][1], make.shape("doughnut")
    assert old["points"] == new["points"] and len(old["bars"]) == len(new["bars"])
    np.testing.assert_allclose(
        sorted(edge[-1] for edge in old["edges"]), sorted(edge[-1] for edge in new["edges"]), atol=1
    )
    path = make.write(data, tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")


def test_the_page_needs_no_network_and_can_be_read():
    text = PAGE.read_text(encoding="utf-8")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"<(link|iframe|img)|@import|url\(|fetch\(", text)
    assert len(text) < 1_000_000
    light, dark = re.findall(r":root \{(.*?)\}", text, re.S)[:2]
    for part in (light, dark):
        colors = dict(re.findall(r"(--\w+): (#\w{6})", part))
        for name in ("--ink", "--soft", "--accent", "--pieces", "--loops", "--voids"):
            for paper in ("--paper", "--card"):
                assert contrast(colors[name], colors[paper]) >= 4.5, (name, paper)


PROBE = """
<script>
window.failures = [];
window.addEventListener("error", event => failures.push(String(event.message)));
window.addEventListener("load", () => setTimeout(() => {
  const slider = document.getElementById("size"), seen = [];
  const next = at => {
    if (at > 1000) {
      const out = document.createElement("output");
      out.id = "probe";
      out.textContent = JSON.stringify({ failures, seen, wide: document.documentElement.scrollWidth,
        window: window.innerWidth, asked: performance.getEntriesByType("resource").length });
      return document.body.append(out);
    }
    slider.value = at; slider.dispatchEvent(new Event("input"));
    setTimeout(() => {
      seen.push([document.getElementById("value").textContent,
        [...document.querySelectorAll(".count")].map(one => one.textContent),
        document.getElementById("says").textContent]);
      next(at + 250);
    }, 60);
  };
  next(0);
}, 50));
</script>
"""


@pytest.mark.skipif(BROWSER is None, reason="no browser")
def test_the_slider_grows_the_balls_and_counts(data, tmp_path):
    seen = seen_by(PAGE.read_text(encoding="utf-8"), PROBE, tmp_path, "--window-size=1280,900")
    assert seen["failures"] == [] and seen["asked"] == 0 and seen["wide"] <= seen["window"]
    for value, counts, says in seen["seen"]:
        r = round(float(value) * data["radii"])
        for shape, text in zip(data["shapes"], counts, strict=True):
            # The value is rounded to a thousandth: compare where nothing changes in between.
            near = [[alive(shape, k, r + off) for k in range(3)] for off in (-5, 0, 5)]
            if near[0] == near[1] == near[2]:
                assert [int(n) for n in re.findall(r"\d+", text)] == near[1]
        assert says
    assert seen["seen"][0][1] == ["500 pieces, 0 loops, 0 voids"] * 2
    assert seen["seen"][-1][1] == ["1 piece, 0 loops, 0 voids"] * 2
