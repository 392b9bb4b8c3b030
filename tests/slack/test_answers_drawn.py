"""Answers of the desk, files, and facts in a line: what the team reads in a case's thread."""

import pytest

from bot.cases.inbound import Source
from bot.cases.models import CaseEvent, EventKind, Sending
from bot.slack.action_ids import STOP_REPLY
from bot.slack.views.facts import facts, reopening_log
from bot.slack.views.files import unposted
from bot.slack.views.notes import follow_up
from bot.slack.views.replies import answer, reply
from tests.cases.desk import START
from tests.slack import drawn
from tests.slack.reading import actions, buttons, read


@pytest.mark.parametrize(
    ("sending", "told"),
    [
        (Sending.WAITING, ":hourglass: leaves in a moment"),
        (Sending.SENT, ":white_check_mark: sent <!date^1772442000^"),
        (Sending.STOPPED, ":no_entry: stopped before it left"),
        (Sending.FAILED, ":red_circle: *did not arrive:* no such mailbox"),
    ],
)
def test_an_answer_says_to_whom_and_how_far_it_has_come(sending: Sending, told: str) -> None:
    letter = drawn.a_letter("We *look* into it.", sending, failure="no such mailbox", files=1)
    drawing = answer(letter, START)

    assert "*Ada Admin* → *Carla Customer (U0CARLA)* in Slack:\n> We *look* into it." in read(drawing)
    assert ":paperclip: invoice.pdf (48 kB)" in read(drawing)
    assert told in read(drawing)
    assert actions(drawing) == ([STOP_REPLY] if sending is Sending.WAITING else [])


def test_stop_names_the_answer() -> None:
    [stop] = buttons(answer(drawn.a_letter(id=77), None))

    assert (stop["text"]["text"], stop["value"]) == ("Stop", "77")


def test_a_customer_reads_the_admins_own_markup_and_nobody_is_called() -> None:
    drawing = reply(drawn.a_letter("*Done*, a < b & c @channel <!here>\nhttps://shop.example/1"))

    assert drawing.as_arguments() == {
        "text": "*Ada Admin*\n*Done*, a &lt; b &amp; c @\u200bchannel &lt;!here&gt;\nhttps://shop.example/1",
        "blocks": [],
    }


def test_a_long_answer_reaches_its_customer_whole() -> None:
    assert reply(drawn.a_letter("word " * 4_000)).text.endswith("word word")


def test_an_answer_of_files_alone_says_so() -> None:
    assert reply(drawn.a_letter("", files=2)).text == "*Ada Admin*\nsends you 2 files."


def test_a_follow_up_lists_its_files_and_why_one_is_withheld() -> None:
    files = {1: [drawn.a_file(), drawn.a_file("run.scr", "looks executable", size=310)]}

    alone = follow_up([drawn.a_message("")], files)
    several = follow_up([drawn.a_message("One")] * 2, files)

    assert ":paperclip: invoice.pdf (48 kB), run.scr (310 B; looks executable, not posted)" in read(alone)
    assert "(no text)" not in read(alone)
    assert "(2 files):\n> One" in read(several)


def test_of_many_files_some_are_named_and_the_others_counted() -> None:
    files = {1: [drawn.a_file(f"{number}.pdf") for number in range(12)]}

    assert "7.pdf (48 kB), and 4 more" in read(follow_up([drawn.a_message()], files))


@pytest.mark.parametrize(
    ("to_customer", "fate"), [(False, "could not be posted"), (True, "did not reach the customer")]
)
def test_a_file_that_did_not_arrive_says_why(to_customer: bool, fate: str) -> None:
    drawing = unposted(drawn.a_file(), "larger than 25 MB", to_customer=to_customer)

    assert read(drawing) == f":paperclip: invoice.pdf {fate}: larger than 25 MB"


def by_casebot(event: CaseEvent) -> CaseEvent:
    event.actor, event.actor_name = "casebot", "Casebot"
    return event


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            drawn.an_event(EventKind.ASSIGNED, to="U0AMOS", to_name="Amos"),
            ":bust_in_silhouette: <@U0AMOS>, this case is yours: *Ada Admin* assigned it to you.",
        ),
        (
            drawn.an_event(EventKind.ASSIGNED, to="noa@desk.example", to_name="noa@desk.example"),
            ":bust_in_silhouette: *noa@desk.example*, this case is yours: *Ada Admin* assigned it to you.",
        ),
        (
            drawn.an_event(EventKind.SNOOZED, until=START.isoformat()),
            ":no_bell: Ada Admin snoozed this case until "
            "<!date^1772442000^{date_short_pretty} {time}|2026-03-02 09:00 UTC>.",
        ),
        (drawn.an_event(EventKind.WOKEN), ":bell: Ada Admin ended the snooze."),
        (by_casebot(drawn.an_event(EventKind.WOKEN)), ":bell: The snooze is over."),
        (drawn.an_event(EventKind.REOPENED), ":arrows_counterclockwise: Ada Admin reopened this case."),
        (
            drawn.an_event(EventKind.UNDELIVERED, reason="no such mailbox"),
            ":red_circle: *The customer did not get your answer:* no such mailbox",
        ),
    ],
    ids=["assigned", "assigned by mail", "snoozed", "woken", "woken by the clock", "reopened", "undelivered"],
)
def test_a_fact_is_a_line(event: CaseEvent, told: str) -> None:
    assert read(facts([event], {})) == told


def test_an_answer_that_did_not_arrive_names_its_writer() -> None:
    event = drawn.an_event(EventKind.UNDELIVERED, reason="no such mailbox")
    event.message_id = 1

    told = read(facts([event], {1: drawn.a_letter().message}))

    assert told == ":red_circle: *The customer did not get Ada Admin's answer:* no such mailbox"


def test_an_assignee_is_called_once() -> None:
    arguments = facts([drawn.an_event(EventKind.ASSIGNED, to="U0AMOS", to_name="Amos")], {}).as_arguments()

    assert str(arguments).count("<@U0AMOS>") == 1


def test_the_reopening_log_is_worded_as_the_closing_log() -> None:
    drawing = reopening_log(drawn.an_event(EventKind.REOPENED))

    assert drawing.as_arguments() == {
        "text": "Case #CASE-42 reopened at 2026-03-02T09:00:00+00:00 by Ada Admin",
        "blocks": [],
    }


@pytest.mark.parametrize(("source", "told"), [(Source.SLACK, "noted for the team"), (Source.EMAIL, "noted by mail")])
def test_a_note_says_how_it_was_written(source: Source, told: str) -> None:
    note = drawn.a_message("Call him back.", internal=True)
    note.source = source

    assert told in str(follow_up([note], {}).as_arguments()["blocks"])
