"""What people do with the bot's views, App Home and modals: open, type, click, submit, close."""

from collections.abc import Iterable

from bot.sandbox import events
from bot.sandbox.gestures import action_of, filled_in, find_element, gesture, keep_choice
from bot.sandbox.interactions import Interactions
from bot.sandbox.people import Person
from bot.sandbox.postings import elements_of
from bot.sandbox.shapes import Interaction, Json

MOST_FILES = 10


class Modals(Interactions):
    """Gestures in views; never call them from the sandbox's own loop.

    Fields are named by action_id or block_id. Their values are what a person chooses or types: an option's value, a
    list of those, an id, text, `2026-01-31`, `09:30`, Unix seconds; for a file_input (name, bytes) pairs; None empties.
    """

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

    def click_home(self, user: str, action_id: str, value: object = None) -> Interaction:
        """Use an element of one's App Home."""
        return self._use_view(user, action_id, value, home=True)

    def click_modal(self, user: str, action_id: str, value: object = None) -> Interaction:
        """Use an element of the modal that is open, its submit button apart; what was filled in travels along.

        ValueError for a field whose block has no `dispatch_action`: Slack tells nobody of it before the submission.
        """
        return self._use_view(user, action_id, value, home=False)

    def fill_in(self, user: str, values: Json, *, home: bool = False) -> None:
        """Fill in fields of the open modal, or of the App Home, without a word to the bot."""
        with self.changes.writing():
            person = self.person(user)
            self._fill_in(person, self._view_of(person, home=home), values)

    def submit_view(self, user: str, values: Json | None = None) -> Interaction:
        """Fill in the open modal and submit it; what the ack says is carried out.

        Fields may be left empty though Slack's client asks for them first: what an app makes of that can be tested.
        """
        with self.changes.writing():
            person = self.person(user)
            view = self._view_of(person)
            self._fill_in(person, view, values or {})
            payload = gesture(self, "view_submission", person) | {"view": view, "response_urls": []}
        return self._ask("interactive", payload, person, None)

    def close_view(self, user: str, *, whole: bool = False) -> Interaction:
        """Close the open modal by its Cancel, or the whole stack by its X; told to the bot if the view asked for it."""
        with self.changes.writing():
            person = self.person(user)
            view = self._view_of(person)
            whole = whole or view["clear_on_close"]
            self.shelf.close(person.id, whole=whole)
            payload = gesture(self, "view_closed", person) | {"view": view, "is_cleared": whole}
            payload.pop("trigger_id")
        if not view["notify_on_close"]:
            return Interaction("acked")
        return self._ask("interactive", payload, person, None)

    def _fill_in(self, person: Person, view: Json, values: Json) -> None:
        view["state"] = filled_in(view, self._with_uploads(person, view, values), self._offered_to(person))

    def _with_uploads(self, person: Person, view: Json, values: Json) -> Json:
        """Return the values with the files among them uploaded: Slack uploads as soon as a file was chosen."""
        uploaded: Json = {}
        for block in view["blocks"]:
            for element in elements_of(block):
                for key in {element.get("action_id"), block["block_id"]} & set(values):
                    if element["type"] == "file_input" and values[key]:
                        uploaded[str(key)] = self._uploads(person, element, values[key])
        return values | uploaded

    def _uploads(self, person: Person, element: Json, files: Iterable[tuple[str, bytes]]) -> list[Json]:
        chosen, endings = list(files), [str(ending).lower() for ending in element.get("filetypes", [])]
        if len(chosen) > (most := element.get("max_files", MOST_FILES)):
            raise ValueError(f"no more than {most} files can be attached here")
        for name, _ in chosen:
            if endings and name.rpartition(".")[2].lower() not in endings:
                raise ValueError(f"{name} can’t be attached: only {', '.join(endings)}")
        return [self.files.add(self.new_file(name, person.id, content)).shape(self.url) for name, content in chosen]

    def _use_view(self, user: str, action_id: str, value: object, *, home: bool) -> Interaction:
        with self.changes.writing():
            person = self.person(user)
            view = self._view_of(person, home=home)
            block, element = find_element(view["blocks"], action_id, value)
            if block["type"] == "input" and not block.get("dispatch_action"):
                raise ValueError(f"nobody is told of {action_id}: its block has no dispatch_action; use fill_in")
            action = action_of(self, block, element, value, self._offered_to(person))
            keep_choice(view, action)
            payload = gesture(self, "block_actions", person) | {
                "container": {"type": "view", "view_id": view["id"]},
                "view": view | {"state": filled_in(view, {})},
                "actions": [action],
            }
        return self._ask("interactive", payload, person, None)
