"""The second path: it speaks once when something is silent for too long, once when that is over, and never else."""

import pytest

from bot.alarm.senses import CLOCK, DATABASE, MAILBOX, SLACK
from bot.db import Database
from tests.alarm.lookout import Lookout
from tests.cases.desk import ADA, MIA, Desk
from tests.cases.leaving import carried

pytestmark = pytest.mark.one_database

AWAY, BACK = "Casebot: Slack can't be used", "Casebot: Slack works again"


@pytest.fixture
def lookout(desk: Desk) -> Lookout:
    return Lookout(desk)


def test_an_outage_is_told_once_and_so_is_its_end(lookout: Lookout) -> None:
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(9)
    assert lookout.said == []

    lookout.passes(60)
    lookout.problems[SLACK] = ""
    lookout.passes(60)

    assert lookout.subjects == [AWAY, BACK]
    assert "the socket is down" in lookout.said[0].text
    assert "since 2026-03-02 09:00 UTC" in lookout.said[0].text
    assert "works again at 2026-03-02 10:10 UTC" in lookout.said[1].text


def test_what_comes_back_in_time_is_no_outage(lookout: Lookout) -> None:
    for _ in range(3):
        lookout.problems[SLACK] = "the socket is down"
        lookout.passes(8)
        lookout.problems[SLACK] = ""
        lookout.passes(1)

    assert lookout.said == []


def test_an_outage_with_a_short_recovery_is_one(lookout: Lookout) -> None:
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(11)
    lookout.problems[SLACK] = ""
    lookout.passes(0.5)
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(60)

    assert lookout.subjects == [AWAY]


def test_a_part_that_does_nothing_and_says_nothing_is_silent(lookout: Lookout) -> None:
    lookout.silent.add(CLOCK)

    lookout.passes(11)

    assert lookout.subjects == ["Casebot: the clock can't be used"]


def test_a_clock_that_is_set_makes_no_outage(lookout: Lookout) -> None:
    lookout.problems[MAILBOX] = "login refused"
    lookout.passes(1)

    lookout.desk.passes(hours=49)
    lookout.passes(1)

    assert lookout.said == []


def test_a_restart_tells_no_outage_again_but_its_end(lookout: Lookout) -> None:
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(11)
    lookout.begin_again()
    lookout.passes(30)
    assert lookout.subjects == [AWAY]

    lookout.problems[SLACK] = ""
    lookout.passes(2)
    lookout.begin_again()
    lookout.passes(30)

    assert lookout.subjects == [AWAY, BACK]


def test_of_two_processes_one_tells(lookout: Lookout, desk: Desk) -> None:
    other = Lookout(desk)
    for each in (lookout, other):
        each.problems[SLACK] = "the socket is down"
        each.passes(15)

    assert lookout.subjects + other.subjects == [AWAY]


def test_a_second_path_that_fails_is_tried_again(lookout: Lookout) -> None:
    lookout.reached = False
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(15)

    lookout.reached = True
    lookout.passes(10)

    assert lookout.subjects == [AWAY]


def test_without_its_database_the_watch_speaks_from_memory(desk: Desk) -> None:
    nowhere = Database("postgresql+psycopg://casebot@127.0.0.1:9/cases")
    lookout = Lookout(desk, nowhere)
    lookout.problems |= {DATABASE: "connection refused", SLACK: "postman: connection refused", CLOCK: "refused"}

    lookout.passes(30)

    assert lookout.subjects == ["Casebot: the database can't be used"]
    nowhere.close()


def test_parts_that_fail_together_share_a_mail(lookout: Lookout) -> None:
    lookout.problems |= {SLACK: "away", MAILBOX: "away"}

    lookout.passes(15)

    assert lookout.subjects == ["Casebot: Slack, the mailbox can't be used"]


def test_what_failed_because_of_the_database_gets_time_to_recover(lookout: Lookout) -> None:
    lookout.problems |= {DATABASE: "locked", CLOCK: "locked"}
    lookout.passes(30)
    lookout.problems[DATABASE] = ""
    lookout.passes(5)
    lookout.problems[CLOCK] = ""
    lookout.passes(5)

    assert lookout.subjects == ["Casebot: the database can't be used", "Casebot: the database works again"]


def test_the_heart_beats_each_minute_while_all_is_well(lookout: Lookout) -> None:
    lookout.passes(5)
    assert lookout.beats == 5

    lookout.problems[MAILBOX] = "login refused"
    lookout.passes(5)
    assert lookout.beats == 5

    lookout.problems[MAILBOX] = ""
    lookout.passes(1)
    assert lookout.beats == 6


def test_an_escalation_that_slack_does_not_hear_is_mailed_once(lookout: Lookout, desk: Desk) -> None:
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(2)
    desk.says(ADA, f"Urgent! {'My printer burns. ' * 20} My secret number is 4711.")
    lookout.passes(5)
    lookout.begin_again()
    lookout.passes(5)

    [mail] = lookout.said
    assert mail.subject == "Casebot: CASE-1 escalated"
    assert "Ada (U_ADA)" in mail.text
    assert "urgent" in mail.text.lower()
    assert "4711" not in mail.text


def test_what_slack_heard_or_somebody_settled_is_not_mailed(lookout: Lookout, desk: Desk) -> None:
    desk.says(ADA, "Urgent!")
    carried(desk)
    lookout.problems[SLACK] = "the socket is down"
    lookout.passes(5)
    desk.says(ADA, "Please!", external_id="again")
    desk.service.close("CASE-1", MIA)
    lookout.passes(4)

    assert lookout.said == []


def test_while_slack_works_an_alert_that_waits_is_mailed_to_nobody(lookout: Lookout, desk: Desk) -> None:
    desk.says(ADA, "Urgent!")

    lookout.passes(20)

    assert lookout.said == []


def test_escalations_are_mailed_once_the_second_path_works(lookout: Lookout, desk: Desk) -> None:
    lookout.problems[SLACK] = "the socket is down"
    lookout.reached = False
    desk.says(ADA, "Urgent!")
    lookout.passes(5)

    lookout.reached = True
    lookout.passes(4)

    assert lookout.subjects == ["Casebot: CASE-1 escalated"]
