"""Private answers with a way back: an answer that can still be stopped, a close that can be undone."""

from __future__ import annotations

from datetime import timedelta

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.cases.models import Case, Message, Sending
from bot.cases.queries import Letter
from bot.slack.action_ids import CLOSE_ASKED, REPLY_AGAIN, STOP_REPLY, UNDO_CLOSE, case_value
from bot.slack.views import words
from bot.slack.views.parts import Drawing, section


def leaving(letter: Letter, undo: timedelta) -> Drawing:
    """Tell that an answer leaves and when, which stays true on the screen, and let it be stopped while it can be."""
    if not undo:
        return _plain(f"{_yours(letter)} leaves now.")
    at = words.to_the_second(letter.message.timestamp + undo)
    text = f"{_yours(letter)} leaves in {undo.total_seconds():.0f} s, at {at}."
    stop = ButtonElement(text="Stop", action_id=STOP_REPLY, value=str(letter.message.id), style="danger")
    return Drawing(text, [section(text), ActionsBlock(elements=[stop])])


def outcome(letter: Letter) -> Drawing:
    """Tell what became of an answer that was to leave."""
    message = letter.message
    if message.sending == Sending.STOPPED:
        return stopped(message)
    if message.sending == Sending.FAILED:
        return _plain(f":red_circle: {_yours(letter)} did not arrive: {words.one_line(message.failure, 300)}")
    return _plain(f":white_check_mark: {_yours(letter)} has left.")


def stopped(message: Message) -> Drawing:
    """Tell that nobody got an answer, and give its words back."""
    text = "Stopped; nobody got it. Your words:"
    again = ButtonElement(text="Reply again", action_id=REPLY_AGAIN, value=str(message.id), style="primary")
    return Drawing(text, [section(f"{text}\n{words.quoted(message.body, 2500)}"), ActionsBlock(elements=[again])])


def closed(case: Case, undo: timedelta, *, farewell: bool = False) -> Drawing:
    """Tell that a case is closed, and offer to open it again; not where nothing can be taken back."""
    told = " The customer gets the closing message." if farewell else ""
    text = f"{case.case_id} is closed.{told}"
    if not undo:
        return _plain(text)
    undo_button = ButtonElement(
        text="Undo", action_id=UNDO_CLOSE, value=case_value(case.case_id, case.version), accessibility_label="Reopen"
    )
    return Drawing(text, [section(text), ActionsBlock(elements=[undo_button])])


def close_asked(case: Case) -> Drawing:
    """Ask whether a case is to be closed, as a reaction says."""
    text = f"Close {case.case_id} of {words.one_line(case.customer_name, 80)}?"
    button = ButtonElement(
        text=f"Close {case.case_id}",
        action_id=CLOSE_ASKED,
        value=case_value(case.case_id, case.version),
        style="danger",
    )
    return Drawing(text, [section(text), ActionsBlock(elements=[button])])


def done(text: str) -> Drawing:
    """Tell what was done; `text` is ours and may hold Slack's date tokens."""
    return _plain(text)


def _yours(letter: Letter) -> str:
    return f"Your answer to {words.one_line(letter.case.customer_name, 80)} ({letter.case.case_id})"


def _plain(text: str) -> Drawing:
    return Drawing(text, [section(text)])
