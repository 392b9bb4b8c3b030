"""A flood of mails in an admin's name: what was told by a counter alone can be looked through and decided."""

from bot.cases.inbound import Author, Inbound, Source
from bot.cases.models import Message, Question
from bot.slack.action_ids import CONFIRM, IGNORE, QUESTIONS
from bot.slack.views.docket import SHOWN
from tests.slack import payloads
from tests.slack.hands import Hands
from tests.slack.reading import buttons
from tests.slack.world import SlackWorld, words_of

AMOS = Author("U0AMOS", "Amos", is_admin=True)
FORGER = Author("ada@desk.test", "Ada", claims_admin=True)
MAILS = 22  # two more than are told one by one


def writes(hands: Hands, number: int, about: str = "CASE-1") -> None:
    hands.world.bot.desk.intake.receive(
        Inbound(
            source=Source.EMAIL,
            place="support@desk.test",
            external_id=f"<{number}@desk.test>",
            author=FORGER,
            text=f"{about}: note number {number}.",
            at=hands.world.clock.now(),
        )
    )


def test_the_counter_leads_admins_to_all_of_them(hands: Hands) -> None:
    hands.opens()
    for number in range(MAILS):
        writes(hands, number)
    hands.world.deliver()
    counter = hands.workspace.messages("#support")[-1]
    assert "2 more mails in an admin's name" in words_of(counter)

    hands.workspace.click("ada", "#support", counter["ts"], QUESTIONS)
    hands.workspace.join("cosmo", "#support")
    hands.workspace.click("cosmo", "#support", counter["ts"], QUESTIONS)

    page = hands.whisper(f"{MAILS} mails in an admin's name that nobody vouched for")
    assert [button["action_id"] for button in buttons(page)] == [CONFIRM, IGNORE] * SHOWN + [QUESTIONS]
    hands.press_in(page, QUESTIONS)
    assert hands.whisper("note number 13.")["ts"] == page["ts"]
    assert hands.whisper("Only the support team's admins can do that.", "cosmo")


def test_what_is_decided_in_the_list_leaves_it(hands: Hands) -> None:
    hands.opens()
    for number in range(3):
        writes(hands, number)
    hands.workspace.command("ada", "#support", "/case", "questions")
    page = hands.whisper("note number 2.")
    last, before = (button["value"] for button in buttons(page)[0:3:2])

    hands.workspace.click("ada", page["channel"], page["ts"], CONFIRM, last)
    hands.whisper("2 mails in an admin's name")
    hands.workspace.click("ada", page["channel"], page["ts"], IGNORE, before)
    hands.whisper("1 mail in an admin's name")

    decided = {question.id: question.outcome for question in hands.world.rows(Question) if question.decided_at}
    assert decided == {int(last): "confirmed", int(before): "ignored"}
    assert hands.world.rows(Message)[-1].body == "CASE-1: note number 2."


def test_a_list_stays_at_its_page_and_loses_what_somebody_else_decided(hands: Hands) -> None:
    hands.opens()
    for number in range(MAILS):
        writes(hands, number)
    hands.workspace.command("ada", "#support", "/case", "questions")
    hands.press_in(hands.whisper("note number 21."), QUESTIONS)
    page = hands.whisper("note number 13.")
    first, second = (button["value"] for button in buttons(page)[0:3:2])

    hands.workspace.click("ada", page["channel"], page["ts"], IGNORE, first)
    hands.whisper("13 older mails in an admin's name")
    hands.world.bot.desk.cases.ignore(int(second.partition(":")[0]), AMOS)
    hands.workspace.click("ada", page["channel"], page["ts"], CONFIRM, second)

    assert hands.whisper("Amos ignored this already.")
    left = words_of(hands.whisper("12 older mails in an admin's name"))
    assert [f"note number {number}." in left for number in (14, 13, 12, 11, 4)] == [False, False, False, True, True]
    assert hands.world.rows(Message)[-1].body == "My printer is on fire"


def test_a_list_begins_anew_once_its_last_page_is_decided(hands: Hands) -> None:
    hands.opens()
    for number in range(SHOWN + 1):
        writes(hands, number)
    hands.workspace.command("ada", "#support", "/case", "questions")
    hands.press_in(hands.whisper("note number 8."), QUESTIONS)
    page = hands.whisper("1 older mail in an admin's name")

    hands.press_in(page, IGNORE)

    assert hands.whisper(f"{SHOWN} mails in an admin's name")["ts"] == page["ts"]


def test_a_flood_that_names_no_case_is_listed_as_its_counter_says_and_can_be_ignored(hands: Hands) -> None:
    for number in range(MAILS):
        writes(hands, number, about="Hello")
    hands.world.deliver()
    counter = hands.workspace.messages("#support")[-1]
    assert "2 more mails in an admin's name" in words_of(counter)

    hands.workspace.click("ada", "#support", counter["ts"], QUESTIONS)
    page = hands.whisper(f"{MAILS} mails in an admin's name")
    assert [button["action_id"] for button in buttons(page)] == [IGNORE] * SHOWN + [QUESTIONS]
    assert "names no case, so it can't be confirmed" in words_of(page)
    hands.workspace.click("ada", page["channel"], page["ts"], IGNORE, buttons(page)[0]["value"])

    hands.whisper(f"{MAILS - 1} mails in an admin's name")
    assert [question.outcome for question in hands.world.rows(Question) if question.decided_at] == ["ignored"]


def test_an_empty_list_says_so(hands: Hands) -> None:
    hands.workspace.command("ada", "#support", "/case", "questions")

    assert hands.whisper("No mail in an admin's name waits for a decision.")


def test_customers_are_told_nothing_by_the_command(world: SlackWorld) -> None:
    assert "admins can do that" in world.answer(payloads.command("questions", payloads.COSMO))
