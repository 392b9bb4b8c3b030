"""What was refused: said after all, or dropped; and told once, in a place that works."""

from collections.abc import Sequence

import pytest

from bot.cases.audit import Audit
from bot.cases.errors import IllegalMove
from bot.cases.inbound import Author
from bot.cases.models import Sending
from bot.cases.parked import ParkedDeliveries
from bot.cases.refusals import Refusals
from bot.outbox.models import Delivery
from bot.outbox.pacing import Pacing
from bot.outbox.postman import Postman
from bot.outbox.sending import Refused, Stuck
from tests.cases.desk import ADA, MIA, Desk
from tests.cases.leaving import carried, reply
from tests.outbox.round import Answer, Notebook, Stopwatch

pytestmark = pytest.mark.one_database

CONSOLE = Author("console", "the console", is_admin=True)


class Talk:
    """A postman whose channel gives these answers, and what he was given to say."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.stopwatch = Stopwatch()

    def carries(self, *answers: Answer | Exception | None) -> None:
        pacing = Pacing(post_seconds=0, redraw_seconds=0, monotonic=self.stopwatch)
        hearer = Refusals(self.desk.replies, lambda: ["U_MIA", "U_ZOE"])
        postman = Postman(self.desk.database, self.desk.clock, Notebook(*answers), pacing, hearer)
        while postman.deliver_due():
            pass

    def passes(self, **span: float) -> None:
        self.stopwatch.seconds += (self.desk.passes(**span) - self.desk.clock.now()).total_seconds()

    def notices(self) -> Sequence[Delivery]:
        return [row for row in self.desk.rows(Delivery) if row.kind == "notice"]


def refused_reply(desk: Desk) -> int:
    """An answer that Slack refused; returns its delivery's number."""
    desk.says(ADA, "Help")
    carried(desk)
    desk.replies.reply("CASE-1", "Here you are", MIA)
    desk.passes(minutes=1)
    carried(desk, Refused("user_disabled"))  # an answer goes before what only concerns the team
    [number] = [row.id for row in desk.rows(Delivery) if row.state == "refused"]
    return number or 0


def states(desk: Desk, kind: str) -> list[str]:
    return [row.state for row in desk.rows(Delivery) if row.kind == kind and not row.redraw]


def test_a_refused_answer_is_sent_after_all(desk: Desk) -> None:
    number = refused_reply(desk)
    assert (reply(desk).sending, desk.case().undelivered) == (Sending.FAILED, "user_disabled")

    ParkedDeliveries(desk.database, desk.clock).retry(number, CONSOLE)
    assert (reply(desk).sending, desk.case().undelivered) == (Sending.WAITING, "")
    carried(desk)

    assert reply(desk).sending == Sending.SENT
    assert desk.timeline()[-3:] == ["undelivered", "resent", "answered"]
    assert list(Audit(desk.database).breaches()) == []


def test_an_answer_in_a_closed_case_stays_where_it_is(desk: Desk) -> None:
    number = refused_reply(desk)
    desk.service.close("CASE-1", MIA)
    before = desk.snapshot()

    with pytest.raises(IllegalMove, match="Reopen it first"):
        ParkedDeliveries(desk.database, desk.clock).retry(number, CONSOLE)

    assert desk.snapshot() == before


def test_a_dropped_answer_is_stopped(desk: Desk) -> None:
    number = refused_reply(desk)

    ParkedDeliveries(desk.database, desk.clock).drop(number, CONSOLE)

    assert (reply(desk).sending, reply(desk).internal, desk.case().undelivered) == (Sending.STOPPED, True, "")
    assert desk.timeline()[-1] == "stopped"
    assert states(desk, "reply") == ["dropped"]


def test_only_what_was_refused_is_retried_and_only_what_was_not_said_is_dropped(desk: Desk) -> None:
    desk.says(ADA, "Help")
    parked = ParkedDeliveries(desk.database, desk.clock)
    with pytest.raises(IllegalMove, match="was not refused: it is due"):
        parked.retry(1, CONSOLE)
    carried(desk)

    for act in (parked.retry, parked.drop):
        with pytest.raises(IllegalMove, match="it is sent"):
            act(1, CONSOLE)
        with pytest.raises(IllegalMove, match="no delivery 99"):
            act(99, CONSOLE)


def test_a_card_that_was_refused_is_said_after_all(desk: Desk) -> None:
    desk.says(ADA, "Help")
    carried(desk, Refused("invalid_blocks"))
    parked = ParkedDeliveries(desk.database, desk.clock)

    [number] = parked.refused()
    parked.retry(number, CONSOLE)
    carried(desk)

    assert parked.refused() == []
    assert states(desk, "card") == ["sent"]


def test_refusals_in_the_support_channel_are_told_once_in_the_alerting_channel(desk: Desk) -> None:
    talk = Talk(desk)
    for _ in range(3):
        desk.says(ADA, "Help")
    talk.carries(*[Refused("invalid_blocks")] * 3)

    [told] = talk.notices()
    assert (told.place, told.state) == ("alerting", "sent")
    assert told.content == {"place": "the support channel", "what": "card", "reason": "invalid_blocks"}


def test_a_telling_that_is_refused_too_goes_to_the_admins_and_then_nowhere(desk: Desk) -> None:
    talk = Talk(desk)
    desk.says(ADA, "Help")

    talk.carries(*[Refused("invalid_blocks")] * 9)

    assert [(row.place, row.state) for row in talk.notices()] == [
        ("alerting", "refused"),
        ("U_MIA", "refused"),
        ("U_ZOE", "refused"),
    ]


def test_a_channel_that_can_not_be_spoken_to_is_told_once_until_it_works_again(desk: Desk) -> None:
    talk = Talk(desk)
    desk.says(ADA, "Help")
    for _ in range(3):
        talk.carries(Stuck(30, "not_in_channel", whole_place=True))
        desk.passes(hours=2)
    assert [(row.place, row.subject.partition(":")[0]) for row in talk.notices()] == [("alerting", "stuck")]

    talk.carries()
    assert states(desk, "card") == ["sent"]
    desk.says(ADA, "Still there?")
    talk.carries(Stuck(30, "not_in_channel", whole_place=True))

    assert len(talk.notices()) == 2
