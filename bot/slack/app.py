"""The Bolt app: who is heard, what listeners may ask for by name, and how errors are answered."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_token_skipped
from sqlalchemy.exc import OperationalError

from bot.cases.errors import CaseError
from bot.cases.inbound import Author
from bot.cases.intake import Intake
from bot.cases.queries import CaseQueries
from bot.cases.service import CaseService
from bot.log import correlated
from bot.slack import action_ids
from bot.slack.asides import Asides
from bot.slack.directory import Directory
from bot.slack.echo import Echo
from bot.slack.identity import Identity
from bot.slack.listeners import actions, commands, home, messages, people
from bot.slack.orders import OrderDesk
from bot.slack.places import Places
from bot.slack.views.words import escape

log = structlog.get_logger(__name__)

_ANYTHING = re.compile(".*")
_BUSY = "The database is busy, so nothing was changed. Please try again in a moment."
_BROKEN = "Something went wrong on our side, and nothing was changed. Please try again; the log knows more."


@dataclass(frozen=True, slots=True)
class Services:
    """What listeners may ask for, each under its name here."""

    intake: Intake
    cases: CaseService
    queries: CaseQueries
    directory: Directory
    places: Places
    asides: Asides
    echo: Echo
    desk: OrderDesk


class DeskApp(App):
    """Bolt's App, whose log lines of one request carry one correlation id.

    Around the dispatch and not in a middleware: Bolt's `next()` returns before the listener runs.
    """

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request."""
        with correlated():
            return super().dispatch(req)


def build_app(identity: Identity, services: Services) -> App:
    """Return the app with all listeners.

    `process_before_response`: an envelope is acked after its listener's transaction committed, so that a crash
    in between makes Slack send it again. The App's own client is never used: calls go through `asides` and `echo`.
    """
    logging.getLogger("slack_bolt.App").addFilter(_is_news)
    app = DeskApp(
        process_before_response=True,
        authorize=_authorize(identity),
        request_verification_enabled=False,  # Socket Mode: the connection itself is authenticated
        signing_secret="unused in socket mode",  # noqa: S106 - Bolt insists on one; requests are not verified by it
    )
    app.use(_introduction(services))
    _listen(app)
    app.error(_answer_error)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Drop Bolt's warning that it will not use SLACK_BOT_TOKEN: it looked into the environment by itself."""
    return record.getMessage() != warning_token_skipped()


def _listen(app: App) -> None:
    app.event("message")(messages.message_heard)
    app.event("app_home_opened")(home.home_opened)
    for event in ("user_change", "team_join"):
        app.event(event)(people.person_changed)
    for event in ("subteam_members_changed", "subteam_updated", "subteam_created"):
        app.event(event)(people.group_changed)
    # Under whatever name the workspace installed the command: another app may have taken /case.
    app.command(_ANYTHING)(commands.case_typed)
    for action_id, listener in _CLICKS.items():
        app.action(action_id)(listener)
    app.action(_ANYTHING)(actions.anything_clicked)
    # Unhandled events stay unacked, come again, and in numbers make Slack switch event delivery off.
    app.event(_ANYTHING)(home.nothing_to_do)


_CLICKS: dict[str, Callable[..., None]] = {
    action_ids.ACKNOWLEDGE: actions.acknowledge_clicked,
    action_ids.CLOSE: actions.close_clicked,
    action_ids.CONFIRM: actions.confirm_clicked,
    action_ids.IGNORE: actions.ignore_clicked,
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

    def introduce(context: BoltContext, next: Callable[[], None]) -> None:
        context.update(names)
        if context.user_id:
            context["actor"] = services.directory.author(context.user_id)
        next()

    return introduce


def _answer_error(
    error: Exception, body: dict[str, Any], context: BoltContext, asides: Asides, echo: Echo
) -> BoltResponse:
    """Tell a refusal in private; leave an event that failed unacked, so that it comes again.

    Slack never sends clicks and commands again, so their askers are told at once.
    """
    refused = isinstance(error, CaseError) and not isinstance(error, messages.NotReady)
    if not refused:
        _log_failure(error)
    if body.get("type") == "event_callback" and not refused:
        return BoltResponse(status=500)
    text = str(error) if refused else _BUSY if isinstance(error, OperationalError) else _BROKEN
    if "command" in body:
        answer = json.dumps({"response_type": "ephemeral", "text": escape(text)})
        return BoltResponse(status=200, body=answer, headers={"content-type": "application/json"})
    if context.user_id:
        asides.tell(context.user_id, text, context.channel_id, _thread(body))
        echo.redraw_home(body, _actor(context))
    return BoltResponse(status=200)


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
