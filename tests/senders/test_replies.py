"""Answers to customers in Slack: where they are read, what the team sees of them, and how they can fail."""

from typing import Any

import pytest

from bot.cases.inbound import Attached, Author
from bot.cases.models import Message, Sending
from bot.outbox.models import Delivery, DeliveryState
from bot.sandbox.workspace import text_of
from bot.slack.action_ids import STOP_REPLY
from bot.slack.inbound import moment
from tests.slack import payloads
from tests.slack.world import SlackWorld

Json = dict[str, Any]
ADA = Author("U0ADA", "Ada Admin", is_admin=True)
CARLAS_DM = payloads.dm_of(payloads.CARLA)


def answers(world: SlackWorld, text: str = "We *look* into it.", *files: Attached) -> int:
    """Ada answers CASE-1, and the moment passes in which she can stop it."""
    number = world.bot.desk.replies.reply("CASE-1", text, ADA, files)
    world.passes(seconds=6)
    return number


def says(world: SlackWorld, channel: str, text: str = "Help", **more: Any) -> str:
    """Carla writes in Slack; the bot hears it."""
    place = world.workspace.dm("carla") if channel == CARLAS_DM else world.workspace.channel(channel).id
    ts = world.workspace.say("carla", place, text, **more)
    told = world.workspace.message(place, ts) | {"channel": place, "event_ts": ts}
    told["channel_type"] = "im" if place.startswith("D") else "channel"
    world.passes(seconds=(moment(ts) - world.clock.now()).total_seconds())
    world.hears(payloads.event("message_dm") | {"event": told})
    world.deliver()
    return ts


def in_thread(world: SlackWorld, channel: str, ts: str) -> list[Json]:
    return world.workspace.thread(channel, ts)[1:]


def of_the_case(world: SlackWorld) -> list[str]:
    """What stands in the case's thread."""
    [card] = world.workspace.messages("#support")
    return [text_of(message) for message in in_thread(world, "#support", card["ts"])]


def test_in_a_direct_message_the_answer_stands_plain(world: SlackWorld) -> None:
    says(world, CARLAS_DM)
    answers(world)
    world.deliver()

    [_, answer] = world.workspace.messages(CARLAS_DM)
    assert answer["text"] == "*Ada Admin*\nWe *look* into it."
    assert "thread_ts" not in answer


def test_in_a_channel_it_stands_under_the_customers_own_message(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    answers(world)
    world.deliver()

    [answer] = in_thread(world, "#customers", ts)
    assert answer["text"] == "*Ada Admin*\nWe *look* into it."


def test_an_answer_goes_where_the_customer_wrote_before_it_wherever_he_writes_meanwhile(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    world.bot.desk.replies.reply("CASE-1", "We look into it.", ADA)
    says(world, CARLAS_DM, "By the way …")
    world.passes(seconds=6)
    world.deliver()

    assert [answer["text"] for answer in in_thread(world, "#customers", ts)] == ["*Ada Admin*\nWe look into it."]
    assert len(world.workspace.messages(CARLAS_DM)) == 1


def test_a_customer_who_never_wrote_in_slack_is_written_to_directly(world: SlackWorld) -> None:
    world.bot.desk.cases.open(Author("U0COSMO", "Cosmo"), "He called: it is broken.", ADA)
    world.deliver()
    answers(world)
    world.deliver()

    [answer] = world.workspace.messages(world.workspace.dm("cosmo"))
    assert "We *look* into it." in answer["text"]
    [card] = world.workspace.messages("#support")
    assert "taken down by Ada Admin" in text_of(card)


def test_the_team_sees_the_answer_wait_and_then_sent(world: SlackWorld) -> None:
    says(world, CARLAS_DM)
    number = world.bot.desk.replies.reply("CASE-1", "We look into it.", ADA)
    while world.slack.postman.deliver_due():
        pass
    [waiting] = of_the_case(world)
    [card] = world.workspace.messages("#support")
    [shown] = in_thread(world, "#support", card["ts"])
    on_card = text_of(card)

    world.passes(seconds=6)
    world.deliver()

    assert "Ada Admin* → *Carla Customer (U0CARLA)* in Slack:\n> We look into it." in waiting
    assert "leaves in a moment" in waiting
    [stop] = [part for block in shown["blocks"] for part in block.get("elements", ()) if part["type"] == "button"]
    assert (stop["action_id"], stop["value"]) == (STOP_REPLY, str(number))
    assert "An answer of *Ada Admin* is on its way" in on_card
    [sent] = of_the_case(world)
    assert ":white_check_mark: sent <!date^" in sent
    assert "Stop" not in sent


def test_a_stopped_answer_says_so_and_reaches_nobody(world: SlackWorld) -> None:
    says(world, CARLAS_DM)
    number = world.bot.desk.replies.reply("CASE-1", "We look into it.", ADA)
    world.bot.desk.replies.stop(number, ADA)
    world.passes(seconds=6)
    world.deliver()

    assert "stopped before it left" in of_the_case(world)[0]
    assert len(world.workspace.messages(CARLAS_DM)) == 1


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("not_in_channel", "the bot is no longer in the channel where the customer wrote"),
        ("is_archived", "the channel where the customer wrote is archived"),
        ("restricted_action", "Slack says restricted_action"),
    ],
)
def test_an_answer_that_slack_refuses_turns_the_card_red_and_says_why(world: SlackWorld, error: str, told: str) -> None:
    says(world, "#customers")
    answers(world)
    world.sandbox.faults.refuse("chat.postMessage", error)  # an answer that is due is said first
    world.deliver()

    [card] = world.workspace.messages("#support")
    assert f":red_circle: *The customer did not get your answer:* {told}" in text_of(card)
    drawn, fact = of_the_case(world)
    assert f"did not arrive:* {told}" in drawn
    assert f"*The customer did not get Ada Admin's answer:* {told}" in fact
    assert world.rows(Message)[-1].sending == Sending.FAILED


def test_an_answer_whose_post_is_in_doubt_is_said_once(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    answers(world)
    world.sandbox.faults.reset_after("chat.postMessage", times=2)
    world.deliver()

    assert len(in_thread(world, "#customers", ts)) == 1
    assert world.rows(Message)[-1].sending == Sending.SENT


def test_four_answers_that_waited_are_four_answers(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    for number in range(5):
        world.bot.desk.replies.reply("CASE-1", f"Number {number}.", ADA)
    world.passes(seconds=6)
    world.deliver()

    told = [answer["text"] for answer in in_thread(world, "#customers", ts)]
    assert told == [f"*Ada Admin*\nNumber {number}." for number in range(5)]
    assert all(":white_check_mark: sent" in drawn for drawn in of_the_case(world))
    assert {message.sending for message in world.rows(Message)[1:]} == {Sending.SENT}


def test_files_follow_the_words(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    held = world.workspace.say("ada", "#support", "", files=[("invoice.pdf", b"%PDF-1.7")])
    [file] = world.workspace.message("#support", held)["files"]
    answers(
        world,
        "See the invoice.",
        Attached(name="invoice.pdf", content_type="application/pdf", size=8, held=f"slack:{file['id']}"),
    )
    world.deliver()

    words, sent = in_thread(world, "#customers", ts)
    assert words["text"] == "*Ada Admin*\nSee the invoice."
    assert [one["name"] for one in sent["files"]] == ["invoice.pdf"]
    assert world.workspace.files.stored[sent["files"][0]["id"]].content == b"%PDF-1.7"


def test_files_of_a_stopped_answer_stay(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    file = Attached(name="a.pdf", content_type="application/pdf", size=8, held="slack:F1")
    number = world.bot.desk.replies.reply("CASE-1", "See the invoice.", ADA, [file])
    world.bot.desk.replies.stop(number, ADA)
    world.passes(seconds=6)
    world.deliver()

    assert in_thread(world, "#customers", ts) == []
    assert "file" not in {row.kind for row in world.rows(Delivery)}


def test_a_file_that_does_not_reach_the_customer_is_told_to_the_team_alone(world: SlackWorld) -> None:
    ts = says(world, "#customers")
    answers(world, "See.", Attached(name="a.pdf", content_type="application/pdf", size=8, held="slack:F0GONE"))
    world.deliver()

    assert len(in_thread(world, "#customers", ts)) == 1
    told = ":paperclip: a.pdf did not reach the customer: it was deleted in Slack"
    assert [told in words for words in of_the_case(world)].count(True) == 1


def sends_a_note(world: SlackWorld) -> str:
    """Carla writes; Ada's words in the case's thread are sent to her. Returns their ts."""
    says(world, CARLAS_DM)
    [card] = world.workspace.messages("#support")
    ts = world.workspace.say("ada", "#support", "It arrives tomorrow.", thread_ts=card["ts"])
    note = world.workspace.message("#support", ts) | {"channel": payloads.SUPPORT, "event_ts": ts}
    world.hears(payloads.event("message_thread_reply") | {"event": note | {"channel_type": "channel"}})
    world.bot.desk.replies.send_note(payloads.SUPPORT, ts, ADA)
    world.passes(seconds=6)
    return ts


def test_a_note_that_was_sent_gets_the_bots_mark(world: SlackWorld) -> None:
    ts = sends_a_note(world)
    world.deliver()

    assert world.workspace.reactions("#support", ts) == {"incoming_envelope": ["U0CASEBOT"]}
    assert world.workspace.messages(CARLAS_DM)[1]["text"] == "*Ada Admin*\nIt arrives tomorrow."


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("already_reacted", DeliveryState.SENT),
        ("message_not_found", DeliveryState.FOLDED),
        ("missing_scope", DeliveryState.FOLDED),
    ],
)
def test_a_mark_holds_up_nothing(world: SlackWorld, error: str, state: DeliveryState) -> None:
    sends_a_note(world)
    world.sandbox.faults.refuse("reactions.add", error)
    world.deliver()

    [mark] = [row for row in world.rows(Delivery) if row.kind == "sent_mark"]
    assert mark.state == state
    assert len(world.workspace.called("reactions.add")) == 1
