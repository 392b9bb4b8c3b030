"""A mail as the intake sees it."""

import pytest

from bot.cases.inbound import Inbound
from bot.mail.inbound import judge, to_inbound
from bot.mail.parser import UnreadableMail, parse
from tests.mail.samples import ARRIVED, letter, sample, settings


def taken(raw: bytes, raw_mail_id: int | None = None, **variables: str) -> Inbound:
    desk, mail = settings(**variables), parse(raw)
    judged = judge(mail, desk)
    return to_inbound(mail, desk, judged, mailbox="support@desk.test", received_at=ARRIVED, raw_mail_id=raw_mail_id)


def test_a_customers_mail() -> None:
    inbound = taken(sample("new_plain"))

    assert inbound.author.identity == "carla@example.com"
    assert inbound.author.name == "Carla Customer"
    assert not inbound.author.is_admin
    assert inbound.place == "support@desk.test"
    assert inbound.external_id.startswith("<blank-pages-1@example.com>#")
    assert inbound.at == ARRIVED
    assert inbound.readers == frozenset()
    assert inbound.text.endswith("What can we try next?")
    assert inbound.full_text.endswith("Example Ltd")
    assert inbound.verdict == "verified: dmarc=pass for example.com"


def test_a_verified_admin_is_an_admin() -> None:
    inbound = taken(sample("admin_closes"))

    assert inbound.author.is_admin
    assert "closing this case" in inbound.text
    assert inbound.readers == {"carla@example.com"}
    assert inbound.references == ("<blank-pages-1@example.com>",)


def test_the_readers_are_all_others_in_to_and_cc_lower_cased() -> None:
    headers = "Cc: Bob <BOB@Example.com>, team@desk.test,\r\n\tSupport <SUPPORT@desk.test>\r\nBcc: eve@example.com\r\n"

    inbound = taken(letter(headers=headers), SMTP_FROM="Desk <team@desk.test>")

    assert inbound.readers == {"bob@example.com"}


def test_a_forged_admin_only_claims_to_be_one() -> None:
    inbound = taken(sample("admin_forged"))

    assert not inbound.author.is_admin
    assert inbound.author.claims_admin
    assert inbound.verdict == "not verified: dmarc=fail"


def test_a_closed_network_may_believe_the_list() -> None:
    assert taken(sample("admin_forged"), ADMIN_EMAIL_TRUST="listed").author.is_admin


def test_a_quoted_closing_phrase_is_gone() -> None:
    assert "closing" not in taken(sample("customer_quotes_phrase")).text


def test_a_forwarded_mail_is_the_customers_message_but_never_an_admins_words() -> None:
    forwarded = "---------- Forwarded message ---------\nFrom: x@y.z\nDate: 2 Mar 2026\n\nI'm closing this case."

    assert "closing this case" in taken(letter(forwarded)).text
    assert taken(letter(forwarded, sender="ada@desk.test")).text == ""


def test_the_same_name_with_other_content_is_another_mail() -> None:
    assert taken(letter("One")).external_id != taken(letter("Two")).external_id
    assert taken(letter("One")).external_id == taken(letter("One")).external_id


def test_a_mail_from_nobody_is_for_a_person_to_judge() -> None:
    with pytest.raises(UnreadableMail, match="no sender"):
        taken(letter(sender="nobody"))


def test_a_form_that_sends_in_our_name_brings_the_words_of_whom_it_names() -> None:
    raw = letter(sender="Contact form <support@desk.test>", headers="Reply-To: Carla <carla@example.com>\r\n")

    inbound = taken(raw)

    assert (inbound.author.identity, inbound.author.is_admin) == ("carla@example.com", False)
    assert inbound.verdict.startswith("not verified")


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ('"ada@desk.test" <eve@evil.test>', "eve@evil.test"),
        ('"Ada <ada@desk.test>" <eve@evil.test>', "eve@evil.test"),
        ("=?utf-8?q?Ada_=28ada=40desk=2Etest=29?= <eve@evil.test>", "eve@evil.test"),
        ('"Eve (Eve@Evil.test)" <eve@evil.test>', "Eve (Eve@Evil.test)"),
        ("=?utf-8?q?=E2=80=AEtset=2Eksed=40ada?= <eve@evil.test>", "eve@evil.test"),
        ("\u202eeve\u2066 <eve@evil.test>", "eve"),
        ("Eve @ Evil <eve@evil.test>", "Eve @ Evil"),
    ],
)
def test_a_name_that_is_another_address_is_not_shown(sender: str, shown: str) -> None:
    assert taken(letter(sender=sender)).author.name == shown


def test_a_subject_turns_no_direction_of_writing() -> None:
    subject = "Subject: =?utf-8?q?=E2=80=AEfdp=2Eexe?= \u2067x\u2069\r\n"

    assert taken(letter(headers=subject)).subject == "fdp.exe x"
