"""A desk whose parts can fall silent."""

from tests.cases.desk import database as database
from tests.cases.desk import desk as desk
from tests.cases.desk import standing_url as standing_url
