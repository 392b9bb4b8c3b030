"""Robots, mail servers and we ourselves, told from people."""

import pytest

from bot.mail import robots
from bot.mail.parser import parse
from tests.mail.letters import US
from tests.mail.samples import SAMPLES, letter, sample


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Generated (by rule)",
        "Auto-Submitted: (a rule's word) auto-replied",
        "Precedence: junk",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: Away",
        "Return-Path: <>",
        "X-Auto-Response-Suppress: All\r\nSubject: Automatische Antwort: Frage",
        "X-Auto-Response-Suppress: All\r\nSubject: =?utf-8?q?R=C3=A9ponse_automatique?= : x",
        "In-Reply-To: <1@desk.test>\r\nSubject: Out of office: Re: Question",
        "References: <1@desk.test>\r\nSubject: Abwesenheitsnotiz: Re: Frage",
        "X-Apple-Action: vacation",
        "Content-Type: multipart/report; report-type=disposition-notification",
    ],
)
def test_a_robot_is_known(line: str) -> None:
    assert parse(letter(headers=f"{line}\r\n")).is_auto_reply


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: (a person) no",
        "Precedence: list\r\nList-Id: <team.example.com>",
        "Precedence: bulk\r\nList-Id: <team.example.com>",
        "List-Unsubscribe: <mailto:x@example.com>",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Autoreply: no",
        "Subject: Out of office tomorrow, please help today",
        "Subject: Out of office: who stands in for Ada?",
        "In-Reply-To: <1@desk.test>\r\nSubject: Re: Automatic reply: Question",
        "In-Reply-To: <1@desk.test>\r\nSubject: Out of office tomorrow, please help today",
        "Precedence: bulk\r\nMailing-List: contact team-help@example.com",
        "Return-Path: <carla@example.com>",
    ],
)
def test_a_person_is_no_robot(line: str) -> None:
    mail = parse(letter(headers=f"{line}\r\n"))

    assert not mail.is_auto_reply
    assert not mail.is_bounce


@pytest.mark.parametrize(
    "raw",
    [
        sample("bounce"),
        letter(sender="MAILER-DAEMON@mx.example.com"),
        letter(sender="Mail Delivery System <postmaster@example.com>", headers="Subject: Undeliverable: x\r\n"),
        letter(headers="X-Failed-Recipients: carla@example.com\r\n"),
        letter(headers="Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n"),
    ],
)
def test_a_mail_servers_report_is_known(raw: bytes) -> None:
    assert parse(raw).is_bounce


def test_a_postmaster_can_be_a_customer() -> None:
    assert not parse(letter(sender="postmaster@example.com")).is_bounce


@pytest.mark.parametrize(
    "raw",
    [
        letter(sender="Desk <Support@desk.test>"),
        letter(headers="X-Casebot: support@desk.test\r\n"),
        letter(headers="X-Casebot: support@desk.test\r\nReply-To: carla@example.com\r\n"),
        letter(sender="support@desk.test", headers="Reply-To: Desk <support@desk.test>\r\n"),
        letter(message_id="<casebot.0123456789abcdef@desk.test>"),
    ],
)
def test_our_own_mail_is_known(raw: bytes) -> None:
    assert robots.is_own(parse(raw).headers, US)


@pytest.mark.parametrize(
    "raw",
    [
        letter(sender="ada@desk.test"),
        letter(sender="Contact form <support@desk.test>", headers="Reply-To: carla@example.com\r\n"),
        letter(sender="support@desk.test", headers="X-Original-From: Carla <carla@example.com>\r\n"),
        letter(headers="X-Casebot: support@another.test\r\n", message_id="<casebot.0123456789abcdef@another.test>"),
    ],
)
def test_a_colleague_a_form_and_another_companys_desk_are_not_ourselves(raw: bytes) -> None:
    assert not robots.is_own(parse(raw).headers, US)


def test_among_the_samples_only_two_are_robots() -> None:
    mails = {path.stem: parse(path.read_bytes()) for path in SAMPLES.glob("*.eml")}

    assert {name for name, mail in mails.items() if mail.is_auto_reply or mail.is_bounce} == {"auto_reply", "bounce"}
