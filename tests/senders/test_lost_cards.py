"""Cards that somebody deleted, or that Slack refused: the words under them still reach the team."""

from datetime import timedelta

from bot.cases.models import Case
from bot.cases.removal import Removal, clear
from bot.outbox.models import Delivery, DeliveryState
from tests.slack import payloads
from tests.slack.world import SlackWorld, words_of


def test_a_deleted_card_is_posted_anew_and_its_words_reach_the_team(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.deliver()
    [card] = world.workspace.messages("#support")
    world.slack.web.chat_delete(channel="C0SUPPORT", ts=card["ts"])

    world.hears(payloads.message("Are you there?"))
    world.deliver()

    standing = [words_of(message) for message in world.workspace.messages("#support")]
    assert any("CASE-1" in words and "Carla Customer wrote" in words.replace("*", "") for words in standing)
    assert any("2 messages" in words for words in standing)
    assert {row.state for row in world.rows(Delivery)} <= {DeliveryState.SENT, DeliveryState.FOLDED}


def test_words_whose_card_was_refused_are_said_in_the_channel(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", "invalid_blocks")
    world.deliver()

    world.hears(payloads.message("Are you there?"))
    world.deliver()

    [said] = world.workspace.messages("#support")
    assert "Are you there?" in words_of(said)


def test_a_refused_card_is_told_in_the_alerting_channel(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", "invalid_blocks")

    world.deliver()

    [told] = world.workspace.messages("#alerting")
    assert "Slack refused what was to be said in the support channel (card: invalid_blocks)" in words_of(told)


def test_an_alerting_channel_that_refuses_is_told_to_the_admins(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.deliver()
    world.hears(payloads.message("Urgent!"))
    world.sandbox.faults.refuse("chat.postMessage", "invalid_blocks")

    world.deliver()

    for admin in ("ada", "amos"):
        [told] = world.workspace.messages(world.workspace.dm(admin))
        assert "in the alerting channel (alert: invalid_blocks)" in words_of(told)


def test_a_post_is_found_again_by_a_clock_that_is_years_ahead_of_slacks(world: SlackWorld) -> None:
    world.clock.advance(timedelta(days=3000))
    world.hears(payloads.message("Help"))
    world.deliver()
    world.hears(payloads.message("It is urgent"))
    world.sandbox.faults.reset_after("chat.postMessage", times=2)

    world.deliver()

    [card] = world.workspace.messages("#support")
    assert len(world.workspace.thread("#support", card["ts"])) == 2
    assert len(world.workspace.messages("#alerting")) == 1


def test_a_card_whose_words_were_removed_is_drawn_again_only_where_it_stands(world: SlackWorld) -> None:
    world.hears(payloads.message("Help me"))
    world.hears(payloads.message("And me", user=payloads.COSMO))
    world.deliver()
    gone, standing = world.workspace.messages("#support")
    world.slack.web.chat_delete(channel="C0SUPPORT", ts=gone["ts"])

    for case in world.rows(Case):
        with world.bot.desk.database.writers.begin() as session:
            clear(session, session.get_one(Case, case.case_id), Removal("removed"), world.bot.desk.clock.now())
    world.deliver()

    [card] = world.workspace.messages("#support")
    assert card["ts"] == standing["ts"]
    assert "(removed)" in words_of(card)
    assert "And me" not in words_of(card)
