"""An admin ends a case: by button, by phrase, by command, by mail."""

import re
from datetime import UTC, datetime, timedelta

from bot.cases.models import Case, Message
from bot.slack.action_ids import CLOSE
from tests.journeys.world import ALERTING, CARLA, CUSTOMERS, LOGGING, SUPPORT, Json, World, buttons

PHRASE = "I’m closing this case."


def closing_line(world: World, case_id: str = "CASE-1", by: str = "Ada Admin") -> str:
    """The one line of the closing log, which must be the required one to the letter."""
    world.until(lambda: world.texts(LOGGING))
    world.settles()
    [line] = world.texts(LOGGING)
    found = re.fullmatch(rf"Case #{case_id} closed at (\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00) by {by}", line)
    assert found, line
    assert abs(datetime.fromisoformat(found[1]) - datetime.now(UTC)) < timedelta(minutes=1)
    return line


def closed_for_all_to_see(world: World, card: Json) -> None:
    world.until(lambda: "closed" in world.now(card) and "by Ada Admin" in world.now(card))
    assert buttons(world.workspace.message(SUPPORT, card["ts"])) == {}
    case = world.case()
    assert (case.status, case.closed_by) == ("closed", "Ada Admin")
    assert case.closed_at


def test_the_close_button_asks_before_it_closes(world: World) -> None:
    card = world.opens("cosmo", "This is urgent!")
    alert = world.sees(ALERTING, "CASE-1")
    assert buttons(card)["Close"]["confirm"]["title"]["text"] == "Close CASE-1?"
    assert buttons(alert)["Close"]["confirm"]["confirm"]["text"] == "Close the case"

    world.clicks("ada", alert, CLOSE, ALERTING)

    closing_line(world)
    closed_for_all_to_see(world, card)
    world.until(lambda: "closed by Ada Admin" in world.now(alert, ALERTING))
    assert buttons(world.workspace.message(ALERTING, alert["ts"])) == {}


def test_a_second_close_is_refused_in_private(world: World) -> None:
    card = world.opens("cosmo", "The door code does not work.")
    world.settles()
    world.sandbox.faults.slow("chat.update", 0.5, times=2)  # Amos still sees the button
    world.clicks("ada", card, CLOSE)

    world.clicks("amos", card, CLOSE)

    assert world.told("amos").startswith("Ada Admin closed CASE-1")
    closing_line(world)


def test_the_phrase_in_the_cards_thread_closes(world: World) -> None:
    card = world.opens("cosmo", "The door code does not work.")

    world.workspace.say("ada", SUPPORT, f"A new one is on its way. {PHRASE}", thread_ts=card["ts"])

    closing_line(world)
    closed_for_all_to_see(world, card)


def test_the_phrase_in_the_customers_thread_closes(world: World) -> None:
    ts = world.workspace.say("cosmo", CUSTOMERS, "The door code does not work.")
    card = world.sees(SUPPORT, "CASE-1")
    world.workspace.join("ada", CUSTOMERS)

    world.workspace.say("ada", CUSTOMERS, "It is 1017 now. i'm  CLOSING this case.", thread_ts=ts)

    closing_line(world)
    closed_for_all_to_see(world, card)
    world.sees_in_thread(card, "It is 1017 now.")


def test_the_command_closes_and_its_reason_goes_into_the_thread(world: World) -> None:
    card = world.opens("cosmo", "The door code does not work.")

    answer = world.command("ada", "close CASE-1 The lock was <!channel> exchanged")

    assert "CASE-1 is closed" in answer
    world.sees_in_thread(card, "Closed by Ada Admin", "The lock was")
    closing_line(world)
    closed_for_all_to_see(world, card)


def test_a_verified_admins_mail_closes_the_case_it_answers(any_mailbox: World) -> None:
    first = any_mailbox.mail(CARLA, "Printer", "It prints only blank pages.")
    card = any_mailbox.sees(SUPPORT, "CASE-1")

    answer = f"A new print head is on its way. {PHRASE}\n\n> It prints only blank pages."
    any_mailbox.mail("Ada Admin <ada@desk.test>", "Re: Printer", answer, in_reply_to=first["Message-ID"], to=CARLA)

    closing_line(any_mailbox, by="ada@desk.test")
    any_mailbox.until(lambda: "closed" in any_mailbox.now(card))
    assert any_mailbox.case().status == "closed"


def test_what_only_resembles_the_phrase_closes_nothing(world: World) -> None:
    card = world.opens("cosmo", "The door code does not work.")

    for words in ("> I'm closing this case.\nWho wrote that?", "I am closing this case.", "Is she closing this case?"):
        world.workspace.say("ada", SUPPORT, words, thread_ts=card["ts"])
    world.until(lambda: len(world.rows(Message)) == 4)
    world.settles()

    assert world.case().status == "open"
    assert world.texts(LOGGING) == []


def test_the_customers_own_phrase_closes_nothing(world: World) -> None:
    world.mail(CARLA, "Printer", "It prints only blank pages.")
    world.mail(CARLA, "Printer", PHRASE)
    world.writes("cosmo", PHRASE)
    world.sees(SUPPORT, "Cosmo Customer")
    world.settles()

    assert [case.status for case in world.rows(Case)] == ["open", "open"]
    assert world.texts(LOGGING) == []


def test_the_phrase_without_a_case_is_asked_back_in_private(world: World) -> None:
    world.opens("cosmo", "The door code does not work.")

    world.workspace.say("ada", SUPPORT, PHRASE)

    assert "Which case do you mean?" in world.told("ada")
    assert world.case().status == "open"


def test_the_customers_next_message_opens_a_new_case(world: World) -> None:
    world.mail(CARLA, "Printer", "It prints only blank pages.")
    card = world.sees(SUPPORT, "CASE-1")
    world.clicks("ada", card, CLOSE)
    closing_line(world)

    world.mail(CARLA, "Re: Printer", "It happens again.")

    assert world.sees(SUPPORT, "CASE-2", "It happens again.")
    assert "closed" in world.now(card)
    assert world.case("CASE-2").customer_identifier == CARLA
