"""Mails made to stop a mail reader: each is read or refused, soon, and with nothing but UnreadableMail."""

import os
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.authres import read
from bot.mail.parser import UnreadableMail, parse
from bot.mail.quoting import new_text
from tests.mail.samples import letter, sample

MOST_SECONDS = 2.0
CPU = time.process_time


def _nested(levels: int, lines: int = 0) -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return b"From: a@b.c\n" + opened.encode() + b"\nhello\n" + b"more\n" * lines


HOSTILE: dict[str, Callable[[], bytes]] = {
    "semicolons": lambda: letter(headers="Content-Type: text/plain" + ";" * 40_000 + "\r\n"),
    "semicolons in a part": lambda: (
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain"
        + b";" * 200_000
        + b"\n\nhi\n--x--\n"
    ),
    "16,000 addresses": lambda: letter(headers="Cc: " + ", ".join(f"a{n}@b.c" for n in range(16_000)) + "\r\n"),
    "300 brackets": lambda: letter(sender="(" * 300 + "a@b.c"),
    "60,000 brackets": lambda: letter(sender="(" * 60_000 + "a@b.c"),
    "60,000 quotes": lambda: letter(sender='"\\' * 30_000 + "a@b.c"),
    "1,000 nested parts": lambda: _nested(1_000),
    "60 nested parts, many lines": lambda: _nested(60, 200_000),
    "20,000 parts": lambda: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000 + b"--b--\n",
    "nested mails": lambda: b"From: a@b.c\n" + b"Content-Type: message/rfc822\n\n" * 3_000,
    "encoded words": lambda: letter(headers="Subject: " + "=?utf-8?q?=C3=BC?= " * 30_000 + "\r\n"),
    "half encoded words": lambda: letter(headers="Subject: " + "=?utf-8?q?" * 30_000 + "\r\n"),
    "a charset that costs": lambda: letter("ab" * 200_000).replace(b"charset=utf-8", b"charset=punycode"),
    "a header of 3 MB": lambda: b"X: y\n" * 600_000,
    "100,000 headers": lambda: b"X: y\n" * 100_000 + b"\nhi",
    "deep HTML": lambda: letter("<div>" * 20_000 + "x").replace(b"text/plain", b"text/html"),
    "wide HTML": lambda: letter("<table>" + "<tr><td>a</td></tr>" * 30_000).replace(b"text/plain", b"text/html"),
    "open scripts": lambda: letter("<script>" * 100_000).replace(b"text/plain", b"text/html"),
    "open comments": lambda: letter("<!-- " * 100_000).replace(b"text/plain", b"text/html"),
    "open quotes": lambda: letter("<blockquote type=cite " * 10_000).replace(b"text/plain", b"text/html"),
    "quotes in quotes": lambda: letter("<blockquote type=cite>" * 10_000).replace(b"text/plain", b"text/html"),
    "lists": lambda: letter("<ul><li>" * 30_000 + "x").replace(b"text/plain", b"text/html"),
    "nested tables": lambda: letter("<table><tr><td>" * 100 + "x" * 200_000).replace(b"text/plain", b"text/html"),
    "open tags": lambda: letter("<" * 200_000).replace(b"text/plain", b"text/html"),
    "headings": lambda: letter("On 10:00 " + "a " * 100 + ":\n" + ("On 10:00 " + "a " * 100 + "\n") * 5_000),
    "dates": lambda: letter(("2025年" + "1 " * 120 + ":\n") * 5_000),
    "blank lines": lambda: letter("\n" * 300_000 + "x"),
    "one long line": lambda: letter("On " * 300_000),
    "bounce of hyphens": lambda: letter("-" * 100_000, sender="MAILER-DAEMON@x.test"),
    "bounce of announcements": lambda: letter("recipients to " * 9_000, sender="MAILER-DAEMON@x.test"),
    "bounce of marks": lambda: letter("\n > \t" * 60_000 + "x", sender="MAILER-DAEMON@x.test"),
    "bounce of addresses": lambda: letter("<a@b.test>: a@" * 20_000, sender="MAILER-DAEMON@x.test"),
    "bounce of codes": lambda: letter("550 5.1.1 user " * 20_000, sender="MAILER-DAEMON@x.test"),
    "rows": lambda: letter(("-" * 390 + " wrote ----\n") * 5_000),
    "fields": lambda: letter("From: x\n" * 20_000 + "Sent: 4 Feb 2025 10:00"),
    "containers": lambda: letter("<div class=gmail_quote>" * 900 + "</blockquote></div>" * 40_000).replace(
        b"text/plain", b"text/html"
    ),
    "classes": lambda: letter("<div class='" + "quote " * 160 + "'>x").replace(b"text/plain", b"text/html"),
    "uuencode": lambda: letter("begin 644 x\n" + "M" * 500_000, headers="Content-Transfer-Encoding: x-uuencode\r\n"),
    "bare returns": lambda: letter("\r" * 300_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_costs_more_than_two_seconds(name: str) -> None:
    raw = HOSTILE[name]()

    started = CPU()
    with suppress(UnreadableMail):
        new_text(parse(raw).text)

    assert CPU() - started < MOST_SECONDS


@pytest.mark.parametrize("name", ["1,000 nested parts", "20,000 parts", "a header of 3 MB"])
def test_what_goes_beyond_the_bounds_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(UnreadableMail, match=r"parts|header"):
        parse(HOSTILE[name]())


def test_an_endless_header_value_does_not_hide_the_mail() -> None:
    assert parse(HOSTILE["semicolons"]()).text == "Hello, I need help."


def test_a_mail_of_twenty_megabytes_is_read() -> None:
    blob = os.urandom(2_000).hex().encode() + b"\r\n"
    raw = sample("attachment").replace(b"cGFnZSxjb3VudAoxLDIK", blob * 5_000)

    started = CPU()
    mail = parse(raw)

    assert CPU() - started < MOST_SECONDS
    assert mail.text == "The page looks like this."


_PIECES = st.sampled_from(
    [
        b"From: a@b.c\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n", b"\r\n", b"--b\r\n", b"--b--", b"\x00",
        b"Subject: =?utf-8?b?w7w=?=\r\n", b"Content-Transfer-Encoding: base64\r\n", b"\xff\xfe", b"> quoted\n",
        b"-- \n",
        b"Content-Type: text/html; charset*=x'y'z\r\n", b"On 2 Mar 2026 a <a@b.c> wrote:\n", b"<blockquote type=cite>",
        b'Content-Disposition: attachment; filename*0*="x\r\n', b"Authentication-Results: a; dmarc=pass (",
    ]
)  # fmt: skip


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.lists(_PIECES | st.binary(max_size=30), max_size=30).map(b"".join))
def test_whatever_the_bytes_are_nothing_else_is_raised(raw: bytes) -> None:
    with suppress(UnreadableMail):
        mail = parse(raw)
        new_text(mail.text).encode()
        for value in mail.authentication_results:
            read(value)


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(st.text(alphabet="> -On:@2026wrte\nü", max_size=200))
def test_new_words_are_words_of_the_mail(text: str) -> None:
    lines = {line.strip() for line in text.splitlines()}

    assert all(line.strip() in lines or not line.strip() for line in new_text(text).splitlines())
