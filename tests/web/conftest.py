"""A desk whose figures are told."""

from tests.cases.desk import desk as desk
