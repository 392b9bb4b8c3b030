"""What people do with a bot's messages and shortcuts: click, choose, command; each waits for the ack."""

from bot.sandbox import postings
from bot.sandbox.asking import Asking
from bot.sandbox.channels import Channel
from bot.sandbox.events import VERIFICATION_TOKEN
from bot.sandbox.gestures import Offered, action_of, container_of, filled_in, find_element, gesture, place_of
from bot.sandbox.people import APP_ID, TEAM_ID, Person
from bot.sandbox.shapes import Interaction, Json
from bot.sandbox.typed_text import command_text


class Interactions(Asking):
    """Gestures outside of views; never call them from the sandbox's own loop."""

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
                "actions": [action_of(self, block, element, value, self._offered_to(person))],
            }
        return self._ask("interactive", payload, person, place, wait=wait)

    def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> Interaction:
        """Choose one of the bot's entries in a message's menu; LookupError if its manifest has no such entry."""
        with self.changes.writing():
            self.grants.check_shortcut("message", callback_id)
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
            self.grants.check_shortcut("global", callback_id)
            person = self.person(user)
            payload = gesture(self, "shortcut", person) | {"callback_id": callback_id, "action_ts": self.next_ts()}
        return self._ask("interactive", payload, person, None)

    def command(self, user: str, channel: str, command: str, text: str = "") -> Interaction:
        """Type a slash command; the answer in the ack is shown where it was typed.

        One that the installed manifest does not declare reaches nobody: the outcome is "invalid_command".
        """
        with self.changes.writing():
            person, place = self.person(user), self.place(self.person(user).id, channel)
            if not self.grants.has_command(command):
                self.whisper_from_slack(person.id, place, f"`{command}` is not a valid command.")
                return Interaction("invalid_command")
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

    def suggest(
        self, user: str, action_id: str, words: str, channel: str = "", ts: str = "", *, home: bool = False
    ) -> Interaction:
        """Type into an external select: of a message, of the App Home, or (naming neither) of the open modal.

        The ack's payload holds the options; from then on one of them can be chosen by its value.
        """
        with self.changes.writing():
            person = self.person(user)
            surface = self._message_surface(person, channel, ts) if channel else self._view_surface(person, home=home)
            shown: Json = surface["message"] if channel else surface["view"]
            block, element = find_element(shown.get("blocks", []), action_id, None)
            payload = gesture(self, "block_suggestion", person) | surface
            payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": words}
            payload.pop("trigger_id")
        return self._ask("interactive", payload, person, None)

    def whisper_from_slack(self, user: str, place: Channel, text: str, thread_ts: str = "") -> None:
        """Let Slack itself say something to one person alone."""
        postings.whisper(self, user, place, {"type": "message", "user": "USLACKBOT", "text": text}, thread_ts)

    def _message_surface(self, person: Person, channel: str, ts: str) -> Json:
        place = self.place(person.id, channel)
        message = self._seen_message(person, place, ts)
        return {"channel": place_of(place), "message": message, "container": container_of(place, message)}

    def _view_surface(self, person: Person, *, home: bool) -> Json:
        view = self._view_of(person, home=home)
        return {"view": view, "container": {"type": "view", "view_id": view["id"]}}

    def _view_of(self, person: Person, *, home: bool = False) -> Json:
        """Return the App Home or the modal in front; LookupError if there is none."""
        view = self.shelf.homes.get(person.id) if home else self.shelf.top(person.id)
        if view is None:
            raise LookupError(f"{person.name} has no {'App Home' if home else 'modal'} open")
        return view

    def _offered_to(self, person: Person) -> Offered:
        return {action_id: options for (user, action_id), options in self.offered.items() if user == person.id}

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
