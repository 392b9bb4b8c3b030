"""Shortcuts: a message becomes a case or a part of one, is sent, or ends its case; and a case out of nothing."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases.models import CaseEvent, Message
from bot.sandbox.shapes import Interaction
from bot.slack.action_ids import WHICH_CASE, Shortcut
from tests.slack import payloads
from tests.slack.hands import Hands, hands_on
from tests.slack.world import words_of


def facts(hands: Hands) -> list[str]:
    return [event.kind for event in hands.world.rows(CaseEvent)]


def bodies(hands: Hands) -> list[str]:
    return [message.body for message in hands.world.rows(Message)]


def offered(answer: Interaction) -> list[str]:
    return [option["value"] for option in (answer.payload or {})["options"]]


def in_the_lobby(hands: Hands, text: str, user: str = "cosmo") -> str:
    """Somebody writes where customers are not heard."""
    hands.workspace.create_channel("lobby", ["cosmo", "carla", "ada", "casebot"])
    ts = hands.workspace.say(user, "#lobby", text)
    hands.settles()
    return ts


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Hands]:
    """A bot that hears customers in #customers alone."""
    with hands_on(tmp_path, CUSTOMER_SLACK_CHANNELS="#customers") as hands:
        yield hands


def test_a_message_becomes_a_case(lobby: Hands) -> None:
    ts = in_the_lobby(lobby, "My bill is wrong")

    assert lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.OPEN_CASE).acked

    assert lobby.whisper("CASE-1 is open for Cosmo Customer.")
    assert bodies(lobby) == ["My bill is wrong"]


def test_the_same_message_becomes_a_case_once(lobby: Hands) -> None:
    ts = in_the_lobby(lobby, "My bill is wrong")

    lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.OPEN_CASE)
    lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.OPEN_CASE)

    assert lobby.whisper("That message stands in CASE-1 already.")
    assert facts(lobby) == ["opened"]


def test_a_message_joins_its_authors_open_case(lobby: Hands) -> None:
    lobby.opens("Hello", payloads.COSMO)
    ts = in_the_lobby(lobby, "My bill is wrong")

    lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.OPEN_CASE)

    assert lobby.whisper("Cosmo Customer has an open case, so the message was added to CASE-1.")


def test_a_message_is_added_to_the_case_of_its_author_by_default(lobby: Hands) -> None:
    lobby.opens("Hello", payloads.COSMO)
    ts = in_the_lobby(lobby, "My bill is wrong")

    lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.ADD_TO_CASE)
    assert "> My bill is wrong" in words_of(lobby.form())
    assert lobby.submit() == {}

    assert lobby.whisper("The message was added to CASE-1.")
    assert bodies(lobby) == ["Hello", "My bill is wrong"]
    assert facts(lobby) == ["opened", "received"]


def test_in_another_case_it_is_a_note(lobby: Hands) -> None:
    lobby.opens("Hello", payloads.CARLA)
    ts = in_the_lobby(lobby, "Her printer smokes")

    lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.ADD_TO_CASE)
    lobby.form()
    found = lobby.workspace.suggest("ada", WHICH_CASE, "carla")
    assert offered(found) == ["CASE-1"]
    lobby.submit(case="CASE-1")

    assert lobby.whisper("The message was added to CASE-1.")
    [_, noted] = lobby.world.rows(Message)
    assert (noted.body, noted.internal) == ("Her printer smokes", True)


def test_a_case_that_never_was_is_refused_in_the_form(lobby: Hands) -> None:
    ts = in_the_lobby(lobby, "My bill is wrong")
    lobby.workspace.shortcut("ada", "#lobby", ts, Shortcut.ADD_TO_CASE)

    values = {"case": {"case": {"type": "external_select", "selected_option": {"value": "CASE-77"}}}}

    answer = lobby.world.dispatch(payloads.submission(lobby.form() | {"state": {"values": values}}))

    assert json.loads(answer.body) == {"response_action": "errors", "errors": {"case": "There is no CASE-77."}}


def test_the_menu_of_cases_finds_numbers_names_and_nothing_else(hands: Hands) -> None:
    hands.opens("One", payloads.CARLA)
    hands.opens("Two", payloads.COSMO)
    ts = hands.workspace.say("ada", "#customers", "Which one?")
    hands.workspace.shortcut("ada", "#customers", ts, Shortcut.ADD_TO_CASE)
    hands.form()

    def finds(typed: str) -> list[str]:
        return offered(hands.workspace.suggest("ada", WHICH_CASE, typed))

    assert finds("#2") == ["CASE-2"]
    assert finds("CARLA") == ["CASE-1"]
    assert finds("%") == []
    assert sorted(finds("customer")) == ["CASE-1", "CASE-2"]
    assert sorted(finds("")) == ["CASE-1", "CASE-2"]


def test_who_is_no_admin_is_offered_no_cases(hands: Hands) -> None:
    hands.opens("One", payloads.CARLA)
    asked = payloads.suggestion(WHICH_CASE, "carla", user=payloads.COSMO)

    assert hands.world.dispatch(asked).body == '{"options": []}'


def test_a_messages_case_is_closed_with_a_reason(hands: Hands) -> None:
    ts = hands.workspace.say("carla", "#customers", "Help")
    hands.world.seen(lambda: facts(hands))

    hands.workspace.shortcut("ada", "#customers", ts, Shortcut.CLOSE_CASE)
    assert hands.submit(detail="Solved by telephone") == {}

    assert hands.whisper("CASE-1 is closed.")
    assert hands.world.case().closed_by == "Ada Admin"


def test_a_message_of_no_case_closes_none(hands: Hands) -> None:
    ts = hands.workspace.say("amos", "#customers", "Lunch?")

    hands.workspace.shortcut("ada", "#customers", ts, Shortcut.CLOSE_CASE)

    assert hands.whisper("This message belongs to no case.")


def test_a_note_is_sent_to_the_customer(hands: Hands) -> None:
    hands.opens()
    [card] = [message for message in hands.workspace.messages("#support") if "CASE-1" in message["text"]]
    note = hands.workspace.say("amos", "#support", "Switch it off.", thread_ts=card["ts"])
    hands.world.seen(lambda: "noted" in facts(hands))

    hands.workspace.shortcut("ada", "#support", note, Shortcut.SEND_TO_CUSTOMER)

    assert hands.whisper("Your answer to Carla Customer (CASE-1) leaves in 5 s")
    hands.workspace.shortcut("ada", "#support", note, Shortcut.SEND_TO_CUSTOMER)
    assert hands.whisper("This note was sent to the customer of CASE-1 already.")


@pytest.mark.parametrize("shortcut", [one for one in Shortcut if one is not Shortcut.NEW_CASE])
def test_a_customers_shortcut_changes_nothing(hands: Hands, shortcut: Shortcut) -> None:
    ts = hands.workspace.say("carla", "#customers", "Help")
    hands.world.seen(lambda: facts(hands))
    before = hands.world.snapshot()

    assert hands.workspace.shortcut("carla", "#customers", ts, shortcut).acked

    assert hands.whisper("Only the support team's admins can do that.", "carla")
    assert hands.world.snapshot() == before


def test_a_new_case_for_a_caller_with_an_address(hands: Hands) -> None:
    hands.workspace.global_shortcut("ada", Shortcut.NEW_CASE)

    assert hands.submit(address="Gina@Customer.test", subject="Invoice", text="She called about it") == {}

    assert hands.whisper("The words of gina@customer.test stand in CASE-1.")
    case = hands.world.case()
    assert (case.customer_identifier, case.subject) == ("gina@customer.test", "Invoice")


def test_case_open_asks_in_the_same_form(hands: Hands) -> None:
    hands.workspace.command("ada", "#support", "/case", "open")

    assert hands.submit(address="gina@customer.test", text="She called about it") == {}

    assert hands.whisper("The words of gina@customer.test stand in CASE-1.")["channel"] == payloads.SUPPORT


def test_a_new_case_for_a_member_joins_his_open_one(hands: Hands) -> None:
    hands.opens()
    hands.workspace.global_shortcut("ada", Shortcut.NEW_CASE)

    assert hands.submit(member=payloads.CARLA, text="She called about it") == {}

    assert hands.whisper("The words of Carla Customer stand in CASE-1.")


@pytest.mark.parametrize(
    ("filled", "refused"),
    [
        ({}, {"address": "Name the customer once: by an address or as a member."}),
        (
            {"address": "a@b.test", "member": payloads.CARLA},
            {"address": "Name the customer once: by an address or as a member."},
        ),
        ({"address": "nonsense"}, {"address": "That is no e-mail address."}),
        ({"address": "ADA@desk.test"}, {"address": "ada@desk.test is an admin, and admins have no cases."}),
        ({"member": payloads.AMOS}, {"member": "Amos Admin is an admin, and admins have no cases."}),
        ({"member": "U0CASEBOT"}, {"member": "That is an app, and apps have no cases."}),
    ],
    ids=["nobody", "two", "no address", "an admin's address", "an admin", "an app"],
)
def test_a_new_case_wants_one_customer(hands: Hands, filled: dict[str, str], refused: dict[str, str]) -> None:
    hands.workspace.global_shortcut("ada", Shortcut.NEW_CASE)

    assert hands.submit(text="Something", **filled) == refused
    assert facts(hands) == []


def test_a_new_case_submitted_twice_is_one(hands: Hands) -> None:
    hands.workspace.global_shortcut("ada", Shortcut.NEW_CASE)
    entered = {"address": "gina@customer.test", "text": "She called"}
    values = {name: {name: {"type": "plain_text_input", "value": words}} for name, words in entered.items()}
    submission = payloads.submission(hands.form() | {"state": {"values": values}})

    hands.world.hears(submission, submission)

    assert bodies(hands) == ["She called"]


def test_a_customer_opens_no_case_for_another(hands: Hands) -> None:
    hands.workspace.global_shortcut("carla", Shortcut.NEW_CASE)

    assert hands.whisper("Only the support team's admins can do that.", "carla")
    assert hands.workspace.modal("carla") is None
