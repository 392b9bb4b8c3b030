"""What a person can do with a mail that nobody could read; and stored mails read again."""

import base64
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.cases.inbound import Author, Inbound, Taken
from bot.clock import SystemClock
from bot.mail import parser
from bot.mail.archive import archive_of
from bot.mail.ledger import EntryKey
from bot.mail.models import LedgerEntry
from bot.mail.quarantine import NothingToRead, NotQuarantined, Quarantine
from bot.mail.reception import Intake
from bot.mail.replay import Replay
from tests.mail.post import Post
from tests.mail.samples import letter, sample
from tests.services.dovecot import Dovecot

MIA = Author("U_MIA", "Mia", is_admin=True)
BOMB = (
    b"From: Carla <carla@example.com>\r\nSubject: Too many parts\r\nMessage-ID: <bomb@example.com>\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nMy printer is on fire.\r\n"
    + b"--b\r\n\r\nx\r\n"
    * 2_000
)


class Broken:
    """An intake with a bug, until it is mended."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.mended = False

    def expect(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        self._intake.expect(session, inbounds)

    def take(self, session: Session, inbound: Inbound) -> Taken:
        if not self.mended:
            raise RuntimeError("a bug")
        return self._intake.take(session, inbound)

    def bounced(self, session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
        return self._intake.bounced(session, references, reason, at)


@pytest.fixture
def broken(post: Post) -> Broken:
    post.intake = broken = Broken(post.intake)
    post.begin_again()
    return broken


def quarantine(post: Post) -> Quarantine:
    return Quarantine(post.settings, post.database, SystemClock(), post.intake)


def key_of_the_first(post: Post) -> EntryKey:
    return next(iter(quarantine(post).waiting())).key


@pytest.mark.one_database
def test_the_notice_names_the_mail_for_the_buttons(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(BOMB)
    post.collect()

    [(_kind, words)] = post.told
    [waiting] = quarantine(post).waiting()
    assert EntryKey.read(words["key"]) == waiting.key == EntryKey("INBOX", dovecot.uidvalidity, 1)
    assert (waiting.sender, waiting.subject, waiting.whole) == ("Carla <carla@example.com>", "Too many parts", True)


def test_a_retry_takes_the_mail_in_once_the_fault_is_mended(post: Post, dovecot: Dovecot, broken: Broken) -> None:
    dovecot.deliver(letter())
    post.collect()
    key = key_of_the_first(post)
    broken.mended = True

    ended = [quarantine(post).retry(key) for _ in range(2)]

    assert [end.state for end in ended] == ["opened", "opened"]
    assert [end.case_id for end in ended] == ["CASE-1", "CASE-1"]
    assert (post.states(), len(post.messages())) == (["opened"], 1)


def test_a_retry_that_fails_again_leaves_the_mail_waiting(post: Post, dovecot: Dovecot, broken: Broken) -> None:
    dovecot.deliver(letter())
    post.collect()

    ended = quarantine(post).retry(key_of_the_first(post))

    assert (ended.state, post.messages()) == ("quarantined", [])
    assert "RuntimeError" in post.ledger()[0].reason


@pytest.mark.one_database
def test_a_mail_is_opened_by_hand_with_what_can_be_salvaged(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(BOMB)
    post.collect()
    key = key_of_the_first(post)

    ended = [quarantine(post).open_as_case(key, MIA) for _ in range(2)]

    assert [end.case_id for end in ended] == ["CASE-1", "CASE-1"]
    [message] = post.messages()
    assert message.body.startswith("My printer is on fire.")
    assert (message.sender, message.subject, message.is_admin) == ("carla@example.com", "Too many parts", False)
    assert (post.states(), list(quarantine(post).waiting())) == (["opened"], [])
    assert post.ledger()[0].reason == "opened by Mia, unread"


@pytest.mark.one_database
def test_a_mail_too_big_is_opened_by_its_header_alone(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(max_mail_size="2000")
    dovecot.deliver(letter("x" * 5_000))
    post.collect()
    [waiting] = quarantine(post).waiting()

    with pytest.raises(NothingToRead, match="still larger than MAX_MAIL_SIZE"):
        quarantine(post).retry(waiting.key)
    quarantine(post).open_as_case(waiting.key, MIA)

    assert not waiting.whole
    assert "No text could be salvaged" in post.messages()[0].body


def test_a_mail_too_big_is_fetched_again_once_the_limit_is_raised(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(max_mail_size="2000")
    dovecot.deliver(letter("x" * 5_000))
    post.collect()
    key = key_of_the_first(post)
    post.begin_again(max_mail_size="1000000")

    assert quarantine(post).retry(key).state == "opened"

    [message], [raw] = post.messages(), post.raw_mails()
    assert (message.body, message.raw_mail_id) == ("x" * 5_000, raw.id)


@pytest.mark.one_database
def test_a_mail_too_big_that_is_gone_is_told(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(max_mail_size="2000")
    dovecot.deliver(letter("x" * 5_000))
    post.collect()
    dovecot.stored()[0].unlink()

    with pytest.raises(NothingToRead, match="no longer in the mailbox"):
        quarantine(post).retry(key_of_the_first(post))


@pytest.mark.one_database
def test_a_mail_without_a_sender_can_not_be_opened(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(b"Subject: Who am I\r\n\r\nHello")
    post.collect()

    with pytest.raises(NothingToRead, match="names no sender"):
        quarantine(post).open_as_case(key_of_the_first(post), MIA)

    assert post.states() == ["quarantined"]


@pytest.mark.one_database
def test_an_unknown_mail_is_refused_in_words(post: Post) -> None:
    with pytest.raises(NotQuarantined, match="INBOX/1/99"):
        quarantine(post).retry(EntryKey("INBOX", 1, 99))
    with pytest.raises(ValueError, match="UIDVALIDITY"):
        EntryKey.read("99")


@pytest.mark.one_database
def test_a_replay_finds_nothing_where_nothing_changed(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(sample(name) for name in ("new_plain", "reply_gmail", "auto_reply", "bounce", "new_plain"))
    dovecot.deliver(BOMB)
    post.collect()

    replayed = list(Replay(post.settings, post.database).replay())

    assert [mail.differences for mail in replayed] == [()] * 6


@pytest.mark.one_database
def test_a_replay_shows_what_would_be_read_otherwise(
    post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot.deliver(letter("First line\r\nSecond line"))
    dovecot.deliver(letter(message_id="<robot@example.com>"))
    post.collect()
    with post.database.writers.begin() as session:
        [first, second] = session.exec(select(LedgerEntry)).all()
        second.state = "auto_reply"
        session.add(second)
    today = parser.parse
    monkeypatch.setattr(
        "bot.mail.reception.parse",
        lambda raw: replace(today(raw), text=today(raw).text.replace("Second line", "Other")),
    )

    replayed = list(Replay(post.settings, post.database).replay())

    assert replayed[0].differences == ("new text:\n-Second line\n+Other",)
    assert replayed[1].differences == ("state: auto_reply → a customer's",)
    assert "CASE-1" in next(replayed[0].lines())
    assert post.states() == [first.state, "auto_reply"]


@pytest.mark.one_database
def test_a_replay_looks_back_as_far_as_asked(post: Post, dovecot: Dovecot) -> None:
    now = SystemClock().now()
    dovecot.deliver(letter(), arrived=now - timedelta(days=3))
    dovecot.deliver(letter(message_id="<m2@example.com>"))
    post.collect()

    assert len(list(Replay(post.settings, post.database).replay(now - timedelta(days=1)))) == 1


def test_a_large_mail_is_a_file_and_read_again_like_any_other(post: Post, dovecot: Dovecot) -> None:
    attached = base64.encodebytes(random.Random(3).randbytes(2_500_000)).replace(b"\n", b"\r\n")
    mail = letter("See below.", message_id="<large@example.com>") + attached
    dovecot.deliver(mail)

    post.collect()

    [raw] = post.raw_mails()
    archive = archive_of(post.database.url)
    assert (post.states(), raw.content, raw.size) == (["opened"], b"", len(mail))
    assert archive.read(raw) == mail
