"""The site: `make docs` builds it, runs every cell and example on it, and checks every link.

Pages are written in Markdown. Cells of guide, how-to and first pages run in a kernel, one a page
(myst-nb); the examples of `examples/` run under sphinx-gallery; the stories of `pipelines/` run in
their small versions (`_ext/stories.py`). The pages of the reference are made from the map of the
package (`_ext/reference.py`). Nothing on the site is loaded from elsewhere: formulas are MathML.
"""

import hashlib
import os
import sys
import warnings
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE / "_ext")]
# Cells run in processes of their own, in which the package of this checkout is the one imported.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
)
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
os.environ.setdefault("TDA_COMPILE", "now")  # every run the same engines, and no notice of them
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

import tda  # noqa: E402

warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")

project = "tda"
author = "the tda developers"
copyright = "the tda developers"
version = release = tda.__version__
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "sphinx_design",
    "sphinx_copybutton",
    "myst_nb",
    "matplotlib.sphinxext.plot_directive",
    "mathml",
    "reference",
    "stories",
    "pages",
    "chooser",
]
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb"}
exclude_patterns = [
    "_build",
    "_ext",
    "**.ipynb",
    "gallery/*.py",
    "teaching",
    "**sg_execution_times.rst",
]
default_role = "py:obj"  # a name in single backticks is a link where it is one
templates_path = ["_templates"]
suppress_warnings = ["config.cache"]  # functions in this file

# -- the reference ---------------------------------------------------------------------------------
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autoclass_content = "class"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_use_admonition_for_examples = False
add_module_names = False
toc_object_entries = False
plot_include_source = False
plot_html_show_source_link = False
plot_html_show_formats = False
plot_formats = [("png", 100)]

# -- what runs -------------------------------------------------------------------------------------
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_output_stderr = "show"  # warnings of the package are part of what a reader learns
_state = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted((ROOT / "tda").rglob("*.py")))
).hexdigest()[:12]
if os.environ.get("TDA_DOCS_KEEP"):  # while writing: cells run again only if they changed
    _state = "kept"
nb_execution_cache_path = str(HERE / "_build" / "executed" / _state)


def in_house_style(gallery_conf, fname):
    """The look of all pictures on the site, set before each example."""
    import matplotlib.pyplot as plt

    plt.rcParams.update(STYLE)


STYLE = {
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
plot_rcparams = STYLE
sphinx_gallery_conf = {
    "examples_dirs": [str(ROOT / "examples")],
    "gallery_dirs": ["gallery"],
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py",
    "reset_modules": ("matplotlib", in_house_style),
    "backreferences_dir": "gallery/uses",
    "doc_module": ("tda",),
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "remove_config_comments": True,
    "abort_on_example_error": True,
    "only_warn_on_example_error": False,
    "min_reported_time": 1e9,
    "show_memory": False,
    "show_signature": False,
    "plot_gallery": True,
    "nested_sections": False,
}

# -- the look --------------------------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_title = "tda"
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["tda.css"]
html_show_sourcelink = False
html_copy_source = False
html_extra_path = [path for path in ("teaching",) if (HERE / path).is_dir()]
html_sidebars = {
    "index": [],
    "install": [],
    "five_minutes": [],
    "choose": [],
    "glossary": [],
    "faq": [],
    "citing": [],
}
html_theme_options = {
    "logo": {"text": "tda"},
    "show_prev_next": False,
    "show_toc_level": 2,
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "search_as_you_type": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
