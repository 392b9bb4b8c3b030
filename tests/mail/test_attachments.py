"""What comes with a mail: listed by safe names and places, and had again byte by byte."""

import base64

import pytest
from sqlmodel import select

from bot.cases.inbound import Attached
from bot.cases.models import Attachment as Stored
from bot.mail.archive import LARGEST_ROW, archive_of
from bot.mail.attachments import LONGEST_NAME, safe_name
from bot.mail.kept_attachments import AttachmentGone, MailAttachments
from bot.mail.parser import parse
from tests.mail.containers import attribute, container, file, properties, text
from tests.mail.post import Post
from tests.mail.samples import letter
from tests.mail.test_inbound import taken
from tests.mail.test_parser import parts
from tests.services.dovecot import Dovecot


def enclosed(content: bytes, name: str = "scan.pdf", kind: str = "application/pdf", more: str = "") -> str:
    """One attached part, as a program sends it."""
    coded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    return (
        f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n{more}'
        f"Content-Transfer-Encoding: base64\r\n\r\n{coded}"
    )


def listed(raw: bytes) -> list[tuple[str, str, int, str]]:
    return [(one.filename, one.content_type, one.size, one.part) for one in parse(raw).attachments]


def test_an_attachment_is_listed_with_its_size_and_place() -> None:
    raw = parts("\r\nHello", enclosed(b"x" * 1_001), enclosed(b"y" * 10, "notes.txt", "text/plain"))

    assert listed(raw) == [("scan.pdf", "application/pdf", 1_001, "2"), ("notes.txt", "text/plain", 10, "3")]


def test_an_image_in_the_text_is_told_from_one_beside_it() -> None:
    inline = (
        "Content-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.b64encode(b'PNG').decode()}"
    )

    first, second = parse(parts("\r\nHello", inline, enclosed(b"PNG", "b.png", "image/png"))).attachments

    assert (first.filename, first.content_id, first.is_inline) == ("image.png", "logo@x", True)
    assert not second.is_inline


@pytest.mark.parametrize("kind", ["application/pgp-signature", "application/pkcs7-signature"])
def test_a_signature_is_no_attachment(kind: str) -> None:
    assert listed(parts("\r\nHello", f"Content-Type: {kind}; name=s\r\n\r\nx", kind="signed")) == []


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename="../../etc/passwd"', "_.._etc_passwd"),
        ('filename="C:\\\\desk\\\\plan.doc"', "C:_desk_plan.doc"),
        ("filename=two words.pdf", "two words.pdf"),
        ("filename*=UTF-8''invoice%E2%80%AEfdp.txt", "invoicefdp.txt"),
        ("filename=\"a.pdf\"; filename*=iso-8859-1'de'%C4rger.pdf", "Ärger.pdf"),
        ("filename*1*=%20notes.txt; filename*0*=us-ascii'en'my", "my notes.txt"),
        ('filename*0="a very "; filename*1="long name.txt"', "a very long name.txt"),
        ('filename="=?iso-2022-jp?B?GyRCQEE1YT1xGyhCLnBkZg==?="', "請求書.pdf"),
        ('filename="semi;colon.txt"', "semi;colon.txt"),
        ('filename="broken', "broken"),
        ('filename="tab\there.txt"', "tab here.txt"),
        ('filename="   ...  "', ""),
    ],
)
def test_names_are_decoded_and_made_safe(header: str, name: str) -> None:
    raw = parts("\r\nHello", f"Content-Type: application/x-thing\r\nContent-Disposition: attachment; {header}\r\n\r\nx")

    assert [one.filename for one in parse(raw).attachments] == [name]


def test_the_ending_survives_a_long_name() -> None:
    assert safe_name("x" * 500 + ".exe").endswith("x.exe")
    assert len(safe_name("x" * 500 + ".exe")) == LONGEST_NAME


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("setup.exe", "application/octet-stream", b"x"),
        ("Invoice.PDF.Exe", "application/pdf", b"x"),
        ("invoice.exe.pdf", "application/pdf", b"x"),
        ("invoice.pdf                    .exe", "application/pdf", b"x"),
        ("invoice.exe. .", "application/pdf", b"x"),
        ("run.js", "text/plain", b"x"),
        ("budget.xlsm", "application/vnd.ms-excel", b"x"),
        ("disk.iso", "application/octet-stream", b"x"),
        ("picture.png", "image/png", b"MZ\x90\x00"),
        ("picture", "application/x-msdownload", b"x"),
        ("letter", "application/octet-stream", b"#!/bin/sh\nrm"),
    ],
)
def test_what_looks_executable_is_listed_and_withheld(name: str, kind: str, content: bytes) -> None:
    [found] = parse(parts("\r\nHello", enclosed(content, name, kind))).attachments

    assert found.filename
    assert found.withheld(1_000) == "looks executable"


@pytest.mark.parametrize("name", ["report.pdf", "www.example.com.pdf", "node.js.txt", "exe", "v1.2.zip", "MZ.docx"])
def test_ordinary_files_are_passed_on(name: str) -> None:
    [found] = parse(parts("\r\nHello", enclosed(b"content", name, "application/x-thing"))).attachments

    assert found.withheld(1_000) == ""


def test_what_is_too_large_is_withheld_with_the_limit() -> None:
    [found] = parse(parts("\r\nHello", enclosed(b"x" * 2_500_001))).attachments

    assert found.withheld(2_500_000) == "larger than 2.5 MB"
    assert found.withheld(2_500_001) == ""


def test_outlooks_container_is_opened() -> None:
    held = container(file("Zähler.pdf", b"%PDF-1"), file("run.exe", b"MZ"))

    first, second = parse(parts("\r\nHello", enclosed(held, "winmail.dat", "application/ms-tnef"))).attachments

    assert (first.filename, first.size, first.part, first.is_program) == ("Zähler.pdf", 6, "2.0", False)
    assert (second.filename, second.part, second.is_program) == ("run.exe", "2.1", True)


def test_a_mail_that_is_nothing_but_a_container_has_its_text() -> None:
    held = container(attribute(0x9003, properties(text(0x1000, "The door is stuck.")), level=1))
    coded = base64.b64encode(held).decode()
    raw = f"From: a@b.test\nContent-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n{coded}\n".encode()

    assert parse(raw).text == "The door is stuck."
    assert parse(raw).attachments == ()


def test_a_container_that_cannot_be_read_is_listed_itself() -> None:
    assert listed(parts("\r\nHello", enclosed(b"no container", "winmail.dat", "application/ms-tnef"))) == [
        ("winmail.dat", "application/ms-tnef", 12, "2")
    ]


def test_a_forwarded_mail_is_one_file() -> None:
    inner = parts("\r\nInner", enclosed(b"x", "inner.pdf")).decode().replace("--b", "--i").replace("=b", "=i")
    forwarded = f"Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?q?Z=C3=A4hler?=\r\n{inner}"

    [found] = parse(parts("\r\nSee below", forwarded)).attachments

    assert (found.filename, found.part) == ("Zähler.eml", "2")


def test_an_invitation_without_words_says_what_it_is() -> None:
    calendar = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Berlin\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n"
        "BEGIN:VALARM\r\nDESCRIPTION:Ring\r\nEND:VALARM\r\nSUMMARY:Talk about the pri\r\n nter\\, again\r\n"
        'DTSTART;TZID="Europe/Berlin":20260302T100000\r\nDTEND:20260302T093000Z\r\nLOCATION:Room 5\r\n'
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    raw = f"From: a@b.test\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n{calendar}".encode()

    assert parse(raw).text == (
        "Invitation: Talk about the printer, again\n"
        "When: 2026-03-02 10:00 (Europe/Berlin) to 2026-03-02 09:30 UTC\nWhere: Room 5"
    )
    assert [one.filename for one in parse(raw).attachments] == ["invitation.ics"]
    assert parse(parts("\r\nPlease come", f"Content-Type: text/calendar\r\n\r\n{calendar}")).text == "Please come"


def test_the_intake_is_told_what_is_withheld_and_why() -> None:
    raw = parts("\r\nHello", enclosed(b"x" * 20), enclosed(b"y", "run.exe"), enclosed(b"z" * 5_000, "big.bin"))

    inbound = taken(raw, MAX_ATTACHMENT_SIZE="1000", raw_mail_id=7)

    assert inbound.attachments == (
        Attached(name="scan.pdf", content_type="application/pdf", size=20, held="mail:7:2"),
        Attached(name="run.exe", content_type="application/pdf", size=1, held="mail:7:3", withheld="looks executable"),
        Attached(
            name="big.bin", content_type="application/pdf", size=5_000, held="mail:7:4", withheld="larger than 0.001 MB"
        ),
    )


def test_a_file_by_hand_lists_what_nobody_can_fetch() -> None:
    [attached] = taken(parts("\r\nHello", enclosed(b"x"))).attachments

    assert (attached.held, attached.withheld) == ("", "the mail itself was not kept")


@pytest.mark.parametrize("size", [2_001, LARGEST_ROW * 3])
def test_every_byte_can_be_had_again(post: Post, dovecot: Dovecot, size: int) -> None:
    content = b"".join(n.to_bytes(3, "big") for n in range(size // 3))
    held = container(file("inside.pdf", content[:100]))
    dovecot.deliver(
        parts("\r\nHello", enclosed(content), "Content-Type: text/plain\r\n\r\nmore", enclosed(held, "winmail.dat"))
        .replace(b"application/pdf\r\nContent-Disposition: attachment; filename=\"winmail.dat\"",
                 b"application/ms-tnef\r\nContent-Disposition: attachment; filename=\"winmail.dat\"")
    )  # fmt: skip
    post.collect()

    with post.database.readers.begin() as session:
        stored = {one.name: one.held for one in session.exec(select(Stored))}
    files = MailAttachments(post.database, archive_of(post.database.url))

    assert files.read(stored["scan.pdf"]) == content
    assert files.read(stored["inside.pdf"]) == content[:100]


@pytest.mark.one_database
@pytest.mark.parametrize("held", ["", "mail:1", "mail:99:1", "mail:1:40", "mail:1:0.3", "slack:F1", "mail:1:1.1.1"])
def test_what_is_not_held_is_refused_clearly(post: Post, dovecot: Dovecot, held: str) -> None:
    dovecot.deliver(letter())
    post.collect()

    with pytest.raises(AttachmentGone, match=r"mail|attachment|file"):
        MailAttachments(post.database, archive_of(post.database.url)).read(held)


@pytest.mark.one_database
def test_a_lost_mail_is_told_as_one(post: Post, dovecot: Dovecot) -> None:
    content = bytes(range(256)) * (LARGEST_ROW // 64)
    dovecot.deliver(parts("\r\nHello", enclosed(content)))
    post.collect()
    archive = archive_of(post.database.url)
    [raw] = post.raw_mails()
    raw.content = b""
    with post.database.writers.begin() as session:
        session.merge(raw)

    with pytest.raises(AttachmentGone, match="can't be read"):
        MailAttachments(post.database, archive).read(f"mail:{raw.id}:2")
