"""What the tests of this room share: a database with its tables, and a desk on it."""

from tests.cases.desk import database as database
from tests.cases.desk import desk as desk
from tests.cases.desk import standing_url as standing_url
