"""Connections as they are in the wild: dead without a word, servers that can do little, several folders."""

from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from bot.clock import SystemClock
from bot.db import Database
from bot.mail import connection, mailbox
from bot.mail.reconcile import reconcile
from bot.mail.watcher import Condition
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.dovecot import Dovecot
from tests.services.process import wait_until
from tests.services.tcp_proxy import TcpProxy

pytestmark = pytest.mark.one_database

_BARE = "imap_capability = IMAP4rev1\n"


@pytest.fixture(scope="module")
def bare_server() -> Iterator[Dovecot]:
    server = Dovecot(_BARE)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def bare(bare_server: Dovecot) -> Dovecot:
    """A server that says it can do IMAP4rev1 and nothing more: no IDLE, no MOVE, no UIDPLUS."""
    bare_server.reset()
    return bare_server


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[TcpProxy]:
    with TcpProxy(dovecot.port) as running:
        yield running


def client_of(dovecot: Dovecot) -> IMAPClient:
    client = IMAPClient(dovecot.host, dovecot.port, ssl=False)
    client.login(dovecot.user, dovecot.password)
    return client


def mails_in(dovecot: Dovecot, folder: str) -> int:
    client = client_of(dovecot)
    try:
        return int(client.select_folder(folder, readonly=True)[b"EXISTS"])
    finally:
        client.logout()


def test_a_connection_that_died_is_noticed_within_a_minute() -> None:
    """An idle round, then the wait for an answer; any other command waits for its answer alone."""
    assert mailbox.LONGEST_ROUND_SECONDS + mailbox.ANSWER_SECONDS < 60
    assert connection.READ_SECONDS < 60


def test_a_connection_that_died_without_a_word_is_replaced(
    post: Post, dovecot: Dovecot, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LONGEST_ROUND_SECONDS", 0.3)
    monkeypatch.setattr(mailbox, "ANSWER_SECONDS", 0.5)
    post.begin_again({"IMAP_PORT": str(proxy.port)})
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        proxy.silence()
        dovecot.deliver(letter())
        wait_until(lambda: watcher.state.condition is Condition.FAILING, "the silence to be noticed")
        proxy.speak()
        wait_until(lambda: post.states() == ["opened"], "the mail that came meanwhile")


@pytest.mark.needs("dovecot")
def test_a_server_that_can_do_little_is_polled(database: Database, bare: Dovecot) -> None:
    post = Post(database, bare.environment(), EMAIL_POLL_INTERVAL="1")
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        bare.deliver(letter())
        wait_until(lambda: post.states() == ["opened"], "the mail")
    post.close()


@pytest.mark.needs("dovecot")
def test_without_move_and_uidplus_moved_mail_is_copied_once_and_marked(database: Database, bare: Dovecot) -> None:
    post = Post(database, bare.environment(), IMAP_PROCESSED_FOLDER="Done")
    bare.deliver_many([letter(), letter(message_id="<m2@example.com>")])

    post.collect_until_quiet()
    post.begin_again()
    post.collect_until_quiet()
    post.close()

    assert (mails_in(bare, "Done"), mails_in(bare, "INBOX")) == (2, 2)
    assert all("T" in mail.name.partition(":2,")[2] for mail in bare.stored())


def test_what_ended_is_moved_after_it_is_stored_and_what_waits_stays(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(imap_processed_folder="Done", max_mail_size="2000")
    dovecot.deliver_many([letter(), letter("x" * 5_000, message_id="<big@example.com>")])

    post.collect_until_quiet()

    assert post.states() == ["opened", "quarantined"]
    assert (mails_in(dovecot, "Done"), mails_in(dovecot, "INBOX")) == (1, 1)
    assert all("S" not in mail.name.partition(":2,")[2] for mail in dovecot.stored())
    [account] = reconcile(post.settings, post.database, SystemClock(), patience=0)
    assert (account.balanced, account.gone) == (True, (1,))


def test_what_was_stored_before_a_crash_is_moved_afterwards(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(letter())
    post.collect()

    post.begin_again(imap_processed_folder="Done")
    post.collect_until_quiet()

    assert (mails_in(dovecot, "Done"), mails_in(dovecot, "INBOX")) == (1, 0)


def test_mail_put_back_by_hand_is_known_and_moved_again(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(imap_processed_folder="Done")
    dovecot.deliver(letter())
    post.collect_until_quiet()
    client = client_of(dovecot)
    client.select_folder("Done")
    client.move([1], "INBOX")
    client.logout()

    post.collect_until_quiet()

    assert post.states() == ["opened", "duplicate"]
    assert (mails_in(dovecot, "Done"), mails_in(dovecot, "INBOX")) == (1, 0)


def test_a_server_that_moves_nothing_loses_nothing(post: Post, dovecot: Dovecot) -> None:
    post.begin_again(imap_processed_folder="Done..Old")
    dovecot.deliver(letter())

    taken = [post.collect(), post.collect()]

    assert (taken, post.states()) == ([1, 0], ["opened"])


def test_several_folders_are_read(post: Post, dovecot: Dovecot) -> None:
    client = client_of(dovecot)
    client.create_folder("Support")
    client.append("Support", letter("In the second", message_id="<m2@example.com>"))
    client.logout()
    dovecot.deliver(letter("In the first"))
    post.begin_again(imap_folder="INBOX, Support")

    post.collect()

    assert sorted(message.body for message in post.messages()) == ["In the first", "In the second"]
    assert {entry.folder for entry in post.ledger()} == {"INBOX", "Support"}
    accounts = reconcile(post.settings, post.database, SystemClock(), patience=0)
    assert [next(account.lines()) for account in accounts] == [
        "INBOX: server 1 · ledger 1 · unaccounted 0",
        "Support: server 1 · ledger 1 · unaccounted 0",
    ]


def test_mail_in_the_first_of_several_folders_is_heard_at_once(post: Post, dovecot: Dovecot) -> None:
    client = client_of(dovecot)
    client.create_folder("Support")
    client.logout()
    post.begin_again(imap_folder="INBOX, Support")
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        dovecot.deliver(letter())
        # The poll interval is longer than this wait.
        wait_until(lambda: post.states() == ["opened"], "the mail", seconds=10)
