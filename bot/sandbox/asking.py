"""Asking the bot: an envelope goes out, its ack comes back and takes effect."""

import copy
from concurrent.futures import Future

from bot.sandbox import postings
from bot.sandbox.api_views import checked_view
from bot.sandbox.channels import Channel
from bot.sandbox.gestures import options_in
from bot.sandbox.people import Person
from bot.sandbox.response_urls import answer_in_place
from bot.sandbox.shapes import Envelope, Interaction, Json, SlackError
from bot.sandbox.state import State
from bot.sandbox.tickets import ResponseUrl

LONGEST_WAIT = 60.0
TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows in a modal whose submission or click nobody acked."""


class Asking(State):
    """The part of the workspace that needs an answer of the bot; never call it from the sandbox's own loop."""

    def _ask(
        self, kind: str, payload: Json, person: Person, place: Channel | None, *, wait: bool = True
    ) -> Interaction:
        """Send an envelope and wait for its end, after which the ack's payload has taken effect."""
        ending: Future[Interaction] = Future()
        with self.changes.reading():
            payload = copy.deepcopy(payload)

        def settle(outcome: str, answer: Json | None) -> None:
            ended = Interaction(outcome, answer)
            try:
                with self.changes.writing():
                    self._take_effect(payload, person, place, ended)
            finally:
                ending.set_result(ended)

        self.link.send(Envelope(kind, payload, settle))
        return ending.result(LONGEST_WAIT) if wait else Interaction("sent")

    def _take_effect(self, payload: Json, person: Person, place: Channel | None, ended: Interaction) -> None:
        if not ended.acked:
            self._tell_failure(payload, person, place, ended.outcome)
        elif payload.get("type") == "view_submission":
            self._follow_response(payload, person, ended.payload or {})
        elif payload.get("type") == "block_suggestion":
            self.offered[person.id, payload["action_id"]] = options_in(ended.payload or {})
        elif "command" in payload and place is not None:
            self.commanders.add(person.id)
            if ended.payload:
                self._show_answer(person, place, ended.payload)

    def _tell_failure(self, payload: Json, person: Person, place: Channel | None, outcome: str) -> None:
        """Show a failure where the person is: in the modal, else as words to him alone."""
        if payload.get("view", {}).get("type") == "modal" and payload["type"] != "view_closed":
            self.shelf.errors[person.id] = {"": TROUBLE}
            return
        what = payload.get("command") or payload["type"]
        words: Json = {"type": "message", "user": "USLACKBOT", "text": f'{what} failed with the error "{outcome}"'}
        postings.whisper(self, person.id, place or self.im(person.id), words)

    def _show_answer(self, person: Person, place: Channel, answer: Json) -> None:
        way = ResponseUrl(person.id, place.id, self.clock.now())
        try:
            answer_in_place(self, way, answer)
        except SlackError as refusal:
            self._tell_failure({"command": "the answer"}, person, place, refusal.code)

    def _follow_response(self, payload: Json, person: Person, answer: Json) -> None:
        """Do what the ack of a submission says; without a word the modal closes.

        A modal that is not in front any more is left alone: the first of two submissions closed it.
        """
        front = self.shelf.top(person.id)
        if front is None or front["id"] != payload["view"]["id"]:
            return
        self.shelf.errors.pop(person.id, None)
        action = answer.get("response_action")
        try:
            if action == "errors":
                self.shelf.errors[person.id] = _errors_of(answer)
            elif action == "update":
                self.shelf.update(front["id"], "", checked_view(self, answer.get("view"), "modal"), "")
            elif action == "push":
                self.shelf.push(person.id, checked_view(self, answer.get("view"), "modal"))
            else:
                self.shelf.close(person.id, whole=action == "clear")
        except SlackError as refusal:
            self._tell_failure(payload, person, None, refusal.code)


def _errors_of(answer: Json) -> dict[str, str]:
    """Return what is wrong, by block_id; an answer without a single error is one that Slack can't show."""
    errors = answer.get("errors")
    return {str(block): str(words) for block, words in errors.items()} if isinstance(errors, dict) else {"": TROUBLE}
