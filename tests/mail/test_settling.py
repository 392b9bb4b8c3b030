"""Mails that end together: what one of them provokes is its own affair, and a power cut leaves nothing by halves."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlmodel import Session

from bot.cases.inbound import Inbound, Taken
from bot.mail.reception import Intake
from bot.mail.settling import SETTLED_AT_ONCE
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.dovecot import Dovecot

GUILTY = "the last straw"


class Choosy:
    """An intake that cannot bear certain words."""

    def __init__(self, intake: Intake, fault: BaseException) -> None:
        self._intake = intake
        self._fault = fault

    def expect(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        self._intake.expect(session, inbounds)

    def take(self, session: Session, inbound: Inbound) -> Taken:
        taken = self._intake.take(session, inbound)
        if GUILTY in inbound.text:
            raise self._fault
        return taken

    def bounced(self, session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
        return self._intake.bounced(session, references, reason, at)


def from_each(words: Sequence[str]) -> list[bytes]:
    return [
        letter(text, sender=f"c{at}@example.com", message_id=f"<{at}@example.com>") for at, text in enumerate(words)
    ]


def test_only_the_guilty_one_ends_in_quarantine(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(from_each(["One", "Two", GUILTY, "Four", "Five"]))
    post.intake = Choosy(post.intake, RuntimeError("a bug"))
    post.begin_again()

    assert post.collect() == 5

    assert post.states() == ["opened", "opened", "quarantined", "opened", "opened"]
    assert [case.case_id for case in post.cases()] == ["CASE-1", "CASE-2", "CASE-3", "CASE-4"]
    assert [message.body for message in post.messages()] == ["One", "Two", "Four", "Five"]
    assert [words["uid"] for _, words in post.told] == ["3"]


def test_a_power_cut_leaves_all_of_them_or_none(post: Post, dovecot: Dovecot) -> None:
    words = [f"Help {number}" for number in range(SETTLED_AT_ONCE + 5)]
    dovecot.deliver_many(from_each([*words, GUILTY]))
    sound = post.intake
    post.intake = Choosy(sound, SystemExit())
    post.begin_again()
    with pytest.raises(SystemExit):
        post.collect()
    assert post.states() == ["opened"] * SETTLED_AT_ONCE

    post.intake = sound
    post.begin_again()

    assert post.collect() == 6
    assert [message.body for message in post.messages()] == [*words, GUILTY]
    assert post.states() == ["opened"] * (SETTLED_AT_ONCE + 6)


def test_mails_of_one_customer_end_in_the_order_of_their_arrival(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many([letter(f"Line {number}", message_id=f"<{number}@example.com>") for number in range(5)])

    post.collect()

    [case] = post.cases()
    assert post.states() == ["opened", "joined", "joined", "joined", "joined"]
    assert [message.body for message in post.messages()] == [f"Line {number}" for number in range(5)]
    assert (case.message_count, case.escalated) == (5, True)
