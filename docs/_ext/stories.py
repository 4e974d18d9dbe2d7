"""The pages of the stories: each script of `pipelines/` run in a small version, with its pictures.

What a story prints and draws is kept below `_build/stories` until the script or the package
changes. A notebook of each is made from the script by jupytext, with what it takes from
`_common.py` inside, so that it runs wherever the package is installed.
"""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import jupytext
from reference import write_if_new
from sphinx.util import logging

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "pipelines"
LIMIT = 900  # seconds for one story, on a busy machine
WAYS = {
    "count_holes": ["data/nut.ply", "--solid", "--n-points", "800"],
    "large": ["--points", "50000"],
    "zigzag": [],
}
ORDER = (
    "mug_and_doughnut count_holes shapes digits graphs zigzag series sunspots mapper faces "
    "image_patches swiss_roll squiggle curse network_topology output_manifold network_geometry "
    "tangent_kernel universal_approximation loss_landscape topological_autoencoder orbits "
    "large cluster"
).split()
NEEDS = {"topological_autoencoder": "torch"}
log = logging.getLogger(__name__)


def names():
    """The stories in order, without those of an extra that is not installed."""
    found = [p.stem for p in FOLDER.glob("*.py") if not p.stem.startswith("_")]
    found = [name for name in found if find_spec(NEEDS.get(name, "sys"))]
    return sorted(found, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))


def options_of(name):
    """The small version of a story: its own `--quick` where it has one."""
    if name in WAYS:
        return WAYS[name]
    return ["--quick"] if '"--quick"' in (FOLDER / f"{name}.py").read_text() else []


def state():
    """A hash of all code that a story may use."""
    if os.environ.get("TDA_DOCS_KEEP"):
        return "kept"
    files = sorted([*(ROOT / "tda").rglob("*.py"), FOLDER / "_common.py"])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def run(name, kept, code):
    """Run a story, unless what it gave is kept. Returns the folder of what it gave."""
    out = kept / name
    source = (FOLDER / f"{name}.py").read_bytes() + " ".join(options_of(name)).encode()
    key = hashlib.sha256(source + code.encode()).hexdigest()
    if (out / "key").exists() and (out / "key").read_text() == key:
        return out
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, f"pipelines/{name}.py", *options_of(name), "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=os.environ | {"TQDM_DISABLE": "1", "PYTHONIOENCODING": "utf-8"},
    )
    if done.returncode:
        raise RuntimeError(f"the story {name} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    said = done.stdout.partition("\nPictures: ")[0].strip("\n")
    (out / "said.txt").write_text(said + "\n", encoding="utf-8")
    (out / "key").write_text(key)
    return out


def page(name, pictures, said):
    doc = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
    title, _, body = doc.partition("\n")
    command = " ".join(["python", f"pipelines/{name}.py", *options_of(name)])
    lines = [f"# {title.rstrip('.')}", "", *as_markdown(body), ""]
    lines += ["## What it draws", ""] if pictures else []
    for picture in pictures:
        words = picture.stem.replace("_", " ")
        lines += [f"![{title} The picture: {words}.](out/{name}/{picture.name})", ""]
    lines += [
        "## What it prints",
        "",
        "```console",
        f"$ {command}",
        "```",
        "",
        "```text",
        said.rstrip(),
        "```",
        "",
        "## The whole story",
        "",
        f"{{download}}`As a notebook <notebooks/{name}.ipynb>`, "
        f"{{download}}`as a script <../../pipelines/{name}.py>`.",
        "",
        f":::{{dropdown}} pipelines/{name}.py",
        f"```{{literalinclude}} ../../pipelines/{name}.py",
        ":language: python",
        "```",
        ":::",
    ]
    return "\n".join(lines) + "\n"


def as_markdown(text):
    """A docstring's words: indented lines as they stand, all others as paragraphs."""
    lines, quoted = [], False
    for line in text.strip("\n").splitlines():
        indented = line.startswith("  ") or (quoted and not line.strip())
        if indented != quoted:
            lines += ["```text"] if indented else ["```", ""]
            quoted = indented
        lines.append(line if quoted else line.replace("*", r"\*"))
    return lines + (["```"] if quoted else [])


def index(pages):
    lines = [
        "# Stories",
        "",
        "Each story is a script that asks one question of real or made data, prints the answer and",
        "draws it. They run here in their small versions; `--help` of each says what else it can.",
        "",
        "::::{grid} 1 2 3 3",
        ":gutter: 3",
        "",
    ]
    for name, (title, picture) in pages.items():
        lines += [f":::{{grid-item-card}} {title.rstrip('.')}"]
        lines += [f":img-top: out/{name}/{picture.name}", f":img-alt: {title}"] if picture else []
        lines += [f":link: {name}", ":link-type: doc", f"`{name}.py`", ":::", ""]
    lines += ["::::", "", "```{toctree}", ":hidden:", "", *pages, "```"]
    return "\n".join(lines) + "\n"


# -- notebooks -------------------------------------------------------------------------------------


def notebook(name):
    """A story as a notebook: one cell a section, then one that runs it and shows the pictures."""
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(source))
    body = source.split('"""', 2)[2]
    body = body.split('\nif __name__ == "__main__":')[0]
    body = re.sub(r"^from __future__ import annotations\n", "", body, flags=re.M)
    body = re.sub(r"^from _common import (\([^)]*\)|[^\n]*)\n", "", body, flags=re.M)
    body = re.sub(r"^# -- (.+?) -+$", r"# %% [markdown]\n# ## \1\n\n# %%", body, flags=re.M)
    common = (FOLDER / "_common.py").read_text(encoding="utf-8").split('"""', 2)[2]
    common = re.sub(r"^from __future__ import annotations\n", "", common, flags=re.M)
    common = re.sub(r'^matplotlib\.use\("Agg"\).*\n', "", common, flags=re.M)
    title, _, words = doc.partition("\n")
    text = "\n".join(["# " + line if line else "#" for line in as_markdown(words)])
    arguments = ", ".join(repr(a) for a in options_of(name))
    cells = f"""# %% [markdown]
# # {title}
#
{text}

# %%
# What all stories share: options, tables, files.
{common.strip()}

# %%
{body.strip()}

# %% [markdown]
# ## The story

# %%
numbers = main([{arguments}])

# %%
from IPython.display import Image, display

for picture in sorted((Path("out") / "{name}").glob("*.png")):
    display(Image(picture))
"""
    made = jupytext.reads(cells, fmt="py:percent")
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for k, cell in enumerate(made.cells):
        cell["id"] = f"{name[:20].replace('_', '-')}-{k}"
    return jupytext.writes(made, fmt="ipynb")


def make_pages(app):
    root = Path(app.srcdir) / "stories"
    kept = Path(app.srcdir) / "_build" / "stories"
    for folder in (root / "notebooks", kept):
        folder.mkdir(parents=True, exist_ok=True)
    code, chosen = state(), names()
    if os.environ.get("TDA_DOCS_STORIES"):  # a few, while writing
        chosen = [name for name in chosen if name in os.environ["TDA_DOCS_STORIES"].split(",")]
    log.info("running %d stories ...", len(chosen))
    with ThreadPoolExecutor(int(os.environ.get("TDA_DOCS_JOBS", "2"))) as pool:
        folders = dict(zip(chosen, pool.map(lambda n: run(n, kept, code), chosen), strict=True))
    pages = {}
    for old in root.glob("*.md"):
        if old.stem not in [*chosen, "index"]:
            old.unlink()
    for name, out in folders.items():
        target = root / "out" / name
        target.mkdir(parents=True, exist_ok=True)
        pictures = sorted(out.glob("*.png"))
        for picture in pictures:
            if not (target / picture.name).exists() or (
                (target / picture.name).read_bytes() != picture.read_bytes()
            ):
                shutil.copy(picture, target)
        said = (out / "said.txt").read_text(encoding="utf-8")
        write_if_new(root / f"{name}.md", page(name, pictures, said))
        write_if_new(root / "notebooks" / f"{name}.ipynb", notebook(name))
        doc = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8")))
        own = [p for p in pictures if p.stem == name] or pictures
        pages[name] = (doc.partition("\n")[0], own[0] if own else None)
    write_if_new(root / "index.md", index(pages))


def setup(app):
    app.connect("builder-inited", make_pages, priority=120)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
