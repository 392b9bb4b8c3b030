"""App Home as a place to work: lists, search and pages, a customer's own deeds, and pages that keep up."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.cases.board import Sort
from bot.cases.inbound import Author
from bot.cases.models import Case
from bot.slack.action_ids import HOME_FILTER, HOME_PAGE, HOME_SEARCH, HOME_START, OWN_SOLVED
from bot.slack.asides import Asides
from bot.slack.homes import REDRAW_SECONDS, VISIT_SECONDS, Homes, Sight, sight_of
from bot.slack.views.home import CASES_SHOWN
from tests.outbox.round import Stopwatch
from tests.slack import payloads
from tests.slack.payloads import ADA, CARLA, COSMO
from tests.slack.world import SlackWorld, words_of

ADA_ADMIN = Author(ADA, "Ada Admin", is_admin=True)


@pytest.fixture
def desk(world: SlackWorld) -> SlackWorld:
    """Carla's CASE-1 and Cosmo's urgent CASE-2."""
    world.hears(payloads.message("My order 1047", CARLA), payloads.message("This is urgent", COSMO))
    return world


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def homes(desk: SlackWorld, watch: Stopwatch) -> Homes:
    """Homes whose pages are drawn at once, in this thread, by a stopwatch."""
    services = desk.slack.services
    asides = AtOnce(desk.slack.web)
    return Homes(desk.slack.web, services.queries, services.desk.links, desk.slack.directory, asides, desk.clock, watch)


class AtOnce(Asides):
    """Asides that wait for nobody."""

    def soon(self, act: Callable[[], object]) -> None:
        act()


def page(desk: SlackWorld, user: str = ADA) -> str:
    return words_of(desk.workspace.home(user))


def sight(desk: SlackWorld) -> dict[str, str]:
    home = desk.workspace.called("views.publish")[-1]["view"]
    read: dict[str, str] = json.loads(home["private_metadata"])
    return read


def test_a_list_holds_what_it_says(desk: SlackWorld, homes: Homes) -> None:
    desk.bot.desk.cases.assign("CASE-1", ADA_ADMIN, ADA_ADMIN)

    shown = {}
    for which in ("open", "escalated", "mine", "unassigned", "closed"):
        homes.open(ADA_ADMIN, sight_of({"which": which, "after": "", "wanted": ""}))
        shown[which] = [number for number in ("CASE-1", "CASE-2") if f"*{number}*" in page(desk)]

    assert shown == {
        "open": ["CASE-1", "CASE-2"],
        "escalated": ["CASE-2"],
        "mine": ["CASE-1"],
        "unassigned": ["CASE-2"],
        "closed": [],
    }


def test_the_newest_words_may_come_first(desk: SlackWorld, homes: Homes) -> None:
    orders = {}
    for sort in Sort:
        homes.open(ADA_ADMIN, Sight(sort=sort))
        orders[sort] = page(desk).index("*CASE-1*") < page(desk).index("*CASE-2*")

    assert orders == {Sort.LONGEST: True, Sort.NEWEST: False}


def test_a_search_shows_what_was_found_and_leads_back(desk: SlackWorld, homes: Homes) -> None:
    homes.open(ADA_ADMIN, Sight(wanted="1047"))
    assert "*CASE-1*" in page(desk)
    assert "*CASE-2*" not in page(desk)
    assert "Back to the list" in page(desk)

    homes.open(ADA_ADMIN, Sight())
    assert "*CASE-2*" in page(desk)


def test_pages_show_each_case_once(desk: SlackWorld, homes: Homes) -> None:
    for number in range(CASES_SHOWN + 5):
        customer = Author(f"c{number}@customer.example", f"Customer {number}")
        desk.bot.desk.cases.open(customer, "hello", ADA_ADMIN)

    homes.open(ADA_ADMIN)
    first = page(desk)
    [button] = [e for e in _elements(desk) if e["action_id"] == HOME_PAGE]
    homes.open(ADA_ADMIN, Sight(after=button["value"]))
    second = page(desk)

    numbers = [case.case_id for case in desk.rows(Case)]
    assert [(f"*{number}*" in first) + (f"*{number}*" in second) for number in numbers] == [1] * len(numbers)
    assert "‹ First page" in second


def test_the_controls_come_back_as_deeds(desk: SlackWorld) -> None:
    def chooses(action: dict[str, Any]) -> dict[str, str]:
        before = len(desk.workspace.called("views.publish"))
        desk.hears(payloads.home_action(ADA, action))
        desk.seen(lambda: len(desk.workspace.called("views.publish")) > before)
        return sight(desk)

    chosen = chooses({"action_id": HOME_FILTER, "selected_option": {"value": "closed"}})
    searched = chooses({"action_id": HOME_SEARCH, "value": " 1047 "})
    back = chooses({"action_id": HOME_START, "value": "start"})

    assert [chosen["which"], searched["wanted"], back["wanted"]] == ["closed", "1047", ""]


def test_an_open_page_is_drawn_again_when_a_case_changes_but_not_at_every_change(
    desk: SlackWorld, homes: Homes, watch: Stopwatch
) -> None:
    homes.open(ADA_ADMIN)
    desk.bot.desk.cases.close("CASE-1", ADA_ADMIN)
    homes.mark_changed()
    homes.redraw_due()
    assert "*CASE-1*" in page(desk)

    watch.seconds += REDRAW_SECONDS
    homes.redraw_due()
    homes.redraw_due()

    assert "*CASE-1*" not in page(desk)
    assert len(desk.workspace.called("views.publish")) == 2


def test_a_newer_drawing_is_left_alone(desk: SlackWorld, homes: Homes, watch: Stopwatch) -> None:
    homes.open(ADA_ADMIN)
    newer = {"type": "section", "text": {"type": "mrkdwn", "text": "drawn by another process"}}
    desk.slack.web.views_publish(user_id=ADA, view={"type": "home", "blocks": [newer]})
    homes.mark_changed()
    watch.seconds += REDRAW_SECONDS

    homes.redraw_due()

    assert "drawn by another process" in page(desk)


def test_who_left_long_ago_costs_nothing(desk: SlackWorld, homes: Homes, watch: Stopwatch) -> None:
    homes.open(ADA_ADMIN)
    watch.seconds += VISIT_SECONDS + 1
    homes.mark_changed()

    homes.redraw_due()

    assert len(desk.workspace.called("views.publish")) == 1


def test_who_is_no_admin_any_more_sees_a_customers_page(desk: SlackWorld, homes: Homes) -> None:
    homes.open(Author(COSMO, "Cosmo Customer", is_admin=True))

    assert "CASE-1" not in page(desk, COSMO)
    assert "Your cases" in page(desk, COSMO)


def test_a_customer_says_that_his_case_is_solved(desk: SlackWorld) -> None:
    desk.hears(payloads.home_action(CARLA, {"action_id": OWN_SOLVED, "value": "CASE-1:1"}))

    assert (desk.case().status, desk.case().closed_by) == ("closed", "Carla Customer")


def test_anothers_case_can_not_be_solved(desk: SlackWorld) -> None:
    desk.hears(payloads.home_action(CARLA, {"action_id": OWN_SOLVED, "value": "CASE-2:1"}))

    assert (desk.case("CASE-1").status, desk.case("CASE-2").status) == ("open", "open")


def _elements(desk: SlackWorld) -> list[dict[str, Any]]:
    home = desk.workspace.called("views.publish")[-1]["view"]
    return [e for block in home["blocks"] for e in block.get("elements", ()) if "action_id" in e]
