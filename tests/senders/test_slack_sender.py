"""The Slack sender: said once, edited in place, and each way to fail told in the postman's terms."""

import socket
from typing import Any

import pytest

from bot.cases.inbound import Author, Inbound, Source
from bot.outbox.models import Delivery, DeliveryState, Receipt
from bot.outbox.sending import Away, Later, Parcel, Posted, Refused, Unsure
from bot.slack.action_ids import ACKNOWLEDGE, DELIVERY
from bot.slack.calls import PERMANENT
from bot.slack.places import Places
from bot.slack.sender import SlackSender
from bot.slack.transport import web_client
from tests.senders.speaking import sender_of
from tests.slack import payloads
from tests.slack.world import SlackWorld, words_of

Json = dict[str, Any]


@pytest.fixture
def sender(world: SlackWorld) -> SlackSender:
    return sender_of(world)


def waiting(world: SlackWorld, kind: str, *, redraw: bool = False) -> Parcel:
    """The first delivery of a kind that waits to be said."""
    return Parcel(next(row for row in world.unsettled() if (row.kind, row.redraw) == (kind, redraw)))


def posts(world: SlackWorld) -> list[Json]:
    return world.workspace.called("chat.postMessage")


def test_a_post_is_named_by_what_slack_called_it_and_can_be_found_again(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"))
    parcel = waiting(world, "card")

    posted = sender.send(parcel)

    [message] = world.workspace.messages("#support")
    assert posted is not None
    assert (posted.place, posted.external_id) == ("C0SUPPORT", message["ts"])
    assert message["metadata"] == {
        "event_type": DELIVERY,
        "event_payload": {"delivery_id": parcel.delivery.delivery_id},
    }
    [call] = posts(world)
    assert (call["unfurl_links"], call["unfurl_media"]) in {("0", "0"), (False, False)}


def test_a_change_edits_the_message_in_place(world: SlackWorld) -> None:
    world.hears(payloads.message("It is urgent"))
    world.deliver()
    world.hears(payloads.click(ACKNOWLEDGE, "CASE-1:2"))
    world.deliver()

    [alert] = world.workspace.messages("#alerting")
    [card] = world.workspace.messages("#support")
    assert "acknowledged by Ada Admin" in alert["text"]
    assert "escalated before" in words_of(card)


def test_an_alert_links_to_its_card_once_that_stands(world: SlackWorld) -> None:
    world.hears(payloads.message("It is urgent"))
    world.deliver()

    [alert] = world.workspace.messages("#alerting")
    [card] = world.workspace.messages("#support")
    assert f"archives/C0SUPPORT/p{card['ts'].replace('.', '')}|open the case>" in words_of(alert)


def test_what_looks_the_same_is_not_sent_again(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"))
    world.deliver()
    [card] = [row for row in world.rows(Delivery) if row.kind == "card"]
    card.redraw = True

    assert sender.send(Parcel(card)) is None
    assert world.workspace.called("chat.update") == []


def test_a_redraw_of_what_was_never_said_is_nothing(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("This is urgent"))

    assert sender.send(waiting(world, "alert", redraw=True)) is None


def test_a_case_that_came_in_quietly_gets_its_card_with_its_next_fact(world: SlackWorld) -> None:
    author = Author("carla@customer.example", "Carla")
    words: Json = {"source": Source.EMAIL, "place": "support@desk.example", "author": author, "at": world.clock.now()}
    world.bot.desk.intake.receive(Inbound(external_id="old", text="An old mail", quiet=True, **words))
    world.deliver()
    assert posts(world) == []

    world.bot.desk.intake.receive(Inbound(external_id="new", text="A new one", **words))
    world.deliver()

    _, follow_up = posts(world)
    [card] = world.workspace.messages("#support")
    assert ("CASE-1" in card["text"], follow_up["thread_ts"]) == (True, card["ts"])


def test_what_has_its_receipt_is_not_said_twice(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"))
    parcel = waiting(world, "card")
    world.deliver()
    said = len(posts(world))

    assert sender.send(parcel) is not None
    assert len(posts(world)) == said


def test_a_follow_up_waits_for_the_card_whose_thread_it_goes_to(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"), payloads.message("Hello?"))
    parcel = waiting(world, "follow_up")

    with pytest.raises(Later, match="the card is not posted yet") as later:
        sender.send(parcel)
    world.deliver()

    assert not later.value.whole_place
    [card] = world.workspace.messages("#support")
    assert "Hello?" in words_of(world.workspace.thread("#support", card["ts"])[1:])


def test_while_the_channel_is_unknown_the_whole_place_waits(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    sender = sender_of(world, places=Places(world.settings, world.slack.web))

    with pytest.raises(Later, match="the support channel is not known yet") as later:
        sender.send(waiting(world, "card"))

    assert later.value.whole_place


def test_a_rate_limit_holds_the_place_as_long_as_slack_asks(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.rate_limit("chat.postMessage", retry_after=7)

    with pytest.raises(Later) as later:
        sender.send(waiting(world, "card"))

    assert (later.value.seconds, later.value.whole_place) == (7.0, True)


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "thread_not_found"])
def test_what_no_repetition_mends_is_refused(world: SlackWorld, sender: SlackSender, error: str) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", error)

    with pytest.raises(Refused, match=error):
        sender.send(waiting(world, "card"))

    assert error in PERMANENT


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "missing_scope"])
def test_what_somebody_can_mend_is_kept_until_then(world: SlackWorld, error: str) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", error, times=3)
    world.slack.postman.deliver_due()
    put_off = waiting(world, "card").delivery

    for _ in range(4):
        world.passes(seconds=31)
        world.deliver()

    assert put_off.error == f"Mendable: Slack says {error}"
    assert len(world.workspace.messages("#support")) == 1


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
def test_without_a_good_token_everything_is_kept(world: SlackWorld, sender: SlackSender, error: str) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", error)

    with pytest.raises(Away, match=error):
        sender.send(waiting(world, "card"))


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable"])
def test_slacks_own_trouble_leaves_us_unsure(world: SlackWorld, sender: SlackSender, error: str) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", error)

    with pytest.raises(Unsure, match=error):
        sender.send(waiting(world, "card"))


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failing_server_leaves_us_unsure(world: SlackWorld, sender: SlackSender, status: int) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.fail("chat.postMessage", status=status)

    with pytest.raises(Unsure):
        sender.send(waiting(world, "card"))


def test_a_lost_answer_leaves_us_unsure(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.reset_after("chat.postMessage")

    with pytest.raises(Unsure):
        sender.send(waiting(world, "card"))

    assert len(world.workspace.messages("#support")) == 1


def test_a_refused_connection_means_that_slack_is_away(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/api/"
    sender = sender_of(world, web=web_client("xoxb-1", nobody))

    with pytest.raises(Away):
        sender.send(waiting(world, "card"))


@pytest.mark.parametrize("lost", [1, 2])
def test_a_post_whose_answer_was_lost_is_found_again_and_said_once(world: SlackWorld, lost: int) -> None:
    world.hears(payloads.message("It is urgent"))
    world.sandbox.faults.reset_after("chat.postMessage", times=lost)

    world.deliver()

    assert len(world.workspace.messages("#support")) == 1
    assert len(world.workspace.messages("#alerting")) == 1
    assert {row.external_id for row in world.rows(Receipt)} == {
        message["ts"] for place in ("#support", "#alerting") for message in world.workspace.messages(place)
    }


def test_a_reply_whose_answer_was_lost_is_found_in_its_thread(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.deliver()
    world.hears(payloads.message("Hello?"))
    world.sandbox.faults.reset_after("chat.postMessage")

    world.deliver()

    [card] = world.workspace.messages("#support")
    assert len(world.workspace.thread("#support", card["ts"])) == 2


def test_a_post_that_never_happened_is_made_good(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.fail("chat.postMessage", times=2)

    world.deliver()

    assert len(world.workspace.messages("#support")) == 1


def test_an_outage_ends_with_everything_said_once(world: SlackWorld) -> None:
    world.sandbox.pause_slack()
    world.hears(payloads.message("It is urgent"), payloads.message("Hello?"))
    for _ in range(5):
        world.slack.postman.deliver_due()
        world.passes(seconds=20)
    world.sandbox.resume_slack()

    world.deliver()

    [card] = world.workspace.messages("#support")
    assert len(world.workspace.thread("#support", card["ts"])) == 2
    assert len(world.workspace.messages("#alerting")) == 1
    assert {row.state for row in world.rows(Delivery)} <= {DeliveryState.SENT, DeliveryState.FOLDED}


def test_what_slack_refuses_for_good_is_marked_with_the_reason(world: SlackWorld) -> None:
    world.hears(payloads.message("Help"))
    world.sandbox.faults.refuse("chat.postMessage", "msg_too_long")

    world.deliver()

    [card, told] = world.rows(Delivery)
    assert (card.state, card.error) == (DeliveryState.REFUSED, "msg_too_long")
    assert (told.place, told.state) == ("alerting", DeliveryState.SENT)


def test_the_receipt_names_the_drawing(world: SlackWorld, sender: SlackSender) -> None:
    world.hears(payloads.message("Help"))

    first = sender.send(waiting(world, "card"))
    world.hears(payloads.message("More"))
    second = sender.send(waiting(world, "card"))

    assert isinstance(first, Posted)
    assert isinstance(second, Posted)
    assert first.drawn != second.drawn
