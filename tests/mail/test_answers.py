"""A server's answers to FETCH: the usual ones are read without the library, the others as the library reads them."""

from datetime import UTC, datetime

import pytest
from imapclient import response_parser

from bot.mail import answers
from bot.mail.answers import Said, read

HEADER = b"BODY[HEADER.FIELDS (FROM SUBJECT)]"
USUAL: list[tuple[Said, dict[int, dict[bytes, object]]]] = [
    ([(b"1 (UID 7 BODY[] {5}", b"Hello"), b")", (b"2 (UID 9 BODY[] {2}", b"Hi"), b")"],
     {7: {b"BODY[]": b"Hello"}, 9: {b"BODY[]": b"Hi"}}),
    ([(b"1 (UID 7 " + HEADER + b" {3}", b"a:b"), (b" BODY[TEXT]<0> {0}", b""), b")"],
     {7: {HEADER: b"a:b", b"BODY[TEXT]<0>": b""}}),
    ([b'3 (UID 7 RFC822.SIZE 99 INTERNALDATE " 2-Mar-2026 09:00:00 +0000")'],
     {7: {b"RFC822.SIZE": 99, b"INTERNALDATE": datetime(2026, 3, 2, 9, tzinfo=UTC)}}),
    ([], {}),
]  # fmt: skip
UNUSUAL: list[tuple[Said, dict[int, dict[bytes, object]]]] = [
    ([(b"1 (BODY[] {5}", b"Hello"), b" UID 7)"], {7: {b"BODY[]": b"Hello"}}),
    ([(b"1 (FLAGS (\\Seen) UID 7 BODY[] {5}", b"Hello"), b")"], {7: {b"FLAGS": (b"\\Seen",), b"BODY[]": b"Hello"}}),
    ([(b"1 (UID 7 BODY[] {5}", b"Hello"), b" FLAGS ())"], {7: {b"BODY[]": b"Hello", b"FLAGS": ()}}),
    ([b'1 (UID 7 BODY[] "Hello")'], {7: {b"BODY[]": b"Hello"}}),
    ([b"1 (UID 7 BODY[] NIL)"], {7: {b"BODY[]": None}}),
    ([(b"1 (UID 7 BODY[] {5}", b"Hello"), b")", b"2 (FLAGS (\\Recent) UID 8)"],
     {7: {b"BODY[]": b"Hello"}, 8: {b"FLAGS": (b"\\Recent",)}}),
    ([b"3 (UID 7 INTERNALDATE NIL RFC822.SIZE 99)"], {7: {b"INTERNALDATE": None, b"RFC822.SIZE": 99}}),
    ([b'3 (UID 7 RFC822.SIZE 99 INTERNALDATE "99-Mar-2026 09:00:00 +0000")'],
     {7: {b"INTERNALDATE": None, b"RFC822.SIZE": 99}}),
    ([None], {}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), [*USUAL, *UNUSUAL])
def test_an_answer_is_read(said: Said, meant: dict[int, dict[bytes, object]]) -> None:
    found = read(said, normalise_times=False)

    assert {uid: _stated(items) for uid, items in found.items()} == meant


@pytest.mark.parametrize(("said", "meant"), USUAL[:3])
def test_the_library_reads_a_usual_answer_likewise(said: Said, meant: dict[int, dict[bytes, object]]) -> None:
    parsed = response_parser.parse_fetch_response(list(said), normalise_times=False)

    assert {uid: _stated(items) for uid, items in parsed.items()} == meant


def test_a_usual_answer_needs_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(answers, "parse_fetch_response")

    assert [read(said, normalise_times=False) for said, _ in USUAL] == [meant for _, meant in USUAL]


def _stated(items: dict[bytes, object]) -> dict[bytes, object]:
    """Without the number of a mail among the others, which nobody needs."""
    return {name: item for name, item in items.items() if name != b"SEQ"}
