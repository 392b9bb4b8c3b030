"""What one can do on the page: write, command, click, submit, send mail, move the clock, pull a plug."""

from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.gestures import options_in
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.page_forms import Form, Upload, value_of, view_values
from bot.sandbox.page_plugs import Outlets
from bot.sandbox.page_sight import HOME
from bot.sandbox.page_stage import Stage
from bot.sandbox.page_story import View, World, look_at
from bot.sandbox.shapes import Json
from bot.sandbox.workspace import Workspace

LONGEST_STEP = timedelta(days=366)
Whereto = dict[str, str] | None
"""What of the page's address a deed changes; None: nothing."""


class Deeds:
    """Carries out the page's forms, as the person named in `as`.

    LookupError and ValueError say what was wrong with a form.
    """

    def __init__(
        self, workspace: Workspace, mailbox: Mailbox, outlets: Outlets, advance: Callable[[timedelta], None]
    ) -> None:
        self.workspace, self.mailbox, self.outlets, self.advance = workspace, mailbox, outlets, advance
        self.stage = Stage()
        self.by_name: dict[str, Callable[[Form], Whereto]] = {
            "say": self.say,
            "edit": self.edit,
            "delete": self.delete,
            "click": self.click,
            "react": self.react,
            "shortcut": self.shortcut,
            "global_shortcut": self.global_shortcut,
            "dismiss": self.dismiss,
            "home": self.open_home,
            "submit": self.submit,
            "close": self.close_modal,
            "mail": self.mail,
            "clock": self.move_clock,
            "plug": self.turn_plug,
            "step": self.take_step,
        }

    @property
    def world(self) -> World:
        """How things stand now."""
        return look_at(self.workspace, self.mailbox, self.outlets, self.stage.since, self.stage.is_news)

    def say(self, form: Form) -> Whereto:
        """Post a message, with files or without, or run a slash command where the text begins with one."""
        user, place, text = form.one("as"), form.one("channel"), form.one("text").strip()
        thread = form.one("thread_ts")
        files = [(file.name, file.content) for file in form.files]
        if text.startswith("/") and not files:
            self._command(user, place, text, thread)
        elif text or files:
            self.workspace.say(user, place, text, thread, files=files)
        return None

    def _command(self, user: str, place: str, text: str, thread: str) -> None:
        command, _, rest = text.partition(" ")
        if not thread:
            self.workspace.command(user, place, command, rest)
            return
        with self.workspace.changes.writing():
            channel = self.workspace.place(user, place)
            self.workspace.whisper_from_slack(user, channel, f"`{command}` is not supported in threads. Sorry!", thread)

    def edit(self, form: Form) -> Whereto:
        """Change one's own message."""
        if not form.one("text").strip():
            raise ValueError("an empty message says nothing: delete it instead")
        self.workspace.edit(form.one("as"), form.one("channel"), form.one("ts"), form.one("text").strip())
        return None

    def delete(self, form: Form) -> Whereto:
        """Delete one's own message."""
        self.workspace.delete(form.one("as"), form.one("channel"), form.one("ts"))
        return None

    def click(self, form: Form) -> Whereto:
        """Use an element of a message, of the App Home or of the modal; what was filled in there travels along."""
        user, action_id = form.one("as"), form.one("action_id")
        value = value_of(form.one("kind"), form.many("value"))
        surface = form.one("surface")
        if surface == HOME:
            self._fill_in(user, self.workspace.home(user), form, home=True)
            self.workspace.click_home(user, action_id, value)
        elif surface == "modal":
            self._fill_in(user, self.workspace.modal(user), form, home=False)
            self.workspace.click_modal(user, action_id, value)
        else:
            self.workspace.click(user, form.one("channel"), form.one("ts"), action_id, value)
        return None

    def _fill_in(self, user: str, view: Json | None, form: Form, *, home: bool) -> None:
        if view is not None and (values := view_values(view, form)):
            self.workspace.fill_in(user, values, home=home)

    def suggest(self, form: Form) -> list[Json]:
        """Type into an external select; returns the options the bot suggests."""
        user, surface = form.one("as"), form.one("surface")
        channel, ts = ("", "") if surface else (form.one("channel"), form.one("ts"))
        ended = self.workspace.suggest(
            user, form.one("action_id"), form.one("words"), channel, ts, home=surface == HOME
        )
        if not ended.acked:
            raise ValueError("the bot did not answer")
        return options_in(ended.payload or {})

    def react(self, form: Form) -> Whereto:
        """Add one's reaction, or take it back."""
        user, channel, ts = form.one("as"), form.one("channel"), form.one("ts")
        name = form.one("name").strip().strip(":")
        if not name:
            return None
        mine = self.workspace.person(user).id in self.workspace.reactions(channel, ts).get(name, [])
        (self.workspace.unreact if mine else self.workspace.react)(user, channel, ts, name)
        return None

    def shortcut(self, form: Form) -> Whereto:
        """Choose one of the app's entries in a message's menu."""
        self.workspace.shortcut(form.one("as"), form.one("channel"), form.one("ts"), form.one("callback_id"))
        return None

    def global_shortcut(self, form: Form) -> Whereto:
        """Choose one of the app's entries in the ⚡ menu."""
        self.workspace.global_shortcut(form.one("as"), form.one("callback_id"))
        return None

    def dismiss(self, form: Form) -> Whereto:
        """Take away a message that only this person sees."""
        user = self.workspace.person(form.one("as")).id
        with self.workspace.changes.writing():
            alone = self.workspace.whispers.get(user, [])
            alone[:] = [message for message in alone if message["ts"] != form.one("ts")]
        return None

    def open_home(self, form: Form) -> Whereto:
        """Look at the App Home."""
        self.workspace.open_home(form.one("as"))
        return {"at": HOME}

    def submit(self, form: Form) -> Whereto:
        """Submit the modal that is open."""
        user = form.one("as")
        view = self.workspace.modal(user)
        if view is not None:
            self.workspace.submit_view(user, view_values(view, form))
        return None

    def close_modal(self, form: Form) -> Whereto:
        """Close the modal that is open, or all of them by the X."""
        if self.workspace.modal(form.one("as")) is not None:
            self.workspace.close_view(form.one("as"), whole=bool(form.one("whole")))
        return None

    def mail(self, form: Form) -> Whereto:
        """Write a mail to the desk from one's own address, or answer one."""
        person = self.workspace.person(form.one("as"))
        if not (form.one("text").strip() or form.files):
            raise ValueError("an empty mail says nothing: write some words first")
        mail = self.mailbox.compose(
            f"{person.real_name} <{person.email}>",
            " ".join(form.one("subject").split()) or "(no subject)",
            form.one("text"),
            verified=bool(form.one("verified")),
            in_reply_to=_one_line(form.one("in_reply_to")) or None,
            references=_one_line(form.one("references")) or None,
        )
        for file in form.files:
            mail.add_attachment(file.content, *_kind(file), filename=_one_line(file.name))
        self.mailbox.deliver(mail)
        return None

    def move_clock(self, form: Form) -> Whereto:
        """Move the sandbox's clock on by some hours."""
        step = timedelta(hours=float(form.one("hours") or 0))
        if not timedelta(0) < step <= LONGEST_STEP:
            raise ValueError("the clock moves on by more than nothing and at most a year")
        self.advance(step)
        return None

    def turn_plug(self, form: Form) -> Whereto:
        """Take Slack, the mailbox or the bot away, or bring it back."""
        name = form.one("name")
        if name not in self.outlets.switches:
            raise LookupError(f"there is no plug called {name!r}")
        self.outlets.turn(name, on=form.one("turn") == "on")
        return None

    def take_step(self, form: Form) -> Whereto:
        """Do what a step of the story tells of, and look where it shows."""
        for step in self.stage.steps:
            if step.key == form.one("key"):
                if step.act is not None:
                    step.act(self)
                return view_query(self.workspace, step.view)
        raise LookupError("the story has no such step")


def view_query(workspace: Workspace, view: View) -> dict[str, str]:
    """Return the part of the page's address that shows this view."""
    person = workspace.person(view.person)
    at = HOME if view.place == HOME else workspace.place(person.id, view.place).id
    return {"as": person.id, "at": at, "pane": view.pane, "box": view.box}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _kind(file: Upload) -> tuple[str, str]:
    """Return the parts of a MIME type; what would nest (message/…) or is none becomes plain bytes."""
    main, _, sub = file.kind.partition(";")[0].strip().partition("/")
    known = (
        main in {"application", "audio", "image", "text", "video"} and sub.replace("-", "").replace(".", "").isalnum()
    )
    return (main, sub) if known else ("application", "octet-stream")
