"""Whom to believe: a table of honest mails and of attacks."""

import pytest

from bot.mail.trust import trusted_ids, verdict

ADA = ("Ada <ada@desk.test>",)
OURS = frozenset({"mx.desk.test"})

HONEST = {
    "dmarc": ["mx.desk.test; dmarc=pass (p=REJECT sp=REJECT) header.from=desk.test"],
    "dmarc beside a failed spf": ["mx.desk.test; spf=fail smtp.mailfrom=list.test; dmarc=pass header.from=desk.test"],
    "with a version": ["mx.desk.test 1; dmarc=pass header.from=desk.test"],
    "other case": ["MX.Desk.Test; DMARC=Pass header.from=Desk.Test"],
    "comments and folding": ["mx.desk.test (an (inner) one);\t dmarc (v1) = pass(p=NONE)\t header.from = desk.test;"],
    "dkim": ["mx.desk.test; dkim=pass header.d=desk.test header.s=k1 header.b=abc="],
    "dkim by i=": ["mx.desk.test; dkim=pass header.i=@desk.test"],
    "dkim of a host below": ["mx.desk.test; dkim=pass header.d=mail.desk.test"],
    "dkim, without a policy": ["mx.desk.test; dmarc=none header.from=desk.test; dkim=pass header.d=desk.test"],
    "the second signature": ["mx.desk.test; dkim=pass header.d=list.test; dkim=pass header.d=desk.test"],
    "spf": ["mx.desk.test; spf=pass (sender is allowed) smtp.mailfrom=ada@desk.test"],
    "a scanner above": ["scan.desk.test; x-virus=clean", "mx.desk.test; dmarc=pass header.from=desk.test"],
}

ATTACKS = {
    "nothing": [],
    "no authentication": ["mx.desk.test; none"],
    "dmarc=fail": ["mx.desk.test; dmarc=fail header.from=desk.test; dkim=pass header.d=desk.test"],
    "dmarc=bestguesspass": ["mx.desk.test; dmarc=bestguesspass header.from=desk.test"],
    "dmarc for another": ["mx.desk.test; dmarc=pass header.from=evil.test"],
    "dmarc without a name": ["mx.desk.test; dmarc=pass"],
    "two dmarc results": ["mx.desk.test; dmarc=pass header.from=desk.test; dmarc=fail header.from=desk.test"],
    "dkim of another": ["mx.desk.test; dkim=pass header.d=evil.test"],
    "dkim of a look-alike": ["mx.desk.test; dkim=pass header.d=evildesk.test"],
    "dkim of a sister": ["mx.desk.test; dkim=pass header.d=desk.test.evil.example"],
    "dkim of the top level": ["mx.desk.test; dkim=pass header.d=test"],
    "dkim with two owners": ["mx.desk.test; dkim=pass header.d=evil.test header.i=@desk.test"],
    "dkim without a name": ["mx.desk.test; dkim=pass"],
    "spf of the greeting": ["mx.desk.test; spf=pass smtp.helo=desk.test"],
    "spf of a clever mailbox": ['mx.desk.test; spf=pass smtp.mailfrom="desk.test"@evil.test'],
    "spf of a cleverer mailbox": ["mx.desk.test; spf=pass smtp.mailfrom=desk.test (x)@evil.test"],
    "spf with a comment within": ["mx.desk.test; spf=pass smtp.mailfrom=desk.test(x)@evil.test"],
    "spf with a loose word": ["mx.desk.test; spf=pass smtp.mailfrom=desk.test x@evil.test"],
    "forged below ours": ["mx.desk.test; dmarc=fail", "mx.desk.test; dmarc=pass header.from=desk.test"],
    "forged below another server's": ["mx.host.test; dmarc=none", "mx.desk.test; dmarc=pass header.from=desk.test"],
    "forged below one that checks nothing": [
        "mx.host.test; none",
        "mx.desk.test; dmarc=pass header.from=desk.test",
    ],
    "forged below an unreadable one": ["mx.host.test; (", "mx.desk.test; dmarc=pass header.from=desk.test"],
    "of an unknown server": ["mx.evil.test; dmarc=pass header.from=desk.test"],
    "of a server like ours": ["mx.desk.test.evil.test; dmarc=pass header.from=desk.test"],
    "without a server": ["dmarc=pass header.from=desk.test"],
    "in a comment": ["mx.desk.test; dmarc=fail (dmarc=pass header.from=desk.test)"],
    "in a quoted string": ['mx.desk.test; dkim=fail reason="; dmarc=pass header.from=desk.test; x="'],
    "an open comment": ["mx.desk.test; dmarc=pass (header.from=desk.test"],
    "an open string": ['mx.desk.test; dmarc=pass header.from="desk.test'],
}


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_mail_is_verified(case: str) -> None:
    judged = verdict(ADA, HONEST[case], OURS)

    assert judged.verified, judged.reason


@pytest.mark.parametrize("case", ATTACKS)
def test_an_attack_verifies_nobody(case: str) -> None:
    judged = verdict(ADA, ATTACKS[case], OURS)

    assert not judged.verified
    assert judged.reason


@pytest.mark.parametrize(
    "senders",
    [(), ("ada@desk.test", "eve@evil.test"), ("ada@desk.test, eve@desk.test",), ("ada@desk.test <eve@evil.test>",)],
)
def test_a_mail_of_nobody_in_particular_is_not_verified(senders: tuple[str, ...]) -> None:
    assert not verdict(senders, HONEST["dmarc"], OURS).verified


def test_a_display_name_lends_no_domain() -> None:
    assert not verdict(('"ada@desk.test" <eve@evil.test>',), HONEST["dmarc"], OURS).verified


def test_a_providers_id_counts_only_for_mailboxes_there() -> None:
    forged = ["mx.google.com; dmarc=pass header.from=desk.test"]

    assert verdict(ADA, forged, trusted_ids("imap.gmail.com", 993)).verified
    assert not verdict(ADA, forged, trusted_ids("mail.desk.test", 993, ["mx.desk.test"])).verified


@pytest.mark.parametrize(
    ("server", "value"),
    [
        ("outlook.office365.com", "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=desk.test; dkim=none (message not "
         "signed) header.d=none;dmarc=pass action=none header.from=desk.test;compauth=pass reason=100"),
        ("imap.fastmail.com", "mx6.messagingengine.com; dmarc=pass (p=none) header.from=desk.test"),
        ("imap.mail.me.com", "dmarc.icloud.com; dmarc=pass header.from=desk.test"),
        ("imap.gmx.net", "gmx.net; dkim=pass header.i=@desk.test"),
    ],
)  # fmt: skip
def test_the_well_known_providers_are_believed(server: str, value: str) -> None:
    assert verdict(ADA, [value], trusted_ids(server, 993)).verified


def test_proton_is_believed_through_its_bridge_alone() -> None:
    assert "mail.protonmail.ch" in trusted_ids("127.0.0.1", 1143)
    assert "mail.protonmail.ch" not in trusted_ids("127.0.0.1", 143)
