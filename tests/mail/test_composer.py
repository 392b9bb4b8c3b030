"""Answers as mails: found by the customer's program, safe against slipped-in headers, the same at every try."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail import robots
from bot.mail.composer import MAX_REFERENCES, MAX_SUBJECT, File, compose
from bot.mail.parser import parse
from bot.mail.quoting import new_text
from tests.mail.letters import CARLA, TOKEN, US, answer, case, letter, question

FIELDS = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "X-Casebot"]
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def read(raw: bytes) -> EmailMessage:
    """The mail as a modern program reads it."""
    return message_from_bytes(raw, policy=policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_an_answer_goes_to_the_customer_in_the_admins_name() -> None:
    mail = read(compose(letter(), (), US))

    assert mail["From"] == "Ada Admin via Acme Support <support@desk.test>"
    assert mail["To"] == f"Carla Customer <{CARLA}>"
    assert mail["Reply-To"] == "support@desk.test"
    assert mail["Subject"] == "Re: Printer"
    assert mail["Date"] == "Mon, 02 Mar 2026 10:30:00 +0000"
    assert mail["Auto-Submitted"] is None


def test_it_hangs_below_the_mail_that_it_answers() -> None:
    mail = read(compose(letter(earlier=("<m0@example.com>", "<m1@example.com>", "<ours@desk.test>")), (), US))

    assert mail["Message-ID"] == f"<casebot.{TOKEN}@desk.test>"
    assert mail["In-Reply-To"] == "<m1@example.com>"
    assert mail["References"].split() == ["<m0@example.com>", "<ours@desk.test>", "<m1@example.com>"]


def test_a_long_conversation_keeps_its_first_and_latest_mails() -> None:
    chain = tuple(f"<{number}@example.com>" for number in range(50))

    named = read(compose(letter(earlier=chain), (), US))["References"].split()

    assert len(named) == MAX_REFERENCES
    assert (named[0], named[-2:]) == ("<0@example.com>", ["<49@example.com>", "<m1@example.com>"])


def test_a_very_long_message_id_is_not_broken() -> None:
    reference = f"<{'x' * 400}@example.com>"

    mail = compose(letter(answered=question(reference=reference)), (), US)

    assert parse(mail).references == parse(mail).in_reply_to == (reference,)


@pytest.mark.parametrize(
    "reference", ["", "no brackets", "<a b@example.com>", "<a@b>\r\nBcc: <c@d>", "<é@example.com>"]
)
def test_what_is_no_message_id_is_not_repeated(reference: str) -> None:
    mail = read(compose(letter(answered=question(reference=reference)), (), US))

    assert (mail["In-Reply-To"], mail["References"], mail["Bcc"]) == (None, None, None)


def test_a_customer_who_wrote_nothing_is_written_to_all_the_same() -> None:
    mail = read(compose(replace(letter(), answered=None), (), US))

    assert (mail["Subject"], mail["In-Reply-To"]) == ("Re: Printer", None)
    assert part(mail, "plain") == "Please pull the plug.\n"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Printer", "Re: Printer"),
        ("Re: Printer", "Re: Printer"),
        ("RE: AW: Re[2]: Printer", "Re: Printer"),
        ("回复：Printer", "Re: Printer"),
        ("Fwd: Printer", "Re: Fwd: Printer"),
        ("Reparatur: Drucker für große Büros", "Re: Reparatur: Drucker für große Büros"),
        ("", "Re: Desk"),
        ("Hello\r\nBcc: victim@example.com", "Re: Hello Bcc: victim@example.com"),
        ("=?utf-8?q?Bcc?= fun", "Re: =?utf-8?q?Bcc?= fun"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "Re: fdp.exe"),
    ],
)
def test_the_subject_is_the_customers_with_one_re(theirs: str, ours: str) -> None:
    mail = compose(letter(answered=question(subject=theirs), case=case(subject="Desk")), (), US)

    assert read(mail)["Subject"] == ours


def test_an_endless_subject_is_cut() -> None:
    mail = read(compose(letter(answered=question(subject="x" * 5_000)), (), US))

    assert len(mail["Subject"]) == len("Re: ") + MAX_SUBJECT


@pytest.mark.parametrize(
    ("admin", "team", "shown"),
    [
        ("Ada Admin", "Acme", "Ada Admin via Acme"),
        ("Ada Admin", "", "Ada Admin"),
        ("ada@desk.test", "Acme", "Acme"),
        ("", "", ""),
        ('Ada "The" Admin, Jr.', "Acme, Inc.", 'Ada "The" Admin, Jr. via Acme, Inc.'),
        ("Zoë Müller", "Größe & Co. <x>", "Zoë Müller via Größe & Co. <x>"),
        ("Ada\r\nBcc: victim@example.com", "", ""),
        ("阿达" * 50, "", "阿达" * 29 + "阿…"),
    ],
)
def test_whoever_answers_is_named_and_no_address_can_be_slipped_in(admin: str, team: str, shown: str) -> None:
    mail = compose(letter(answer(sender_name=admin)), (), replace(US, name=team))

    sender = parse(mail).sender
    assert sender is not None
    assert (sender.name, sender.address, sender.plain) == (shown, "support@desk.test", True)
    assert [address.addr_spec for address in read(mail)["From"].addresses] == ["support@desk.test"]


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_no_words_of_anybody_become_a_header(admin: str, customer: str, subject: str, text: str) -> None:
    sent = letter(answer(text, sender_name=admin), question(text, sender_name=customer, subject=subject))

    raw = compose(sent, (), US)

    header, _, _ = raw.partition(b"\r\n\r\n")
    assert [name for name in read(raw) if name not in {"MIME-Version", "Content-Type"}] == FIELDS
    assert parse(raw).to == (CARLA,)
    assert all(len(line) < 998 and b"\r" not in line and b"\n" not in line for line in header.split(b"\r\n"))
    assert raw.isascii()
    # A lone CR or LF is where mail servers disagree about the end of a mail.
    assert not {b"\r", b"\n"} & {sign for line in raw.split(b"\r\n") for sign in (b"\r", b"\n") if sign in line}


def test_the_same_letter_is_the_same_bytes_at_every_try() -> None:
    files = [File("plug.png", "image/png", b"\x89PNG")]

    assert compose(letter(), files, US) == compose(letter(), files, US)
    assert compose(letter(), (), US) != compose(letter(token="f" * 32), (), US)


def test_a_token_that_would_break_the_message_id_is_refused() -> None:
    with pytest.raises(ValueError, match="token"):
        compose(letter(token="a b>\r\n"), (), US)


def test_our_own_mail_coming_back_is_known_by_each_of_three_signs() -> None:
    raw = compose(letter(), (), US)
    elsewhere = replace(US, own=frozenset({"x@other.test"}), address="x@other.test")

    assert robots.is_own(parse(raw).headers, US)
    for kept in (b"From", b"Message-ID", b"X-Casebot"):
        others = [sign for sign in (b"From", b"Message-ID", b"X-Casebot") if sign != kept]
        stripped = b"\r\n".join(line for line in raw.split(b"\r\n") if not line.startswith(tuple(others)))
        assert robots.is_own(parse(stripped).headers, US), kept
    assert not robots.is_own(parse(raw).headers, elsewhere)


def test_the_answer_is_read_alike_in_plain_text_and_in_html() -> None:
    text = "Hello *Carla*,\n\nsee <https://example.com/a?b=1&amp;c=2|the guide>. It is &lt;b&gt; safe &amp; sound."

    mail = read(compose(letter(answer(text)), (), US))

    assert part(mail, "plain").startswith(
        "Hello Carla,\n\nsee the guide (https://example.com/a?b=1&c=2). It is <b> safe & sound.\n"
    )
    assert '<a href="https://example.com/a?b=1&amp;c=2">the guide</a>. It is &lt;b&gt; safe' in part(mail, "html")
    assert "Hello <b>Carla</b>,<br>" in part(mail, "html")


def test_the_customers_last_words_stand_below() -> None:
    mail = read(compose(letter(), (), US))

    assert part(mail, "plain") == (
        "Please pull the plug.\n\nOn Mon, 2 Mar 2026 at 09:00 UTC, Carla Customer wrote:\n> My printer burns.\n"
    )
    assert '<blockquote type="cite"' in part(mail, "html")


def test_long_words_of_the_customers_are_quoted_in_short() -> None:
    lines = "\n".join(f"line {number}" for number in range(100))

    mail = read(compose(letter(answered=question(lines)), (), US))

    assert part(mail, "plain").endswith("> line 11\n> …\n")


@pytest.mark.parametrize(
    "name", ["Carla Customer", "Zoë: 'the' <Customer>", "カーラ", "carla@example.com", "On wrote:"]
)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_our_own_quote_is_cut_again_on_the_way_in(name: str, kind: str) -> None:
    sent = letter(answer("Pull the plug.\n\nThen call us."), question("It burns!\n\nWhat now?", sender_name=name))
    body = read(compose(sent, (), US)).get_body((kind,))
    assert body is not None

    came_back = parse(b"From: x@example.com\r\n" + body.as_bytes())

    assert new_text(came_back.text) == "Pull the plug.\n\nThen call us."


def test_files_go_with_it_under_safe_names() -> None:
    files = [
        File("grüße.txt", "text/plain", b"hi \xff"),
        File("../../etc/passwd\r\nBcc: x@y.z", "message/rfc822", b"From: x\r\n\r\n"),
        File("photo.png", "nonsense", b"\x89PNG"),
        File("", "", b""),
    ]

    attached = list(read(compose(letter(), files, US)).iter_attachments())

    assert [file.get_filename() for file in attached] == [
        "grüße.txt", ".._.._etc_passwd__Bcc: x@y.z", "photo.png", "attachment",
    ]  # fmt: skip
    assert [file.get_content_type() for file in attached] == [
        "text/plain", "application/octet-stream", "image/png", "application/octet-stream",
    ]  # fmt: skip
    assert [file.get_payload(decode=True) for file in attached] == [file.content for file in files]


def test_an_address_beyond_ascii_keeps_its_name_and_gets_a_domain_that_travels() -> None:
    mail = compose(letter(case=case(customer_identifier="jörg@bücher.example")), (), US)

    assert "To: Carla Customer <jörg@xn--bcher-kva.example>\r\n".encode() in mail
