"""Looks for a mail that breaks the mail room, as long as one likes: `python -m bench.fuzz_mail --seconds 600`."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import suppress

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from bot.mail import authres
from bot.mail.attachments import safe_name
from bot.mail.markup import text_of
from bot.mail.parser import UnreadableMail, parse
from bot.mail.quoting import new_text, unquoted
from bot.mail.trust import verdict

MOST_SECONDS = 2.0

_FIELDS = (
    b"From: Ada <ada@desk.test>\r\n", b"From: MAILER-DAEMON@x.test\r\n", b"Return-Path: <>\r\n", b"To: a@b.test\r\n",
    b"Subject: =?utf-8?b?w7w=?=\r\n", b"Subject: Undeliverable\r\n", b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Type: message/delivery-status\r\n", b"Content-Type: text/html; charset*=x'y'z\r\n", b"\r\n", b"--b\r\n",
    b"--b--\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b'Content-Disposition: attachment; filename*0*="x\r\n', b"Authentication-Results: a; dmarc=pass (", b"\x00",
    b"\xff",
    b"Final-Recipient: rfc822; a@b.test\r\n", b"Action: failed\r\n", b"Status: 5.1.1\r\n",
    b"<a@b.test>: 550 5.1.1 x\r\n",
    b"did not reach the following recipient(s):\r\n", b"----- Original message -----\r\n",
    b"Message-ID: <x@y.test>\r\n",
    b"<blockquote type=cite>", b"</blockquote>", b"<div class='gmail_quote'>", b"<div id=divRplyFwdMsg>", b"</div>",
    b"<hr>",
    b"Content-Type: text/calendar\r\n", b"BEGIN:VEVENT\r\n", b'SUMMARY;X="y":z\r\n', b"BEGIN:VALARM\r\n",
    b"END:VEVENT\r\n", b"Content-Type: application/ms-tnef\r\n", b"\x78\x9f\x3e\x22\x01\x00",
    b"Content-Type: text/plain; format=flowed; delsp=yes\r\n", b"Content-Type: multipart/digest; boundary*0=b\r\n",
    b"Content-Type: application/pkcs7-mime\r\n", b"0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x800\x80",
    b"-----BEGIN PGP MESSAGE-----\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n", b"-----BEGIN PGP SIGNATURE-----\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n", b"begin 644 x\r\n", b"> > flowed \r\n", b"=C3=\r\n",
)  # fmt: skip
_LINES = (
    "On Tue, 4 Feb 2025 at 10:00, Ada <ada@desk.test> wrote:", "Am 04.02.25 um 10:00 schrieb Ada:", "> quoted", ">", "",
    "From: Ada", "Sent: 4 Feb 2025 10:00", "To: Carla", "Subject: x", "-----Original Message-----", "-- ", "--", "____",
    "Sent from my iPhone", "Best regards,", "Carla", "-Carla", "Thanks!", "2025年2月4日 10:00 写道：", ">>> here <<<",
    "wrote:",
)  # fmt: skip
_WORDS = (
    "mx.desk.test", "mx.evil.test", ";", "=", "dmarc", "dkim", "spf", "pass", "fail", "header.from", "header.d",
    "smtp.mailfrom", "desk.test", "evil.test", "(", ")", '"', "\\", " ", "\t", "none", "1", "/", "@", "reason",
)  # fmt: skip


def mails() -> st.SearchStrategy[bytes]:
    """Scraps of mails and bytes in any order."""
    return st.lists(st.sampled_from(_FIELDS) | st.binary(max_size=20), max_size=30).map(b"".join)


def replies() -> st.SearchStrategy[str]:
    """Lines of replies and any other text in any order."""
    return st.lists(st.sampled_from(_LINES) | st.text(max_size=30), max_size=25).map("\n".join)


def headers() -> st.SearchStrategy[str]:
    """Values of Authentication-Results, nearly."""
    return st.lists(st.sampled_from(_WORDS), max_size=30).map("".join)


def check_mail(raw: bytes) -> None:
    """A mail is read or refused, and what was read can be stored."""
    with suppress(UnreadableMail):
        mail = parse(raw)
        new_text(mail.text).encode()
        mail.subject.encode()
        assert "\x00" not in mail.text + mail.subject
        assert all(bounce.recipient for bounce in mail.bounces)
        assert all(safe_name(one.filename) == one.filename for one in mail.attachments)
    text_of(raw.decode("latin-1")).encode("utf-8", "surrogatepass")


def check_reply(text: str) -> None:
    """Nothing is invented, and what has no quote in it comes back as it is."""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    kept = [line.strip() for line in new_text(text).split("\n") if line.strip()]
    for line in kept:
        assert any(whole.startswith(line) for whole in lines), line
    assert len(new_text(text)) <= len(unquoted(text))


def check_headers(value: str, *, twice: bool) -> None:
    """Only a field that begins with our server's name and can be read makes anybody verified."""
    judged = verdict(("ada@desk.test",), [value, value] if twice else [value], {"mx.desk.test"})
    if judged.verified:
        field = authres.read(value)
        assert field is not None
        assert field.authserv_id == "mx.desk.test"
        assert any(result.value == "pass" for result in field.results)
    elif "pass" not in value:
        assert judged.reason


def _round(number: int) -> None:
    fuzz = settings(max_examples=500, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    @seed(number)
    @fuzz
    @given(mails(), replies(), headers(), st.booleans())
    def everything(raw: bytes, text: str, value: str, twice: bool) -> None:  # noqa: FBT001 - hypothesis passes it
        started = time.process_time()
        check_mail(raw)
        assert time.process_time() - started < MOST_SECONDS
        check_reply(text)
        check_headers(value, twice=twice)

    everything()


def main() -> int:
    """Fuzz until the time is over; the first failure ends the run with its smallest example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    ends = time.monotonic() + parser.parse_args().seconds
    rounds = 0
    while time.monotonic() < ends:
        _round(rounds)
        rounds += 1
    print(f"{rounds} rounds of 500 mails, replies and headers each: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
