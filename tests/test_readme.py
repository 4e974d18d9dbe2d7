"""The README's example does what the README says."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_six_lines_run_and_print_what_they_promise(capsys):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(blocks) == 1
    assert len([line for line in blocks[0].splitlines() if line.strip()]) == 6
    exec(compile(blocks[0], "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 component, 1 loop and 0 voids")
    assert lines[-1] == "(1, 1, 0)"


def test_every_file_and_picture_it_points_to_is_there():
    text = (ROOT / "README.md").read_text()
    targets = [t for t in re.findall(r"\]\(([^)]+)\)", text) if not t.startswith("http")]
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target
    for script in re.findall(r"`(\w+\.py)", text):
        assert (ROOT / "pipelines" / script).exists() or (ROOT / "benchmarks" / script).exists()
