"""What one can do on the page: write, command, click, submit, send mail, move the clock."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_sight import HOME
from bot.sandbox.postings import elements_of
from bot.sandbox.shapes import Json
from bot.sandbox.workspace import Workspace

Form = Mapping[str, list[str]]
LONGEST_STEP = timedelta(days=366)


class Deeds:
    """Carries out the page's forms, as the person named in `as`.

    LookupError and ValueError say what was wrong with a form.
    """

    def __init__(self, workspace: Workspace, mailbox: Mailbox, advance: Callable[[timedelta], None]) -> None:
        self._workspace, self._mailbox, self._advance = workspace, mailbox, advance

    def say(self, form: Form) -> None:
        """Post a message, or run a slash command where the text begins with one."""
        user, place, text = one(form, "as"), one(form, "channel"), one(form, "text").strip()
        thread = one(form, "thread_ts")
        if not text:
            return
        if text.startswith("/") and not thread:
            command, _, rest = text.partition(" ")
            self._workspace.command(user, place, command, rest)
        else:
            self._workspace.say(user, place, text, thread)

    def click(self, form: Form) -> None:
        """Use an element of a message, of the App Home or of the modal."""
        user, action_id, value = one(form, "as"), one(form, "action_id"), one(form, "value") or None
        surface = one(form, "surface")
        if surface == HOME:
            self._workspace.click_home(user, action_id, value)
        elif surface == "modal":
            self._workspace.click_modal(user, action_id, value)
        else:
            self._workspace.click(user, one(form, "channel"), one(form, "ts"), action_id, value)

    def react(self, form: Form) -> None:
        """Add one's reaction, or take it back."""
        user, channel, ts = one(form, "as"), one(form, "channel"), one(form, "ts")
        name = one(form, "name").strip().strip(":")
        if not name:
            return
        mine = self._workspace.person(user).id in self._workspace.reactions(channel, ts).get(name, [])
        (self._workspace.unreact if mine else self._workspace.react)(user, channel, ts, name)

    def open_home(self, form: Form) -> None:
        """Look at the App Home."""
        self._workspace.open_home(one(form, "as"))

    def submit(self, form: Form) -> None:
        """Submit the modal that is open."""
        user = one(form, "as")
        view = self._workspace.modal(user)
        if view is not None:
            self._workspace.submit_view(user, _values(view, form))

    def close_modal(self, form: Form) -> None:
        """Close the modal that is open."""
        if self._workspace.modal(one(form, "as")) is not None:
            self._workspace.close_view(one(form, "as"))

    def mail(self, form: Form) -> None:
        """Write a mail to the desk from one's own address."""
        person = self._workspace.person(one(form, "as"))
        reply_to = one(form, "in_reply_to") or None
        subject, text = one(form, "subject") or "(no subject)", one(form, "text")
        self._mailbox.send(
            f"{person.real_name} <{person.email}>",
            " ".join(subject.split()),
            text,
            verified=bool(one(form, "verified")),
            in_reply_to=reply_to,
        )

    def move_clock(self, form: Form) -> None:
        """Move the sandbox's clock on by some hours."""
        step = timedelta(hours=float(one(form, "hours") or 0))
        if not timedelta(0) < step <= LONGEST_STEP:
            raise ValueError("The clock moves on by more than nothing and at most a year.")
        self._advance(step)


def one(form: Form, name: str) -> str:
    """Return a field's only value, empty if it is not there."""
    return (form.get(name) or [""])[0]


def _values(view: Json, form: Form) -> Json:
    """Return what was filled in, by block_id; an empty field is a field left empty."""
    values: Json = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        for element in elements_of(block):
            given = [value for value in form.get(block["block_id"], []) if value]
            many = element["type"].startswith("multi_") or element["type"] == "checkboxes"
            values[block["block_id"]] = given if many else (given[0] if given else None)
    return values
