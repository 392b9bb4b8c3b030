"""Answers written at the desk: they wait, can be stopped, leave once, and count when the customer can see them."""

from collections.abc import Callable

import pytest

from bot.cases.errors import IllegalMove, NotAllowed, StaleDrawing
from bot.cases.inbound import Attached, Author
from bot.cases.models import Attachment, CaseEvent, Sending
from bot.cases.replies import MAIL_IS_OFF, Replies
from bot.db import Database
from bot.outbox.models import DeliveryState
from bot.outbox.sending import Refused
from tests.cases.desk import ADA, CARA, MIA, NOA, SHOP, SUPPORT, Desk, together
from tests.cases.leaving import carried, reply

CARA_AT_HOME = Author("cara@home.example", "Cara")
PLAN = Attached(name="plan.pdf", content_type="application/pdf", size=12_000, held="slack:F1")


@pytest.fixture
def mailed(desk: Desk) -> Desk:
    """A desk to which Cara wrote urgently by mail, and where everything else was said already."""
    desk.says(CARA, "urgent: no power", subject="Power", reference="<cara-1@customer.example>")
    carried(desk)
    desk.passes(minutes=3)
    return desk


def test_an_answer_waits_its_moment_and_then_leaves_by_mail(mailed: Desk) -> None:
    mailed.replies.reply("CASE-1", "We are on it.", MIA)
    assert carried(mailed) == []

    mailed.passes(seconds=5)
    [left] = carried(mailed)

    assert (left.place, left.state) == ("email", DeliveryState.SENT)
    assert reply(mailed).sending == Sending.SENT


def test_an_answer_counts_when_it_has_left_and_from_when_it_was_written(mailed: Desk) -> None:
    written_at = mailed.clock.now()
    mailed.replies.reply("CASE-1", "We are on it.", MIA)
    before = mailed.case()
    assert (before.clock_restarted_at, before.message_count, mailed.reasons()) == (None, 1, ["keyword"])

    mailed.passes(seconds=5)
    carried(mailed)

    case = mailed.case()
    assert (case.clock_restarted_at, case.message_count, mailed.pending()) == (written_at, 2, None)
    assert mailed.timeline() == ["opened", "escalated", "replied", "answered", "acknowledged"]


@pytest.mark.one_database
def test_what_the_customer_wrote_after_the_answer_was_written_is_not_answered_by_it(mailed: Desk) -> None:
    mailed.replies.reply("CASE-1", "We are on it.", MIA)
    mailed.passes(seconds=1)
    mailed.says(CARA, "critical now!")
    mailed.passes(seconds=4)

    carried(mailed)

    assert mailed.reasons() == ["keyword", "keyword"]


def test_a_customers_reply_to_our_mail_finds_its_case(mailed: Desk) -> None:
    mailed.replies.reply("CASE-1", "We are on it.", MIA)
    mailed.passes(seconds=5)
    carried(mailed)

    elsewhere = mailed.says(CARA_AT_HOME, "me again, from home", references=(reply(mailed).reference,))

    assert reply(mailed).reference
    assert elsewhere.case_id == "CASE-1"


@pytest.mark.one_database
def test_a_stopped_answer_never_leaves_and_stays_with_the_team(mailed: Desk) -> None:
    message_id = mailed.replies.reply("CASE-1", "Go away!", MIA)

    assert mailed.replies.stop(message_id, NOA) == "CASE-1"
    mailed.passes(minutes=1)

    assert carried(mailed) == []
    assert (reply(mailed).sending, reply(mailed).internal) == (Sending.STOPPED, True)
    assert mailed.reasons() == ["keyword"]


@pytest.mark.one_database
def test_an_answer_that_has_left_can_not_be_stopped(mailed: Desk) -> None:
    message_id = mailed.replies.reply("CASE-1", "We are on it.", MIA)
    mailed.passes(seconds=5)
    carried(mailed)

    with pytest.raises(IllegalMove, match=r"Too late: the answer has left\."):
        mailed.replies.stop(message_id, MIA)


def test_stopping_races_with_leaving_and_exactly_one_wins(mailed: Desk) -> None:
    message_id = mailed.replies.reply("CASE-1", "We are on it.", MIA)
    mailed.passes(seconds=5)

    def stops() -> bool:
        try:
            mailed.replies.stop(message_id, MIA)
        except IllegalMove:
            return False
        return True

    stopped, left = together(stops, lambda: len(carried(mailed)) == 1)

    carried(mailed)
    assert stopped is not left
    assert reply(mailed).sending == (Sending.STOPPED if stopped else Sending.SENT)


@pytest.mark.one_database
def test_an_answer_that_the_server_refuses_turns_the_case_red_until_one_arrives(mailed: Desk) -> None:
    mailed.replies.reply("CASE-1", "We are on it.", MIA)
    mailed.passes(seconds=5)
    carried(mailed, Refused("550 no such user"))

    assert mailed.case().undelivered == reply(mailed).failure == "550 no such user"
    assert mailed.reasons() == ["keyword"]
    assert mailed.timeline()[-1] == "undelivered"

    mailed.replies.reply("CASE-1", "Again.", MIA)
    mailed.passes(seconds=5)
    carried(mailed)
    assert mailed.case().undelivered == ""


def test_a_bounce_is_told_once_and_a_strangers_bounce_never(mailed: Desk) -> None:
    mailed.replies.reply("CASE-1", "We are on it.", MIA)
    mailed.passes(seconds=5)
    carried(mailed)
    ours = reply(mailed).reference

    def bounces(*references: str) -> str | None:
        with mailed.database.writers.begin() as session:
            return mailed.intake.bounced(session, references, "mailbox full", mailed.clock.now())

    assert [bounces("<cara-1@customer.example>"), bounces("<x@y>", ours), bounces(ours)] == [None, "CASE-1", "CASE-1"]
    assert mailed.case().undelivered == "mailbox full"
    assert mailed.timeline().count("undelivered") == 1


def test_the_same_form_submitted_twice_is_one_answer(mailed: Desk) -> None:
    first = mailed.replies.reply("CASE-1", "We are on it.", MIA, key="V1")

    assert mailed.replies.reply("CASE-1", "We are on it.", MIA, key="V1") == first
    assert reply(mailed).body == "We are on it."


@pytest.mark.one_database
def test_an_answer_on_an_old_drawing_is_refused(mailed: Desk) -> None:
    seen = mailed.case().version
    mailed.service.close("CASE-1", NOA)
    mailed.service.reopen("CASE-1", NOA)

    with pytest.raises(StaleDrawing, match=r"noa@desk.example reopened CASE-1 0 s ago"):
        mailed.replies.reply("CASE-1", "We are on it.", MIA, seen=seen)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.replies.reply("CASE-1", "Hi", ADA),
        lambda desk: desk.replies.stop(1, ADA),
        lambda desk: desk.replies.send_note(SUPPORT, "n1", ADA),
    ],
)
def test_only_admins_speak_for_the_team(mailed: Desk, act: Callable[[Desk], object]) -> None:
    before = mailed.snapshot()

    with pytest.raises(NotAllowed):
        act(mailed)

    assert mailed.snapshot() == before


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["", " \n "])
def test_nothing_is_not_sent(mailed: Desk, text: str) -> None:
    with pytest.raises(IllegalMove, match="nothing to send"):
        mailed.replies.reply("CASE-1", text, MIA)


@pytest.mark.one_database
def test_a_file_alone_is_an_answer(mailed: Desk) -> None:
    mailed.replies.reply("CASE-1", "", MIA, [PLAN])

    [attachment] = mailed.rows(Attachment)
    assert (attachment.message_id, attachment.held) == (reply(mailed).id, "slack:F1")


@pytest.mark.one_database
def test_a_closed_case_is_not_answered(mailed: Desk) -> None:
    mailed.service.close("CASE-1", MIA)

    with pytest.raises(IllegalMove, match="Reopen it first"):
        mailed.replies.reply("CASE-1", "One more thing", MIA)


@pytest.mark.one_database
def test_where_no_mail_leaves_a_mail_customer_can_not_be_answered(database: Database) -> None:
    desk = Desk(database)
    desk.says(CARA, "Hello")
    silent = Replies(database, desk.clock, desk.rules, mail_leaves=False)

    with pytest.raises(IllegalMove) as refused:
        silent.reply("CASE-1", "Hi", MIA)

    assert str(refused.value) == MAIL_IS_OFF


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("written", "place", "thread"),
    [
        ({"external_id": "17.1"}, SHOP, "17.1"),
        ({"external_id": "17.2", "thread": "17.0"}, SHOP, "17.0"),
        ({"external_id": "17.3", "place": "D_ADA"}, "D_ADA", None),
        ({"external_id": "17.4", "place": "D_ADA", "thread": "17.0"}, "D_ADA", "17.0"),
    ],
    ids=["channel", "thread", "dm", "dm thread"],
)
def test_a_slack_customer_is_answered_where_he_wrote(
    desk: Desk, written: dict[str, str], place: str, thread: str | None
) -> None:
    desk.says(ADA, "Hello", **written)

    letter = desk.queries.letter(desk.replies.reply("CASE-1", "Hi", MIA))

    assert (letter.place, letter.thread) == (place, thread)


@pytest.mark.one_database
def test_a_slack_customer_who_never_wrote_himself_is_written_to(desk: Desk) -> None:
    desk.service.open(ADA, "called: no power", MIA)

    letter = desk.queries.letter(desk.replies.reply("CASE-1", "Hi", MIA))

    assert (letter.place, letter.thread) == ("U_ADA", None)


@pytest.mark.one_database
def test_a_farewell_leaves_although_the_case_is_closed(mailed: Desk) -> None:
    mailed.service.close("CASE-1", MIA, "solved", farewell="Goodbye!")
    mailed.passes(seconds=5)

    [left] = carried(mailed)

    assert left.state == DeliveryState.SENT
    assert (mailed.case().status, reply(mailed).sending) == ("closed", Sending.SENT)
    [answered] = [event for event in mailed.rows(CaseEvent) if event.kind == "answered"]
    assert answered.actor == MIA.identity
