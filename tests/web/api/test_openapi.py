"""The OpenAPI document, and the whole API tried by what it says of itself."""

from __future__ import annotations

import json
from typing import Any, cast

import hypothesis
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.web.conftest import TOKEN, Site, settings_with
from web.api.document import openapi
from web.app import create_app
from web.parts import Parts

HEAD = 60_000  # bytes

Case = schemathesis.Case[Any]


class Unasked:
    """Stands for parts that nobody uses: routes are made without asking them."""

    def __getattr__(self, name: str) -> Unasked:
        return self


DOCUMENT: dict[str, Any] = openapi(create_app(cast("Parts", Unasked()), settings_with()))
schema = schemathesis.openapi.from_dict(DOCUMENT).exclude(path_regex="/discover$")  # that one asks strangers


@schema.parametrize()
@hypothesis.settings(max_examples=10, derandomize=True)  # the same each time
def test_whatever_is_sent_is_answered(site: Site, case: Case) -> None:
    tried(case, site)


@pytest.mark.slow
@schema.parametrize()
@hypothesis.settings(max_examples=100)
def test_whatever_is_sent_is_answered_at_length(site: Site, case: Case) -> None:
    tried(case, site)


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
