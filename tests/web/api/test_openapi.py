"""The OpenAPI document, and the whole API tried by what it says of itself."""

from __future__ import annotations

import json
from typing import Any, cast

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.web.conftest import TOKEN, Site, settings_with
from web.api.document import openapi
from web.app import create_app
from web.parts import Parts

HEAD = 60_000  # bytes

Case = schemathesis.Case[Any]
Operation = Any  # schemathesis's own, which its public names leave out


class Unasked:
    """Stands for parts that nobody uses: routes are made without asking them."""

    def __getattr__(self, name: str) -> Unasked:
        return self


DOCUMENT: dict[str, Any] = openapi(create_app(cast("Parts", Unasked()), settings_with()))
schema = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex="/discover$")  # that one asks strangers


# Each with a name of its own: of tests of one name, one alone is run when they are spread over processes.
each_operation = pytest.mark.parametrize(
    "operation",
    [cast("Any", found).ok() for found in schema.get_all_operations()],
    ids=lambda each: each.label,
)


@each_operation
@hypothesis.settings(max_examples=10, derandomize=True)  # the same each time
@hypothesis.given(data=strategies.data())
def test_whatever_is_sent_is_answered(site: Site, operation: Operation, data: strategies.DataObject) -> None:
    tried(data.draw(operation.as_strategy()), site)


@pytest.mark.slow
@each_operation
@hypothesis.settings(max_examples=100)
@hypothesis.given(data=strategies.data())
def test_whatever_is_sent_is_answered_at_length(
    site: Site, operation: Operation, data: strategies.DataObject
) -> None:
    tried(data.draw(operation.as_strategy()), site)


def tried(case: Case, site: Site) -> None:
    """Never a status of 500, and the answer is as the document says. Text may still be a bad query.

    Of a longer address than HEAD nothing is read, and no answer may reach who is still sending it.
    """
    if len(case.as_curl_command()) > HEAD and case.method == "GET":
        return
    # Any bytes are a list of feeds, if an empty one.
    unread = [negative_data_rejection] if case.path.endswith("/import") else []
    case.call_and_validate(
        base_url=site.url,
        headers={"Authorization": f"Bearer {TOKEN}"},
        excluded_checks=[positive_data_acceptance, *unread],
    )


def test_the_document_is_served(site: Site) -> None:
    assert json.loads(site.get("/api/v1/openapi.json").body) == DOCUMENT
