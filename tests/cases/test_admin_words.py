"""What an admin's words do: answer, note, acknowledge, close; and what a doubtful admin's do not."""

from datetime import timedelta

import pytest

from bot.cases.errors import IllegalMove, NoSuchCase, NotAllowed
from bot.cases.inbound import Author, Outcome
from bot.cases.models import CaseEvent, EventKind
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, BEN, CARA, DOUBTFUL_NOA, MAILBOX, MIA, NOA, PHRASE, START, Desk

pytestmark = pytest.mark.one_database


def test_an_admin_in_the_customers_thread_answers(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t")
    now = desk.passes(minutes=5)

    desk.says(MIA, "Looking", thread="t")

    case, answer = desk.case(), desk.messages()[-1]
    assert (answer.is_admin, answer.internal, answer.sender) == (True, False, "U_MIA")
    assert (case.message_count, case.last_message_at, case.clock_restarted_at) == (2, now, now)
    assert desk.timeline() == ["opened", "answered"]
    assert ("follow_up", "support", str(answer.id)) in desk.deliveries()


def test_an_answer_acknowledges_a_pending_escalation(desk: Desk) -> None:
    desk.says(ADA, "urgent", external_id="t")
    now = desk.passes(minutes=5)

    desk.says(MIA, "Looking", thread="t")

    escalation = desk.queries.sheet("CASE-1").escalation
    assert escalation is not None
    assert (escalation.outcome, escalation.settled_by, escalation.settled_at) == ("answered", "Mia", now)
    assert desk.timeline()[-2:] == ["answered", "acknowledged"]
    assert ("alert", "alerting", str(escalation.id)) in desk.deliveries()[-2:]
    with pytest.raises(IllegalMove, match=r"CASE-1 was answered by Mia 0 s ago\."):
        desk.service.acknowledge("CASE-1", NOA)


def test_an_admin_in_the_cards_thread_notes(desk: Desk) -> None:
    desk.says(ADA, "urgent")
    before = desk.standing()

    taken = desk.in_card_thread(MIA, "Who takes this?")

    assert (taken.outcome, taken.case_id) == (Outcome.ADMIN, "CASE-1")
    assert desk.messages()[-1].internal
    assert desk.standing() == before
    assert desk.pending() is not None
    assert desk.timeline()[-1] == "noted"


def test_what_stands_in_the_cards_thread_is_not_said_there_again(desk: Desk) -> None:
    desk.says(ADA, "Help")
    before = desk.deliveries()

    desk.in_card_thread(MIA, "Who takes this?")

    assert desk.deliveries() == before


def test_a_teammate_who_is_no_admin_only_notes_in_the_cards_thread(desk: Desk) -> None:
    desk.says(ADA, "Help")

    taken = desk.in_card_thread(BEN, f"urgent! {PHRASE}")

    assert taken.case_id == "CASE-1"
    assert (desk.messages()[-1].internal, desk.messages()[-1].is_admin) == (True, False)
    assert (desk.case().status, desk.case().escalated) == ("open", False)


def test_a_teammate_who_is_no_admin_opens_no_case_in_the_teams_room(desk: Desk) -> None:
    before = desk.snapshot()

    assert desk.says(BEN, "Lunch?", place="C_SUPPORT", inside=True).outcome is Outcome.UNPLACED
    assert desk.snapshot() == before


@pytest.mark.parametrize("phrase", [PHRASE, "Fine. I’M CLOSING\u00a0this case. Bye"])
def test_an_admins_phrase_closes_where_he_stands(desk: Desk, phrase: str) -> None:
    desk.says(ADA, "urgent", external_id="t")
    now = desk.passes(minutes=5)

    taken = desk.says(MIA, phrase, thread="t")

    case = desk.case()
    assert taken.ask_back == ""
    assert (case.status, case.closed_at, case.closed_by, case.escalated) == ("closed", now, "Mia", True)
    assert desk.pending() is None
    [log] = [d for d in desk.rows(Delivery) if d.kind == "closing_log"]
    [closed] = [event for event in desk.rows(CaseEvent) if event.kind == EventKind.CLOSED]
    assert (log.place, log.subject, closed.actor_name) == ("logging", str(closed.id), "Mia")


def test_the_phrase_in_the_cards_thread_closes_and_stays_a_note(desk: Desk) -> None:
    desk.says(ADA, "Help")

    desk.in_card_thread(MIA, PHRASE)

    assert desk.case().status == "closed"
    assert desk.messages()[-1].internal


def test_the_phrase_with_a_number_closes_that_case(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.says(BEN, "Help")

    desk.says(MIA, f"{PHRASE} (CASE-2)", place="C_ELSEWHERE")

    assert [desk.case(case_id).status for case_id in ("CASE-1", "CASE-2")] == ["open", "closed"]


def test_the_quoted_phrase_closes_nothing(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t")

    desk.says(MIA, f"> {PHRASE}\nnot yet", thread="t")

    assert desk.case().status == "open"


def test_the_phrase_for_a_closed_case_is_answered_with_who_closed_it(desk: Desk) -> None:
    desk.says(ADA, "Help")
    desk.service.close("CASE-1", NOA)
    desk.passes(minutes=2)

    taken = desk.in_card_thread(MIA, PHRASE)

    assert taken.ask_back == "CASE-1 was closed by noa@desk.example 2 min ago."
    assert desk.timeline().count("closed") == 1


def test_an_admins_urgent_words_escalate_nothing(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="t")

    for _ in range(5):
        desk.says(MIA, "urgent, critical", thread="t")

    assert not desk.case().escalated


def test_a_doubtful_admins_mail_is_a_question_and_changes_nothing_else(desk: Desk) -> None:
    desk.says(CARA, "urgent", reference="<c1@x>")
    before, known = desk.standing(), len(desk.messages())

    taken = desk.says(DOUBTFUL_NOA, PHRASE, references=("<c1@x>",), readers=frozenset({CARA.identity}))

    [question] = desk.questions()
    assert (taken.outcome, taken.case_id) == (Outcome.ASKED, "CASE-1")
    assert (question.case_id, question.closes, question.asked_by) == ("CASE-1", True, NOA.identity)
    assert (desk.standing(), len(desk.messages())) == (before, known)
    assert desk.pending() is not None
    assert desk.timeline()[-1] == "asked"
    assert desk.deliveries()[-1] == ("question", "support", str(question.id))


def test_a_doubtful_admins_mail_sent_again_asks_once(desk: Desk) -> None:
    desk.says(DOUBTFUL_NOA, PHRASE, external_id="m")
    before = desk.snapshot()

    assert desk.says(DOUBTFUL_NOA, PHRASE, external_id="m").outcome is Outcome.DUPLICATE
    assert desk.snapshot() == before


def test_a_doubtful_admins_mail_that_names_no_case_is_asked_too(desk: Desk) -> None:
    taken = desk.says(DOUBTFUL_NOA, PHRASE)

    assert (taken.outcome, taken.case_id) == (Outcome.ASKED, None)
    assert desk.deliveries() == [("question", "support", str(desk.questions()[0].id))]


def asked(desk: Desk, text: str = PHRASE) -> int:
    """A doubtful mail about Cara's case that she got too; returns its question."""
    desk.says(CARA, "urgent", reference="<c1@x>")
    desk.passes(minutes=1)
    desk.says(DOUBTFUL_NOA, text, references=("<c1@x>",), readers=frozenset({CARA.identity}))
    question_id = desk.questions()[0].id
    assert question_id is not None
    return question_id


def test_a_confirmed_mail_is_taken_in_and_closes_in_the_confirmers_name(desk: Desk) -> None:
    question_id = asked(desk)
    desk.passes(hours=1)

    desk.service.confirm(question_id, MIA)

    message, question = desk.messages()[-1], desk.questions()[0]
    assert (message.sender, message.is_admin, message.internal, message.place) == (NOA.identity, True, False, MAILBOX)
    assert message.timestamp == START + timedelta(minutes=1)
    assert (desk.case().status, desk.case().closed_by) == ("closed", "Mia")
    assert (question.decided_by, question.outcome) == ("Mia", "confirmed")
    assert desk.deliveries().count(("question", "support", str(question_id))) == 2


def test_a_confirmed_answer_acknowledges(desk: Desk) -> None:
    desk.service.confirm(asked(desk, "Looking"), MIA)

    assert desk.pending() is None
    assert desk.case().status == "open"


def test_an_ignored_mail_changes_nothing_but_the_question(desk: Desk) -> None:
    question_id = asked(desk)
    case, messages = desk.standing(), len(desk.messages())

    desk.service.ignore(question_id, MIA)

    assert (desk.standing(), len(desk.messages())) == (case, messages)
    assert (desk.questions()[0].decided_by, desk.questions()[0].outcome) == ("Mia", "ignored")


@pytest.mark.parametrize("first", ["confirm", "ignore"])
def test_a_question_is_decided_once(desk: Desk, first: str) -> None:
    question_id = asked(desk, "Looking")
    getattr(desk.service, first)(question_id, MIA)
    before = desk.snapshot()

    for second in (desk.service.confirm, desk.service.ignore):
        with pytest.raises(IllegalMove, match=r"^Mia (confirmed|ignored) this already\.$"):
            second(question_id, NOA)

    assert desk.snapshot() == before


@pytest.mark.parametrize("nobody", [ADA, CARA, DOUBTFUL_NOA])
def test_only_admins_decide_a_question(desk: Desk, nobody: Author) -> None:
    question_id = asked(desk)
    before = desk.snapshot()

    for decide in (desk.service.confirm, desk.service.ignore):
        with pytest.raises(NotAllowed):
            decide(question_id, nobody)

    assert desk.snapshot() == before


def test_a_mail_that_names_no_case_can_not_be_confirmed(desk: Desk) -> None:
    desk.says(DOUBTFUL_NOA, PHRASE)
    question_id = desk.questions()[0].id
    assert question_id is not None
    before = desk.snapshot()

    with pytest.raises(IllegalMove, match="names no case"):
        desk.service.confirm(question_id, MIA)

    assert desk.snapshot() == before


def test_a_question_that_does_not_exist_is_said_so(desk: Desk) -> None:
    with pytest.raises(NoSuchCase):
        desk.service.ignore(404, MIA)
