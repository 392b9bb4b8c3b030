"""Whose words a mail holds, when a list, a form or a secretary sent it."""

import pytest

from tests.mail.samples import letter
from tests.mail.test_inbound import taken

LIST = "List-Id: Users <users.lists.test>\r\nList-Post: <mailto:users@lists.test>\r\n"
VIA = "'Carla Customer' via Users <users@lists.test>"


@pytest.mark.parametrize(
    ("sender", "headers", "identity", "name"),
    [
        ("Carla <carla@example.com>", "Reply-To: office@example.com\r\n", "carla@example.com", "Carla"),
        ("Carla <carla@example.com>", "Sender: secretary@example.com\r\n", "carla@example.com", "Carla"),
        ("Carla <carla@example.com>", f"{LIST}Reply-To: users@lists.test\r\n", "carla@example.com", "Carla"),
        (VIA, f"{LIST}Reply-To: carla@example.com\r\n", "carla@example.com", "Carla Customer"),
        (VIA, f"{LIST}Reply-To: users@lists.test, Carla C. <carla@example.com>\r\n", "carla@example.com", "Carla C."),
        (VIA, f"{LIST}X-Original-From: Carla <carla@example.com>\r\n", "carla@example.com", "Carla"),
        (VIA, f"{LIST}Reply-To: users@lists.test\r\n", "users@lists.test", "'Carla Customer' via Users"),
        (VIA, f"{LIST}Reply-To: a@x.test, b@x.test\r\n", "users@lists.test", "'Carla Customer' via Users"),
        (VIA, "Reply-To: carla@example.com\r\n", "users@lists.test", "'Carla Customer' via Users"),
        ("Shop <no-reply@shop.test>", "Reply-To: Carla <carla@example.com>\r\n", "carla@example.com", "Carla"),
        ("Contact <wordpress@shop.test>", "Reply-To: carla@example.com\r\n", "carla@example.com", "carla@example.com"),
        ("Shop <donotreply@shop.test>", "Reply-To: noreply@shop.test\r\n", "donotreply@shop.test", "Shop"),
        ("Shop <no-reply@shop.test>", "", "no-reply@shop.test", "Shop"),
        ("Nora <nora.reply@shop.test>", "Reply-To: carla@example.com\r\n", "nora.reply@shop.test", "Nora"),
    ],
)
def test_the_customer_is_who_wrote(sender: str, headers: str, identity: str, name: str) -> None:
    author = taken(letter(sender=sender, headers=headers)).author

    assert (author.identity, author.name) == (identity, name)


def test_what_vouches_for_a_form_vouches_for_nobody_else() -> None:
    passed = "Authentication-Results: mx.sandbox.test; dmarc=pass header.from=shop.test\r\n"

    inbound = taken(letter(sender="no-reply@shop.test", headers=f"{passed}Reply-To: ada@desk.test\r\n"))

    assert not inbound.author.is_admin
    assert inbound.author.claims_admin
    assert inbound.verdict == "not verified: no-reply@shop.test names ada@desk.test as the writer"
