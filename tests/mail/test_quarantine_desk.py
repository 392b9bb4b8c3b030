"""Retry and Open as case behind buttons: for admins, once, and the notice tells how it ended."""

from collections.abc import Iterator, Sequence

import pytest
from sqlmodel import Session, select

from bot.cases.announcements import notice
from bot.cases.errors import NotAllowed
from bot.cases.inbound import Author
from bot.clock import SystemClock
from bot.db import Database
from bot.mail.quarantine import NothingToRead, NotQuarantined, Quarantine
from bot.mail.quarantine_desk import MailboxAway, QuarantineDesk
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, MIA
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.mail.test_quarantine import BOMB, Broken
from tests.services.dovecot import Dovecot

pytestmark = [pytest.mark.needs("dovecot"), pytest.mark.one_database]


class NoticingPost(Post):
    """A desk whose notices wait to be posted, as the real one's do."""

    def tell(self, session: Session, kind: str, words: dict[str, str]) -> None:
        super().tell(session, kind, words)
        session.add(notice(kind, words, SystemClock().now()))

    def notices(self) -> Sequence[Delivery]:
        with self.database.readers.begin() as session:
            return session.exec(select(Delivery).where(Delivery.kind == "notice").order_by("id")).all()

    def desk(self) -> QuarantineDesk:
        return QuarantineDesk(Quarantine(self.settings, self.database, SystemClock(), self.intake))

    def set_aside(self, dovecot: Dovecot, raw: bytes) -> str:
        """A mail ends in quarantine; returns the key that its notice bears."""
        dovecot.deliver(raw)
        self.collect()
        return str(self.notices()[-1].content["key"])


@pytest.fixture
def post(dovecot: Dovecot, database: Database) -> Iterator[NoticingPost]:
    world = NoticingPost(database, dovecot.environment())
    yield world
    world.close()


def test_an_admin_opens_a_mail_as_a_case_and_the_notice_says_so(post: NoticingPost, dovecot: Dovecot) -> None:
    key = post.set_aside(dovecot, BOMB)

    assert post.desk().open_as_case(key, MIA) == "Done: opened as CASE-1."

    told, again = post.notices()
    assert (again.subject, again.lane, again.redraw) == (told.subject, told.lane, True)
    assert again.content == told.content | {"outcome": "opened as CASE-1 (Mia)"}


def test_the_second_of_two_is_told_what_the_first_did(post: NoticingPost, dovecot: Dovecot) -> None:
    key = post.set_aside(dovecot, BOMB)
    post.desk().open_as_case(key, MIA)

    assert post.desk().open_as_case(key, Author("U_NOA", "Noa", is_admin=True)) == "Done: opened as CASE-1."
    assert post.desk().retry(key, MIA) == "Done: opened as CASE-1."

    assert (len(post.messages()), len(post.notices())) == (1, 2)


def test_a_retry_that_succeeds_says_how_the_mail_ended(post: NoticingPost, dovecot: Dovecot) -> None:
    post.intake = broken = Broken(post.intake)
    post.begin_again()
    key = post.set_aside(dovecot, letter())
    broken.mended = True

    assert post.desk().retry(key, MIA) == "Done: opened as CASE-1."

    assert post.notices()[-1].content["outcome"] == "opened as CASE-1 (Mia)"


def test_a_retry_in_vain_keeps_the_buttons_and_says_why(post: NoticingPost, dovecot: Dovecot) -> None:
    key = post.set_aside(dovecot, BOMB)

    said = post.desk().retry(key, MIA)

    assert said.startswith("This mail still can't be taken in: ")
    assert said.endswith("You can open it as a case as it is.")
    again = post.notices()[-1]
    assert again.redraw
    assert "outcome" not in again.content
    assert again.content["reason"] == post.ledger()[0].reason


def test_nobody_else_may(post: NoticingPost, dovecot: Dovecot) -> None:
    key = post.set_aside(dovecot, BOMB)

    for verb in (post.desk().retry, post.desk().open_as_case):
        with pytest.raises(NotAllowed):
            verb(key, ADA)

    assert (post.states(), len(post.notices())) == (["quarantined"], 1)


@pytest.mark.parametrize("key", ["", "nonsense", "INBOX/1/99"])
def test_what_names_no_mail_is_refused_in_words(post: NoticingPost, key: str) -> None:
    with pytest.raises(NotQuarantined):
        post.desk().retry(key, MIA)


def test_a_mailbox_that_is_away_is_a_refusal_not_a_crash(post: NoticingPost, dovecot: Dovecot) -> None:
    post.begin_again(max_mail_size="2000")
    key = post.set_aside(dovecot, letter("x" * 5_000))
    with pytest.raises(NothingToRead, match="MAX_MAIL_SIZE"):
        post.desk().retry(key, MIA)
    dovecot.stop()

    with pytest.raises(MailboxAway, match="nothing was changed"):
        post.desk().retry(key, MIA)
