"""What can be wrong with mail, coming in and going out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.clock import ShiftedClock, SystemClock
from bot.db import Database
from bot.doctor.finding import Standing
from bot.mail.models import LedgerEntry, LedgerState
from bot.settings import load_settings
from bot.wiring import open_desk
from bot.wiring.mail_edge import mail_watcher
from tests.doctor.ward import Ward
from tests.mail.samples import letter
from tests.services.certificates import issue
from tests.services.dovecot import Dovecot
from tests.services.process import free_port

MAIL = ["IMAP TLS", "mailbox", "folders", "IDLE", "ledger"]
VOUCHED = "Authentication-Results: {by}; dmarc=pass header.from=example.com\r\n"


def collect(desk: Ward, clock: SystemClock | ShiftedClock | None = None) -> None:
    """Take in what lies in the mailbox, as casebot run does."""
    settings = load_settings(desk.variables | {"IMAP_START": "all"}, env_file=None)
    core = open_desk(settings, clock or SystemClock())
    watcher = mail_watcher(settings, core.database, clock or SystemClock(), core.intake, core.tell_support)
    while watcher.collect():
        pass
    watcher.close()
    core.database.close()


def test_mail_that_is_off_is_nobodys_fault(desk: Ward) -> None:
    found = desk.examined(IMAP_SERVER="", SMTP_SERVER="", IMAP_PORT="", IMAP_SECURITY="")

    assert found.wrong == []
    assert {found[name].text for name in MAIL} == {"mail is off: IMAP_SERVER is not set"}
    assert found["SMTP"].text == "no mail leaves: SMTP_SERVER is not set"


def test_a_wrong_password_is_told_on_both_ways(desk: Ward) -> None:
    found = desk.examined(IMAP_PASSWORD="hunter2-hunter2", SMTP_PASSWORD="schlüssel-hunter2")

    assert found.wrong == ["mailbox", "SMTP"]
    assert found["mailbox"].text.startswith("mailbox login refused: ")
    assert found["mailbox"].remedies == ("Check IMAP_EMAIL and IMAP_PASSWORD.",)
    assert found["SMTP"].remedies[0].startswith("Correct SMTP_USERNAME and SMTP_PASSWORD")
    assert found.follow("mailbox") == ["folders", "IDLE", "ledger"]


def test_a_folder_that_is_not_there_is_named(desk: Ward) -> None:
    found = desk.examined(IMAP_FOLDER="INBOX, Nowhere")

    assert found.wrong == ["folders"]
    assert found["folders"].remedies == ("Check IMAP_FOLDER (Nowhere).",)
    assert found.follow("folders") == ["ledger"]


def test_a_mailbox_that_is_away_is_told_once(desk: Ward) -> None:
    desk.sandbox.pause_mailbox()

    found = desk.examined(IMAP_SECURITY="ssl", SMTP_SECURITY="starttls")

    assert found.wrong == ["IMAP TLS", "SMTP TLS"]
    assert found.follow("IMAP TLS") == ["mailbox", "folders", "IDLE", "ledger"]


def test_a_name_that_no_machine_has_is_told(desk: Ward) -> None:
    found = desk.examined(SMTP_SERVER="mail.invalid", SMTP_SECURITY="ssl")

    assert found["SMTP TLS"].text.startswith("there is no machine called mail.invalid")
    assert found["SMTP TLS"].remedies == ("Correct SMTP_SERVER.",)


def test_a_server_without_tls_is_told(desk: Ward) -> None:
    found = desk.examined(IMAP_SECURITY="ssl", SMTP_SECURITY="starttls")

    assert found.wrong == ["IMAP TLS", "SMTP TLS"]
    assert "Correct IMAP_SERVER, IMAP_PORT and IMAP_SECURITY" in found["IMAP TLS"].remedies[0]


def test_nobody_vouches_for_senders_and_the_servers_name_is_proposed(desk: Ward) -> None:
    desk.sandbox.mailbox.deliver(letter(headers=VOUCHED.format(by="mx.provider.example")))
    collect(desk)

    found = desk.examined()

    assert found.wrong == ["senders"]
    assert found["senders"].remedies == (
        "If mx.provider.example is your own mail server: TRUSTED_AUTHSERV_IDS=mx.provider.example",
    )
    assert desk.examined(TRUSTED_AUTHSERV_IDS="mx.provider.example").wrong == []


@pytest.mark.parametrize(
    ("headers", "advice"),
    [
        ("", "adds no Authentication-Results"),
        ("Authentication-Results: mx.sandbox.test; spf=fail\r\n", "no sender passed"),
    ],
)
def test_a_server_that_vouches_for_nobody_is_told(desk: Ward, headers: str, advice: str) -> None:
    desk.sandbox.mailbox.deliver(letter(headers=headers))
    collect(desk)

    assert advice in desk.examined()["senders"].remedies[0]
    assert desk.examined(ADMIN_EMAILS="")["senders"].standing is Standing.SKIPPED
    assert desk.examined(ADMIN_EMAIL_TRUST="listed")["senders"].standing is Standing.SKIPPED


def test_a_clock_behind_the_mail_servers_is_told(desk: Ward) -> None:
    desk.sandbox.mailbox.deliver(letter(headers=VOUCHED.format(by="mx.sandbox.test")))
    collect(desk, ShiftedClock(-timedelta(minutes=5)))

    found = desk.examined()

    assert found.wrong == ["mail's clock"]
    assert "this machine's clock is behind the mail server's" in found["mail's clock"].text


def test_mail_that_waits_for_a_person_is_told_with_its_commands(desk: Ward) -> None:
    now = SystemClock().now()
    database = Database(desk.variables["DATABASE_URL"])
    with database.writers.begin() as session:
        session.add(
            LedgerEntry(
                mailbox=desk.variables["IMAP_EMAIL"],
                folder="INBOX",
                uid_validity=1,
                uid=1,
                state=LedgerState.QUARANTINED,
                entered_at=now,
            )
        )
    database.close()

    found = desk.examined()

    assert found.wrong == ["ledger"]
    assert "casebot quarantine list" in found["ledger"].remedies[0]


def test_mail_that_nobody_took_in_yet_waits_for_the_start(desk: Ward) -> None:
    desk.sandbox.mailbox.deliver(letter())

    assert desk.examined()["ledger"].text.endswith("1 wait for casebot run")


class SecureDovecot(Dovecot):
    """Dovecot with TLS from the first byte, and a certificate for `localhost`."""

    def __init__(self, certificate: object, key: object) -> None:
        self.tls_port = free_port()
        super().__init__(
            f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{key}\n"
            f"service imap-login {{\n  inet_listener imaps {{\n    port = {self.tls_port}\n    ssl = yes\n  }}\n}}\n"
        )


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SecureDovecot, str]]:
    made = issue(tmp_path_factory.mktemp("certificates"))
    server = SecureDovecot(made.server, made.key)
    try:
        server.start()
        yield server, str(made.authority)
    finally:
        server.remove()


@pytest.mark.needs("dovecot")
def test_tls_is_looked_at_before_anybody_logs_in(
    desk: Ward, secure: tuple[SecureDovecot, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, authority = secure
    changes = server.environment() | {"IMAP_SECURITY": "ssl", "IMAP_PORT": str(server.tls_port)}
    unknown = desk.examined_with(changes | {"IMAP_SERVER": "localhost"})
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    trusted = desk.examined_with(changes | {"IMAP_SERVER": "localhost"})
    misnamed = desk.examined_with(changes | {"IMAP_SERVER": "127.0.0.1"})
    after = desk.examined_with(
        changes | {"IMAP_SERVER": "localhost", "IMAP_PORT": str(server.port), "IMAP_SECURITY": "starttls"}
    )

    assert "certificate is not trusted" in unknown["IMAP TLS"].text
    assert "SSL_CERT_FILE" in unknown["IMAP TLS"].remedies[1]
    # The test's certificate is good for two days.
    assert "it expires soon" in trusted["IMAP TLS"].text
    assert "certificate is not trusted" in misnamed["IMAP TLS"].text
    assert "it expires soon" in after["IMAP TLS"].text


def test_a_running_casebot_that_takes_nothing_in_is_told(desk: Ward) -> None:
    desk.sandbox.mailbox.deliver(letter())

    with desk.running():
        found = desk.examined()

    assert found.wrong == ["ledger"]
    assert found["ledger"].text == "1 mail(s) lie in the mailbox, not taken in"


def test_alarms_are_off_or_somebody_hears_of_silence(desk: Ward) -> None:
    assert desk.examined()["alarms"].standing is Standing.SKIPPED

    watched = desk.examined(ALARM_EMAILS="ops@example.com", HEARTBEAT_URL="https://beat.example/secret-1234")
    assert watched["alarms"].standing is Standing.WELL
    assert watched["alarms"].text == (
        "after 10 minutes of silence ops@example.com are mailed; a heartbeat is sent each minute"
    )
    assert "alarms" not in watched.wrong
    assert desk.examined(ALARM_EMAILS="ops@example.com", SMTP_SERVER="")["alarms"].standing is not Standing.WELL
