"""Mails made to stop a mail reader, by what they try; bench/hostile_mail.py measures what each costs."""

import base64
from collections.abc import Callable, Iterable

from tests.mail import sealed
from tests.mail.containers import attribute, binary, container, embedded, file, properties, rich
from tests.mail.samples import letter


def _nested(levels: int, lines: int = 0) -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return b"From: a@b.c\n" + opened.encode() + b"\nhello\n" + b"more\n" * lines


def mixed(parts: Iterable[str]) -> bytes:
    """A mail of these parts, each with its header."""
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f"From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n{body}--b--\n".encode()


def part(header: str, content: str = "x") -> bytes:
    """A mail of some text and one more part."""
    return mixed(["\nhello", f"{header}\n\n{content}"])


def outlook(*content: bytes) -> bytes:
    """A mail that is Outlook's container."""
    return mixed(["\nhello", _coded(*content)])


def _coded(*content: bytes) -> str:
    coded = base64.encodebytes(container(*content)).decode()
    return f"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n{coded}"


def _rich_text(rtf: bytes) -> bytes:
    return _words(rich(rtf))


def _words(compressed: bytes) -> bytes:
    return attribute(0x9003, properties(binary(0x1009, compressed)), level=1)


def _signed_again(times: int) -> bytes:
    content = sealed.signed(b"Content-Type: text/plain\r\n\r\n" + b"words\r\n" * 100_000)
    for _ in range(times):
        header = b'Content-Type: application/pkcs7-mime; name="smime.p7m"\r\n\r\n'
        content = sealed.signed(header + content)
    return content


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
    "a parameter of blanks": lambda: part(f"Content-Type: text/plain;{' ' * 7_000}x{' ;' * 400}"),
    "parameters of quotes": lambda: part('Content-Type: text/plain; name="' + '\\"' * 3_000 + '; x="' * 400),
    "a name in 900 pieces": lambda: part("Content-Type: a/b; " + ";".join(f"name*{n}*=%41" for n in range(900))),
    "encoded names": lambda: part("Content-Type: a/b; name=" + "=?utf-8?q?=C3=BC?=" * 400),
    "900 parts with long names": lambda: mixed([f"Content-Type: a/b; name*=utf-8''{'%41' * 2_500}\n\nx"] * 900),
    "lines that nearly are boundaries": lambda: mixed(["\nx\n" + "--bb\n" * 300_000]),
    "boundaries of blanks": lambda: mixed(["\nx\n" + f"--b{' ' * 5_000}x\n" * 900]),
    "fifty levels of a megabyte": lambda: _nested(49, 200_000),
    "guesses": lambda: b"Content-Type: multipart/mixed\n\n" + b"".join(b"--abcd%d\n" % n for n in range(100_000)),
    "a calendar of beginnings": lambda: part("Content-Type: text/calendar", "BEGIN:VEVENT\n" * 50_000),
    "a calendar of quotes": lambda: part("Content-Type: text/calendar", 'SUMMARY;X="' * 20_000),
    "a calendar folded for ever": lambda: part("Content-Type: text/calendar", "SUMMARY:x" + "\n " * 200_000),
    "flowed for ever": lambda: letter("> x \n" * 200_000).replace(b"text/plain", b"text/plain; format=flowed"),
    "flowed marks": lambda: letter(">" * 500_000 + " \n").replace(b"text/plain", b"text/plain; format=flowed"),
    "quoted-printable of one line": lambda: part("Content-Transfer-Encoding: quoted-printable", "=41" * 1_000_000),
    "uuencode of short lines": lambda: part("Content-Transfer-Encoding: uuencode", "#86%C\n" * 300_000),
    "base64 of nothing": lambda: part("Content-Type: a/b\nContent-Transfer-Encoding: base64", "=" * 2_000_000),
    "a container of attributes": lambda: outlook(attribute(0x8010, b"", kind=1) * 300_000),
    "a container of properties": lambda: outlook(
        attribute(0x9003, properties(*[binary(0x1009, b"x")] * 60_000), level=1) * 3
    ),
    "a container of empty files": lambda: outlook(file("a.exe", b"x") * 10_000),
    "rich text of braces": lambda: mixed([_coded(_rich_text(b"{\\rtf1" + b"{}" * 500_000))]),
    "rich text of letters": lambda: mixed([_coded(_rich_text(b"{\\rtf1" + b"\\u9?" * 250_000))]),
    "a page of rich text": lambda: mixed([_coded(_rich_text(b"{\\rtf1\\fromhtml1 " + b"<td>" * 250_000))]),
    "rich text of references": lambda: mixed([_coded(_words(b"\xff" * 8 + b"LZFu" + b"\xff" * 2_000_000))]),
    "a container of mails": lambda: outlook(
        *[embedded(container(_rich_text(b"{\\rtf1\\fromhtml1 " + b"<td>" * 9_000)))] * 150
    ),
    "40 containers of mails": lambda: mixed(
        [_coded(embedded(container(_rich_text(b"{\\rtf1 " + b"\\u9?" * 60_000))))] * 40
    ),
    "a signature of endless parts": lambda: sealed.mail(b"\x30\x80" * 1_000_000),
    "a signature of small pieces": lambda: sealed.mail(sealed.pieces(b"x", 500_000)),
    "signatures within signatures": lambda: sealed.mail(_signed_again(40)),
    "openings of PGP": lambda: letter("-----BEGIN PGP SIGNED MESSAGE-----\n\n" * 20_000),
    "passages of PGP": lambda: letter("-----BEGIN PGP MESSAGE-----\n-----END PGP MESSAGE-----\n" * 15_000),
    "a mail of tables in a mail without words": lambda: mixed(
        [
            "Content-Type: text/html\n\n" + "<table><tr><td></td></tr></table>" * 15_000,
            "Content-Type: message/rfc822\n\nSubject: x\nContent-Type: text/html\n\n" + "<tr><td>a</td></tr>" * 50_000,
        ]
    ),
    "900 mails in a mail": lambda: mixed(["Content-Type: message/rfc822\n\nSubject: x\n\n"] * 900),
}  # fmt: skip

# As large as a mailbox takes them: for the bench alone.
LARGE: dict[str, Callable[[], bytes]] = {
    "50 MB, quoted-printable": lambda: part(
        "Content-Transfer-Encoding: quoted-printable", "=41=42 words\n" * 4_000_000
    ),
    "50 MB, an attachment of it": lambda: part(
        "Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable", "=41=42 words\n" * 4_000_000
    ),
    "50 MB, uuencode": lambda: part("Content-Type: a/b\nContent-Transfer-Encoding: uuencode", "#86%C\n" * 8_000_000),
    "50 MB, base64": lambda: part("Content-Type: a/b\nContent-Transfer-Encoding: base64", "QUJD\n" * 10_000_000),
    "50 MB, text": lambda: part("Content-Type: text/plain", "word\n" * 10_000_000),
    "50 MB, flowed": lambda: part("Content-Type: text/plain; format=flowed", ">x \n" * 10_000_000),
    "50 MB, blank": lambda: part("Content-Type: a/b", "\n" * 50_000_000),
    "50 MB, hyphens": lambda: part("Content-Type: a/b", "\n-" * 25_000_000),
    "50 MB, 15 levels": lambda: _nested(15, 10_000_000),
    "50 MB, 49 levels": lambda: _nested(49, 10_000_000),
    "50 MB, 900 texts": lambda: mixed(["Content-Type: text/plain\n\n" + "word\n" * 10_000] * 900),
    "30 MB, 900 pages of tables": lambda: mixed(
        ["Content-Type: text/html\n\n" + "<table><tr><td>a</td></tr></table>" * 1_000] * 900
    ),
    "50 MB, headers of parts": lambda: mixed(["X: y\n" * 50_000 + "\nx"] * 200),
    "50 MB, 900 mails": lambda: mixed(["Content-Type: message/rfc822\n\n" + "X: y\n" * 11_000 + "\nx"] * 900),
    "50 MB, signed": lambda: sealed.mail(sealed.signed(b"Content-Type: text/plain\r\n\r\n" + b"word\r\n" * 6_000_000)),
    "50 MB, 900 calendars": lambda: mixed(["Content-Type: text/calendar\n\n" + "BEGIN:VEVENT\n" * 4_000] * 900),
}
