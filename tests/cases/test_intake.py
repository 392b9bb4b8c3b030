"""The one door in: opening, joining, judging; once each, in the order of their own time."""

from datetime import timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy.exc import IntegrityError

from bot.cases.inbound import Outcome
from bot.cases.models import Case, CaseEvent, Escalation
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, BEN, CARA, MIA, PHRASE, SHOP, START, Desk


def test_a_customers_first_words_open_a_case(desk: Desk) -> None:
    taken = desk.says(CARA, "The till is broken", subject="Till")

    case, [message] = desk.case(), desk.messages()
    assert (taken.outcome, taken.case_id) == (Outcome.OPENED, "CASE-1")
    assert (case.customer_identifier, case.customer_name, case.subject) == (CARA.identity, "Cara", "Till")
    assert (case.status, case.escalated, case.message_count, case.closed_at) == ("open", False, 1, None)
    assert case.created_at == case.last_message_at == START
    assert (message.sender, message.is_admin, message.body, message.source) == (
        CARA.identity,
        False,
        "The till is broken",
        "email",
    )


def test_opening_tells_support_of_the_card_and_nothing_else(desk: Desk) -> None:
    desk.says(ADA, "Help")

    assert desk.timeline() == ["opened"]
    assert desk.deliveries() == [("card", "support", "CASE-1")]


def test_further_words_join_the_open_case(desk: Desk) -> None:
    desk.says(ADA, "Help")

    taken = desk.says(ADA, "And another thing")

    assert (taken.outcome, taken.case_id) == (Outcome.JOINED, "CASE-1")
    assert desk.case().message_count == 2
    assert desk.timeline() == ["opened", "received"]
    assert desk.deliveries()[1:] == [("follow_up", "support", "2"), ("card", "support", "CASE-1")]


def test_each_customer_has_a_case_of_his_own(desk: Desk) -> None:
    assert [desk.says(author, "Help").case_id for author in (ADA, BEN, CARA, BEN)] == [
        "CASE-1",
        "CASE-2",
        "CASE-3",
        "CASE-2",
    ]


def test_after_closing_the_customer_gets_a_new_case(desk: Desk) -> None:
    desk.says(ADA, "urgent")
    desk.service.close("CASE-1", MIA)

    taken = desk.says(ADA, "Again")

    assert (taken.outcome, taken.case_id) == (Outcome.OPENED, "CASE-2")
    assert not desk.case("CASE-2").escalated
    assert desk.case("CASE-1").message_count == 1


def test_the_same_inbound_twice_is_one_message(desk: Desk) -> None:
    desk.says(ADA, "urgent", external_id="1")
    before = desk.snapshot()

    taken = desk.says(ADA, "urgent", external_id="1")

    assert (taken.outcome, taken.case_id) == (Outcome.DUPLICATE, "CASE-1")
    assert desk.snapshot() == before


def test_an_inbound_of_a_closed_case_sent_again_opens_nothing(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="1")
    desk.service.close("CASE-1", MIA)

    assert desk.says(ADA, "Help", external_id="1").outcome is Outcome.DUPLICATE
    assert len(desk.rows(Case)) == 1


def test_the_same_name_in_another_place_is_another_message(desk: Desk) -> None:
    desk.says(ADA, "Help", external_id="1")

    assert desk.says(ADA, "Help", external_id="1", place="C_OTHER").outcome is Outcome.JOINED


def test_the_database_itself_refuses_a_second_open_case(desk: Desk) -> None:
    desk.says(ADA, "Help")
    twin = desk.case().model_dump() | {"case_id": "CASE-9"}

    with pytest.raises(IntegrityError), desk.database.writers.begin() as session:
        session.add(Case(**twin))

    assert [case.case_id for case in desk.rows(Case)] == ["CASE-1"]


def test_the_database_itself_refuses_a_second_pending_escalation(desk: Desk) -> None:
    desk.says(ADA, "urgent")

    with pytest.raises(IntegrityError), desk.database.writers.begin() as session:
        session.add(Escalation(case_id="CASE-1", raised_at=START))


def test_a_failure_on_the_way_stores_nothing_at_all(desk: Desk) -> None:
    before = desk.snapshot()

    def take_and_fail() -> None:
        with desk.database.writers.begin() as session:
            desk.intake.take(session, desk.inbound(ADA, "urgent"))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        take_and_fail()

    assert desk.snapshot() == before


def test_a_keyword_escalates_with_the_message_itself(desk: Desk) -> None:
    desk.says(ADA, "URGENT: the till is down")

    assert desk.case().escalated
    assert desk.timeline() == ["opened", "escalated"]
    [alert] = [d for d in desk.rows(Delivery) if d.kind == "alert" and not d.redraw]
    pending = desk.pending()
    assert pending is not None
    assert (alert.place, alert.subject, alert.case_id) == ("alerting", str(pending.id), "CASE-1")
    assert pending.reasons[0]["words"] == "says “urgent”: URGENT: the till is down"


def test_a_keyword_in_the_subject_escalates(desk: Desk) -> None:
    desk.says(CARA, "See above", subject="Urgent: till")

    assert desk.reasons() == ["keyword"]


def test_a_replys_repeated_subject_escalates_nothing(desk: Desk) -> None:
    desk.says(CARA, "See above", subject="Urgent: till")
    desk.service.acknowledge("CASE-1", MIA)

    desk.says(CARA, "Thanks, it works", subject="AW: Re: urgent:  till")
    assert desk.pending() is None

    desk.says(CARA, "No, it does not", subject="Critical: till")
    assert desk.reasons() == ["keyword"]


def test_the_fourth_message_without_an_answer_escalates(desk: Desk) -> None:
    for text in ("one", "two", "three"):
        desk.says(ADA, text)
    assert desk.pending() is None

    desk.passes(minutes=1)
    desk.says(ADA, "four")

    pending = desk.pending()
    assert pending is not None
    assert [reason["words"] for reason in pending.reasons] == ["4th message without an answer"]


def test_further_reasons_join_the_pending_escalation_once(desk: Desk) -> None:
    for text in ("urgent", "urgent", "urgent", "critical", "critical", "more"):
        desk.says(ADA, text)

    assert desk.reasons() == ["keyword", "keyword", "follow_ups"]
    assert [kind for kind in desk.timeline() if kind in ("escalated", "reason_joined")] == [
        "escalated",
        "reason_joined",
    ]
    assert len([d for d in desk.rows(Delivery) if d.kind == "alert" and not d.redraw]) == 1


def test_an_acknowledgement_starts_the_count_anew(desk: Desk) -> None:
    for text in ("one", "two", "three", "four"):
        desk.says(ADA, text)
    desk.service.acknowledge("CASE-1", MIA)

    for text in ("five", "six", "seven"):
        desk.passes(minutes=1)
        desk.says(ADA, text)
        assert desk.pending() is None
    desk.passes(minutes=1)
    desk.says(ADA, "eight")

    assert desk.reasons() == ["follow_ups"]
    assert len(desk.rows(Escalation)) == 2


def test_a_visible_answer_starts_the_count_anew(desk: Desk) -> None:
    for text in ("one", "two", "three"):
        desk.says(ADA, text, thread="t")
    desk.passes(minutes=1)
    desk.says(MIA, "Looking", thread="t")

    for text in ("four", "five", "six"):
        desk.passes(minutes=1)
        desk.says(ADA, text)

    assert desk.pending() is None


def test_a_note_starts_nothing_anew(desk: Desk) -> None:
    for text in ("one", "two", "three"):
        desk.says(ADA, text)
    desk.passes(minutes=1)
    desk.in_card_thread(MIA, "Who takes this?")
    case = desk.case()
    assert (case.message_count, case.last_message_at, case.clock_restarted_at) == (3, START, None)

    desk.passes(minutes=1)
    desk.says(ADA, "four")

    assert desk.reasons() == ["follow_ups"]


def test_the_escalated_mark_stays_until_the_case_closes(desk: Desk) -> None:
    desk.says(ADA, "urgent", external_id="t")
    desk.service.acknowledge("CASE-1", MIA)
    desk.says(MIA, "Done", thread="t")

    assert desk.case().escalated
    assert desk.pending() is None


def test_a_customer_can_not_close_by_phrase(desk: Desk) -> None:
    desk.says(ADA, "Help")

    desk.says(ADA, PHRASE)

    assert desk.case().status == "open"
    assert desk.timeline() == ["opened", "received"]


def test_messages_are_kept_whole(desk: Desk) -> None:
    long = "äöü 🙂 " * 20_000

    desk.says(ADA, long, full_text=long + long)

    [message] = desk.messages()
    assert message.body == long
    assert message.full_body == long + long


def test_times_are_those_of_the_injected_clock_and_the_message(desk: Desk) -> None:
    said_at = START - timedelta(minutes=3)

    with freeze_time("2031-01-01"):
        desk.says(ADA, "Help", at=said_at)

    assert (desk.case().created_at, desk.case().last_message_at) == (START, said_at)
    assert [event.at for event in desk.rows(CaseEvent)] == [START]
    assert desk.messages()[0].timestamp == said_at
    assert desk.messages()[0].place == SHOP
