"""The watcher on a real IMAP server: every mail ends once, whatever happens on the way."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from bot.cases.inbound import Inbound, Taken
from bot.db import Database
from bot.mail import arrivals, fetching
from bot.mail.ledger import Ledger
from bot.mail.trouble import MailboxTrouble
from bot.mail.watcher import Condition
from tests.mail.post import Post
from tests.mail.samples import letter, sample
from tests.services.dovecot import Dovecot
from tests.services.process import wait_until

pytestmark = pytest.mark.one_database


def mails(count: int, first: int = 1) -> list[bytes]:
    """Mails of as many customers."""
    numbers = range(first, first + count)
    return [letter(f"Help {n}", sender=f"c{n}@example.com", message_id=f"<{n}@example.com>") for n in numbers]


class Stumbling:
    """An intake that fails as it is told, before it does its work."""

    def __init__(self, post: Post, *failures: Exception) -> None:
        self._intake = post.intake
        self._failures = list(failures)

    def expect(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        self._intake.expect(session, inbounds)

    def take(self, session: Session, inbound: Inbound) -> Taken:
        if self._failures:
            raise self._failures.pop(0)
        return self._intake.take(session, inbound)

    def bounced(self, session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
        return self._intake.bounced(session, references, reason, at)


def test_a_mail_opens_a_case_and_is_left_unread(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(sample("new_plain"))

    assert post.collect() == 1

    [case] = post.cases()
    [entry] = post.ledger()
    [raw] = post.raw_mails()
    assert case.customer_identifier == "carla@example.com"
    assert (entry.state, entry.case_id, entry.raw_mail_id) == ("opened", case.case_id, raw.id)
    assert zlib.decompress(raw.content) == sample("new_plain")
    assert all("S" not in mail.name.partition(":2,")[2] for mail in dovecot.stored())


def test_the_last_mail_is_not_taken_again(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(sample("new_plain"))

    assert [post.collect(), post.collect()] == [1, 0]


def test_the_samples_end_as_they_should(post: Post, dovecot: Dovecot) -> None:
    names = ("new_plain", "reply_gmail", "auto_reply", "bounce", "admin_forged", "admin_closes", "new_plain")
    dovecot.deliver_many(sample(name) for name in names)

    post.collect()

    assert post.states() == ["opened", "joined", "auto_reply", "bounce", "admin", "admin", "duplicate"]
    [case] = post.cases()
    assert case.status == "closed"


def test_our_own_mail_coming_back_is_nobodys_message(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(letter(sender=dovecot.user))

    post.collect()

    assert (post.states(), post.messages()) == (["own"], [])


def test_an_admins_mail_about_nothing_is_told(post: Post, dovecot: Dovecot) -> None:
    verified = "Authentication-Results: mx.sandbox.test; dmarc=pass header.from=desk.test\r\n"
    dovecot.deliver(letter(sender="Ada <ada@desk.test>", headers=verified))

    post.collect()

    assert post.states() == ["admin"]
    assert post.told == [("mail_unplaced", {"sender": "ada@desk.test", "subject": "Question"})]


def test_a_restart_goes_on_where_it_stopped(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    post.collect()
    dovecot.deliver_many(mails(2, first=4))

    post.begin_again()

    assert post.collect() == 2
    assert len(post.messages()) == 5


def test_a_mail_that_breaks_the_desk_waits_in_quarantine(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many([letter(), *mails(1)])
    together, alone = RuntimeError("a bug"), RuntimeError("a bug")
    post.intake = Stumbling(post, together, alone)
    post.begin_again()

    post.collect()

    assert post.states() == ["quarantined", "opened"]
    [(kind, words)] = post.told
    assert kind == "mail_quarantined"
    assert words["sender"] == "Carla <carla@example.com>"
    assert words["uid"] == "1"
    assert "RuntimeError" in words["reason"]


def test_a_mail_that_cannot_be_read_waits_in_quarantine(post: Post, dovecot: Dovecot) -> None:
    parts = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 2_000
    dovecot.deliver_many([b"From: c@example.com\r\nSubject: Bomb\r\n" + parts, *mails(1)])

    post.collect()

    assert post.states() == ["quarantined", "opened"]
    assert post.told[0][1]["subject"] == "Bomb"


def test_a_database_that_fails_is_not_the_mails_fault(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(letter())
    post.intake = Stumbling(post, OperationalError("INSERT", {}, Exception("database is locked")))
    post.begin_again()

    with pytest.raises(OperationalError):
        post.collect()
    assert post.states() == []

    assert post.collect() == 1
    assert post.states() == ["opened"]


def test_a_mail_too_big_is_kept_as_a_header_and_told(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(max_mail_size="2000")
    dovecot.deliver_many([letter("x" * 5_000), *mails(1)])

    post.collect()

    assert post.states() == ["quarantined", "opened"]
    assert "MAX_MAIL_SIZE" in post.told[0][1]["reason"]
    assert zlib.decompress(post.raw_mails()[0].content).endswith(b"charset=utf-8\r\n\r\n")


def test_older_mail_is_from_before_our_time(post: Post, dovecot: Dovecot) -> None:
    now = datetime.now(UTC)
    post.begin_again(imap_start="24h")
    for mail, age in zip(mails(3), (72, 25, 2), strict=True):
        dovecot.deliver(mail, arrived=now - timedelta(hours=age))

    post.collect()

    assert post.states() == ["before_start", "before_start", "opened"]
    assert len(post.raw_mails()) == 1


def test_old_mail_moved_in_later_is_taken_in(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(imap_start="now")
    post.collect()

    dovecot.deliver(letter(), arrived=datetime.now(UTC) - timedelta(days=9))

    post.collect()
    assert post.states() == ["opened"]


def test_mails_numbered_anew_are_known_again(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    post.collect()
    dovecot.bump_uidvalidity()
    dovecot.deliver_many(mails(1, first=4))

    post.begin_again()
    post.collect()

    assert post.states()[3:] == ["duplicate", "duplicate", "duplicate", "opened"]
    assert len(post.messages()) == 4


def test_a_mail_deleted_meanwhile_is_passed_over(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    dovecot.stored()[1].unlink()

    assert post.collect() == 2
    assert post.collect() == 0


def test_a_backlog_comes_in_batches(post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "LISTED_AT_ONCE", 7)
    monkeypatch.setattr(fetching, "BATCH_MAILS", 3)
    dovecot.deliver_many(mails(20))

    assert post.collect() == 20
    assert [entry.uid for entry in post.ledger()] == list(range(1, 21))


def test_a_crash_after_keeping_loses_and_doubles_nothing(
    post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver_many(mails(3))
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "enter", _power_cut)
        with pytest.raises(SystemExit):
            post.collect()
    assert (len(post.raw_mails()), post.messages()) == (3, [])

    post.begin_again()
    post.collect()

    assert (len(post.raw_mails()), len(post.messages())) == (3, 3)


def _power_cut(*_arguments: object, **_more: object) -> None:
    raise SystemExit


def test_mail_is_heard_at_once_without_polling(post: Post, dovecot: Dovecot) -> None:
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        for mail in mails(3):
            known = len(post.messages())
            dovecot.deliver(mail)
            # The poll interval is longer than this wait: only IDLE can have told of it.
            wait_until(partial(post.has_more_than, known), "the mail's message", seconds=10)


def test_a_server_that_restarts_is_found_again(post: Post, dovecot: Dovecot) -> None:
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        dovecot.kill()
        wait_until(lambda: watcher.state.condition is Condition.FAILING, "the loss to be noticed")
        assert "mailbox" in watcher.problem
        dovecot.deliver(letter())
        dovecot.start()
        wait_until(lambda: post.states() == ["opened"], "the mail that came meanwhile")
        wait_until(lambda: watcher.problem == "", "health to be well again")


def test_a_wrong_password_is_said_in_words(post: Post, dovecot: Dovecot) -> None:
    post.begin_again({"IMAP_PASSWORD": "wrong"})

    with pytest.raises(MailboxTrouble) as trouble:
        post.collect()

    assert trouble.value.kind == "mailbox login refused"
    assert trouble.value.advice == "check IMAP_EMAIL and IMAP_PASSWORD"


def test_a_missing_folder_is_said_in_words(post: Post) -> None:
    post.begin_again(imap_folder="Nowhere")

    with pytest.raises(MailboxTrouble) as trouble:
        post.collect()

    assert "IMAP_FOLDER" in trouble.value.advice


def test_two_watchers_on_one_mailbox_take_each_mail_once(post: Post, dovecot: Dovecot, database: Database) -> None:
    dovecot.deliver_many(mails(5))
    twin = Post(database, dovecot.environment())

    post.collect()
    twin.collect()
    twin.close()

    assert len(post.messages()) == 5
