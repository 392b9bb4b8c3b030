"""Why a mail did not arrive: one line that a person understands."""

import pytest

from bot.mail.reasons import LONGEST, in_one_line


@pytest.mark.parametrize(
    ("reply", "status", "told"),
    [
        ("550 5.1.1 User unknown", "", "550 5.1.1 User unknown"),
        ("550 User unknown", "5.1.1", "550 5.1.1 User unknown"),
        ("550", "5.1.1", "550 5.1.1 no such mailbox"),
        ("", "5.2.2", "5.2.2 the mailbox is full"),
        ("", "5.9.9", "5.9.9 the mail server does not say why"),
        ("", "", "the mail server does not say why"),
        ("smtp; 552 5.2.2 Over quota", "5.2.2", "552 5.2.2 Over quota"),
        (
            "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking "
            "the address. Learn more at\n550 5.1.1 https://support.example/?p=NoSuchUser x1si1 - gsmtp",
            "", "550 5.1.1 The email account that you tried to reach does not exist",
        ),
        ("554 5.7.1 <x@y.z>: Relay access denied (in reply to RCPT TO command)", "",
         "554 5.7.1 <x@y.z>: Relay access denied"),
        ("host mx.example.com[192.0.2.1] said: 550 #5.1.0 Address rejected. (in reply to RCPT)", "",
         "550 5.1.0 Address rejected"),
        ("Expected failure after 2026 tries over 500 hours", "4.4.7",
         "4.4.7 the mail could not be delivered in time"),
        ("Hi! I tried 500 times over 2026 hours.", "5.3.0", "5.3.0 Hi! I tried 500 times over 2026 hours."),
        ("550 5.1.1\nUser\tunknown\r\nX-Header: slipped in", "", "550 5.1.1 User unknown X-Header: slipped in"),
    ],
)  # fmt: skip
def test_a_reply_becomes_one_line(reply: str, status: str, told: str) -> None:
    assert in_one_line(reply, status) == told


def test_endless_words_are_cut() -> None:
    told = in_one_line("550 " + "x" * 5_000)

    assert len(told) == LONGEST
    assert told.endswith("…")
