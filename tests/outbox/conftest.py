"""What the tests of the outbox share: a database with its tables, and a postman's round on it."""

import pytest

from bot.db import Database
from tests.cases.desk import desk as desk
from tests.outbox.round import Round


@pytest.fixture
def walk(database: Database) -> Round:
    """A postman whose channel takes everything."""
    return Round(database)
