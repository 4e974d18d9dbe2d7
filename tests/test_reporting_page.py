"""The page of a report in a browser; skipped where there is none."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

from tda import report
from tda.datasets import make_annulus

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)

#: Points at every bar in turn, presses every button, and writes down what the page then says.
PROBE = """
<script>
window.failures = [];
window.addEventListener("error", event => failures.push(String(event.message)));
console.error = console.warn = text => failures.push(String(text));
window.addEventListener("load", () => {
  const said = {}, near = {};
  for (const one of document.querySelectorAll("[data-bar]")) {
    one.ownerSVGElement.scrollIntoView();
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const at = { bubbles: true, clientX: x, clientY: y };
    one.ownerSVGElement.dispatchEvent(new PointerEvent("pointermove", at));
    const lit = document.querySelector("svg[data-map] .lit").children.length;
    said[one.dataset.bar] = [document.getElementById("reading").textContent,
      document.getElementById("rows").textContent, lit];
    one.ownerSVGElement.dispatchEvent(new PointerEvent("pointerleave"));
  }
  const rest = document.getElementById("reading").textContent;
  const shows = [...document.querySelectorAll("button[data-show]")].map(button => {
    button.click();
    return [button.dataset.show, document.getElementById("reading").textContent];
  });
  document.getElementById("none").click();
  document.getElementById("forth").click();
  const first = document.getElementById("reading").textContent;
  document.getElementById("none").click();
  const colour = document.getElementById("colour"), drawn = [];
  for (const option of colour.options) {
    colour.value = option.value;
    colour.dispatchEvent(new Event("change"));
    const paths = [...document.querySelectorAll('svg[data-map="map"] .points path')];
    drawn.push(paths.map(p => (p.getAttribute("d").match(/M/g) || []).length));
  }
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const names = ["--ink", "--soft", "--paper", "--card", "--accent"];
  const colours = Object.fromEntries(names.map(name => [name, style(name)]));
  const result = { failures, said, rest, shows, first, drawn, colours,
    wide: document.documentElement.scrollWidth, window: window.innerWidth,
    asked: performance.getEntriesByType("resource").map(one => one.name),
    tables: [...document.querySelectorAll("table")].map(t => t.offsetHeight && t.tHead && 1),
    dark: matchMedia("(prefers-color-scheme: dark)").matches };
  const out = document.createElement("output");
  out.id = "probe"; out.textContent = JSON.stringify(result);
  document.body.append(out);
});
</script>
"""


@pytest.fixture(scope="module")
def found():
    X = make_annulus(200, random_state=0).points
    return report(X, np.where(X[:, 0] > 0, "right", "left"), name="ring")


def look(found, folder, *options):
    """What the probe saw of the page of a report."""
    return seen_by(found.to_html(), PROBE, folder, *options)


def seen_by(page, probe, folder, *options):
    """What a probe, a script that writes JSON to ``#probe``, saw of a page in a browser."""
    text = page.replace("<style>", f"{probe}<style>", 1)
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    own = f"--user-data-dir={folder / 'user'}"
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", own, *options]
    command += ["--virtual-time-budget=5000", "--dump-dom", path.as_uri()]
    try:
        dom = subprocess.run(
            command, capture_output=True, text=True, timeout=120, encoding="utf-8", check=False
        ).stdout
    except subprocess.TimeoutExpired:
        pytest.skip("the browser does not answer here")
    seen = re.search(r'<output id="probe">(.*?)</output>', dom, re.S)
    if seen is None and "<html" not in dom:
        pytest.skip("the browser does not start here")
    assert seen, "the script of the page failed before the page was loaded"
    return json.loads(seen[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def luminance(color):
    values = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Of two colours, as WCAG 2.2 has it."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.skipif(BROWSER is None, reason="no browser")
@pytest.mark.parametrize("options", [
    ("--window-size=1280,900",),
    ("--window-size=500,900", "--blink-settings=preferredColorScheme=0"),
], ids=["wide and light", "narrow and dark"])  # fmt: skip
def test_bars_answer_buttons_work_and_nothing_is_asked_of_a_network(found, tmp_path, options):
    seen = look(found, tmp_path, *options)
    assert seen["failures"] == [] and seen["asked"] == []
    assert seen["wide"] <= seen["window"]  # only tables scroll sideways
    assert seen["tables"] and all(seen["tables"])
    # A pointer is nearest to some bar, not always to the one below it.
    assert len(seen["said"]) > 40
    for words, rows, lit in seen["said"].values():
        assert "born at" in words and "row" in rows and lit > 0
    assert seen["rest"].startswith("Point at a bar")
    hole = found["holes"].result.holes[0]
    assert any(key == str(hole.bar) and "loop" in words for key, words in seen["shows"])
    assert "born at" in seen["first"]
    assert all(sum(counts) == 200 for counts in seen["drawn"])
    for ink in ("--ink", "--soft", "--accent"):
        for paper in ("--paper", "--card"):
            assert contrast(seen["colours"][ink], seen["colours"][paper]) >= 4.5
    assert luminance(seen["colours"]["--paper"]) < 0.1 if seen["dark"] else True


def colors_of(page):
    """The colours of the page, light and dark, as its style says them."""
    light, dark = re.findall(r":root \{([^}]*)\}", page)[:2]
    return [dict(re.findall(r"(--\w+): (#\w{6})", part)) for part in (light, dark)]


def test_words_can_be_read_on_light_and_on_dark(found):
    light, dark = colors_of(found.to_html())
    assert luminance(light["--paper"]) > 0.9 and luminance(dark["--paper"]) < 0.05
    for colors in (light, dark):
        for ink in ("--ink", "--soft", "--accent"):
            for paper in ("--paper", "--card"):
                assert contrast(colors[ink], colors[paper]) >= 4.5


def test_pictures_have_words_and_parts_have_names(found):
    page = found.to_html()
    assert all("aria-label=" in one for one in re.findall(r"<svg[^>]*>", page))
    for landmark in ("<header", "<main", "<footer", '<nav aria-label="'):
        assert landmark in page
    assert '<html lang="en">' in page and page.count("<h1") == 1
    names = set(re.findall(r' id="([\w-]+)"', page))
    assert len(names) == len(re.findall(r' id="[\w-]+"', page))  # none twice
    assert set(re.findall(r'href="#([\w-]+)"|aria-labelledby="([\w-]+)"', page)) <= {
        pair for name in names for pair in ((name, ""), ("", name))
    }
    assert all("scope=" in one for one in re.findall(r"<th[ >][^>]*>", page))
