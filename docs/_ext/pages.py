"""The list of pages beside the chapters: every Markdown page of `docs/` that no other list names.

So a page such as `docs/calibration.md` is on the site as soon as it is in the folder.
"""

import re
from pathlib import Path

from reference import write_if_new


def title_of(path):
    found = re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.M)
    return found[1] if found else path.stem


def make_list(app):
    root = Path(app.srcdir)
    named = set()
    for path in (root / "index.md", root / "evidence.md"):
        named |= set(re.findall(r"^([\w/-]+)$", path.read_text(encoding="utf-8"), re.M))
    own = {"index", "evidence", "more"}
    rest = sorted(p.stem for p in root.glob("*.md") if p.stem not in named | own)
    text = "---\norphan: true\n---\n# More pages\n" if not rest else "# More pages\n"
    text += "\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(rest) + "\n```\n"
    write_if_new(root / "more.md", text)


def setup(app):
    app.connect("builder-inited", make_list, priority=110)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
