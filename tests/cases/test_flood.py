"""The storm brake: more than 20 mails of one sender within 10 minutes are one notice with a counter."""

from collections import Counter

import pytest

from bot.cases.inbound import Author
from bot.cases.notices import tell
from bot.cases.rules import Rules
from bot.db import Database
from bot.outbox.models import Delivery
from tests.cases.desk import ADA, CARA, MIA, Desk


def said(desk: Desk) -> Counter[str]:
    return Counter(kind for kind, _, _ in desk.deliveries())


def storms(desk: Desk, mails: int, **pause: float) -> None:
    for number in range(mails):
        desk.says(CARA, f"Loop {number}")
        desk.passes(**(pause or {"seconds": 1}))


@pytest.mark.one_database
def test_twenty_mails_are_said_one_by_one(desk: Desk) -> None:
    storms(desk, 20)

    assert (said(desk)["follow_up"], said(desk)["flood"]) == (19, 0)


def test_what_is_beyond_is_one_notice_with_a_counter_and_all_is_stored(desk: Desk) -> None:
    storms(desk, 60)

    assert (len(desk.messages()), desk.case().message_count) == (60, 60)
    assert (said(desk)["follow_up"], desk.timeline().count("flooded")) == (19, 40)
    floods = [delivery for delivery in desk.deliveries() if delivery[0] == "flood"]
    assert set(floods) == {("flood", "support", "21")}
    # Said once, and drawn again with each further mail; the postman folds what waits.
    assert len(floods) == 1 + 40
    flood = desk.queries.flood(21)
    assert (flood.case_id, flood.mails, flood.first.body, flood.latest.body) == ("CASE-1", 40, "Loop 20", "Loop 59")


@pytest.mark.one_database
def test_a_flood_escalates_like_any_silence(desk: Desk) -> None:
    storms(desk, 40)

    assert desk.reasons() == ["follow_ups"]


@pytest.mark.one_database
def test_a_keyword_is_heard_in_the_midst_of_a_flood(desk: Desk) -> None:
    storms(desk, 30)
    desk.service.acknowledge("CASE-1", MIA)

    desk.says(CARA, "This is urgent")

    assert desk.reasons() == ["keyword"]


@pytest.mark.one_database
def test_after_the_flood_mails_are_said_again(desk: Desk) -> None:
    storms(desk, 25)
    desk.passes(minutes=11)

    desk.says(CARA, "Sorry, our server had a loop.")

    assert desk.timeline()[-1] == "received"


@pytest.mark.one_database
def test_the_next_flood_has_a_notice_of_its_own(desk: Desk) -> None:
    storms(desk, 25)
    desk.passes(minutes=30)
    storms(desk, 25)

    floods = {subject for kind, _, subject in desk.deliveries() if kind == "flood"}
    assert floods == {"21", "46"}
    assert [desk.queries.flood(int(first)).mails for first in sorted(floods)] == [5, 5]


@pytest.mark.one_database
def test_mails_at_leisure_and_words_in_slack_are_no_flood(desk: Desk) -> None:
    storms(desk, 40, minutes=1)
    for number in range(40):
        desk.says(ADA, f"Line {number}")

    assert "flooded" not in desk.timeline() + desk.timeline("CASE-2")


@pytest.mark.one_database
def test_the_brake_is_set_by_the_rules(desk: Desk) -> None:
    strict = Desk(desk.database, Rules(flood_mails=2))

    storms(strict, 4)

    assert strict.timeline().count("flooded") == 2


STRICT = Rules(flood_mails=3)


def doubted(desk: Desk, mails: int, name: str = "ada@desk.test") -> None:
    """Mails of somebody who says that he is an admin."""
    for number in range(mails):
        desk.says(Author(name, "Ada", claims_admin=True), f"I'm closing this case. {number}")
        desk.passes(seconds=1)


def told(desk: Desk, kind: str, mails: int) -> None:
    for number in range(mails):
        with desk.database.writers.begin() as session:
            tell(session, kind, {"subject": str(number), "key": str(number)}, desk.clock.now(), STRICT)


def counters(desk: Desk) -> list[tuple[bool, str]]:
    notices = [each for each in desk.rows(Delivery) if "_flood:" in each.subject]
    assert len({(each.lane, each.subject) for each in notices}) == 1
    return [(each.redraw, each.content["mails"]) for each in notices]


def test_a_flood_in_an_admins_name_is_one_notice_with_a_counter(database: Database) -> None:
    desk = Desk(database, STRICT)

    doubted(desk, 6)
    doubted(desk, 1, name="amos@desk.test")

    assert (said(desk)["question"], len(desk.questions())) == (4, 7)
    assert counters(desk) == [(False, "1"), (True, "2"), (True, "3")]
    desk.passes(minutes=11)
    doubted(desk, 1)
    assert said(desk)["question"] == 5


def test_a_flood_of_notices_is_one_notice_with_a_counter(desk: Desk) -> None:
    told(desk, "mail_quarantined", 6)
    told(desk, "refused", 6)

    kinds = Counter(each.subject.partition(":")[0] for each in desk.rows(Delivery))
    assert kinds == {"mail_quarantined": 3, "mail_quarantined_flood": 3, "refused": 6}
    assert counters(desk) == [(False, "1"), (True, "2"), (True, "3")]
    [*_, latest] = [each.content for each in desk.rows(Delivery) if "_flood:" in each.subject]
    assert latest == {"subject": "5", "mails": "3"}


@pytest.mark.one_database
def test_a_flood_that_is_over_is_told_apart_from_the_next_one(desk: Desk) -> None:
    for _ in range(2):
        told(desk, "mail_unplaced", 5)
        desk.passes(minutes=11)

    assert len({each.subject for each in desk.rows(Delivery) if "_flood:" in each.subject}) == 2
    assert sum("_flood:" not in each.subject for each in desk.rows(Delivery)) == 6
