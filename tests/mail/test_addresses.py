"""Addresses: read leniently for answering, strictly for trusting."""

import pytest

from bot.mail.addresses import lone_mailbox, mailboxes

READ = {
    "Ada <ada@desk.test>": [("ada@desk.test", "Ada")],
    "ADA@Desk.Test": [("ada@desk.test", "")],
    "ada@desk.test (Ada (of the desk))": [("ada@desk.test", "Ada (of the desk)")],
    '"Lovelace, Ada" <ada@desk.test>': [("ada@desk.test", "Lovelace, Ada")],
    r'"Ada \"the\" Admin" <ada@desk.test>': [("ada@desk.test", 'Ada "the" Admin')],
    "=?utf-8?q?J=C3=BCrgen?= <j@x.de>": [("j@x.de", "Jürgen")],
    "Friends: a@b.c, Bea <b@c.d>;": [("a@b.c", ""), ("b@c.d", "Bea")],
    "undisclosed-recipients:;": [],
    "<@relay.test:ada@desk.test>": [("ada@desk.test", "")],
    '"ada@desk.test" <eve@evil.test>': [("eve@evil.test", "ada@desk.test")],
    "no address at all": [],
    "<>": [],
    "": [],
}


@pytest.mark.parametrize("value", READ)
def test_addresses_and_names_are_read(value: str) -> None:
    assert [(box.address, box.name) for box in mailboxes(value)] == READ[value]


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("ada@desk.test", "eve@evil.test"),
        ("ada@desk.test, eve@evil.test",),
        ("<ada@desk.test> <eve@evil.test>",),
        ("ada@desk.test <eve@evil.test>",),
        ("Desk: ada@desk.test;",),
        ("<@evil.test:ada@desk.test>",),
        ('"ada"@desk.test',),
        ("Ada",),
    ],
)
def test_a_sender_that_can_be_read_in_two_ways_is_nobody(values: tuple[str, ...]) -> None:
    assert lone_mailbox(values) is None


def test_a_kelvin_sign_is_not_the_letter_k() -> None:
    [box] = mailboxes("ada@des\u212a.test")

    assert box.address != "ada@desk.test"
