"""Reactions: what an admin's signs do, and that nobody else's do anything."""

from pathlib import Path

import pytest

from bot.cases.models import CaseEvent, Message
from bot.slack.action_ids import CLOSE_ASKED, STOP_REPLY, UNDO_CLOSE
from tests.slack import payloads
from tests.slack.hands import Hands, hands_on
from tests.slack.world import words_of


def card_of(hands: Hands) -> str:
    [card] = [message for message in hands.workspace.messages("#support") if "CASE-1" in message["text"]]
    return str(card["ts"])


def facts(hands: Hands) -> list[str]:
    return [event.kind for event in hands.world.rows(CaseEvent)]


def waits_for(hands: Hands, kind: str) -> None:
    hands.world.seen(lambda: kind in facts(hands))


def test_eyes_on_a_card_take_the_case_and_without_them_it_is_nobodys(hands: Hands) -> None:
    hands.opens()
    card = card_of(hands)

    hands.workspace.react("ada", "#support", card, "eyes")
    waits_for(hands, "assigned")
    assert hands.world.case().assignee == payloads.ADA

    hands.workspace.unreact("ada", "#support", card, "eyes")
    waits_for(hands, "unassigned")
    assert hands.world.case().assignee is None


def test_eyes_on_the_customers_words_and_on_a_note_mean_the_same_case(hands: Hands) -> None:
    ts = hands.workspace.say("carla", "#customers", "Help")
    waits_for(hands, "opened")
    hands.world.deliver()
    note = hands.workspace.say("ada", "#support", "Who knows printers?", thread_ts=card_of(hands))
    waits_for(hands, "noted")

    hands.workspace.react("ada", "#customers", ts, "eyes")
    waits_for(hands, "assigned")
    hands.workspace.react("amos", "#support", note, "eyes")
    hands.world.seen(lambda: hands.world.case().assignee == payloads.AMOS)

    hands.workspace.unreact("ada", "#customers", ts, "eyes")
    hands.settles()
    assert hands.world.case().assignee == payloads.AMOS


def test_a_reaction_delivered_twice_does_nothing_twice(hands: Hands) -> None:
    hands.opens()
    eyes = payloads.reaction("eyes", "C0SUPPORT", card_of(hands))
    check = payloads.reaction("white_check_mark", "C0SUPPORT", card_of(hands))

    hands.world.hears(eyes, eyes, check, check)
    hands.whisper("Close CASE-1")
    hands.world.slack.asides.close()

    assert facts(hands) == ["opened", "assigned"]
    assert len(hands.workspace.ephemerals("ada")) == 1


def test_a_check_mark_asks_once_and_its_answer_can_be_undone(hands: Hands) -> None:
    hands.opens()

    hands.workspace.react("ada", "#support", card_of(hands), "white_check_mark")
    question = hands.whisper("Close CASE-1 of Carla Customer?")
    assert hands.world.case().status == "open"

    hands.press_in(question, CLOSE_ASKED)
    offer = hands.whisper("CASE-1 is closed.")
    assert offer["ts"] == question["ts"]
    assert hands.world.case().status == "closed"

    hands.press_in(offer, UNDO_CLOSE)
    assert hands.whisper("CASE-1 is open again.")["ts"] == question["ts"]
    assert facts(hands) == ["opened", "closed", "reopened"]


def test_a_ticket_opens_a_case_on_behalf_of_the_author(tmp_path: Path) -> None:
    with hands_on(tmp_path, CUSTOMER_SLACK_CHANNELS="#customers") as hands:
        hands.workspace.create_channel("lobby", ["cosmo", "ada", "casebot"])
        ts = hands.workspace.say("cosmo", "#lobby", "Does anybody hear me?")

        hands.workspace.react("ada", "#lobby", ts, "ticket")

        assert hands.whisper("CASE-1 is open for Cosmo Customer.")
        [opened] = hands.world.rows(CaseEvent)
        assert (opened.actor, opened.detail) == (payloads.COSMO, {"taken_down_by": "Ada Admin"})
        [message] = hands.world.rows(Message)
        assert (message.body, message.external_id) == ("Does anybody hear me?", ts)


def test_a_ticket_on_a_reply_in_a_thread_takes_the_reply(tmp_path: Path) -> None:
    with hands_on(tmp_path, CUSTOMER_SLACK_CHANNELS="#customers") as hands:
        hands.workspace.create_channel("lobby", ["cosmo", "ada", "casebot"])
        above = hands.workspace.say("ada", "#lobby", "Any questions?")
        ts = hands.workspace.say("cosmo", "#lobby", "Yes, about my bill", thread_ts=above)

        hands.workspace.react("ada", "#lobby", ts, "ticket")

        assert hands.whisper("CASE-1 is open for Cosmo Customer.")
        assert [message.body for message in hands.world.rows(Message)] == ["Yes, about my bill"]


def test_what_stands_in_a_case_already_is_told_so(hands: Hands) -> None:
    ts = hands.workspace.say("carla", "#customers", "Help")
    waits_for(hands, "opened")

    hands.workspace.react("ada", "#customers", ts, "ticket")

    assert hands.whisper("That message stands in CASE-1 already.")
    assert facts(hands) == ["opened"]


def test_neither_admins_nor_bots_get_a_case(hands: Hands) -> None:
    own = hands.workspace.say("amos", "#customers", "Good morning")
    bots = str(hands.world.slack.web.chat_postMessage(channel="#customers", text="beep")["ts"])

    hands.workspace.react("ada", "#customers", own, "ticket")
    assert hands.whisper("Amos Admin is an admin, and admins have no cases.")
    hands.workspace.react("ada", "#customers", bots, "ticket")
    assert hands.whisper("Only what a person wrote can be put into a case.")
    assert facts(hands) == []


def test_a_letter_sends_a_note_to_the_customer_and_can_be_stopped(hands: Hands) -> None:
    hands.opens()
    note = hands.workspace.say("amos", "#support", "Switch it off, please.", thread_ts=card_of(hands))
    waits_for(hands, "noted")

    hands.workspace.react("ada", "#support", note, "email")

    offer = hands.whisper("Your answer to Carla Customer (CASE-1) leaves in 5 s")
    [sent] = [message for message in hands.world.rows(Message) if message.sending]
    assert (sent.body, sent.sender) == ("Switch it off, please.", payloads.ADA)
    hands.press_in(offer, STOP_REPLY)
    assert hands.whisper("Stopped; nobody got it.")


def test_a_letter_on_anything_else_of_a_case_is_explained(hands: Hands) -> None:
    hands.opens()

    hands.workspace.react("ada", "#support", card_of(hands), "envelope")

    assert hands.whisper("Only a note in a case's thread can be sent to the customer.")


@pytest.mark.parametrize("emoji", ["eyes", "white_check_mark", "ticket", "email"])
def test_a_customers_reactions_are_just_reactions(hands: Hands, emoji: str) -> None:
    hands.opens()
    before = hands.world.snapshot()

    hands.world.hears(payloads.reaction(emoji, "C0SUPPORT", card_of(hands), user=payloads.CARLA))
    hands.world.slack.asides.close()

    assert hands.world.snapshot() == before
    assert hands.workspace.ephemerals("carla") == []


@pytest.mark.parametrize("emoji", ["eyes", "white_check_mark", "email", "tada"])
def test_signs_on_words_of_no_case_mean_nothing(hands: Hands, emoji: str) -> None:
    ts = hands.workspace.say("amos", "#customers", "Lunch?")
    before = hands.world.snapshot()

    hands.world.hears(payloads.reaction(emoji, "C0CUSTOMERS", ts))
    hands.world.slack.asides.close()

    assert hands.world.snapshot() == before
    assert hands.workspace.ephemerals("ada") == []


def test_the_signs_can_be_chosen_and_switched_off(tmp_path: Path) -> None:
    with hands_on(tmp_path, REACTION_ASSIGN="raised_hand,:hand:", REACTION_CLOSE="") as hands:
        hands.opens()

        hands.world.hears(payloads.reaction("eyes", "C0SUPPORT", card_of(hands)))
        assert facts(hands) == ["opened"]
        hands.world.hears(payloads.reaction("hand::skin-tone-3", "C0SUPPORT", card_of(hands)))
        assert facts(hands) == ["opened", "assigned"]
        hands.world.hears(payloads.reaction("white_check_mark", "C0SUPPORT", card_of(hands)))
        hands.world.slack.asides.close()
        assert hands.workspace.ephemerals("ada") == []


def test_a_closed_case_is_refused_to_eyes(hands: Hands) -> None:
    hands.opens()
    hands.world.hears(payloads.click("case_close", "CASE-1:1", payloads.AMOS))

    hands.world.hears(payloads.reaction("eyes", "C0SUPPORT", card_of(hands)))

    assert words_of(hands.whisper("CASE-1 was closed by Amos Admin"))
