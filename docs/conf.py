"""How `make site` builds the documentation: Sphinx reads the same pages that a forge shows.

The root of the project is the source, so that every link between pages holds in both places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Minutebook"
author = "the Minutebook authors"
language = "en"

extensions = ["myst_parser"]
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/**.md",
    "examples/record/README.md",
]
exclude_patterns = [".*", "build", "dist", "src", "tests", "benchmarks"]  # not even looked into
root_doc = "docs/index"
myst_heading_anchors = 4
suppress_warnings = ["misc.highlighting_failure"]  # `…` stands for something in many an example

templates_path = ["_templates"]
html_theme = "furo"
html_title = "Minutebook"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_additional_pages = {"index": "door.html"}
html_show_search_summary = False  # fetched, which a browser refuses where the site is a folder
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False

_FILE = re.compile(r"^```(\w+) file=(\S+)$", flags=re.MULTILINE)


def _name_files(app: Sphinx, page: str, source: list[str]) -> None:
    """Show the name of a file above what is in it."""
    source[0] = _FILE.sub(r"```{code-block} \1\n:caption: \2\n", source[0])


def setup(app: Sphinx) -> None:
    """Hook in what Sphinx and MyST do not know."""
    app.connect("source-read", _name_files)
    for language_of_plain_text in ("csv", "cron"):
        app.add_lexer(language_of_plain_text, TextLexer)
