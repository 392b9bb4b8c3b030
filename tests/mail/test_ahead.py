"""A batch of mails is fetched and kept while the one before it is read and settled; nothing else changes."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from bot.cases.inbound import Inbound, Taken
from bot.cases.models import Message
from bot.mail import fetching, precedence
from bot.mail.ahead import Ahead
from bot.mail.mailbox import Mailbox
from bot.mail.models import RawMail
from bot.mail.reception import Intake
from bot.mail.trouble import MailboxTrouble
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.dovecot import Dovecot
from tests.services.process import wait_until
from tests.services.tcp_proxy import TcpProxy

pytestmark = pytest.mark.one_database

BATCH = 5
PATIENCE_SECONDS = 10.0

Act = Callable[[], object]


@pytest.fixture
def backlog(post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """A mailbox that was looked into before, and into which four batches of mails have come since."""
    monkeypatch.setattr(fetching, "BATCH_MAILS", BATCH)
    post.collect()
    dovecot.deliver_many(_mail(number) for number in range(1, 4 * BATCH + 1))
    return dovecot


@pytest.fixture
def proxy(post: Post, backlog: Dovecot) -> Iterator[TcpProxy]:
    """What the desk reads the mailbox through."""
    with TcpProxy(backlog.port) as running:
        post.begin_again({"IMAP_PORT": str(running.port)})
        yield running


class Fetches:
    """Every fetch of mails by the thread that asked for them; before the one of a given number something happens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, before: dict[int, Act] | None = None) -> None:
        self.threads: list[threading.Thread] = []
        self._before = before or {}
        bodies = Mailbox.bodies

        def noted(mailbox: Mailbox, uids: Sequence[int]) -> dict[int, bytes]:
            self.threads.append(threading.current_thread())
            self._before.get(len(self.threads), _nothing)()
            return bodies(mailbox, uids)

        monkeypatch.setattr(Mailbox, "bodies", noted)


class Eventful:
    """An intake during whose first act something happens."""

    def __init__(self, intake: Intake, event: Act) -> None:
        self._intake = intake
        self._events = [event]

    def expect(self, session: Session, inbounds: Sequence[Inbound]) -> None:
        self._intake.expect(session, inbounds)

    def take(self, session: Session, inbound: Inbound) -> Taken:
        if self._events:
            self._events.pop()()
        return self._intake.take(session, inbound)

    def bounced(self, session: Session, references: Sequence[str], reason: str, at: datetime) -> str | None:
        return self._intake.bounced(session, references, reason, at)


def test_items_come_in_order_each_made_while_the_one_before_is_worked_on() -> None:
    begun = [threading.Event() for _ in range(4)]

    def source() -> Iterator[int]:
        for number, event in enumerate(begun[:3]):
            event.set()
            yield number

    with Ahead(source()) as items:
        assert next(items) == 0
        assert begun[1].wait(PATIENCE_SECONDS)
        assert list(items) == [1, 2]
    assert not begun[3].is_set()


def test_what_making_an_item_raises_is_raised_where_it_is_asked_for() -> None:
    def source() -> Iterator[int]:
        yield 1
        yield 2
        raise MailboxTrouble("gone", "in the middle", "look")

    with Ahead(source()) as items:
        assert [next(items), next(items)] == [1, 2]
        with pytest.raises(MailboxTrouble, match="in the middle"):
            next(items)


def test_no_thread_outlives_the_work() -> None:
    def source() -> Iterator[threading.Thread]:
        while True:
            yield threading.current_thread()

    with Ahead(source()) as items:
        makers = [next(items) for _ in range(3)]

    assert makers[0] is threading.current_thread()
    assert len(set(makers)) == 3
    assert not _ahead_at_work()


def test_the_first_batch_is_fetched_at_once_and_the_others_beside_the_work(
    post: Post, backlog: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetches = Fetches(monkeypatch)

    assert post.collect() == 4 * BATCH

    beside = [thread is not threading.current_thread() for thread in fetches.threads]
    assert beside == [False, True, True, True]
    assert _read_in_order(post) == list(range(1, 4 * BATCH + 1))


def test_a_lonely_mail_needs_no_thread(post: Post, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", _nobody_starts)
    dovecot.deliver(_mail(1))

    assert post.collect() == 1


def test_a_connection_that_breaks_amid_it_is_told_after_what_was_fetched_before(
    post: Post, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as breaking:
        Fetches(breaking, before={3: proxy.cut})
        with pytest.raises(MailboxTrouble, match="mailbox connection lost"):
            post.collect()
    assert _read_in_order(post) == list(range(1, 2 * BATCH + 1))

    assert post.collect_until_quiet() == 2 * BATCH
    assert _read_in_order(post) == list(range(1, 4 * BATCH + 1))
    assert len(post.raw_mails()) == 4 * BATCH


def test_a_stop_waits_for_no_server(post: Post, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a silent one the mailbox learns after 30 seconds, which is more than a stop is given."""
    is_silent = threading.Event()

    def fall_silent() -> None:
        proxy.silence()
        is_silent.set()

    def stop() -> None:
        assert is_silent.wait(PATIENCE_SECONDS)
        post.watcher.stop()

    sound = post.intake
    post.intake = Eventful(sound, stop)
    post.begin_again()
    with monkeypatch.context() as stopping:
        fetches = Fetches(stopping, before={2: fall_silent})
        with post.watching():
            wait_until(lambda: len(fetches.threads) == 2, "the second batch to be asked for")
    assert not _ahead_at_work()
    assert _read_in_order(post) == list(range(1, len(post.messages()) + 1))

    post.intake = sound
    proxy.speak()
    post.begin_again()
    post.collect_until_quiet()
    assert _read_in_order(post) == list(range(1, 4 * BATCH + 1))


def test_an_urgent_mail_that_comes_meanwhile_is_read_before_the_rest(
    post: Post, backlog: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sender's earlier mail is in hand just then, and neither doubled nor overtaken."""
    monkeypatch.setattr(precedence, "MANY", 4 * BATCH)
    urgent = 4 * BATCH + 1
    post.intake = Eventful(post.intake, lambda: backlog.deliver(_mail(2, "Now it is urgent!")))
    post.begin_again()

    post.collect_until_quiet()

    order = _read_in_order(post)
    assert order.index(2) < order.index(urgent) <= 3 * BATCH
    assert sorted(order) == list(range(1, urgent + 1))


def test_a_mail_that_nobody_can_read_holds_up_no_other(post: Post, backlog: Dovecot) -> None:
    parts = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 2_000
    backlog.deliver(b"From: c@example.com\r\nSubject: Bomb\r\n" + parts)
    backlog.deliver_many(_mail(number) for number in range(4 * BATCH + 2, 6 * BATCH))

    post.collect()

    poisoned = 4 * BATCH + 1
    assert [entry.uid for entry in post.ledger() if entry.state == "quarantined"] == [poisoned]
    assert _read_in_order(post) == [uid for uid in range(1, 6 * BATCH) if uid != poisoned]


def test_a_mail_that_breaks_every_connection_is_left_to_a_person(
    post: Post, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = 2 * BATCH + 2
    bodies = Mailbox.bodies

    def breaking(mailbox: Mailbox, uids: Sequence[int]) -> dict[int, bytes]:
        if poisoned in uids:
            proxy.cut()
        return bodies(mailbox, uids)

    monkeypatch.setattr(Mailbox, "bodies", breaking)
    for _ in range(fetching.MOST_STRIKES):
        with pytest.raises(MailboxTrouble):
            post.collect()

    post.collect_until_quiet()

    assert [entry.uid for entry in post.ledger() if entry.state == "quarantined"] == [poisoned]
    assert _read_in_order(post) == [uid for uid in range(1, 4 * BATCH + 1) if uid != poisoned]


def _mail(number: int, text: str = "Help!") -> bytes:
    return letter(text, sender=f"c{number}@example.com", message_id=f"<{number}.{len(text)}@example.com>")


def _read_in_order(post: Post) -> list[int]:
    with post.database.readers.begin() as session:
        kept_as = col(Message.raw_mail_id) == col(RawMail.id)
        return list(session.exec(select(RawMail.uid).join(Message, kept_as).order_by(col(Message.id))))


def _ahead_at_work() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ahead"]


def _nothing() -> None:
    return


def _nobody_starts(*_: object) -> None:
    raise AssertionError("nobody starts a thread for one mail")
