"""What is said to one person in private, after the ack and outside any transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cases.errors import CaseError
from bot.slack.spot import Spot
from bot.slack.transport import response_hook
from bot.slack.views.parts import Drawing
from bot.slack.views.words import escape

log = structlog.get_logger(__name__)
Stands = Callable[[Spot], None]

# He, or the bot, is no member of the channel; his DM with the bot always works.
_NOT_THERE = frozenset({"user_not_in_channel", "not_in_channel", "channel_not_found"})
# So many that a form need not wait for slow private words: its trigger lives for 3 seconds.
WORKERS = 8
REMEMBERED = 500
TOO_LATE = "Slack took too long to open the form. Please try once more."
BROKEN = "Something went wrong on our side, and nothing was changed. Please try again; the log knows more."


class Asides:
    """A few threads for private words, forms and look-ups that nobody's ack may wait for.

    A private word that fails is logged and gone: the asker sees that nothing happened and asks again.
    """

    def __init__(self, web: WebClient) -> None:
        self._web = web
        self._pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="aside")
        self._lock = threading.Lock()
        self._said: deque[str] = deque(maxlen=REMEMBERED)

    def tell(
        self, user: str, text: str, channel: str | None = None, thread: str | None = None, *, once: str = ""
    ) -> None:
        """Tell a person plain words that only he sees: where he is, or in his DM where there is no channel.

        `once` names what they answer, where that may be reported twice; it is answered once.
        """
        self.show(Spot(user, channel, thread), Drawing(escape(text)), once=once)

    def show(self, spot: Spot, drawing: Drawing, *, once: str = "", stands: Stands | None = None) -> None:
        """Show a person a drawing that only he sees; `stands` hears where, if it can be replaced there."""
        if not self._is_repeated(once):
            self.soon(lambda: _told(self._whisper(spot, drawing), stands))

    def replace(self, spot: Spot, drawing: Drawing, *, stands: Stands | None = None) -> None:
        """Put a drawing in the place of a private message: the one that was clicked, or one of ours in a DM."""
        self.soon(lambda: _told(self._replace(spot, drawing), stands))

    def answer(self, spot: Spot, act: Callable[[], str], *, once: str = "") -> None:
        """Do something that may take its time, and tell the person what came of it; `once` as in `tell`."""
        if not self._is_repeated(once):
            self.soon(lambda: self._whisper(spot, Drawing(escape(_outcome(act)))))

    def open_form(self, spot: Spot, view: Mapping[str, Any]) -> None:
        """Open a modal for the person whose trigger it is."""
        self.soon(lambda: self._open(spot, view))

    def hand_over(self, spot: Spot, name: str, text: Callable[[], str], comment: str) -> None:
        """Give a person a text file in his conversation with the bot, where only he sees it."""
        self.soon(lambda: self._hand_over(spot.user, name, text(), comment))

    def soon(self, act: Callable[[], object]) -> None:
        """Do something shortly, in another thread; its log lines bear the ids of who asked for it."""
        asked = copy_context()
        done = self._pool.submit(asked.run, act)
        done.add_done_callback(lambda done: asked.copy().run(_log_failure, done))

    def _whisper(self, spot: Spot, drawing: Drawing) -> Spot | None:
        words = drawing.as_arguments()
        if spot.channel is not None:
            try:
                self._web.chat_postEphemeral(channel=spot.channel, user=spot.user, thread_ts=spot.thread, **words)
            except SlackApiError as error:
                if error.response.get("error") not in _NOT_THERE:
                    raise
            else:
                return None
        posted = self._web.chat_postMessage(channel=spot.user, **words)
        return Spot(spot.user, str(posted["channel"]), ts=str(posted["ts"]))

    def _replace(self, spot: Spot, drawing: Drawing) -> Spot | None:
        words = drawing.as_arguments()
        if spot.channel is not None and spot.ts:
            self._web.chat_update(channel=spot.channel, ts=spot.ts, **words)
            return spot
        if spot.url and response_hook(spot.url).send(replace_original=True, **words).status_code == 200:
            return spot
        # The 30 minutes are over, or the message is gone: he still hears what became of his click.
        return self._whisper(spot, drawing)

    def _open(self, spot: Spot, view: Mapping[str, Any]) -> None:
        try:
            self._web.views_open(trigger_id=spot.trigger, view=dict(view))
        except Exception:
            self._whisper(spot, Drawing(TOO_LATE))
            raise

    def _hand_over(self, user: str, name: str, text: str, comment: str) -> None:
        conversation = self._web.conversations_open(users=user)["channel"]["id"]
        self._web.files_upload_v2(channel=conversation, filename=name, content=text, initial_comment=escape(comment))

    def _is_repeated(self, once: str) -> bool:
        if not once:
            return False
        with self._lock:
            known = once in self._said
            self._said.append(once)
            return known

    def close(self) -> None:
        """Finish what was begun."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _told(there: Spot | None, stands: Stands | None) -> None:
    if there is not None and stands is not None:
        stands(there)


def _outcome(act: Callable[[], str]) -> str:
    try:
        return act()
    except CaseError as refusal:
        return str(refusal)
    except Exception:
        log.exception("aside failed")
        return BROKEN


def _log_failure(done: Future[object]) -> None:
    if not done.cancelled() and done.exception() is not None:
        log.warning("aside failed", reason=str(done.exception())[:200])
