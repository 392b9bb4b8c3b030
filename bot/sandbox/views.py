"""App Homes and modals: which views are open for whom, their ids and hashes."""

import itertools
import secrets

from bot.sandbox.clock import SandboxClock
from bot.sandbox.people import APP_ID, BOT_ID, TEAM_ID
from bot.sandbox.shapes import Json, SlackError

MODALS_DEEP = 3


class ViewShelf:
    """One App Home per person and a stack of up to three modals."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock
        self._numbers = itertools.count(1)
        self.homes: dict[str, Json] = {}
        self.stacks: dict[str, list[Json]] = {}
        self.errors: dict[str, dict[str, str]] = {}
        """What the bot found wrong with a person's last submission, by block_id."""

    def publish(self, user: str, view: Json, hash_: str) -> Json:
        """Set a person's App Home; a `hash` that is not the present one is refused."""
        old = self.homes.get(user)
        if hash_ and old is not None and old["hash"] != hash_:
            raise SlackError("hash_conflict")
        self.homes[user] = self._shaped(view, old["id"] if old else self._new_id())
        return self.homes[user]

    def open(self, user: str, view: Json) -> Json:
        """Show a modal, in place of any that was open."""
        self.stacks[user] = []
        return self.push(user, view)

    def push(self, user: str, view: Json) -> Json:
        """Show a modal on top of the others."""
        stack = self.stacks.setdefault(user, [])
        if len(stack) >= MODALS_DEEP:
            raise SlackError("push_limit_reached")
        self._refuse_taken(str(view.get("external_id") or ""))
        shaped = self._shaped(view, self._new_id())
        shaped["root_view_id"] = stack[0]["id"] if stack else shaped["id"]
        shaped["previous_view_id"] = stack[-1]["id"] if stack else None
        stack.append(shaped)
        self.errors.pop(user, None)
        return shaped

    def update(self, view_id: str, external_id: str, view: Json, hash_: str) -> Json:
        """Redraw a view that is open, or refuse: not_found, hash_conflict."""
        old = self._find(view_id, external_id)
        if hash_ and old["hash"] != hash_:
            raise SlackError("hash_conflict")
        shaped = self._shaped(view, old["id"])
        shaped |= {key: old[key] for key in ("root_view_id", "previous_view_id", "state")}
        old.clear()
        old.update(shaped)
        return old

    def close(self, user: str, *, whole: bool = False) -> None:
        """Take away the top modal, or the whole stack."""
        stack = self.stacks.get(user, [])
        del stack[0 if whole else -1 :]
        self.errors.pop(user, None)

    def top(self, user: str) -> Json | None:
        """Return the modal a person sees."""
        stack = self.stacks.get(user)
        return stack[-1] if stack else None

    def number_given(self) -> int:
        """Return the number of the newest view, for a snapshot."""
        return next(self._numbers)

    def go_on_from(self, number: int) -> None:
        """Give out later numbers only."""
        self._numbers = itertools.count(number + 1)

    def _open_views(self) -> list[Json]:
        return [*self.homes.values(), *(view for stack in self.stacks.values() for view in stack)]

    def _find(self, view_id: str, external_id: str) -> Json:
        for view in self._open_views():
            if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                return view
        raise SlackError("not_found")

    def _refuse_taken(self, external_id: str) -> None:
        if external_id and any(view["external_id"] == external_id for view in self._open_views()):
            raise SlackError("duplicate_external_id")

    def _new_id(self) -> str:
        return f"V{next(self._numbers):010X}"

    def _shaped(self, view: Json, id_: str) -> Json:
        return {
            "id": id_,
            "team_id": TEAM_ID,
            "type": view["type"],
            "blocks": view.get("blocks", []),
            "private_metadata": view.get("private_metadata", ""),
            "callback_id": view.get("callback_id", ""),
            "state": {"values": {}},
            "hash": f"{int(self._clock.now().timestamp())}.{secrets.token_urlsafe(6)}",
            "title": view.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(view.get("clear_on_close")),
            "notify_on_close": bool(view.get("notify_on_close")),
            "submit_disabled": False,
            "close": view.get("close"),
            "submit": view.get("submit"),
            "previous_view_id": None,
            "root_view_id": id_,
            "app_id": APP_ID,
            "external_id": view.get("external_id", ""),
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
        }
