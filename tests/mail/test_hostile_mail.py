"""Mails made to stop a mail reader: each is read or refused with a reason, and nothing else is raised."""

import os
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.authres import read
from bot.mail.parser import UnreadableMail, parse
from bot.mail.quoting import new_text
from bot.mail.structure import MAX_TEXT
from tests.mail.hostile import HOSTILE
from tests.mail.samples import sample

BEYOND = ("1,000 nested parts", "20,000 parts", "a header of 3 MB")


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in BEYOND])
def test_every_hostile_mail_is_read_or_refused(name: str) -> None:
    """What it costs is measured by bench/hostile_mail.py; here one that costs minutes meets the suite's time limit."""
    with suppress(UnreadableMail):
        assert len(new_text(parse(HOSTILE[name]()).text)) <= MAX_TEXT


@pytest.mark.parametrize("name", BEYOND)
def test_what_goes_beyond_the_bounds_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(UnreadableMail, match=r"parts|header"):
        parse(HOSTILE[name]())


def test_an_endless_header_value_does_not_hide_the_mail() -> None:
    assert parse(HOSTILE["semicolons"]()).text == "Hello, I need help."


def test_a_mail_of_twenty_megabytes_is_read() -> None:
    blob = os.urandom(2_000).hex().encode() + b"\r\n"
    raw = sample("attachment").replace(b"cGFnZSxjb3VudAoxLDIK", blob * 5_000)

    mail = parse(raw)

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
