"""What the tests of the ground share."""

from collections.abc import Iterator

import pytest

from config.jobs import registry


@pytest.fixture
def kinds() -> Iterator[None]:
    """Kinds of jobs that a test registers are forgotten after it; the project's own are out of the way meanwhile."""
    kept = dict(registry._works)
    registry._works.clear()
    yield
    registry._works.clear()
    registry._works.update(kept)
