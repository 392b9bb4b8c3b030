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
    "a strange envelope": ['mx.desk.test; spf=none smtp.mailfrom="a b"@desk.test; dmarc=pass header.from=desk.test'],
    "a strange envelope of ours": ['mx.desk.test; spf=pass smtp.mailfrom="a b"@desk.test'],
    "from nobody": ["mx.desk.test; spf=none smtp.mailfrom=; dmarc=pass header.from=desk.test"],
    "a name in quotes": ['"mx.desk.test"; dmarc=pass header.from="desk.test"'],
    "blanks around the marks": ["mx.desk.test; dmarc / 1 = pass header . from = desk.test"],
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
    "spf of a mailbox with two addresses": ['mx.desk.test; spf=pass smtp.mailfrom="ada@desk.test"@evil.test'],
    "spf of a mailbox that goes on": ['mx.desk.test; spf=pass smtp.mailfrom="x"@desk.test@evil.test'],
    "spf of nobody who greets well": ["mx.desk.test; spf=pass smtp.mailfrom= smtp.helo=a.desk.test"],
    "spf of nobody": ["mx.desk.test; spf=pass smtp.mailfrom="],
    "dmarc for nobody": ["mx.desk.test; dmarc=pass header.from="],
    "dmarc without a verdict": ["mx.desk.test; dmarc= header.from=desk.test"],
    "a name that goes on behind its value": ["mx.desk.test; dmarc=pass header.from=desk.test .evil.test"],
    "a value that is a mark": ['mx.desk.test; dmarc=fail reason="=" header.from=desk.test dmarc="pass"'],
    "a method of two words": ["mx.desk.test; x . dmarc=pass header.from=desk.test"],
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


# As these servers write them, with another domain in them.
PROVIDERS = {
    "Gmail": (
        "imap.gmail.com",
        "mx.google.com;\n dkim=pass header.i=@desk.test header.s=s1 header.b=SGYhB9Rw;\n arc=pass (i=1 spf=pass"
        " spfdomain=desk.test dkim=pass dkdomain=desk.test);\n spf=pass (google.com: domain of bounce@mail.desk.test"
        ' designates 192.0.2.1 as permitted sender) smtp.mailfrom="bounce+1=2@mail.desk.test";\n dmarc=pass (p=REJECT'
        " sp=REJECT dis=NONE) header.from=desk.test;\n dara=neutral header.i=@gmail.com",
    ),
    "Microsoft 365": (
        "outlook.office365.com",
        "spf=pass (sender IP is 192.0.2.1)\n smtp.mailfrom=desk.test; dkim=pass (signature was verified)\n"
        " header.d=desk.test;dmarc=pass action=none\n header.from=desk.test;compauth=pass reason=100",
    ),
    "Microsoft 365, from nobody": (
        "outlook.office365.com",
        "spf=none (sender IP is 192.0.2.1)\n smtp.helo=mail.desk.test; dkim=pass (signature was verified)\n"
        " header.d=desk.test;dmarc=bestguesspass action=none;compauth=pass reason=109",
    ),
    "Fastmail": (
        "imap.fastmail.com",
        "mx6.messagingengine.com;\n arc=none (no signatures found);\n dkim=pass (2048-bit rsa key sha256)"
        " header.d=desk.test header.i=@desk.test header.b=AbC/d+8= header.a=rsa-sha256 header.s=fm1 x-bits=2048;\n"
        " dmarc=pass policy.published-domain-policy=none policy.applied-disposition=none (p=none,d=none,d.eval=none)"
        " policy.policy-from=p header.from=desk.test;\n iprev=pass smtp.remote-ip=192.0.2.1 (mail.desk.test);\n"
        " spf=pass smtp.mailfrom=ada@desk.test smtp.helo=mail.desk.test;\n x-tls=pass smtp.version=TLSv1.3"
        " smtp.cipher=TLS_AES_128_GCM_SHA256 smtp.bits=128/128;\n x-vs=clean score=0 state=0",
    ),
    "iCloud": ("imap.mail.me.com", "dmarc.icloud.com; dmarc=pass header.from=desk.test"),
    "Yahoo": (
        "imap.mail.yahoo.com",
        "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com;\n dkim=pass header.i=@desk.test header.s=s1;\n spf=pass"
        " smtp.mailfrom=desk.test;\n dmarc=pass(p=REJECT) header.from=desk.test;",
    ),
    "Zoho": (
        "imap.zoho.com",
        "mx.zohomail.com;\tdkim=pass;\tspf=pass (zohomail.com: domain of ada@desk.test designates 192.0.2.1 as"
        " permitted sender)  smtp.mailfrom=ada@desk.test;\tdmarc=pass(p=none dis=none)  header.from=desk.test",
    ),
    "GMX": ("imap.gmx.net", "gmx.net; dkim=pass header.i=@desk.test"),
    "web.de": ("imap.web.de", "web.de; dkim=pass header.i=@desk.test; dmarc=pass header.from=desk.test"),
    "AOL": ("imap.aol.com", "atlas112.aol.mail.bf1.yahoo.com; dmarc=pass(p=NONE) header.from=desk.test"),
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_well_known_providers_are_believed(provider: str) -> None:
    server, value = PROVIDERS[provider]
    is_believed = provider != "Microsoft 365, from nobody"  # a guess is none of DMARC's verdicts

    assert verdict(ADA, [value.replace("\n", "")], trusted_ids(server, 993)).verified is is_believed


def test_a_field_that_judged_only_the_picture_is_passed_over() -> None:
    """iCloud writes a field for each check, from servers of several names."""
    values = [
        "bimi.icloud.com; bimi=skipped",
        "dmarc.icloud.com; dmarc=pass header.from=desk.test",
        "spf.icloud.com; spf=fail",
    ]

    assert verdict(ADA, values, trusted_ids("imap.mail.me.com", 993)).verified


def test_proton_is_believed_through_its_bridge_alone() -> None:
    assert "mail.protonmail.ch" in trusted_ids("127.0.0.1", 1143)
    assert "mail.protonmail.ch" not in trusted_ids("127.0.0.1", 143)
