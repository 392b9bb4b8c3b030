"""App Home: opened, filtered, searched, paged; and what a customer does with his own cases there."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from slack_bolt import Ack

from bot.cases.board import Filter, Sort
from bot.cases.inbound import DESK, Author, Inbound, Source
from bot.cases.intake import Intake
from bot.cases.queries import CaseQueries
from bot.cases.service import CaseService
from bot.clock import Clock
from bot.slack.action_ids import read_case_value
from bot.slack.asides import Asides
from bot.slack.errand import Filled
from bot.slack.homes import Homes, Sight, sight_of
from bot.slack.spot import spot_of
from bot.slack.views.modals import own


def home_opened(event: dict[str, Any], actor: Author, homes: Homes) -> None:
    """Draw App Home; the event comes for the Messages tab as well."""
    if event.get("tab") == "home":
        homes.open(actor)


def filter_chosen(ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, homes: Homes) -> None:
    """Show another list, in the order of the last one."""
    ack()
    homes.open(actor, Sight(which=Filter(action["selected_option"]["value"]), sort=_sight(body).sort))


def sort_chosen(ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, homes: Homes) -> None:
    """Show the list in another order, from its beginning."""
    ack()
    homes.open(actor, replace(_sight(body), sort=Sort(action["selected_option"]["value"]), after=""))


def search_entered(ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, homes: Homes) -> None:
    """Show what is found for the words; without words, the list again."""
    ack()
    homes.open(actor, replace(_sight(body), wanted=str(action.get("value") or "").strip(), after=""))


def page_clicked(ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, homes: Homes) -> None:
    """Show the next page."""
    ack()
    homes.open(actor, replace(_sight(body), after=str(action["value"])))


def start_clicked(ack: Ack, body: dict[str, Any], actor: Author, homes: Homes) -> None:
    """Go back to the first page, and from there to the list."""
    ack()
    sight = _sight(body)
    homes.open(actor, replace(sight, after="") if sight.after else replace(sight, wanted=""))


def solved_clicked(ack: Ack, action: dict[str, Any], actor: Author, cases: CaseService, homes: Homes) -> None:
    """Let a customer end his own case."""
    case_id, _ = read_case_value(action)
    cases.solve(case_id, by=actor)
    ack()
    homes.open(actor)


def own_reply_clicked(
    ack: Ack, action: dict[str, Any], body: dict[str, Any], actor: Author, queries: CaseQueries, asides: Asides
) -> None:
    """Open the form in which a customer writes on in his own case."""
    case_id, _ = read_case_value(action)
    sheet = queries.sheet_for(case_id, actor)
    ack()
    asides.open_form(spot_of(body, actor.identity, None), own.own_form(sheet.case))


def own_reply_submitted(
    ack: Ack, view: dict[str, Any], actor: Author, intake: Intake, clock: Clock, homes: Homes
) -> None:
    """Take in what a customer wrote in the form, as any words of his: they join his open case, or open one."""
    filled = Filled(view)
    intake.receive(
        Inbound(
            source=Source.SLACK,
            place=DESK,
            external_id=filled.key,
            author=actor,
            text=filled.words(own.TEXT),
            at=clock.now(),
            attachments=tuple(filled.files(own.FILES)),
        )
    )
    ack(response_action="clear")
    homes.open(actor)


def nothing_to_do() -> None:
    """Let an event that concerns nobody be acknowledged."""


def _sight(body: dict[str, Any]) -> Sight:
    return sight_of(json.loads((body.get("view") or {}).get("private_metadata") or "{}"))
