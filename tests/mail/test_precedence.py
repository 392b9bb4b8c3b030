"""In a flood of mails those with a keyword are read first, and nothing else changes."""

import base64
from collections.abc import Iterable
from typing import Any

import pytest
from sqlmodel import col, select

from bot.cases.models import Escalation, Message
from bot.clock import SystemClock
from bot.mail import precedence
from bot.mail.models import RawMail
from bot.mail.reconcile import reconcile
from bot.mail.settling import Settling
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.dovecot import Dovecot

pytestmark = pytest.mark.one_database

MANY = 60


@pytest.fixture
def busy(post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """A mailbox that was looked into before, and into which sixty mails have come since, which is many."""
    monkeypatch.setattr(precedence, "MANY", MANY)
    post.collect()
    dovecot.deliver_many(_mail(number) for number in range(MANY))
    return dovecot


def test_an_urgent_mail_behind_many_others_is_read_first(post: Post, busy: Dovecot) -> None:
    busy.deliver(_mail(MANY, text="This is urgent!"))

    post.collect()

    assert _read_in_order(post)[0] == MANY + 1
    assert [escalation.case_id for escalation in _escalations(post)] == ["CASE-1"]


def test_the_earlier_mails_of_its_sender_are_read_before_it(post: Post, busy: Dovecot) -> None:
    busy.deliver(_mail(7, text="Are you there?"))
    busy.deliver(_mail(7, text="It is URGENT now!"))

    post.collect()

    assert _read_in_order(post)[:3] == [8, MANY + 1, MANY + 2]
    assert [message.body for message in post.messages()][:3] == ["Help!", "Are you there?", "It is URGENT now!"]


@pytest.mark.parametrize(
    ("subject", "encoding", "text"),
    [
        ("=?utf-8?B?VVJHRU5UOiBoZWxw?=", "8bit", b"Help!"),
        ("Help", "quoted-printable", b"Please look, it is ur=\r\ngent."),
        ("Help", "base64", base64.encodebytes(b"Please come and look at it, because it is urgent.")),
    ],
)
def test_it_is_seen_however_it_is_written(post: Post, busy: Dovecot, subject: str, encoding: str, text: bytes) -> None:
    head = f"From: hasty@example.com\r\nSubject: {subject}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    busy.deliver(head.encode() + text)

    post.collect()

    assert _read_in_order(post)[0] == MANY + 1


def test_every_mail_ends_once_though_the_pass_breaks_off_behind_the_urgent_one(
    post: Post, busy: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy.deliver(_mail(MANY, text="This is urgent!"))
    with monkeypatch.context() as broken:
        broken.setattr(Settling, "settle", _power_cut_at_the_first_in_turn)
        with pytest.raises(SystemExit):
            post.collect()
    assert _read_in_order(post) == [MANY + 1]

    post.begin_again()
    post.collect_until_quiet()

    assert sorted(_read_in_order(post)) == list(range(1, MANY + 2))
    assert len(_escalations(post)) == 1
    [account] = reconcile(post.settings, post.database, SystemClock(), patience=0)
    assert account.balanced


def test_a_few_mails_are_read_as_they_came(post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence.Precedence, "_look", _nobody_looks)
    post.collect()
    dovecot.deliver_many([_mail(1), _mail(2, text="This is urgent!")])

    assert post.collect() == 2
    assert _read_in_order(post) == [1, 2]


def _mail(number: int, text: str = "Help!") -> bytes:
    return letter(text, sender=f"c{number}@example.com", message_id=f"<{number}.{len(text)}@example.com>")


def _read_in_order(post: Post) -> list[int]:
    with post.database.readers.begin() as session:
        kept_as = col(Message.raw_mail_id) == col(RawMail.id)
        return list(session.exec(select(RawMail.uid).join(Message, kept_as).order_by(col(Message.id))))


def _escalations(post: Post) -> list[Escalation]:
    with post.database.readers.begin() as session:
        return list(session.exec(select(Escalation)))


_settle = Settling.settle


def _power_cut_at_the_first_in_turn(settling: Settling, *mails: Any, ahead: bool = False) -> int:
    if not ahead:
        raise SystemExit
    return _settle(settling, *mails, ahead=True)


def _nobody_looks(*_: object) -> Iterable[int]:
    raise AssertionError("nobody looks at a few mails")
