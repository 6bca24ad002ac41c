"""The OpenAPI document of the API, as it is served."""

from __future__ import annotations

import json

from minutebook.api.application import application


def page() -> str:
    """The whole document."""
    return json.dumps(application().openapi(), indent=1, ensure_ascii=False) + "\n"
