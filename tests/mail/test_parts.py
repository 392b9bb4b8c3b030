"""Where parts begin and end: as written, as broken, and with the work counted that a mail may cost."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail import parser, parts
from bot.mail.headers import UnreadableMail, split
from bot.mail.parser import parse
from bot.mail.parts import Part, parts_of
from bot.mail.structure import MAX_TEXT
from tests.mail.test_parser import parts as mail_of


def read(raw: bytes) -> Part:
    headers, offset = split(raw)
    return parts_of(raw, offset, headers)


def contents(raw: bytes) -> list[bytes]:
    return [part.content(10_000) for part in read(raw).walk() if not part.children]


def multipart(body: str, boundary: str = "boundary=b") -> bytes:
    return f"Content-Type: multipart/mixed; {boundary}\n\n{body}".encode()


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("before\n--b\n\none\n--b\n\ntwo\n--b--\nafter\n", [b"one", b"two"]),
        ("--b\n\none\n--b\n\ntwo", [b"one", b"two"]),
        ("--b  \n\none\n--b\t\n\ntwo\n--b--  \n--b\n\nthree", [b"one", b"two"]),
        ("--b\n\n--bb\n--b-\n-- b\n --b\n--b--", [b"--bb\n--b-\n-- b\n --b"]),
        ("--b\n--b\n\n--b--", [b"", b""]),
        ("--b\nno header\n--b--", [b"no header"]),
        ("--b--\n\nnothing", [b"--b--\n\nnothing"]),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_parts_stand_between_boundaries(body: str, found: list[bytes], line_end: str) -> None:
    raw = multipart(body).replace(b"\n", line_end.encode())

    assert contents(raw) == [content.replace(b"\n", line_end.encode()) for content in found]


def test_the_outer_boundary_ends_what_is_still_open_inside() -> None:
    inner = "Content-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--i\n\ntwo"

    assert contents(multipart(f"--b\n{inner}\n--b\n\nthree\n--b--\n")) == [b"one", b"two", b"three"]


def test_parts_are_numbered_in_the_order_in_which_they_stand() -> None:
    inner = "Content-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--i\n\ntwo\n--i--"

    numbers = [(part.number, part.kind) for part in read(multipart(f"--b\n{inner}\n--b\n\nthree\n--b--\n")).walk()]

    assert numbers == [
        (0, "multipart/mixed"), (1, "multipart/alternative"), (2, "text/plain"), (3, "text/plain"), (4, "text/plain"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "boundary", ['boundary="b c"', "boundary*=utf-8''b%20c", 'boundary*0="b";boundary*1=" c"', 'x=1;Boundary = "b c" ']
)
def test_a_boundary_may_be_written_in_many_ways(boundary: str) -> None:
    assert contents(multipart("--b c\n\none\n--b c--\n", boundary)) == [b"one"]


def test_a_boundary_that_is_not_named_is_guessed() -> None:
    assert contents(multipart("--=_next 1\n--=_next\n\none\n--=_next\n\ntwo\n--=_next--\n", "x=y")) == [b"one", b"two"]
    assert contents(multipart("-- \nCarla\n", "x=y")) == [b"-- \nCarla\n"]


def test_a_digest_holds_mails() -> None:
    raw = multipart("--b\n\nSubject: one\n\nhi\n--b--\n").replace(b"mixed", b"digest")

    assert [one.filename for one in parse(raw).attachments] == ["one.eml"]


@pytest.mark.parametrize(
    ("encoding", "coded", "content"),
    [
        ("base64", "SGVs\nbG8s IHdv*cmxk\n", b"Hello, world"),
        ("BASE64 ", "SGVsbG8", b"Hello"),
        ("base64", "SGVsbG8=\nSGVs\n", b"Hello"),
        ("base64", "SGVsb", b"Hel"),
        ("quoted-printable", "Gr=C3=BC=\n=C3=9Fe=3D =XX", "Grüße= =XX".encode()),
        ("x-uuencode", "begin 644 x.txt\n%2&5L;&\\\n`\nend\n", b"Hello"),
        ("8bit", "Hello", b"Hello"),
        ("x-unheard-of", "SGVsbG8=", b"SGVsbG8="),
    ],
)
def test_content_is_decoded_with_patience(encoding: str, coded: str, content: bytes) -> None:
    assert contents(f"Content-Transfer-Encoding: {encoding}\n\n{coded}".encode()) == [content]


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("at_once", [7, 50, 77])
def test_content_that_is_cut_anywhere_is_decoded_the_same(
    encoding: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    coded = {"base64": "SGVsbG8sIHdvcmxkLCBoZWxsbyE=", "quoted-printable": "=C3=BC=C3=9F=\n" * 9 + "x=C3=BC" * 9}
    whole = contents(f"Content-Transfer-Encoding: {encoding}\n\n{coded[encoding]}".encode())
    monkeypatch.setattr("bot.mail.decoding._PIECE_BYTES", at_once)

    assert contents(f"Content-Transfer-Encoding: {encoding}\n\n{coded[encoding]}".encode()) == whole


def nested(levels: int, filling: bytes = b"") -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return opened.encode() + b"\n" + filling


def test_levels_and_parts_are_counted() -> None:
    assert len(list(read(nested(parts.MAX_DEPTH)).walk())) == parts.MAX_DEPTH + 1
    with pytest.raises(UnreadableMail, match="nested too deeply"):
        read(nested(parts.MAX_DEPTH + 1))
    with pytest.raises(UnreadableMail, match="more than 1000 parts"):
        read(multipart("--b\n\nx\n" * 1_000))
    with pytest.raises(UnreadableMail, match="more than 1000 parts"):
        read(multipart("--b-x\n" * 10_001))


def test_the_bytes_looked_through_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty levels around fifty megabytes would be looked through fifty times."""
    monkeypatch.setattr(parts, "MAX_SCANNED", 100_000)

    read(nested(15, b"x" * 50_000))
    with pytest.raises(UnreadableMail, match="nested too deeply for its size"):
        read(nested(40, b"x" * 50_000))


def test_the_headers_of_all_parts_are_counted() -> None:
    with pytest.raises(UnreadableMail, match="headers of its parts are longer"):
        read(multipart(("--b\n" + "X: y\n" * 2_000 + "\nx\n") * 210))


def test_reading_stops_when_a_mail_said_enough() -> None:
    """A thousand parts of a megabyte each would be rendered for minutes; attachments behind them are still listed."""
    table = "--b\nContent-Type: text/html\n\n" + "<table><tr><td>a</td></tr></table>" * 1_000 + "\n"
    words = "--b\n\n" + "word " * 10_000 + "\n"

    mail = parse(multipart(table * 200 + words * 200 + "--b\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b--\n"))

    assert len(mail.text) <= MAX_TEXT
    assert [one.filename for one in mail.attachments] == ["a.pdf"]


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b" ", b"a", b"\x0b"]), max_size=30).map(b"".join))
def test_the_hash_of_the_content_is_the_same_in_slices(body: bytes) -> None:
    whole = hashlib.sha256(b"\n\n\n" + body.replace(b"\r\n", b"\n").rstrip()).hexdigest()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "_HASHED_AT_ONCE", 3)
        assert parse(b"\n" + body).content_hash == whole


def test_the_parts_of_one_mail_share_its_bytes() -> None:
    raw = mail_of("\r\nHello", "Content-Type: text/html\r\n\r\n<p>Hello</p>", kind="alternative")

    assert all(part.raw is read(raw).raw is raw for part in read(raw).walk())
