"""What the tests of this room share: a database with its tables, and a desk on it."""

from tests.cases.desk import desk as desk
