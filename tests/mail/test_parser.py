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
