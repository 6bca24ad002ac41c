"""What the served OpenAPI document says of every operation holds, whatever is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, seed, settings

from minutebook.api.application import application

if TYPE_CHECKING:
    from typing import Any

    from tests.api.conftest import Served

EXAMPLES = 3
"""Requests of each operation, valid ones and others."""


@pytest.mark.slow
def test_every_operation_answers_as_its_document_says(served: Served) -> None:
    """With an administrator's key: never an error of the program, only statuses that the document names,
    and bodies of their schemas.

    schemathesis is run by its parts: its plug-in of pytest would be loaded for every test.
    """
    import schemathesis
    from schemathesis import checks

    held = (
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    )
    told = application(served.book).openapi()
    document = schemathesis.openapi.from_dict(told)
    headers = {"Authorization": f"Bearer {served.keys['admin']}"}
    tried = 0
    for found in document.get_all_operations():
        operation = found.ok()

        @seed(1)
        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(base_url=served.at, headers=headers)
            case.validate_response(answer, checks=list(held))

        ask()
        tried += 1
    assert tried == sum(len(methods) for methods in told["paths"].values()) > 0
