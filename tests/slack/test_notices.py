"""Notices to the team, and words that come before we know under what they stand."""

from bot.cases.models import Message
from bot.outbox.models import Delivery, DeliveryState
from tests.services.process import wait_until
from tests.slack import payloads
from tests.slack.world import SlackWorld, words_of

UNPLACED = {"sender": "ada@desk.test", "subject": "Hello"}


def test_two_notices_alike_are_both_said(world: SlackWorld) -> None:
    for _ in range(2):
        with world.bot.desk.database.writers.begin() as session:
            world.bot.desk.tell_support(session, "mail_unplaced", UNPLACED)

    world.deliver()

    said = [words_of(message) for message in world.workspace.messages("#support")]
    assert len(said) == 2
    assert all("names no case" in words for words in said)


def under_an_unknown_message() -> payloads.Body:
    return payloads.message("Looks like the depot", payloads.ADA, payloads.SUPPORT, thread_ts=payloads.next_ts())


def test_words_under_a_card_whose_receipt_is_still_on_its_way_come_again(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    with world.bot.desk.database.writers.begin() as session:
        card = next(row for row in world.rows(Delivery) if row.kind == "card")
        session.merge(card).state = DeliveryState.SENDING

    assert world.dispatch(under_an_unknown_message()).status == 500
    assert len(world.rows(Message)) == 1


def test_words_under_somebody_elses_message_are_nobodys(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.deliver()

    assert world.dispatch(under_an_unknown_message()).status == 200
    assert len(world.rows(Message)) == 1


def test_a_postman_that_fails_is_told_by_health(world: SlackWorld) -> None:
    postman = world.bot.delivering
    world.hears(payloads.message("Help"))
    try:
        with world.failing_commits():
            postman.start()
            wait_until(lambda: "postman: " in world.bot.checks["slack"].problem(), "the failure", seconds=20)
        wait_until(lambda: "postman: " not in world.bot.checks["slack"].problem(), "the end of it", seconds=20)
    finally:
        postman.stop()

    assert len(world.workspace.messages("#support")) == 1
