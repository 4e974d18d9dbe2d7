"""The ten jobs of docs/howto/jobs.md: each in at most five lines, and each gives its answer."""

import ast
import os
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "howto" / "jobs.md").read_text(encoding="utf-8")
#: What the printed or shown answer of each job contains.
ANSWERS = {
    "A table with missing values": "2 components",
    "Classes of time series": "1.0",
    "The dimension of a table": "dimensions",
    "A map, and what it lost": "Not faithful",
    "The period of a series": "Periodic: one period is 10.6",
    # 34 vertices, 78 edges, 45 triangles, 11 and 2 larger cliques: 34 - 78 + 45 - 11 + 2 = 1 - 9.
    "The shape of a network": "9 loops",
    "A volume": "cavity from grey value",
    "A molecule": "1 loop",
    "A grid search": "1.0",
    "In a notebook": "2 loops",
}


def cells():
    """Each cell of the page: the heading above it, whether it is shown, its code."""
    heading = None
    for match in re.finditer(r"^## ([^\n]+)$|^```\{code-cell\}\n(.*?)^```$", PAGE, re.M | re.S):
        if match[1]:
            heading = match[1]
        else:
            hidden, code = match[2].startswith(":tags:"), match[2]
            yield heading, not hidden, code.partition("\n")[2] if hidden else code


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each job prints, or the value of its last line as a notebook shows it."""
    space, answers = {}, {}
    before = Path.cwd()
    try:
        for heading, shown, code in cells():
            if not shown:
                # The page makes its own folder; here it is one that pytest removes.
                folder = str(tmp_path_factory.mktemp("jobs"))
                code = code.replace("tempfile.mkdtemp()", repr(folder))
            tree, out = ast.parse(code), StringIO()
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            with redirect_stdout(out):
                exec(compile(tree, heading or "files", "exec"), space)
                if last is not None:
                    value = eval(compile(ast.Expression(last.value), heading or "", "eval"), space)
                    if value is not None and shown:
                        print(value)
            if shown:
                answers[heading] = out.getvalue()
    finally:
        os.chdir(before)
    return answers


def test_the_page_has_the_ten_jobs():
    assert [heading for heading, shown, _ in cells() if shown] == list(ANSWERS)


def test_each_job_takes_at_most_five_lines():
    for heading, shown, code in cells():
        if shown:
            assert len([line for line in code.splitlines() if line.strip()]) <= 5, heading


@pytest.mark.parametrize("job", ANSWERS)
def test_each_job_gives_its_answer(said, job):
    assert ANSWERS[job] in said[job]
