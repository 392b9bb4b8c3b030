"""A Bolt app that uses every kind of modal: fields of all kinds, errors, updates, pushes, suggestions, files."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox.page_stage import Command, Shortcut, Stage
from bot.sandbox.server import Sandbox
from tests.sandbox.gallery import mrkdwn, option, plain
from tests.sandbox.wire import Json, hang_up

CASES = {"case-7": "CASE-7 Carla: printer", "case-8": "CASE-8 Cosmo: shop", "case-9": "CASE-9 Carla: invoice"}
FRUIT = [option("apple"), option("pear", "a sweet one")]
STAGE = Stage(
    (Command("/case", "the desk"),),
    (Shortcut("add", "Add to case…"),),
    global_shortcuts=(Shortcut("new", "New case", "on behalf of a customer"),),
)


def field(block_id: str, label: str, element: Json, **parts: object) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": f"{block_id}-field", **element},
        "optional": True,
        **parts,
    }


def form(title: str = "New case", *more: Json) -> Json:
    """Every input that a person can fill in."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Create"),
        "notify_on_close": True,
        "blocks": [
            field("subject", "Subject", {"type": "plain_text_input", "placeholder": plain("In a few words")},
                  optional=False, hint=plain("The customer sees it.")),
            field("text", "What happened", {"type": "plain_text_input", "multiline": True, "min_length": 3}),
            field("customer", "Customer", {"type": "users_select"}, dispatch_action=True),
            field("case", "Case", {"type": "external_select", "min_query_length": 2}),
            field("related", "Related cases", {"type": "multi_external_select", "min_query_length": 0}),
            field("place", "Channel", {"type": "conversations_select"}),
            field("fruit", "Fruit", {"type": "static_select", "options": FRUIT}),
            field("basket", "Basket", {"type": "multi_static_select", "options": FRUIT}),
            field("level", "Level", {"type": "radio_buttons", "options": FRUIT}),
            field("flags", "Flags", {"type": "checkboxes", "options": FRUIT}),
            field("day", "Day", {"type": "datepicker"}),
            field("hour", "Hour", {"type": "timepicker"}),
            field("until", "Until", {"type": "datetimepicker"}),
            field("files", "Files", {"type": "file_input", "filetypes": ["txt", "png"], "max_files": 2}),
            {"type": "section", "block_id": "next", "text": mrkdwn("More to say?"),
             "accessory": {"type": "button", "action_id": "more", "text": plain("Add a note")}},
            *more,
        ],
    }  # fmt: skip


def note() -> Json:
    blocks = [field("note", "Note", {"type": "plain_text_input"}, optional=False)]
    return {"type": "modal", "callback_id": "note", "title": plain("Note"), "submit": plain("Keep"), "blocks": blocks}


def workshop(client: WebClient, heard: list[Json]) -> App:
    """Return the app; what it hears of views is put into `heard`."""
    app = App(client=client, process_before_response=True)
    _listen_to_views(app, heard)
    _keep_a_home(app, client, heard)
    app.event(re.compile(".*"))(lambda ack: ack())

    @app.shortcut("new")
    def new(ack: Ack, body: Json) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("customer-field")
    def customer(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()
        chosen = {"type": "context", "elements": [mrkdwn(f"<@{body['actions'][0]['selected_user']}> it is.")]}
        view = body["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=form("New case", chosen))

    @app.action("more")
    def more(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=note())

    @app.options("case-field")
    @app.options("related-field")
    def cases(ack: Ack, payload: Json) -> None:
        words = str(payload["value"]).lower()
        found = [{"text": plain(text), "value": value} for value, text in CASES.items() if words in text.lower()]
        ack(options=found)

    return app


def _keep_a_home(app: App, client: WebClient, heard: list[Json]) -> None:
    search = field("search", "Search", {"type": "plain_text_input"}, dispatch_action=True)

    @app.event("app_home_opened")
    def opened(ack: Ack, event: Json) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [search]})
        ack()

    @app.action("search-field")
    def searched(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()
        found = {"type": "section", "text": mrkdwn(f"Nothing like “{body['actions'][0]['value']}”.")}
        client.views_publish(user_id=body["user"]["id"], view={"type": "home", "blocks": [search, found]})


def _listen_to_views(app: App, heard: list[Json]) -> None:
    @app.view("form")
    def created(ack: Ack, body: Json, view: Json) -> None:
        heard.append(body)
        subject = view["state"]["values"]["subject"]["subject-field"]["value"]
        if subject == "wrong":
            ack(response_action="errors", errors={"subject": "That is not a subject."})
        else:
            ack()

    @app.view("note")
    def kept(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()

    @app.view_closed("form")
    def closed(ack: Ack, body: Json) -> None:
        heard.append(body)
        ack()


@contextmanager
def running() -> Iterator[tuple[Sandbox, list[Json]]]:
    """Serve a sandbox with the app in it; yields what the app hears of views, too."""
    heard: list[Json] = []
    with Sandbox() as sandbox:
        environment: dict[str, Any] = dict(sandbox.environment())
        sandbox.page.stage = STAGE
        client = WebClient(environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])
        handler = SocketModeHandler(workshop(client, heard), environment["SLACK_APP_TOKEN"])
        handler.client.connect()
        sandbox.workspace.wait_for(lambda: sandbox.link.connections)
        yield sandbox, heard
        hang_up(handler.client)
