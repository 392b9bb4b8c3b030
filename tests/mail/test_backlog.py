"""The first look into a mailbox that is full already."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog
from sqlmodel import select

from bot.clock import SystemClock
from bot.mail import arrivals, collection
from bot.mail.reconcile import reconcile
from bot.outbox.models import Delivery
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.dovecot import Dovecot

OLD, NEW = 290, 10


@pytest.fixture
def backlog(dovecot: Dovecot) -> Dovecot:
    """290 mails of the last year and ten of the last hours, in no order."""
    now = datetime.now(UTC)
    ages = [timedelta(days=3 + n) for n in range(OLD)]
    for n in range(NEW):
        ages.insert(n * 31, timedelta(hours=1 + n))
    for n, age in enumerate(ages):
        mail = letter(f"Help {n}", sender=f"c{n}@example.com", message_id=f"<{n}@example.com>")
        dovecot.deliver(mail, arrived=now - age)
    return dovecot


@pytest.mark.one_database
@pytest.mark.parametrize(("start", "taken_in"), [("24h", NEW), ("now", 0), ("2d", NEW), ("9000-01-01", 0)])
def test_older_mail_is_entered_without_a_look_at_each(
    post: Post, backlog: Dovecot, monkeypatch: pytest.MonkeyPatch, start: str, taken_in: int
) -> None:
    monkeypatch.setattr(collection, "SKIPPED_AT_ONCE", 100)
    post.begin_again(imap_start=start)

    with structlog.testing.capture_logs() as logged:
        assert post.collect() == OLD + NEW

    assert post.state_counts() == {"before_start": OLD + NEW - taken_in} | ({"opened": taken_in} if taken_in else {})
    assert len(post.raw_mails()) == taken_in
    [account] = reconcile(post.settings, post.database, SystemClock(), patience=0)
    assert (account.server, account.balanced) == (OLD + NEW, True)
    progress = [line["entered"] for line in logged if "before our time" in line["event"] and "entered" in line]
    assert progress[:2] == [100, 200]
    assert post.collect() == 0


def test_a_crash_in_the_midst_of_older_mail_doubles_nothing(
    post: Post, backlog: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "SKIPPED_AT_ONCE", 100)
    post.begin_again(imap_start="24h")
    with monkeypatch.context() as broken:
        broken.setattr(arrivals.Arrivals, "batches", _power_cut)
        with pytest.raises(SystemExit):
            post.collect()

    post.begin_again(imap_start="24h")
    post.collect()

    assert post.state_counts() == {"before_start": OLD, "opened": NEW}


@pytest.mark.one_database
def test_a_whole_backlog_is_taken_in_with_a_word_on_the_way(
    post: Post, backlog: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "LISTED_AT_ONCE", 100)

    with structlog.testing.capture_logs() as logged:
        post.collect()

    assert post.state_counts() == {"opened": OLD + NEW}
    assert [line["done"] for line in logged if line["event"] == "taking in a backlog"] == [0, 100, 200]


def _power_cut(*_arguments: object, **_more: object) -> int:
    raise SystemExit


@pytest.mark.one_database
@pytest.mark.parametrize(("start", "told", "cards"), [("all", ["mail_backlog"], 0), ("24h", [], NEW), ("now", [], 0)])
def test_a_big_backlog_is_told_in_one_notice(
    post: Post, backlog: Dovecot, start: str, told: list[str], cards: int
) -> None:
    post.begin_again(imap_start=start)
    post.collect()
    post.begin_again(imap_start=start)
    post.collect()

    with post.database.readers.begin() as session:
        kinds = [delivery.kind for delivery in session.exec(select(Delivery))]
    assert ([kind for kind, _ in post.told], kinds) == (told, ["card"] * cards)
