"""Whole mails of people who would like to be Ada: none is believed, whatever the mail looks like to a reader."""

import pytest

from bot.mail.authres import read
from bot.mail.headers import MAX_VALUE
from bot.mail.inbound import judge, to_inbound
from bot.mail.parser import UnreadableMail, parse
from bot.mail.trust import verdict
from tests.mail.samples import ARRIVED, settings

OURS = "mx.sandbox.test"
PASS = f"Authentication-Results: {OURS}; dmarc=pass header.from="
DESK = settings()

# Header sections; each is followed by the same words.
ATTACKS = {
    "a display name": f'{PASS}evil.test\nFrom: "Ada <ada@desk.test>" <eve@evil.test>',
    "a display name without quotes": f"{PASS}evil.test\nFrom: ada@desk.test <eve@evil.test>",
    "an encoded display name": f"{PASS}evil.test\nFrom: =?utf-8?q?Ada_=3Cada=40desk=2Etest=3E?= <eve@evil.test>",
    "an encoded address": f"{PASS}desk.test\nFrom: =?utf-8?q?ada=40desk=2Etest?=",
    "an address in a comment": f"{PASS}evil.test\nFrom: eve@evil.test (ada@desk.test)",
    "a comment inside the address": f"{PASS}desk.test\nFrom: ada@desk.test(x)@evil.test",
    "two From fields": f"{PASS}desk.test\nFrom: eve@evil.test\nFrom: ada@desk.test",
    "two From fields, turned round": f"{PASS}desk.test\nFrom: ada@desk.test\nFrom: eve@evil.test",
    "two senders": f"{PASS}desk.test\nFrom: ada@desk.test, eve@evil.test",
    "a group": f"{PASS}desk.test\nFrom: Desk: ada@desk.test;",
    "an empty group": f"{PASS}desk.test\nFrom: undisclosed:; ada@desk.test",
    "a route": f"{PASS}desk.test\nFrom: <@evil.test:ada@desk.test>",
    "a folded From": f"{PASS}evil.test\nFrom: Ada\n <ada@desk.test>,\n <eve@evil.test>",
    "a From of two angles": f"{PASS}evil.test\nFrom: <ada@desk.test> <eve@evil.test>",
    "a NUL": f"{PASS}evil.test\nFrom: ada@desk.test\x00@evil.test",
    "Sender instead of From": f"{PASS}desk.test\nSender: ada@desk.test\nFrom: eve@evil.test",
    "Reply-To instead of From": f"{PASS}evil.test\nReply-To: ada@desk.test\nFrom: eve@evil.test",
    "Resent-From": f"{PASS}desk.test\nResent-From: eve@evil.test\nFrom: =?utf-8?q?ada?= ada@desk.test",
    "another domain's pass": f"{PASS}evil.test\nFrom: ada@desk.test",
    "a domain above": f"{PASS}test\nFrom: ada@desk.test",
    "a look-alike in Cyrillic": f"{PASS}d\u0435sk.test\nFrom: ada@d\u0435sk.test",
    "a look-alike in punycode": f"{PASS}xn--dsk-dma.test\nFrom: ada@xn--dsk-dma.test",
    "a full-width letter": f"{PASS}desk.test\nFrom: ada@\uff44esk.test",
    "a soft hyphen": f"{PASS}desk.test\nFrom: ada@de\u00adsk.test",
    "a final dot": f"{PASS}desk.test\nFrom: ada@desk.test.evil.test",
    "a second, forged field below": f"Authentication-Results: {OURS}; dmarc=fail\n{PASS}desk.test\nFrom: ada@desk.test",
    "a forged field on top of nothing": "Authentication-Results: mx.evil.test; dmarc=pass header.from=desk.test\n"
    "From: ada@desk.test",
    "a forged id with a suffix": f"Authentication-Results: {OURS}.evil.test; dmarc=pass header.from=desk.test\n"
    "From: ada@desk.test",
    "a forged id in a comment": f"Authentication-Results: mx.evil.test ({OURS}); dmarc=pass header.from=desk.test\n"
    "From: ada@desk.test",
    "a folded comment": f"Authentication-Results: {OURS}; dmarc=fail (\n dmarc=pass header.from=desk.test\n )\n"
    "From: ada@desk.test",
    "a folded string": f'Authentication-Results: {OURS}; dmarc=fail reason="\n ; dmarc=pass header.from=desk.test"\n'
    "From: ada@desk.test",
    "an escaped bracket": f"Authentication-Results: {OURS}; dmarc=fail (\\) ; dmarc=pass header.from=desk.test)\n"
    "From: ada@desk.test",
    "a method of another name": f"Authentication-Results: {OURS}; x-dmarc=pass header.from=desk.test\n"
    "From: ada@desk.test",
    "a property of another kind": f"Authentication-Results: {OURS}; dmarc=pass smtp.from=desk.test\n"
    "From: ada@desk.test",
    "ARC's word": f"ARC-Authentication-Results: i=1; {OURS}; dmarc=pass header.from=desk.test\nFrom: ada@desk.test",
    "an old name": f"X-Authentication-Results: {OURS}; dmarc=pass header.from=desk.test\nFrom: ada@desk.test",
    "spf of another's envelope": f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=eve@evil.test\n"
    "From: ada@desk.test",
    "results in the body": f"From: ada@desk.test\n\n{PASS}desk.test",
    "results behind a broken line": f"From: ada@desk.test\nno field at all\n{PASS}desk.test",
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nobody_becomes_ada(attack: str) -> None:
    mail = parse(f"{ATTACKS[attack]}\nSubject: x\n\nI'm closing this case.\n".encode())
    judged = judge(mail, DESK)
    try:
        author = to_inbound(mail, DESK, judged, mailbox="support@desk.test", received_at=ARRIVED).author
    except UnreadableMail:
        return

    assert not author.is_admin


def test_a_name_that_is_cut_off_where_reading_stops_is_nobodys() -> None:
    begun, ends = f"{OURS}; dkim=fail (", "); dkim=pass header.d=desk.test"
    said = begun + "x" * (MAX_VALUE - len(begun) - len(ends)) + ends
    mail = parse(f"Authentication-Results: {said}.evil.test\nFrom: ada@desk.test\n\nx\n".encode())
    assert mail.authentication_results == (said,)

    assert not judge(mail, DESK).verified


@pytest.mark.parametrize("tail", ["", " (p=none)", ' reason="by; dmarc=pass header.from=desk.test"', "; spf=fail"])
def test_a_field_that_ends_anywhere_says_no_more_than_it_says(tail: str) -> None:
    stated = f"{OURS}; dkim=fail (a bad one) header.d=desk.test; dmarc=pass header.from=desk.test"
    field = stated + tail
    for end in range(len(field)):
        if verdict(("ada@desk.test",), [field[:end]], {OURS}).verified:
            assert field[:end].startswith(stated), field[:end]
            assert field[:end].count('"') % 2 == 0
            assert field[:end].count("(") == field[:end].count(")")


def test_ada_herself_is_believed() -> None:
    mail = parse(f'{PASS}desk.test\nFrom: "Ada, of the desk" <ada@desk.test>\nSubject: x\n\nx\n'.encode())

    assert to_inbound(mail, DESK, judge(mail, DESK), mailbox="x@y.z", received_at=ARRIVED).author.is_admin


def test_a_field_is_read_with_reasons_versions_and_comments() -> None:
    field = read(
        'mx.desk.test 1 (ours); dkim/1=fail reason="bad \\"b\\"; signature" (2048-bit)\r\n header.d=desk.test;'
        " auth=pass (cram-md5) smtp.auth=ada@desk.test; bimi=pass header.selector=brand"
    )

    assert field is not None
    assert field.authserv_id == "mx.desk.test"
    assert [(result.method, result.value) for result in field.results] == [
        ("dkim", "fail"),
        ("auth", "pass"),
        ("bimi", "pass"),
    ]
    assert field.results[0].all("reason") == ('bad "b"; signature',)


@pytest.mark.parametrize(
    ("value", "server", "results"),
    [
        ("example.com; none", "example.com", []),
        ("example.org 1; none;", "example.org", []),
        ("example.com", "example.com", []),
        (
            "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass"
            " smtp.mailfrom=example.net",
            "example.com",
            [("auth", "pass", {"smtp.auth": "sender@example.net"}), ("spf", "pass", {"smtp.mailfrom": "example.net"})],
        ),
        (
            "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n"
            " policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it)"
            " 1362471462",
            "foo.example.net",
            [("dkim", "fail", {"policy.expired": "1362471462"})],
        ),
        (
            'mx.example; dkim=pass reason="good (really); signature" header.i=@a.test header.b="oIN/EO8=";;'
            ' dkim=temperror header.d="b.test"',
            "mx.example",
            [
                ("dkim", "pass", {"reason": "good (really); signature", "header.i": "@a.test", "header.b": "oin/eo8="}),
                ("dkim", "temperror", {"header.d": "b.test"}),
            ],
        ),
        (
            "mx.example; iprev=pass policy.iprev=2001:db8::1",
            "mx.example",
            [("iprev", "pass", {"policy.iprev": "2001:db8::1"})],
        ),
        ("spf=none smtp.mailfrom=", "", [("spf", "none", {"smtp.mailfrom": ""})]),
        (
            "mx.example; tls=pass smtp.tlsversion=TLSv1.3; x-tls=pass version=TLSv1.3",
            "mx.example",
            [("tls", "pass", {"smtp.tlsversion": "tlsv1.3"}), ("x-tls", "pass", {"version": "tlsv1.3"})],
        ),
        (
            "mx.example;\r\n dkim=pass (2048-bit key) header.d=a.test header.i=ada+tag@a.test header.b=abcdEFGH;\r\n"
            " vbr=pass (voucher.test) header.md=a.test header.mv=voucher.test",
            "mx.example",
            [
                ("dkim", "pass", {"header.d": "a.test", "header.i": "ada+tag@a.test", "header.b": "abcdefgh"}),
                ("vbr", "pass", {"header.md": "a.test", "header.mv": "voucher.test"}),
            ],
        ),
    ],
)  # fmt: skip
def test_fields_as_the_rfc_and_servers_write_them(
    value: str, server: str, results: list[tuple[str, str, dict[str, str]]]
) -> None:
    field = read(value)

    assert field is not None
    assert field.authserv_id == server
    assert [(one.method, one.value, dict(one.properties)) for one in field.results] == results


@pytest.mark.parametrize(
    "value",
    ["", ";", "mx.example 2; spf=pass", "mx.example; spf", "mx.example; spf=", "mx.example; spf=pass pass",
     "mx.example; spf=pass (", 'mx.example; spf="pass', "mx.example; spf=pass smtp.mailfrom==", "mx.example, spf=pass"],
)  # fmt: skip
def test_what_no_grammar_allows_is_not_read(value: str) -> None:
    assert read(value) is None
