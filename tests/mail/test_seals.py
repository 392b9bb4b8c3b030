"""What is signed or encrypted as a whole: signed words are read, encrypted ones are told of and can be opened."""

import base64
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.cases.models import Attachment as Stored
from bot.mail.archive import archive_of
from bot.mail.inbound import judge
from bot.mail.kept_attachments import MailAttachments
from bot.mail.parser import parse
from bot.mail.quoting import new_text
from bot.mail.seals import ENCRYPTED, NotSealed, is_enveloped, signed_content, without_armour
from tests.mail import sealed
from tests.mail.post import Post
from tests.mail.samples import TRUSTED, letter
from tests.mail.samples import settings as desk
from tests.mail.test_parser import parts
from tests.services.dovecot import Dovecot

WORDS = b"Content-Type: text/plain; charset=utf-8\r\n\r\nDie T\xc3\xbcr klemmt.\r\n"
MIXED = (
    b'Content-Type: multipart/mixed; boundary="in"\r\n\r\n--in\r\n\r\nThe plan is attached.\r\n'
    b"--in\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF-1 a plan\r\n--in--\r\n"
)


@pytest.mark.parametrize("written", [sealed.signed, sealed.streamed])
def test_what_was_signed_is_read_as_the_mail(written: sealed.Write) -> None:
    mail = parse(sealed.mail(written(WORDS)))

    assert (mail.text, mail.attachments) == ("Die Tür klemmt.", ())


def test_a_mail_that_openssl_signed_is_read() -> None:
    assert parse(sealed.mail(base64.b64decode(sealed.BY_OPENSSL))).text == "Die Tür klemmt."


def test_its_attachments_can_be_had(post: Post, dovecot: Dovecot) -> None:
    dovecot.deliver(sealed.mail(sealed.streamed(MIXED)))
    post.collect()

    with post.database.readers.begin() as session:
        [plan] = session.exec(select(Stored)).all()

    assert plan.name == "plan.pdf"
    assert MailAttachments(post.database, archive_of(post.database.url)).read(plan.held) == b"%PDF-1 a plan"


def test_a_signature_vouches_for_nobody() -> None:
    inner = b"From: ada@desk.test\r\nAuthentication-Results: " + TRUSTED.encode() + b"; dmarc=pass\r\n" + WORDS
    mail = parse(sealed.mail(sealed.signed(inner), sender="eve@evil.test"))

    assert mail.sender is not None
    assert mail.sender.address == "eve@evil.test"
    assert not judge(mail, desk()).verified


def test_signatures_within_signatures_are_opened() -> None:
    inner = sealed.entity(sealed.signed(WORDS))

    assert parse(sealed.mail(sealed.streamed(inner))).text == "Die Tür klemmt."


def test_a_whole_mail_that_was_signed_is_read() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nFrom: carla@example.com\r\nSubject: x\r\n" + WORDS

    assert parse(sealed.mail(sealed.signed(inner))).text == "Die Tür klemmt."


def test_a_signed_mail_that_was_cut_off_is_read_up_to_there() -> None:
    whole = sealed.mail(sealed.streamed(WORDS + b"And the window.\r\n" * 20))

    assert parse(whole[: len(whole) // 2]).text.startswith("Die Tür klemmt.\nAnd the window.\n")


def test_a_signed_document_is_no_mail() -> None:
    document = (
        'Content-Type: application/pkcs7-mime; name="invoice.xml.p7m"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(sealed.signed(WORDS)).decode()
    )
    mail = parse(parts("\r\nHere it is.", document))

    assert (mail.text, [one.filename for one in mail.attachments]) == ("Here it is.", ["invoice.xml.p7m"])


def test_a_list_of_certificates_is_listed() -> None:
    mail = parse(sealed.mail(sealed.signed(None)))

    assert (mail.text, [one.filename for one in mail.attachments]) == ("", ["smime.p7m"])


@pytest.mark.parametrize("kind", [sealed.ENVELOPED, sealed.AUTHENTICATED])
def test_an_encrypted_mail_says_so(kind: str) -> None:
    mail = parse(sealed.mail(sealed.content_info(kind, b"\x02\x01\x00")))

    assert new_text(mail.text) == ENCRYPTED
    assert [one.filename for one in mail.attachments] == ["smime.p7m"]


def test_an_encrypted_part_beside_other_words_says_so_after_them() -> None:
    part = 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n\r\nnot even DER'
    mail = parse(parts("\r\nThe list's footer", part))

    assert mail.text == f"The list's footer\n{ENCRYPTED}"
    assert [(one.filename, one.part) for one in mail.attachments] == [("smime.p7m", "2")]


@pytest.mark.parametrize("kind", ['encrypted; protocol="application/pgp-encrypted"', "mixed"])
def test_a_mail_that_pgp_encrypted_says_so(kind: str) -> None:
    control = "Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1"
    content = f'Content-Type: application/octet-stream; name="encrypted.asc"\r\n\r\n{sealed.ARMOUR}'
    mail = parse(parts(control, content, kind=kind))

    assert mail.text == ENCRYPTED
    assert [one.filename for one in mail.attachments] == ["encrypted.asc"]


def test_an_encrypted_passage_is_told_of_and_attached() -> None:
    mail = parse(letter(f"Hello Ada,\n\n{sealed.ARMOUR}\n\nCarla"))

    assert mail.text == f"Hello Ada,\n\n{ENCRYPTED}\n\nCarla"
    assert [(one.filename, one.part) for one in mail.attachments] == [("encrypted.asc", "0")]


@pytest.mark.parametrize(
    ("below", "kept"),
    [("\n\njA0ECQMC", ""), ("\nVersion: 2\n\njA0ECQMC\n=6kgc", ""), ("\n\njA0ECQMC\n=6kgc\nIt ends.", "It ends.")],
)
def test_armour_without_an_end_takes_no_words_with_it(below: str, kept: str) -> None:
    assert without_armour(f"-----BEGIN PGP MESSAGE-----{below}") == (f"{ENCRYPTED}\n{kept}", True)


def test_words_that_pgp_signed_are_read_without_its_marks() -> None:
    mail = parse(letter(f"{sealed.CLEARSIGNED}\n_____\nthe list's footer"))

    assert mail.text == "hello\n- a list\n-- dashes\n\n_____\nthe list's footer"
    assert mail.attachments == ()


@pytest.mark.parametrize(
    "text",
    ["> -----BEGIN PGP MESSAGE-----\n> quoted", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nnever signed",
     "-----BEGIN PGP MESSAGE-----\nis what I see", "-----BEGIN PGP MESSAGE-----\n\nHi, what?",
     "What does -----BEGIN PGP MESSAGE----- mean?"],
)  # fmt: skip
def test_what_only_looks_like_pgp_stays(text: str) -> None:
    assert without_armour(text) == (text, False)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x30", b"\x30\x80", b"\x30\x84\xff", b"\x30\x80" * 5_000, sealed.signed(WORDS)[:30], b"PK\x03\x04 a zip",
     b"\x1f\x81\x01", b"\x30\x89" + b"\xff" * 20, sealed.content_info(sealed.ENVELOPED, b"\x02\x01\x00"),
     sealed.pieces(WORDS, 200_000)],
)  # fmt: skip
def test_what_is_no_signed_mail_is_refused(content: bytes) -> None:
    with pytest.raises(NotSealed):
        signed_content(content)


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.sampled_from([sealed.signed, sealed.streamed]), st.integers(0, 120), st.binary(min_size=1, max_size=8))
def test_whatever_the_bytes_are_nothing_else_is_raised(written: sealed.Write, at: int, noise: bytes) -> None:
    whole = written(WORDS)
    broken = whole[:at] + noise + whole[at + len(noise) :]

    with suppress(NotSealed):
        assert len(signed_content(broken)) <= len(broken)
    is_enveloped(broken)
