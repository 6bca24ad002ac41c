"""Write the generated pages."""

from __future__ import annotations

import sys

from docs.generate import NAMES, file, text

for name in sys.argv[1:] or NAMES:
    file(name).write_text(text(name), "utf-8")
