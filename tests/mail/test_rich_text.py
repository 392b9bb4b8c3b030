"""Outlook's rich text, compressed: the words in it, or the page that it was made of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.parser import parse
from bot.mail.rich_text import MAX_RICH, decompressed, read, words_of
from tests.mail.containers import attribute, binary, properties, rich
from tests.mail.hostile import outlook

# MS-OXRTFCP, sections 4.1.1 and 4.1.2.
HELLO = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
REPEATED = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"

PLAIN = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}"
    rb"{\f2\fcharset128 MS Gothic;}}{\colortbl;\red0\green0\blue255;}{\*\generator Riched20;}{\info{\title hidden}}"
    b"\r\n"
    rb"\uc1\pard\f0 Die T\'fcr \{klemmt\}\line seit \u8222?gestern\ldblquote .\par{\pict\wmetafile8 0a0b0c}"
    rb"{\field{\*\fldinst{HYPERLINK "
    rb'"http://x.test"}}{\fldrslt the plan}}\tab\~\f1\'cf\'f0\'e8\f0\'e9\par \f2\'93\'fa\'96\'7b\v secret\v0'
    rb"\par\u-10179??\u-8704??\bin3 }}}.}"
).replace(rb"\u-10179??\u-8704??", rb"{\uc2\u-10179??\u-8704??}")
PAGE = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl;}\uc1\pard\plain\f0\fs24"
    b"\r\n"
    rb"{\*\htmltag18 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 D\'e9j\'e0 {\*\htmltag84 <b>}\htmlrtf {\b\htmlrtf0 "
    rb"vu{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0 {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 3\par "
    rb'{\*\mhtmltag84 <a href="cid:1">}{\*\htmltag84 <a href="http://x.test/?q=\'7b\'7d">}here{\*\htmltag92 </a>}'
    rb"\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}{\*\htmltag27 </html>}}"
)


def test_rich_text_is_taken_out_of_its_compression() -> None:
    assert decompressed(bytes.fromhex(HELLO)) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompressed(bytes.fromhex(REPEATED)) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_the_words_of_rich_text_are_read() -> None:
    words = words_of(rich(PLAIN))

    assert words.text == ("Die Tür {klemmt}\nseit „gestern“.\nthe plan\t\xa0Приé\n日本\n\U0001f600.")
    assert words.markup == ""


def test_the_page_that_rich_text_was_made_of_comes_out() -> None:
    words = words_of(rich(PAGE, plain=True))

    assert words.text == ""
    assert words.markup == ('<html><p>Déjà <b>vu</b>&lt;3\n<a href="http://x.test/?q={}">here</a></p></html>')


@pytest.mark.parametrize(("rtf", "text"), [(PLAIN, "Die Tür {klemmt}"), (PAGE, "Déjà vu<3 here")])
def test_a_mail_that_has_no_other_text_is_read_by_its_rich_one(rtf: bytes, text: str) -> None:
    mail = parse(outlook(attribute(0x9003, properties(binary(0x1009, rich(rtf))), level=1)).replace(b"\nhello", b"\n"))

    assert mail.text.startswith(text)
    assert mail.attachments == ()


def test_rich_text_of_an_unknown_kind_stays_in_its_container() -> None:
    unknown = rich(PLAIN).replace(b"LZFu", b"LZMA")
    mail = parse(outlook(attribute(0x9003, properties(binary(0x1009, unknown)), level=1)))

    assert (mail.text, [one.filename for one in mail.attachments]) == ("hello", ["winmail.dat"])


@pytest.mark.parametrize(
    "content", [b"", b"LZFu", rich(PLAIN)[:15], rich(b"no rtf"), rich(b"{\\rtf1 x", plain=True)[:16]]
)
def test_what_is_none_has_no_words(content: bytes) -> None:
    assert words_of(content) == ("", "")


def test_what_claims_to_be_endless_ends() -> None:
    endless = (
        bytes.fromhex("00000000ffffffff") + b"LZFu" + bytes(4) + b"\xff" + b"\x00\x0f" * 8 + b"\x00abcdefgh" * 200_000
    )

    assert len(decompressed(endless)) == MAX_RICH


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(
    st.sampled_from([rich(PLAIN), rich(PAGE), bytes.fromhex(HELLO)]),
    st.integers(0, 700),
    st.binary(min_size=1, max_size=8),
)
def test_whatever_the_bytes_are_they_are_read(whole: bytes, at: int, noise: bytes) -> None:
    words = words_of(whole[:at] + noise + whole[at + len(noise) :])

    (words.text + words.markup).encode()


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(
    st.lists(
        st.sampled_from([b"{", b"}", b"\\u8222?", b"\\uc9", b"\\'e9", b"\\*", b"\\htmltag1 ", b"\\htmlrtf", b"\\f9",
                         b"\\fonttbl", b"\\fcharset128", b"\\bin9 ", b"\\v", b"\\ansicpg-1", b"\\u-9", b" x", b"\\"]),
        max_size=40,
    ).map(b"".join),
    st.booleans(),
)  # fmt: skip
def test_whatever_the_words_say_they_are_read(scraps: bytes, is_page: bool) -> None:
    words = read(b"{\\rtf1" + b"\\fromhtml1" * is_page + scraps)

    (words.text + words.markup).encode()
    assert not (words.text and words.markup)
