"""A desk whose parts can fall silent."""

from tests.cases.desk import desk as desk
