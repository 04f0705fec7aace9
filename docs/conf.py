"""The documentation site: Markdown pages, the Python package's docstrings, and Doxygen's pages of the C++ headers.

docs/build_docs.py calls Sphinx with the folders that it needs in the environment.
"""

import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent

project = "valleyflux"
author = "The valleyflux developers"
copyright = author
version = release = re.search(r"^  VERSION ([0-9.]+)$", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton", "sphinx_design"]
exclude_patterns = ["gallery_head.md"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# "$ command" with its output below: what is copied is the command.
copybutton_prompt_text = r"\$ "
copybutton_prompt_is_regexp = True
highlight_language = "text"

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
# Types that have no page here: nothing is fetched from elsewhere while the site is built.
nitpick_ignore_regex = [("py:.*", r"(?!valleyflux).*"), ("py:.*", r"valleyflux\._core.*")]

html_theme = "furo"
html_title = "valleyflux"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = [folder for folder in [os.environ.get("VALLEYFLUX_CPP_PAGES")] if folder]
html_copy_source = False
html_show_sphinx = False
