"""The Web API's views.* methods."""

from typing import TYPE_CHECKING

from bot.sandbox.api_chat import structured
from bot.sandbox.block_limits import check_view
from bot.sandbox.postings import with_ids
from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State


def checked_view(state: "State", view: object, kind: str = "") -> Json:
    """Return a view with its ids filled in, or refuse it; `kind` is the only type taken."""
    checked = check_view(view)
    if kind and checked["type"] != kind:
        raise SlackError("invalid_arguments", f"[ERROR] value must be {kind} [json-pointer:/view/type]")
    return checked | {"blocks": with_ids(state, checked["blocks"])}


def _view(state: "State", call: Call, kind: str = "") -> Json:
    return checked_view(state, structured(call, "view", "invalid_arguments"), kind)


def open_(state: "State", call: Call) -> Json:
    """views.open for the person whose trigger it is."""
    view = _view(state, call, "modal")
    user = state.triggers.redeem(call.required("trigger_id"))
    return {"view": state.shelf.open(user, view)}


def push(state: "State", call: Call) -> Json:
    """views.push onto the stack of the person whose trigger it is."""
    view = _view(state, call, "modal")
    user = state.triggers.redeem(call.required("trigger_id"))
    return {"view": state.shelf.push(user, view)}


def update(state: "State", call: Call) -> Json:
    """views.update by view_id or external_id."""
    if not call.text("view_id") and not call.text("external_id"):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: view_id")
    view = _view(state, call)
    return {"view": state.shelf.update(call.text("view_id"), call.text("external_id"), view, call.text("hash"))}


def publish(state: "State", call: Call) -> Json:
    """views.publish of somebody's App Home."""
    user = call.required("user_id")
    if user not in state.people:
        raise SlackError("invalid_arguments", "[ERROR] user_id is not a user")
    return {"view": state.shelf.publish(user, _view(state, call, "home"), call.text("hash"))}


METHODS = {"views.open": open_, "views.push": push, "views.update": update, "views.publish": publish}
