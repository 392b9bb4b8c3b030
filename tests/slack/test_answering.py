"""The form for an answer: whom it reaches, what leaves, and what can be taken back."""

from pathlib import Path

import pytest

from bot.cases.models import Attachment, CaseEvent, Message
from bot.outbox.models import Delivery
from bot.slack.action_ids import ASSIGN_TO_ME, CLOSE, REPLY, REPLY_AGAIN, STOP_REPLY
from tests.slack import payloads
from tests.slack.hands import Hands, hands_on
from tests.slack.world import words_of

WORDS = "Please switch it off and leave the room."


def leaving(hands: Hands) -> list[Delivery]:
    return [delivery for delivery in hands.world.rows(Delivery) if delivery.kind == "reply"]


def answers(hands: Hands) -> list[Message]:
    return [message for message in hands.world.rows(Message) if message.sending]


def test_the_form_shows_whom_it_reaches_and_what_he_said_last(hands: Hands) -> None:
    hands.opens("My printer is on &lt;fire&gt;")

    assert hands.press(REPLY, "CASE-1:1").acked

    shown = words_of(hands.form())
    assert "*To:* Carla Customer (U0CARLA)" in shown
    assert "a direct message in Slack" in shown
    assert "> My printer is on &lt;fire&gt;" in shown


def test_a_submitted_answer_leaves_after_a_moment_in_which_it_can_be_stopped(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")

    assert hands.submit(text=WORDS) == {}

    offer = hands.whisper("Your answer to Carla Customer (CASE-1) leaves in 5 s")
    assert hands.workspace.modal("ada") is None
    assert offer["channel"] == payloads.SUPPORT
    [delivery] = leaving(hands)
    [answer] = answers(hands)
    assert (delivery.due_at - delivery.created_at).seconds == 5
    assert (answer.body, answer.sender_name, answer.sending) == (WORDS, "Ada Admin", "waiting")


def test_a_stopped_answer_reaches_nobody_and_its_words_come_back(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.submit(text=WORDS)
    offer = hands.whisper("leaves in 5 s")

    assert hands.press_in(offer, STOP_REPLY).acked

    given_back = hands.whisper("Stopped; nobody got it.")
    assert given_back["ts"] == offer["ts"]
    assert WORDS in words_of(given_back)
    assert [delivery.state for delivery in leaving(hands)] == ["dropped"]

    hands.press_in(given_back, REPLY_AGAIN)
    [entered] = [block for block in hands.form()["blocks"] if block["block_id"] == "text"]
    assert entered["element"]["initial_value"] == WORDS
    assert hands.submit(text="Better words") == {}
    assert hands.whisper("leaves in 5 s")["ts"] == offer["ts"]
    assert [message.body for message in answers(hands)] == [WORDS, "Better words"]


def test_without_undo_there_is_nothing_to_stop(tmp_path: Path) -> None:
    with hands_on(tmp_path, UNDO_SECONDS="0") as hands:
        hands.opens()
        hands.press(REPLY, "CASE-1:1")
        hands.submit(text=WORDS)

        assert "actions" not in {block["type"] for block in hands.whisper("leaves now")["blocks"]}


def test_too_late_to_stop_is_told(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.submit(text=WORDS)
    offer = hands.whisper("leaves in 5 s")
    [answer] = answers(hands)
    hands.world.bot.desk.replies.stop(answer.id or 0, hands.world.slack.directory.author(payloads.AMOS))

    hands.press_in(offer, STOP_REPLY)

    told = hands.whisper("Too late: the answer was stopped already.")
    assert told["ts"] == offer["ts"]
    assert STOP_REPLY not in str(told)


def test_where_it_can_be_changed_an_answer_is_told_to_have_left(hands: Hands) -> None:
    hands.workspace.say("carla", hands.workspace.dm("carla"), "My printer is on fire")
    hands.settles()
    hands.world.deliver()
    hands.press(REPLY, "CASE-1:1")
    hands.submit(text=WORDS)
    offer = hands.whisper("leaves in 5 s")
    hands.press_in(offer, STOP_REPLY)
    hands.press_in(hands.whisper("Stopped"), REPLY_AGAIN)
    hands.submit(text="Better words")
    hands.whisper("leaves in 5 s")

    hands.world.deliver()

    assert hands.whisper("Your answer to Carla Customer (CASE-1) has left.")["ts"] == offer["ts"]


def test_an_answer_that_will_never_arrive_is_told_as_that(hands: Hands) -> None:
    hands.opens()  # in a conversation that is not there
    hands.workspace.open_home("ada")
    hands.world.seen(lambda: hands.workspace.home("ada"))
    hands.workspace.click_home("ada", REPLY)
    hands.submit(text=WORDS)
    hands.whisper("leaves in 5 s")

    hands.world.deliver()

    assert hands.whisper("Your answer to Carla Customer (CASE-1) did not arrive: ")


def test_stopped_in_the_thread_its_words_come_back_in_private(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.submit(text=WORDS)
    hands.world.carry()
    card = hands.workspace.messages("#support")[0]["ts"]
    answer = hands.workspace.thread("#support", card)[-1]

    hands.workspace.click("amos", "#support", answer["ts"], STOP_REPLY)
    assert hands.whisper("Stopped; nobody got it.", "amos")
    hands.world.deliver()

    assert "stopped before it left" in words_of(hands.workspace.thread("#support", card)[-1])


def test_a_form_submitted_twice_is_one_answer(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    view = hands.form() | {"state": {"values": {"text": {"text": {"type": "plain_text_input", "value": WORDS}}}}}
    submission = payloads.submission(view)

    hands.world.hears(submission, submission)

    assert len(answers(hands)) == 1


def test_files_go_out_with_it_and_are_kept_when_it_is_stopped(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    file = {"id": "F0MANUAL", "name": "manual.pdf", "mimetype": "application/pdf", "size": 12}
    values = {
        "text": {"text": {"type": "plain_text_input", "value": WORDS}},
        "files": {"files": {"type": "file_input", "files": [file]}},
    }

    hands.world.hears(payloads.submission(hands.form() | {"state": {"values": values}}))

    [attached] = hands.world.rows(Attachment)
    assert (attached.name, attached.held, attached.size) == ("manual.pdf", "slack:F0MANUAL", 12)

    hands.press_in(hands.whisper("leaves in"), STOP_REPLY)
    hands.press_in(hands.whisper("Stopped"), REPLY_AGAIN)
    hands.world.seen(lambda: "Files of the stopped answer" in str(hands.workspace.modal("ada")))
    hands.submit(text=WORDS)

    hands.world.seen(lambda: len(answers(hands)) == 2)
    assert [file.held for file in hands.world.rows(Attachment)] == ["slack:F0MANUAL", "slack:F0MANUAL"]


def test_empty_words_are_refused_in_the_form(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")

    assert hands.submit(text="  ") == {"text": "There is nothing to send: write some words first."}
    assert hands.workspace.modal("ada") is not None


def test_what_somebody_else_did_meanwhile_is_said_in_the_form_and_submitting_again_means_it(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.form()
    hands.press(ASSIGN_TO_ME, "CASE-1:1", user="amos")

    hands.submit(text=WORDS)

    assert "Amos Admin assigned CASE-1 to Amos Admin 0 s ago." in words_of(hands.workspace.modal("ada"))
    assert answers(hands) == []
    hands.submit(text=WORDS)
    assert [message.body for message in answers(hands)] == [WORDS]


def test_a_case_closed_meanwhile_keeps_the_words_in_the_form(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.form()
    hands.press(CLOSE, "CASE-1:1", user="amos")
    hands.submit(text=WORDS)

    assert hands.submit(text=WORDS) == {"text": "CASE-1 is closed. Reopen it first: `/case reopen CASE-1`"}


def test_a_broken_database_keeps_the_words_in_the_form(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.form()

    with hands.world.failing_commits():
        refused = hands.submit(text=WORDS)

    assert refused["text"].startswith("The database is busy, so nothing was changed.")
    assert hands.submit(text=WORDS) == {}


def test_nobody_is_asked_for_an_answer_that_can_not_leave(hands: Hands) -> None:
    customer = hands.world.slack.directory.correspondent("carla@customer.test")
    ada = hands.world.slack.directory.author(payloads.ADA)
    hands.world.bot.desk.cases.open(customer, "She called", ada)

    hands.press(REPLY, "CASE-1:1")

    assert hands.whisper("Outgoing mail is switched off")
    assert hands.workspace.modal("ada") is None


@pytest.mark.parametrize("user", ["carla", "dora"])
def test_only_admins_answer(hands: Hands, user: str) -> None:
    hands.opens()
    if user == "dora":
        hands.workspace.add_person("dora", "Dora Delgado")
    hands.workspace.join(user, "#support")

    hands.press(REPLY, "CASE-1:1", user=user)

    assert hands.whisper("Only the support team's admins can do that.", user)
    assert hands.workspace.modal(user) is None


def test_the_timeline_knows_what_was_stopped(hands: Hands) -> None:
    hands.opens()
    hands.press(REPLY, "CASE-1:1")
    hands.submit(text=WORDS)
    hands.press_in(hands.whisper("leaves in"), STOP_REPLY)

    kinds = [event.kind for event in hands.world.rows(CaseEvent)]
    assert kinds == ["opened", "replied", "stopped"]
