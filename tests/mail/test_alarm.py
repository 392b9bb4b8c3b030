"""Alarms as mails, on a real SMTP server."""

from collections.abc import Iterator

import pytest

from bot.clock import SystemClock
from bot.mail.alarm import AlarmMail
from bot.mail.headers import Headers
from bot.mail.identity import identity_of
from bot.mail.parser import parse
from bot.mail.robots import is_auto_reply, is_own
from tests.mail.samples import settings
from tests.services.process import free_port
from tests.services.smtp import MailServer, mail_server

TOLD = "Slack: failing since 09:00.\n\nNobody reads answers to it.\n"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def alarm(port: int, **more: str) -> AlarmMail:
    given = {
        "SMTP_SERVER": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
        "SMTP_FROM": "Support <support@desk.test>",
        "ALARM_EMAILS": "ops@example.com,boss@example.com",
    }
    return AlarmMail(settings(**given | more), SystemClock())


def test_everybody_gets_the_mail_of_a_machine(server: MailServer) -> None:
    assert alarm(server.port).send("Casebot: Slack can't be used", TOLD, "alarm.began.slack.1")

    assert [recipients for _, recipients, _ in server.envelopes] == [["ops@example.com"], ["boss@example.com"]]
    mail = server.taken[0]
    assert mail["Subject"] == "Casebot: Slack can't be used"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Casebot"] == "support@desk.test"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == TOLD.replace("\n", "\r\n") or mail.get_content() == TOLD


def test_the_same_alarm_is_the_same_mail(server: MailServer) -> None:
    for _ in range(2):
        alarm(server.port, ALARM_EMAILS="ops@example.com").send("x", TOLD, "alarm.began.slack.1")

    assert len({mail["Message-ID"] for mail in server.taken}) == 1


def test_one_address_that_is_refused_silences_no_other(server: MailServer) -> None:
    server.answers["RCPT"] = "550 5.1.1 No such user"
    assert not alarm(server.port).send("x", TOLD, "alarm.began.slack.1")

    assert alarm(server.port, ALARM_EMAILS="ö@example.com,ops@example.com").send("x", TOLD, "alarm.1") is False
    server.answers.clear()
    assert alarm(server.port, ALARM_EMAILS="ö@example.com,ops@example.com").send("x", TOLD, "alarm.1.more")
    assert server.envelopes[-1][1] == ["ops@example.com"]


def test_a_server_that_is_away_reaches_nobody() -> None:
    assert not alarm(free_port()).send("x", TOLD, "alarm.began.slack.1")


def test_no_secret_leaves(server: MailServer) -> None:
    alarm(server.port, SMTP_USERNAME="", IMAP_PASSWORD="hunter2-hunter2").send(
        "x", "login refused: hunter2-hunter2", "alarm.began.mailbox"
    )

    assert "hunter2" not in server.taken[0].get_content()


def test_the_desk_knows_its_own_alarm(server: MailServer) -> None:
    alarm(server.port).send("x", TOLD, "alarm.began.slack.1")

    headers: Headers = parse(server.raw[0]).headers
    assert is_auto_reply(headers)
    assert is_own(headers, identity_of(settings(SMTP_SERVER="127.0.0.1", SMTP_FROM="support@desk.test")))
