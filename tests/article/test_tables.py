from __future__ import annotations

import pytest

from article.tables import FeedState


def test_a_state_is_changed_by_a_copy() -> None:
    before = FeedState(id="one", title="One", failures=2)
    after = before.but(failures=0)
    assert (after.title, after.failures, before.failures) == ("One", 0, 2)
    with pytest.raises(AttributeError):
        before.failures = 0  # type: ignore[misc]


def test_a_field_that_a_state_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="next_pol"):
        FeedState(id="one").but(next_pol=None)
