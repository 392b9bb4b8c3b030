"""What people do with a bot's messages and views: click, choose, submit, command; each waits for the ack."""

from concurrent.futures import Future

from bot.sandbox import events, postings
from bot.sandbox.api_views import checked_view
from bot.sandbox.channels import Channel
from bot.sandbox.events import VERIFICATION_TOKEN
from bot.sandbox.gestures import (
    action_of,
    container_of,
    filled_in,
    find_element,
    gesture,
    keep_choice,
    place_of,
)
from bot.sandbox.people import APP_ID, TEAM_ID, Person
from bot.sandbox.response_urls import answer_in_place
from bot.sandbox.shapes import Envelope, Interaction, Json, SlackError
from bot.sandbox.state import State
from bot.sandbox.tickets import ResponseUrl
from bot.sandbox.typed_text import command_text

LONGEST_WAIT = 60.0


class Interactions(State):
    """The part of the workspace that needs an answer of the bot; never call it from the sandbox's own loop."""

    def click(
        self, user: str, channel: str, ts: str, action_id: str, value: object = None, *, wait: bool = True
    ) -> Interaction:
        """Use an element of a message: press a button (its confirm dialog is agreed to) or choose `value`.

        Where several elements share the action_id, `value` says which button. With `wait=False` the outcome
        is "sent", without a word about its end. LookupError: there is no such message or element.
        """
        with self.changes.writing():
            person, place = self.person(user), self.place(self.person(user).id, channel)
            message = self._seen_message(person, place, ts)
            block, element = find_element(message.get("blocks", []), action_id, value)
            payload = gesture(self, "block_actions", person) | {
                "container": container_of(place, message),
                "channel": place_of(place),
                "message": message,
                "state": filled_in(message, {}),
                "response_url": self._response_url(person, place, message),
                "actions": [action_of(self, block, element, value)],
            }
        return self._ask("interactive", payload, person, place, wait=wait)

    def click_home(self, user: str, action_id: str, value: object = None) -> Interaction:
        """Use an element of one's App Home."""
        return self._use_view(user, self.shelf.homes.get(self.person(user).id), action_id, value)

    def click_modal(self, user: str, action_id: str, value: object = None) -> Interaction:
        """Use an element of the modal that is open, its submit button apart."""
        return self._use_view(user, self.shelf.top(self.person(user).id), action_id, value)

    def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Interaction:
        """Choose one of the bot's entries in a message's menu."""
        with self.changes.writing():
            person, place = self.person(user), self.place(self.person(user).id, channel)
            message = place.find(ts)
            payload = gesture(self, "message_action", person) | {
                "callback_id": callback_id,
                "action_ts": self.next_ts(),
                "channel": place_of(place),
                "message_ts": ts,
                "message": message,
                "response_url": self._response_url(person, place, message),
            }
        return self._ask("interactive", payload, person, place)

    def global_shortcut(self, user: str, callback_id: str) -> Interaction:
        """Choose one of the bot's shortcuts that belong to no message (the ⚡ menu)."""
        with self.changes.writing():
            person = self.person(user)
            payload = gesture(self, "shortcut", person) | {"callback_id": callback_id, "action_ts": self.next_ts()}
        return self._ask("interactive", payload, person, None)

    def command(self, user: str, channel: str, command: str, text: str = "") -> Interaction:
        """Type a slash command; the answer in the ack is shown where it was typed."""
        with self.changes.writing():
            person, place = self.person(user), self.place(self.person(user).id, channel)
            payload = {
                "token": VERIFICATION_TOKEN,
                "team_id": TEAM_ID,
                "team_domain": self.team_domain,
                "channel_id": place.id,
                "channel_name": place_of(place)["name"],
                "user_id": person.id,
                "user_name": person.name,
                "command": command,
                "text": command_text(self, text),
                "api_app_id": APP_ID,
                "is_enterprise_install": "false",
                "response_url": self._response_url(person, place, None),
                "trigger_id": self.triggers.give(person.id),
            }
        return self._ask("slash_commands", payload, person, place)

    def suggest(self, user: str, action_id: str, words: str, channel: str = "", ts: str = "") -> Interaction:
        """Type into an external select, of a message or of the open modal; the ack's payload holds the options."""
        with self.changes.writing():
            person = self.person(user)
            if channel:
                place = self.place(person.id, channel)
                message = self._seen_message(person, place, ts)
                surface: Json = {"channel": place_of(place), "message": message}
                surface["container"] = container_of(place, message)
                blocks = message.get("blocks", [])
            else:
                view = self._open_modal(person)
                surface, blocks = {"view": view, "container": {"type": "view", "view_id": view["id"]}}, view["blocks"]
            block, element = find_element(blocks, action_id, None)
            payload = gesture(self, "block_suggestion", person) | surface
            payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": words}
            payload.pop("trigger_id")
        return self._ask("interactive", payload, person, None)

    def open_home(self, user: str, tab: str = "home") -> None:
        """Open the bot's App Home (`tab` home or messages); does not wait for it to be drawn."""
        with self.changes.writing():
            person = self.person(user)
            event: Json = {
                "type": "app_home_opened",
                "user": person.id,
                "channel": self.im(person.id).id,
                "tab": tab,
                "event_ts": self.next_ts(),
            }
            view = self.shelf.homes.get(person.id)
            events.tell(self, event | ({"view": view} if view and tab == "home" else {}))

    def submit_view(self, user: str, values: Json | None = None) -> Interaction:
        """Fill in the open modal, by action_id or block_id, and submit it; what the ack says is carried out."""
        with self.changes.writing():
            person = self.person(user)
            view = self._open_modal(person)
            payload = gesture(self, "view_submission", person) | {
                "view": view | {"state": filled_in(view, values or {})},
                "response_urls": [],
            }
        return self._ask("interactive", payload, person, None)

    def close_view(self, user: str) -> Interaction:
        """Close the open modal; the bot hears of it only if the view asked to be told."""
        with self.changes.writing():
            person = self.person(user)
            view = self._open_modal(person)
            self.shelf.close(person.id, whole=view["clear_on_close"])
            payload = gesture(self, "view_closed", person) | {"view": view, "is_cleared": False}
            payload.pop("trigger_id")
        if not view["notify_on_close"]:
            return Interaction("acked")
        return self._ask("interactive", payload, person, None)

    def _use_view(self, user: str, view: Json | None, action_id: str, value: object) -> Interaction:
        if view is None:
            raise LookupError(f"{user} has no such view open")
        with self.changes.writing():
            person = self.person(user)
            block, element = find_element(view["blocks"], action_id, value)
            action = action_of(self, block, element, value)
            keep_choice(view, action)
            payload = gesture(self, "block_actions", person) | {
                "container": {"type": "view", "view_id": view["id"]},
                "view": view | {"state": filled_in(view, {})},
                "actions": [action],
            }
        return self._ask("interactive", payload, person, None)

    def _open_modal(self, person: Person) -> Json:
        view = self.shelf.top(person.id)
        if view is None:
            raise LookupError(f"{person.name} has no modal open")
        return view

    def _seen_message(self, person: Person, place: Channel, ts: str) -> Json:
        """Return what this person sees under this ts, said to him alone or to all."""
        for message in self.whispers.get(person.id, []):
            if message["ts"] == ts:
                return message
        if ts not in place.messages:
            raise LookupError(f"there is no message {ts} in {place.name}")
        return place.messages[ts]

    def _response_url(self, person: Person, place: Channel, message: Json | None) -> str:
        ts, thread = (message["ts"], message.get("thread_ts", "")) if message else ("", "")
        return self.url + self.response_urls.give(person.id, place.id, ts, thread)

    def _ask(
        self, kind: str, payload: Json, person: Person, place: Channel | None, *, wait: bool = True
    ) -> Interaction:
        """Send an envelope and wait for its end, after which the ack's payload has taken effect."""
        ending: Future[Interaction] = Future()

        def settle(outcome: str, answer: Json | None) -> None:
            with self.changes.writing():
                self._take_effect(payload, person, place, Interaction(outcome, answer))
            ending.set_result(Interaction(outcome, answer))

        self.link.send(Envelope(kind, payload, settle))
        return ending.result(LONGEST_WAIT) if wait else Interaction("sent")

    def _take_effect(self, payload: Json, person: Person, place: Channel | None, ended: Interaction) -> None:
        if not ended.acked:
            self._tell_failure(payload, person, place, ended.outcome)
        elif payload.get("type") == "view_submission":
            self._follow_response(payload, person, ended.payload or {})
        elif "command" in payload and place is not None and ended.payload:
            self._show_answer(person, place, ended.payload)

    def _tell_failure(self, payload: Json, person: Person, place: Channel | None, outcome: str) -> None:
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
        """Do what the ack of a submission says; without a word the modal closes."""
        action = answer.get("response_action")
        try:
            if action == "errors":
                self.shelf.errors[person.id] = dict(answer.get("errors") or {})
            elif action == "update":
                view = checked_view(self, answer.get("view"), "modal")
                self.shelf.update(payload["view"]["id"], "", view, "")
            elif action == "push":
                self.shelf.push(person.id, checked_view(self, answer.get("view"), "modal"))
            else:
                self.shelf.close(person.id, whole=action == "clear")
        except SlackError as refusal:
            self._tell_failure(payload, person, None, refusal.code)
