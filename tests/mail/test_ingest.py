"""A mail file taken in by hand goes the same road."""

from bot.db import Database
from bot.mail.ingest import ingest
from tests.mail.post import Post
from tests.mail.samples import ARRIVED, sample


def test_a_mail_by_hand_opens_a_case_once(database: Database) -> None:
    post = Post(database, {})

    def by_hand(name: str) -> str:
        return ingest(sample(name), post.settings, database, post.intake, received_at=ARRIVED).state

    assert [by_hand(name) for name in ("new_plain", "new_plain", "bounce")] == ["opened", "duplicate", "bounce"]
    assert len(post.messages()) == 1
    post.close()
