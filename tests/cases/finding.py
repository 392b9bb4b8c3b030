"""What somebody finds on a desk."""

from bot.cases.inbound import Author
from tests.cases.desk import MIA, Desk


def found(desk: Desk, typed: str, viewer: Author = MIA) -> list[str]:
    """The cases that a search shows, in their order."""
    return [hit.case.case_id for hit in desk.queries.search(typed, viewer, limit=50).hits]
