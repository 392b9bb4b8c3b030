"""Mail that nobody wrote, and mail that nobody can read."""

from pathlib import Path

from bot.cases.models import Case
from bot.mail.models import LedgerEntry
from tests.journeys.world import ALERTING, SUPPORT, World

MAILS = Path(__file__).parents[2] / "fixtures" / "mail"
BEYOND_READING = b"Subject: From nobody\r\n\r\nWho am I?\r\n"  # a mail that names no sender can't be answered


def ledger(world: World) -> list[str]:
    return sorted(str(entry.state) for entry in world.rows(LedgerEntry))


def test_auto_replies_and_bounces_open_nothing(world: World) -> None:
    for name in ("auto_reply", "bounce"):
        world.deliver((MAILS / f"{name}.eml").read_bytes())
    world.settles()

    assert ledger(world) == ["auto_reply", "bounce"]
    assert world.rows(Case) == []
    assert world.workspace.messages(SUPPORT) == []


def test_an_auto_reply_is_no_follow_up(world: World) -> None:
    for words in ("One", "Two", "Three"):
        world.mail("carla@example.com", "Printer", words)
    world.deliver((MAILS / "auto_reply.eml").read_bytes())
    world.settles()

    assert world.workspace.messages(ALERTING) == []
    assert world.case().message_count == 3


def test_a_mail_beyond_reading_is_told_and_the_next_one_is_taken_in(any_mailbox: World) -> None:
    any_mailbox.deliver(BEYOND_READING)
    any_mailbox.mail("carla@example.com", "Printer", "It prints only blank pages.")

    assert any_mailbox.sees(SUPPORT, "could not be taken in", "still in the mailbox")
    assert any_mailbox.sees(SUPPORT, "CASE-1")
    any_mailbox.settles()
    assert ledger(any_mailbox) == ["opened", "quarantined"]
    assert any_mailbox.health()["status"] == "healthy"


def test_the_same_mail_twice_is_one_message(world: World) -> None:
    for _ in range(2):
        world.deliver((MAILS / "new_plain.eml").read_bytes())
    world.settles()

    assert ledger(world) == ["duplicate", "opened"]
    assert world.case().message_count == 1
