"""The private Dovecot behaves as the mail tests rely on."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient

from tests.services.dovecot import Dovecot

MAIL = b"From: kim@example.com\r\nSubject: Printer\r\nMessage-ID: <%d@example.com>\r\n\r\nIt smokes.\r\n"


@pytest.fixture
def client(dovecot: Dovecot) -> Iterator[IMAPClient]:
    with log_in(dovecot) as client:
        yield client


def log_in(dovecot: Dovecot) -> IMAPClient:
    client = IMAPClient(dovecot.host, dovecot.port, ssl=False, timeout=10)
    client.normalise_times = False
    client.login(dovecot.user, dovecot.password)
    return client


def test_mails_get_uids_in_the_order_of_delivery(dovecot: Dovecot, client: IMAPClient) -> None:
    dovecot.deliver_many(MAIL % n for n in range(50))

    client.select_folder("INBOX", readonly=True)
    fetched = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])

    assert [fetched[uid][b"BODY[]"] for uid in sorted(fetched)] == [MAIL % n for n in range(50)]


def test_idle_tells_of_a_delivery(dovecot: Dovecot, client: IMAPClient) -> None:
    client.select_folder("INBOX")
    client.idle()

    dovecot.deliver(MAIL % 1)

    assert (1, b"EXISTS") in client.idle_check(timeout=10)
    client.idle_done()


def test_the_arrival_can_be_set(dovecot: Dovecot, client: IMAPClient) -> None:
    arrived = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)

    dovecot.deliver(MAIL % 1, arrived=arrived)

    client.select_folder("INBOX")
    assert client.fetch(1, ["INTERNALDATE"])[1][b"INTERNALDATE"] == arrived


def test_mails_and_uids_survive_a_power_cut(dovecot: Dovecot) -> None:
    dovecot.deliver(MAIL % 1)
    with log_in(dovecot) as client:
        before = client.select_folder("INBOX")

    dovecot.kill()
    dovecot.deliver(MAIL % 2)
    dovecot.start()

    with log_in(dovecot) as client:
        after = client.select_folder("INBOX")
        assert client.search("ALL") == [1, 2]
    assert after[b"UIDVALIDITY"] == before[b"UIDVALIDITY"] == dovecot.uidvalidity


def test_uidvalidity_can_be_bumped(dovecot: Dovecot) -> None:
    dovecot.deliver_many([MAIL % 1, MAIL % 2])
    with log_in(dovecot) as client:
        before = client.select_folder("INBOX")[b"UIDVALIDITY"]

    bumped = dovecot.bump_uidvalidity()

    with log_in(dovecot) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] == bumped > before
        assert client.search("ALL") == [1, 2]


def test_each_test_begins_with_an_empty_mailbox(dovecot: Dovecot) -> None:
    dovecot.deliver(MAIL % 1)

    dovecot.reset()

    assert dovecot.stored() == []
    with log_in(dovecot) as client:
        assert client.select_folder("INBOX")[b"EXISTS"] == 0
