"""What the tests of this room share: a desk on an empty database."""

from tests.cases.desk import desk as desk
