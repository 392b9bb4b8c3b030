"""The books of the mailbox, counted after everything that can happen to one: nothing lost, nothing doubled."""

import threading
from collections.abc import Sequence

import pytest
from imapclient import IMAPClient

from bot.clock import SystemClock
from bot.db import Database
from bot.mail.reconcile import Account, reconcile, spans
from bot.mail.watcher import Condition
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.services.dovecot import Dovecot
from tests.services.process import wait_until


def mails(count: int, first: int = 1) -> list[bytes]:
    numbers = range(first, first + count)
    return [letter(f"Help {n}", sender=f"c{n}@example.com", message_id=f"<{n}@example.com>") for n in numbers]


def account(post: Post, patience: float = 0) -> Account:
    [found] = reconcile(post.settings, post.database, SystemClock(), patience=patience)
    return found


def sum_of(post: Post) -> str:
    return next(account(post).lines())


def texts(post: Post) -> list[str]:
    return sorted(message.body for message in post.messages())


def client_of(dovecot: Dovecot) -> IMAPClient:
    client = IMAPClient(dovecot.host, dovecot.port, ssl=False)
    client.login(dovecot.user, dovecot.password)
    return client


def test_every_mail_is_accounted_for(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    post.collect()

    assert list(account(post).lines()) == ["INBOX: server 3 · ledger 3 · unaccounted 0"]


def test_what_was_not_taken_in_is_named(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(1))
    post.collect()
    dovecot.deliver_many(mails(3, first=2))

    assert list(account(post).lines()) == [
        "INBOX: server 4 · ledger 1 · unaccounted 3",
        "  Not taken in yet (is `casebot run` running?): UID 2-4",
    ]


@pytest.mark.one_database
def test_before_the_first_look_nothing_is_accounted_for(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(2))

    found = account(post)

    assert (found.balanced, found.mark) == (False, None)
    assert "never looked" in list(found.lines())[1]


@pytest.mark.one_database
def test_mail_that_is_gone_is_only_information(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    post.collect()
    dovecot.stored()[1].unlink()

    found = account(post)

    assert found.balanced
    assert list(found.lines())[1].endswith("(deleted or moved away): UID 2")


@pytest.mark.one_database
def test_it_waits_for_a_casebot_that_runs_beside(post: Post, dovecot: Dovecot) -> None:
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        dovecot.deliver_many(mails(3))

        assert account(post, patience=15).balanced


def test_mails_numbered_anew_are_neither_lost_nor_doubled(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    post.collect()
    dovecot.bump_uidvalidity()
    assert not account(post).balanced

    post.collect_until_quiet()

    assert sum_of(post) == "INBOX: server 3 · ledger 3 · unaccounted 0"
    assert texts(post) == ["Help 1", "Help 2", "Help 3"]


def test_a_mailbox_restored_without_a_word_is_read_again(post: Post, dovecot: Dovecot) -> None:
    """The same UIDVALIDITY, and UIDs that were given out before: a mark alone would pass over the new mail."""
    dovecot.deliver_many(mails(5))
    post.collect()
    dovecot.restore([*mails(2), *mails(1, first=6)])

    post.collect_until_quiet()

    assert sum_of(post) == "INBOX: server 3 · ledger 3 · unaccounted 0"
    assert texts(post) == [f"Help {n}" for n in range(1, 7)]
    assert post.states()[-3:] == ["duplicate", "duplicate", "opened"]


def test_a_mail_moved_away_and_back_is_known(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(2))
    post.collect()
    client = client_of(dovecot)
    client.create_folder("Elsewhere")
    for source, target in (("INBOX", "Elsewhere"), ("Elsewhere", "INBOX")):
        client.select_folder(source)
        client.move(client.search()[:1], target)
    client.logout()

    post.collect_until_quiet()

    assert sum_of(post) == "INBOX: server 2 · ledger 2 · unaccounted 0"
    assert (texts(post), post.states()) == (["Help 1", "Help 2"], ["opened", "opened", "duplicate"])


@pytest.mark.one_database
def test_a_server_that_restarts_loses_nothing(post: Post, dovecot: Dovecot) -> None:
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.RUNNING, "the first pass")
        for first in (1, 11, 21):
            dovecot.deliver_many(mails(10, first))
            dovecot.kill()
            dovecot.start()

        assert account(post, patience=30).balanced
    assert len(post.messages()) == 30


@pytest.mark.one_database
def test_a_wrong_password_then_the_right_one(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver_many(mails(3))
    post.begin_again({"IMAP_PASSWORD": "wrong"})
    with post.watching() as watcher:
        wait_until(lambda: watcher.state.condition is Condition.FAILING, "the refusal")

    post.begin_again({"IMAP_PASSWORD": dovecot.password})
    post.collect()

    assert sum_of(post) == "INBOX: server 3 · ledger 3 · unaccounted 0"
    assert len(post.messages()) == 3


def test_two_watchers_at_once_take_each_mail_once(post: Post, dovecot: Dovecot, database: Database) -> None:
    dovecot.deliver_many(mails(30))
    twin = Post(database, dovecot.environment())
    failures: list[BaseException] = []

    def collect(one: Post) -> None:
        try:
            one.collect_until_quiet()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=collect, args=(one,)) for one in (post, twin)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    twin.close()

    assert failures == []
    assert sum_of(post) == "INBOX: server 30 · ledger 30 · unaccounted 0"
    assert len(post.messages()) == 30


@pytest.mark.parametrize(
    ("uids", "written"),
    [([4], "4"), ([1, 2, 3, 7, 9, 10], "1-3, 7, 9-10"), (list(range(1, 100)), "1-40 … and 59 more")],
)
def test_uids_are_written_in_short(uids: Sequence[int], written: str) -> None:
    assert spans(uids) == written
