"""The method chooser: questions on the left, answers on the right, drawn as inline SVG with links.

    :::{chooser} What do you have?
    a cloud in 2-D or 3-D | AlphaPersistence | tda.AlphaPersistence
    :::

Each line is a condition, the words of an answer, and the name whose page it leads to.
"""

from html import escape
from textwrap import wrap

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROW, LEFT, WIDE = 40, 120, 800


class chooser(nodes.General, nodes.Element):
    """The rows of one fan, and the title on its left."""


class Chooser(SphinxDirective):
    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        rows = [[part.strip() for part in line.split("|")] for line in self.content if line.strip()]
        for row in rows:
            if len(row) != 3:
                raise self.error(f"a line needs a condition, words and a name: {row}")
        return [chooser(title=self.arguments[0], rows=rows)]


def draw(writer, node):
    """The SVG; the answer of each row links to its page of the reference."""
    rows, title = node["rows"], node["title"]
    height = ROW * len(rows) + 8
    middle = height / 2
    out = [
        f'<figure class="chooser"><svg viewBox="0 0 {WIDE} {height}" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-size="14.5" fill="currentColor">'
    ]
    lines = wrap(title, 12)
    for k, words in enumerate(lines):
        y = middle + 5 + 18 * (k - (len(lines) - 1) / 2)
        out.append(f'<text x="8" y="{y:.0f}" font-weight="600">{escape(words)}</text>')
    for k, (condition, words, name) in enumerate(rows):
        y = 4 + ROW * (k + 0.5)
        bend = f"C{LEFT + 5} {middle:.0f} {LEFT - 15} {y:.0f} {LEFT + 10} {y:.0f}"
        target = writer.builder.get_relative_uri(writer.docnames[0], f"api/{name}")
        out.append(
            f'<path d="M{LEFT - 20} {middle:.0f} {bend}" fill="none" '
            f'stroke="var(--pst-color-border, #aaa)" '
            f'stroke-width="1.5"/>'
            f'<text x="{LEFT + 18}" y="{y + 5:.0f}">{escape(condition)}</text>'
            f'<a href="{target}"><rect x="562" y="{y - 15:.0f}" width="230" height="30" rx="7" '
            f'fill="var(--pst-color-surface, #eee)" stroke="var(--pst-color-primary, #0072B2)"/>'
            f'<text x="677" y="{y + 5:.0f}" text-anchor="middle" '
            f'fill="var(--pst-color-link, #0072B2)">{escape(words)}</text></a>'
        )
    out.append("</svg></figure>")
    writer.body.append("\n".join(out))
    raise nodes.SkipNode


def setup(app):
    app.add_node(chooser, html=(draw, None))
    app.add_directive("chooser", Chooser)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
