"""Anything at all through the mail room: bounded, and the same in every run; bench/fuzz_mail.py runs for longer."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.fuzz_mail import check_headers, check_mail, check_reply, headers, mails, replies

ONCE = settings(max_examples=150, derandomize=True, deadline=None, database=None)


@ONCE
@given(mails())
def test_whatever_a_mail_is_it_is_read_or_refused(raw: bytes) -> None:
    check_mail(raw)


@ONCE
@given(replies())
def test_what_is_new_is_the_mails_own(text: str) -> None:
    check_reply(text)


@ONCE
@given(headers(), st.booleans())
def test_nobody_is_believed_without_our_servers_word(value: str, twice: bool) -> None:
    check_headers(value, twice=twice)
