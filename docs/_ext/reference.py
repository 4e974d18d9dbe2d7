"""The pages of the reference: one for each public name, made from the map of the package.

`api/index` groups them as the package does, from input to output, each room with the first line of
its docstring. A page has the signature, the docstring, the methods that are its own, the picture of
a function of `tda.plot`, and the examples of the gallery that use the name.
"""

import inspect
import re
from pathlib import Path
from textwrap import dedent

import tda

#: Rooms from input to output; a room that is not named here comes after these.
ORDER = (
    "datasets homology graphs series images euler diagrams holes features distances dimension "
    "manifold embedding mapper clustering networks learning plot"
).split()
HOME = "the package"


def public_names():
    """The rooms, each with its public things under the name that a user writes."""
    flat = {name: getattr(tda, name) for name in tda.__all__}
    rooms = {name: thing for name, thing in flat.items() if inspect.ismodule(thing)}
    names = sorted(rooms, key=lambda r: (ORDER.index(r) if r in ORDER else len(ORDER), r))
    found, seen = {}, set()
    for room in names:
        found[room] = {}
        for name in sorted(rooms[room].__all__, key=str.lower):
            full = f"tda.{name}" if name in flat else f"tda.{room}.{name}"
            if full not in seen:
                found[room][full] = getattr(rooms[room], name)
                seen.add(full)
    found[HOME] = {
        f"tda.{name}": thing
        for name, thing in flat.items()
        if name not in rooms and f"tda.{name}" not in seen
    }
    return found


def first_line(thing):
    if not (inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing)):
        return "A constant."
    text = inspect.getdoc(thing) or ""
    return re.split(r"\n\s*\n", text, maxsplit=1)[0].replace("\n", " ")


def own_members(cls):
    """Public methods and properties that this package wrote, in the order of the source."""
    names = []
    for base in cls.__mro__:
        if base.__module__.startswith("tda."):
            for name, member in vars(base).items():
                member = getattr(member, "__func__", member)
                made_here = getattr(member, "__module__", base.__module__) or ""
                is_member = inspect.isfunction(member) or isinstance(member, property)
                documented = getattr(member, "__doc__", None)
                if (
                    is_member
                    and documented
                    and not name.startswith("_")
                    and name not in names
                    and (isinstance(member, property) or made_here.startswith("tda."))
                ):
                    names.append(name)
    return names


def page(full, thing, room):
    module = full.rpartition(".")[0]
    lines = [full, "=" * len(full), "", f".. currentmodule:: {module}", ""]
    if inspect.isclass(thing):
        lines += [f".. autoclass:: {full}", ""]
        lines += [f"   .. automethod:: {name}" for name in _methods(thing)]
        for name in _properties(thing):  # not in the index: shapes in docstrings name the same
            lines += [f"   .. autoattribute:: {name}", "      :no-index:", ""]
        if hasattr(thing, "get_params"):
            lines += ["", _inherited(thing)]
    elif inspect.isroutine(thing):
        lines += [f".. autofunction:: {full}", ""]
    else:
        lines += [f".. data:: {full}", "", f"   ``{thing!r}``", ""]
    if room != HOME and full.count(".") == 1:
        lines += ["", f"It is also in its room, :doc:`tda.{room} <{room}>`.", ""]
    lines += ["", f".. minigallery:: {full}", "   :add-heading: In the gallery", ""]
    return "\n".join(lines) + "\n"


def _methods(cls):
    return [n for n in own_members(cls) if not isinstance(getattr(cls, n), property)]


def _properties(cls):
    return [n for n in own_members(cls) if isinstance(getattr(cls, n), property)]


def _inherited(cls):
    others = [
        name
        for name in ("fit_transform", "fit_predict", "get_params", "set_params", "set_output")
        if hasattr(cls, name) and name not in own_members(cls)
    ]
    return "From scikit-learn: " + ", ".join(f"``{name}``" for name in others) + ".\n"


def room_words(room):
    """What a room is for, in one line."""
    if room == HOME:
        return "What belongs to no room."
    words = first_line(getattr(tda, room)).replace("->", "→").replace(" x ", " × ")
    return words[:1].upper() + words[1:]


def table(things):
    lines = [".. list-table::", "   :widths: 35 65", "   :class: names", ""]
    for full, thing in things.items():
        lines += [
            f"   * - :doc:`{full.rpartition('.')[2]} <{full}>`",
            f"     - {first_line(thing)}",
        ]
    return [*lines, ""]


def room_page(room, things):
    """The page of one room, with the names that live in it."""
    title = "tda" if room == HOME else f"tda.{room}"
    lines = [title, "=" * len(title), "", room_words(room), "", *table(things)]
    return "\n".join([*lines, ".. toctree::", "   :hidden:", "", *(f"   {n}" for n in things), ""])


def index(found):
    lines = [
        "Reference",
        "=========",
        "",
        "Every public name, from input to output. A name without a room, such as ``tda.Diagrams``,",
        "is taken from the package itself; the others live in their room.",
        "",
    ]
    for room, things in found.items():
        title = "tda" if room == HOME else f"tda.{room}"
        lines += [
            title,
            "-" * len(title),
            "",
            f"{room_words(room)} :doc:`Each in a line <{file_of(room)}>`.",
            "",
        ]
        lines += [", ".join(f":doc:`{n.rpartition('.')[2]} <{n}>`" for n in things), ""]
    lines += [".. toctree::", "   :hidden:", "", *(f"   {file_of(room)}" for room in found), ""]
    return "\n".join(lines)


def file_of(room):
    return "package" if room == HOME else room


def write_if_new(path, text):
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def make_pages(app):
    """Write the pages, and remove those of names that are gone."""
    folder = Path(app.srcdir) / "api"
    folder.mkdir(exist_ok=True)
    found = public_names()
    pages = {
        f"{full}.rst": page(full, thing, room)
        for room, things in found.items()
        for full, thing in things.items()
    }
    found = {room: things for room, things in found.items() if things}
    pages |= {f"{file_of(room)}.rst": room_page(room, things) for room, things in found.items()}
    pages["index.rst"] = index(found)
    for path in folder.glob("*.rst"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        write_if_new(folder / name, text)


def joined_lines(app, what, name, obj, options, lines):
    """A raw docstring keeps the backslash of a line that goes on at the margin."""
    if not any(line.endswith("\\") for line in lines):
        return
    text = "\n".join(lines).replace("\\\n", "")
    first, _, rest = text.partition("\n")
    lines[:] = [first, *dedent(rest).split("\n")]


def plain_references(app, what, name, obj, options, lines):
    """Sources as a numbered list: a page holds several docstrings, each with its own [1]."""
    lines[:] = [
        re.sub(r"\[(\d+)\]_", r"[\1]", re.sub(r"^(\s*)\.\. \[(\d+)\] ", r"\1\2. ", line))
        for line in lines
    ]


def escaped_names(app, what, name, obj, options, lines):
    """`array of shape (n_nodes_,)` is no link."""
    for k, line in enumerate(lines):
        if re.match(r"^\w[\w, ]* : ", line):
            names, _, kind = line.partition(" : ")
            lines[k] = f"{names} : " + re.sub(r"(?<=\w)_(?=[,)\s])", r"\\_", kind)


def add_picture(app, what, name, obj, options, lines):
    """Below a function that draws, what its example draws."""
    if what != "function" or not name.startswith("tda.plot.plot_"):
        return
    code = [line for line in inspect.getdoc(obj).splitlines() if line.startswith((">>> ", "... "))]
    if code:
        lines += ["", ".. plot::", "   :include-source: false", ""]
        lines += [f"   {line[4:]}" for line in code] + [""]


def setup(app):
    app.connect("builder-inited", make_pages, priority=100)
    app.connect("autodoc-process-docstring", joined_lines, priority=90)
    app.connect("autodoc-process-docstring", plain_references, priority=100)
    app.connect("autodoc-process-docstring", escaped_names, priority=100)
    app.connect("autodoc-process-docstring", add_picture, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
