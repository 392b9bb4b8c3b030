"""Robots, mail servers and we ourselves, told from people."""

import pytest

from bot.mail import robots
from bot.mail.parser import parse
from tests.mail.samples import SAMPLES, letter, sample


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Generated (by rule)",
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


def test_our_own_mail_is_known() -> None:
    own = {"support@desk.test"}

    assert robots.is_own(parse(letter(sender="Desk <Support@desk.test>")).headers, own)
    assert robots.is_own(parse(letter(headers="X-Casebot: CASE-1\r\n")).headers, own)
    assert not robots.is_own(parse(letter(sender="ada@desk.test")).headers, own)


def test_among_the_samples_only_two_are_robots() -> None:
    mails = {path.stem: parse(path.read_bytes()) for path in SAMPLES.glob("*.eml")}

    assert {name for name, mail in mails.items() if mail.is_auto_reply or mail.is_bounce} == {"auto_reply", "bounce"}
