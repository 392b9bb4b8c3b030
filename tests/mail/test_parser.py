"""Parsing: what a mail says, whatever its program made of it."""

from datetime import UTC, datetime

import pytest

from bot.mail.parser import parse
from tests.mail.samples import letter, sample


def test_a_plain_mail_is_read() -> None:
    mail = parse(sample("new_plain"))

    assert mail.sender is not None
    assert (mail.sender.address, mail.sender.name) == ("carla@example.com", "Carla Customer")
    assert mail.subject == "The printer prints only blank pages"
    assert mail.message_id == "<blank-pages-1@example.com>"
    assert mail.to == ("support@desk.test",)
    assert mail.date == datetime(2026, 3, 2, 8, 12, 4, tzinfo=UTC)
    assert mail.text.startswith("Hello,\n\nsince this morning")


def test_a_mail_of_html_alone_becomes_text() -> None:
    text = parse(sample("html_only")).text

    assert "the second line of invoice 2026‑17 is charged twice." in " ".join(text.split())
    assert "40 €" in text
    assert "alert" not in text
    assert "not shown" not in text


def test_the_plain_form_is_preferred() -> None:
    mail = parse(sample("reply_gmail"))

    assert mail.text.startswith("The self-test page is blank too.\n\nOn Mon")
    assert "<div" not in mail.text
    assert mail.references == ("<blank-pages-1@example.com>", "<answer-1@desk.test>")
    assert mail.in_reply_to == ("<answer-1@desk.test>",)


@pytest.mark.parametrize(
    ("name", "sender", "subject", "words"),
    [
        ("broken_charset", "Cosmo", "Café order", "The café machine is out of order."),
        ("latin1_headers", "Jürgen Müller", "Rückfrage zur Lieferung", "Wann kommt die nächste Lieferung?"),
        ("japanese", "山田花子", "請求書について", "請求書が届いていません。"),
        ("reply_german", "Jürgen Müller", "AW: Drucker für Büro", "Vielen Dank, jetzt läuft er wieder."),
    ],
)
def test_letters_of_any_charset_arrive(name: str, sender: str, subject: str, words: str) -> None:
    mail = parse(sample(name))

    assert mail.sender is not None
    assert (mail.sender.name, mail.subject) == (sender, subject)
    assert mail.text.startswith(words)


def test_attachments_are_listed_and_are_no_text() -> None:
    mail = parse(sample("attachment"))

    [attachment] = mail.attachments
    assert (attachment.filename, attachment.content_type, attachment.size) == ("zähler.csv", "text/csv", 15)
    assert mail.text == "The page looks like this."


def test_a_mail_attached_to_a_mail_lends_it_no_words() -> None:
    mail = parse(sample("bounce"))

    assert "Has the new print head arrived?" not in mail.text
    assert "message/rfc822" in [attachment.content_type for attachment in mail.attachments]


def test_a_mail_without_message_id_is_known_by_its_content() -> None:
    mail = parse(sample("no_message_id"))

    assert mail.message_id == ""
    assert len(mail.content_hash) == 64


def test_the_content_hash_outlives_another_route() -> None:
    raw = letter()
    rerouted = b"Received: by elsewhere.test\r\nDelivered-To: x@y.z\r\n" + raw.replace(b"\r\n", b"\n") + b"\n"

    assert parse(rerouted).content_hash == parse(raw).content_hash
    assert parse(letter("Other words.")).content_hash != parse(raw).content_hash


def test_what_no_database_takes_is_taken_out() -> None:
    mail = parse(
        letter("a\x00b", headers="Subject: x\x00\udc80y\r\n".encode("utf-8", "surrogateescape").decode("latin-1"))
    )

    assert mail.text == "ab"
    mail.subject.encode()
    assert "\x00" not in mail.subject


def test_an_endless_message_id_is_none() -> None:
    assert parse(letter(message_id=f"<{'x' * 5000}@example.com>")).message_id == ""


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"no header at all", b"\x00\xff\xfe", b"From: \n\n", b"From carla Mon\nFrom: a@b.c\n\nx"]
)
def test_scraps_are_read_too(raw: bytes) -> None:
    assert parse(raw).attachments == ()


def parts(*parts: str, kind: str = "mixed") -> bytes:
    """A mail of several parts, each with its header."""
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return f"From: a@b.test\r\nContent-Type: multipart/{kind}; boundary=b\r\n\r\n{body}--b--\r\n".encode()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Content-Type: application/ms-tnef", "winmail.dat"),
        ('Content-Type: application/ms-tnef; name="Winmail.dat"', "Winmail.dat"),
        ("Content-Type: text/calendar; method=REQUEST", "invitation.ics"),
        ("Content-Type: message/rfc822\r\n\r\nSubject: The old/matter", "The old_matter.eml"),
        ("Content-Type: application/pdf; name*0*=utf-8''Z%C3%A4h; name*1=ler.pdf", "Zähler.pdf"),
        ('Content-Type: application/pdf; name="=?utf-8?q?Z=C3=A4hler=2Epdf?="', "Zähler.pdf"),
    ],
)
def test_what_is_not_read_is_listed_by_its_name(header: str, name: str) -> None:
    mail = parse(parts("\r\nHello", f"{header}\r\n\r\nx"))

    assert mail.text == "Hello"
    assert [attachment.filename for attachment in mail.attachments] == [name]


def test_a_letter_cut_in_the_middle_spoils_only_itself() -> None:
    assert parse(letter("Größe, Maße").replace("ß".encode(), b"\xc3", 1)).text == "Grö\ufffde, Maße"


def test_what_is_not_nearly_utf8_is_read_as_windows_text() -> None:
    raw = b"From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + "Größe 5 €".encode("cp1252")

    assert parse(raw).text == "Größe 5 €"


def test_parts_that_cannot_be_told_apart_are_shown_as_they_are() -> None:
    raw = b"From: a@b.test\r\nContent-Type: multipart/alternative\r\n\r\nThe printer is broken.\r\n"

    assert parse(raw).text == "The printer is broken."


@pytest.mark.parametrize(
    ("charset", "encoding"), [("x-sjis", "cp932"), ("iso-8859-8-i", "iso8859-8"), ("unicode-1-1-utf-7", "utf-7")]
)
def test_charsets_by_their_old_names(charset: str, encoding: str) -> None:
    words = {"cp932": "請求書", "iso8859-8": "שלום", "utf-7": "Größe"}[encoding]
    raw = f"From: a@b.test\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode() + words.encode(encoding)

    assert parse(raw).text == words


def test_an_address_in_utf8_is_read() -> None:
    mail = parse("From: Jürgen <jürgen@müller.test>\r\nSubject: Grüße\r\n\r\nx".encode())

    assert mail.sender is not None
    assert (mail.sender.address, mail.sender.name, mail.subject) == ("jürgen@müller.test", "Jürgen", "Grüße")


FORWARDED = (
    "Content-Type: message/rfc822\r\n\r\nFrom: Dora <dora@x.test>\r\nSubject: =?utf-8?q?T=C3=BCr?=\r\n\r\nIt is stuck."
)


def test_a_mail_that_only_encloses_another_is_read_by_its_words() -> None:
    mail = parse(parts("\r\n ", FORWARDED))

    assert (
        mail.text == "---------- Forwarded message ----------\nFrom: Dora <dora@x.test>\nSubject: Tür\n\nIt is stuck."
    )
    assert [one.filename for one in mail.attachments] == ["Tür.eml"]


def test_words_above_an_enclosed_mail_are_all_that_is_read() -> None:
    assert parse(parts("\r\nSee below", FORWARDED)).text == "See below"


def test_what_a_mail_server_returns_is_nobodys_words() -> None:
    status = "Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1"

    assert parse(parts("\r\n", status, FORWARDED, kind="report")).text == ""


@pytest.mark.parametrize(
    "within",
    [
        "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(60)),
        f"X: {'y' * 500}\r\n" * 2_500,
    ],
)
def test_an_enclosed_mail_that_no_reader_takes_is_listed_alone(within: str) -> None:
    mail = parse(parts("\r\n", f"Content-Type: message/rfc822\r\n\r\n{within}"))

    assert (mail.text, len(mail.attachments)) == ("", 1)
