"""The Bolt app: who is heard, what listeners may ask for by name, and how errors are answered."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_token_skipped
from sqlalchemy.exc import OperationalError

from bot.cases.errors import CaseError, NotAllowed, StaleDrawing
from bot.cases.inbound import Author
from bot.cases.intake import Intake
from bot.cases.lookups import CaseLookups
from bot.cases.queries import CaseQueries
from bot.cases.replies import Replies
from bot.cases.rules import Rules
from bot.cases.service import CaseService
from bot.clock import Clock
from bot.measures import Measures
from bot.slack import action_ids
from bot.slack.action_ids import Form, Shortcut
from bot.slack.asides import BROKEN, Asides
from bot.slack.clippings import Clippings
from bot.slack.departures import Departures
from bot.slack.directory import Directory
from bot.slack.dispatch import DeskApp
from bot.slack.echo import Echo
from bot.slack.errand import errand_of
from bot.slack.forms import Forms
from bot.slack.homes import Homes
from bot.slack.identity import Identity
from bot.slack.listeners import actions, commands, home, messages, modals, people, reactions, shortcuts
from bot.slack.misfit import Misfit
from bot.slack.orders import OrderDesk
from bot.slack.places import Places
from bot.slack.quarantine import Quarantine
from bot.slack.signs import Signs
from bot.slack.spot import spot_of
from bot.slack.views.modals.pieces import redone
from bot.slack.views.words import escape

log = structlog.get_logger(__name__)

_ANYTHING = re.compile(".*")
NAMED_AT_MOST = 3
_BUSY = "The database is busy, so nothing was changed. Please try again in a moment."


@dataclass(frozen=True, slots=True)
class Services:
    """What listeners may ask for, each under its name here."""

    intake: Intake
    cases: CaseService
    replies: Replies
    queries: CaseQueries
    lookups: CaseLookups
    rules: Rules
    clock: Clock
    directory: Directory
    places: Places
    signs: Signs
    asides: Asides
    departures: Departures
    echo: Echo
    homes: Homes
    forms: Forms
    clippings: Clippings
    desk: OrderDesk
    quarantine: Quarantine | None = None


def build_app(
    identity: Identity, services: Services, measures: Measures | None = None, signing_secret: str = ""
) -> App:
    """Return the app with all listeners; with a signing secret it takes HTTP requests, and only those it signs.

    `process_before_response`: an envelope is acked after its listener's transaction committed, so that a crash
    in between makes Slack send it again. The App's own client is never used: calls go through `asides` and `echo`.
    """
    logging.getLogger("slack_bolt.App").addFilter(_is_news)
    app = DeskApp(
        measures,
        name="casebot",  # Bolt would look through the stack and the source files for one
        process_before_response=True,
        authorize=_authorize(identity),
        # In Socket Mode the connection itself is authenticated; Bolt insists on a secret all the same.
        request_verification_enabled=bool(signing_secret),
        signing_secret=signing_secret or "unused in socket mode",
    )
    app.use(_introduction(services))
    listen(app)
    app.error(_answer_error)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Drop Bolt's warning that it will not use SLACK_BOT_TOKEN: it looked into the environment by itself."""
    return record.getMessage() != warning_token_skipped()


def listen(app: App) -> None:
    """Register every listener; manifest.yml declares what they need of Slack."""
    app.event("message")(messages.message_heard)
    app.event("app_home_opened")(home.home_opened)
    for event in ("user_change", "team_join"):
        app.event(event)(people.person_changed)
    for event in ("subteam_members_changed", "subteam_updated", "subteam_created"):
        app.event(event)(people.group_changed)
    app.event("reaction_added")(reactions.reaction_added)
    app.event("reaction_removed")(reactions.reaction_removed)
    # Under whatever name the workspace installed the command: another app may have taken /case.
    app.command(_ANYTHING)(commands.case_typed)
    for action_id, listener in _CLICKS.items():
        app.action(action_id)(listener)
    app.action(_ANYTHING)(actions.anything_clicked)
    for form, listener in _SUBMISSIONS.items():
        app.view(form)(listener)
    app.view(_ANYTHING)(modals.anything_submitted)
    app.view_closed(_ANYTHING)(modals.anything_submitted)
    for shortcut, listener in _SHORTCUTS.items():
        app.shortcut(shortcut)(listener)
    app.shortcut(_ANYTHING)(shortcuts.nothing_chosen)
    app.options(action_ids.WHICH_CASE)(modals.case_typed_in_menu)
    app.options(action_ids.WHICH_ADMIN)(modals.admin_typed_in_menu)
    app.options(_ANYTHING)(modals.nothing_offered)
    # Unhandled events stay unacked, come again, and in numbers make Slack switch event delivery off.
    app.event(_ANYTHING)(home.nothing_to_do)


_CLICKS: dict[str, Callable[..., None]] = {
    action_ids.ACKNOWLEDGE: actions.acknowledge_clicked,
    action_ids.UNACKNOWLEDGE: actions.unacknowledge_clicked,
    action_ids.ASSIGN_TO_ME: actions.assign_to_me_clicked,
    action_ids.SNOOZE: actions.snooze_clicked,
    action_ids.REOPEN: actions.reopen_clicked,
    action_ids.MORE: actions.more_chosen,
    action_ids.CLOSE: actions.close_clicked,
    action_ids.CLOSE_BY_FORM: actions.close_by_form_clicked,
    action_ids.CLOSE_ASKED: actions.close_asked_clicked,
    action_ids.UNDO_CLOSE: actions.undo_close_clicked,
    action_ids.REPLY: actions.reply_clicked,
    action_ids.STOP_REPLY: actions.stop_clicked,
    action_ids.REPLY_AGAIN: actions.reply_again_clicked,
    action_ids.HOME_FILTER: home.filter_chosen,
    action_ids.HOME_SORT: home.sort_chosen,
    action_ids.HOME_SEARCH: home.search_entered,
    action_ids.HOME_PAGE: home.page_clicked,
    action_ids.HOME_START: home.start_clicked,
    action_ids.OWN_REPLY: home.own_reply_clicked,
    action_ids.OWN_SOLVED: home.solved_clicked,
    action_ids.LIST_PAGE: commands.page_clicked,
    action_ids.CONFIRM: actions.confirm_clicked,
    action_ids.IGNORE: actions.ignore_clicked,
    action_ids.QUESTIONS: actions.questions_clicked,
    action_ids.RETRY_MAIL: actions.retry_mail_clicked,
    action_ids.OPEN_MAIL: actions.open_mail_clicked,
}
_SUBMISSIONS: dict[Form, Callable[..., None]] = {
    Form.REPLY: modals.reply_submitted,
    Form.ASSIGN: modals.assign_submitted,
    Form.SNOOZE: modals.snooze_submitted,
    Form.NOTE: modals.note_submitted,
    Form.ESCALATE: modals.escalate_submitted,
    Form.CLOSE: modals.close_submitted,
    Form.NEW_CASE: modals.new_case_submitted,
    Form.ADD_TO_CASE: modals.add_submitted,
    Form.OWN_REPLY: home.own_reply_submitted,
}
_SHORTCUTS: dict[Shortcut, Callable[..., None]] = {
    Shortcut.OPEN_CASE: shortcuts.open_case_chosen,
    Shortcut.ADD_TO_CASE: shortcuts.add_to_case_chosen,
    Shortcut.CLOSE_CASE: shortcuts.close_case_chosen,
    Shortcut.SEND_TO_CUSTOMER: shortcuts.send_chosen,
    Shortcut.NEW_CASE: shortcuts.new_case_chosen,
}


def _authorize(identity: Identity) -> Callable[[], AuthorizeResult]:
    def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_user_id=identity.user_id,
            bot_id=identity.bot_id,
            bot_token=identity.token,
        )

    return authorize


def _introduction(services: Services) -> Callable[..., None]:
    names = {name: getattr(services, name) for name in Services.__slots__}

    def introduce(context: BoltContext, body: dict[str, Any], next: Callable[[], None]) -> None:
        context.update(names)
        user = context.user_id or ""  # some events have nobody; an empty name is never an admin's
        context["actor"] = services.directory.author(user)
        context["spot"] = spot_of(body, user, context.channel_id)
        next()

    return introduce


def _answer_error(
    error: Exception,
    body: dict[str, Any],
    context: BoltContext,
    queries: CaseQueries,
    directory: Directory,
    asides: Asides,
    echo: Echo,
) -> BoltResponse:
    """Tell a refusal in private; leave an event that failed unacked, so that it comes again.

    Slack never sends clicks, commands and forms again, so their askers are told at once.
    """
    refused = isinstance(error, CaseError) and not isinstance(error, messages.NotReady)
    if not refused:
        _log_failure(error)
    if body.get("type") == "event_callback" and not refused:
        return BoltResponse(status=500)
    text = str(error) if refused else _BUSY if isinstance(error, OperationalError) else BROKEN
    if isinstance(error, NotAllowed):
        text += _who_can(directory)
    if "command" in body:
        return _answer({"response_type": "ephemeral", "text": escape(text)})
    if body.get("type") == "view_submission":
        return _answer(_in_form(error, text, body["view"], queries))
    if context.user_id:
        asides.tell(context.user_id, text, context.channel_id, _thread(body), once=str(body.get("event_id") or ""))
        echo.redraw_home(body, _actor(context))
    return BoltResponse(status=200)


def _who_can(directory: Directory) -> str:
    """Name a few who may do it; the names of members of the same workspace are no secret."""
    admins = [directory.author(user_id).name for user_id in directory.admin_ids()[:NAMED_AT_MOST]]
    return f" Ask {' or '.join(admins)}." if admins else ""


def _answer(payload: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(payload), headers={"content-type": "application/json"})


def _in_form(error: Exception, text: str, view: dict[str, Any], queries: CaseQueries) -> dict[str, Any]:
    """Say in the form itself why it was not taken, so that nothing typed is lost.

    Where somebody else moved the case meanwhile, the form is drawn for the case as it is now: submitting it once more
    means it.
    """
    if isinstance(error, StaleDrawing):
        errand = errand_of(view)
        now = replace(errand, version=queries.sheet(errand.case_id).case.version)
        return {"response_action": "update", "view": redone(view, str(error), now)}
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    block = error.block if isinstance(error, Misfit) else next(iter(inputs), "")
    return {"response_action": "errors", "errors": {block: text}}


def _actor(context: BoltContext) -> Author:
    actor: Author = context["actor"]
    return actor


def _log_failure(error: Exception) -> None:
    if isinstance(error, OperationalError | messages.NotReady):
        log.warning("listener postponed", reason=str(error).splitlines()[0][:200])
    else:
        log.error("listener failed", exc_info=error)


def _thread(body: dict[str, Any]) -> str | None:
    thread = (body.get("event") or body.get("message") or {}).get("thread_ts")
    return str(thread) if thread else None
