"""A desk whose figures are told."""

from tests.cases.desk import database as database
from tests.cases.desk import desk as desk
from tests.cases.desk import standing_url as standing_url
