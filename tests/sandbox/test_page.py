"""The page shows and does what people do, and lets no text and no other website do anything."""

import re
import threading

import httpx
import pytest
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.wire import BUTTON, Json, Wire
from tests.services.http import http

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def look(browser: httpx.Client, person: str, place: str = "", **more: str) -> str:
    return browser.get("/", params={"as": person, "at": place, **more}).text


def conversation(browser: httpx.Client, person: str, place: str) -> str:
    whole = look(browser, person, place)
    return whole[whole.index('id="conversation"') : whole.index('id="mailbox"')]


def test_a_person_writes_and_sees_it(sandbox: Sandbox, browser: httpx.Client) -> None:
    page = browser.post("/sandbox/say", data={"as": "U0CARLA", "channel": "C0CUSTOMERS", "text": "My *help*"})

    assert page.status_code == 200
    assert "My <strong>help</strong>" in page.text
    assert "A small Slack and a mailbox in memory" in page.text
    assert [m["user"] for m in sandbox.workspace.messages("#customers")] == ["U0CARLA"]


def test_a_click_goes_through_the_real_socket(
    sandbox: Sandbox, client: WebClient, wire: Wire, browser: httpx.Client
) -> None:
    blocks = [{"type": "actions", "elements": [BUTTON]}]
    ts = str(client.chat_postMessage(channel="#support", text="card", blocks=blocks)["ts"])
    wire.ack(wire.hear())
    html = conversation(browser, "U0ADA", "C0SUPPORT")
    form = dict(
        re.findall(r'name="(\w+)" value="([^"]*)"', html[html.index("/sandbox/click") :].partition("</form>")[0])
    )

    clicking = threading.Thread(target=browser.post, args=("/sandbox/click",), kwargs={"data": form})
    clicking.start()
    frame = wire.hear()
    wire.ack(frame)
    clicking.join()

    assert (form["ts"], form["action_id"]) == (ts, "go")
    assert frame["payload"]["actions"][0]["value"] == "CASE-1:1"


def test_a_command_is_run(sandbox: Sandbox, browser: httpx.Client, wire: Wire) -> None:
    sandbox.link.ack_timeout = 30  # we are the app here, and a busy machine makes us slow
    form = {"as": "U0ADA", "channel": "C0SUPPORT", "text": "/case status CASE-1"}
    typing = threading.Thread(target=browser.post, args=("/sandbox/say",), kwargs={"data": form})
    typing.start()
    frame = wire.hear()
    wire.ack(frame, {"text": "CASE-1 is *open*."})
    typing.join()

    assert (frame["payload"]["command"], frame["payload"]["text"]) == ("/case", "status CASE-1")
    assert "CASE-1 is <strong>open</strong>." in conversation(browser, "U0ADA", "C0SUPPORT")
    assert "CASE-1 is" not in conversation(browser, "U0AMOS", "C0SUPPORT")


def test_threads_reactions_and_edits_are_shown(sandbox: Sandbox, client: WebClient, browser: httpx.Client) -> None:
    ts = sandbox.workspace.say("carla", "#customers", "Help")
    client.chat_postMessage(channel="#customers", text="Coming", thread_ts=ts)
    browser.post("/sandbox/react", data={"as": "U0ADA", "channel": "C0CUSTOMERS", "ts": ts, "name": "eyes"})
    sandbox.workspace.edit("carla", "#customers", ts, "Help!")

    html = conversation(browser, "U0CARLA", "C0CUSTOMERS")

    assert re.search(r'class="thread filled".*Coming', html, re.DOTALL)
    assert re.search(r'title="Ada Admin reacted with :eyes:">.*?<span>1</span>', html)
    assert "<small>edited</small>" in html


def test_a_modal_is_drawn_filled_in_and_submitted(sandbox: Sandbox, browser: httpx.Client, wire: Wire) -> None:
    words = {"type": "plain_text", "text": "Reply"}
    field = {"type": "input", "block_id": "answer", "label": words}
    element = {"type": "plain_text_input", "action_id": "words", "multiline": True}
    view = {"type": "modal", "title": words, "submit": words, "blocks": [{**field, "element": element}]}
    with sandbox.changes.writing():
        sandbox.workspace.shelf.open("U0ADA", view)

    html = look(browser, "U0ADA")
    form = {"as": "U0ADA", "field:answer": "Try again"}
    submitting = threading.Thread(target=browser.post, args=("/sandbox/submit",), kwargs={"data": form})
    submitting.start()
    frame = wire.hear()
    wire.ack(frame)
    submitting.join()

    assert re.search(r'<textarea name="field:answer" id="field-answer" [^>]*form="modal-form"', html)
    assert frame["payload"]["view"]["state"]["values"]["answer"]["words"]["value"] == "Try again"
    assert sandbox.workspace.modal("ada") is None


def test_the_home_is_opened_and_drawn(client: WebClient, browser: httpx.Client, wire: Wire) -> None:
    browser.post("/sandbox/home", data={"as": "U0ADA", "at": "home"})
    opened = wire.hear()["payload"]["event"]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*3* open cases"}}
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [section]})

    assert opened["type"] == "app_home_opened"
    assert "<strong>3</strong> open cases" in conversation(browser, "U0ADA", "home")


def test_the_clock_moves(sandbox: Sandbox, browser: httpx.Client) -> None:
    browser.post("/sandbox/clock", data={"as": "U0ADA", "hours": "48"})
    refused = browser.post("/sandbox/clock", data={"as": "U0ADA", "hours": "-1"})

    assert sandbox.clock.offset.total_seconds() == 48 * 3600
    assert refused.status_code == 400


def test_hostile_text_is_shown_as_text(sandbox: Sandbox, client: WebClient, browser: httpx.Client) -> None:
    sandbox.workspace.rename_person("carla", HOSTILE)
    sandbox.workspace.say("carla", "#customers", HOSTILE)
    sandbox.mailbox.deliver(f"From: {HOSTILE}\r\nSubject: {HOSTILE}\r\n\r\n{HOSTILE}".encode())
    section = {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}}
    button = {**BUTTON, "value": '"><script>', "text": {"type": "plain_text", "text": "<script>"}}
    blocks: list[Json] = [section, {"type": "actions", "elements": [button]}]
    client.chat_postMessage(channel="#customers", text=HOSTILE, blocks=blocks)

    for place in ("C0CUSTOMERS", "C0SUPPORT"):
        page = browser.get("/", params={"as": "U0ADA", "at": place})
        assert "alert(1)" in page.text
        assert not re.search(r"<script(?! type=\"module\" src=\"/static)|<img", page.text)
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_unknown_blocks_are_shown_loudly(sandbox: Sandbox, browser: httpx.Client) -> None:
    with sandbox.changes.writing():
        sandbox.workspace.shelf.publish("U0ADA", {"type": "home", "blocks": [{"type": "hologram"}]}, "")

    assert "can't draw this" in conversation(browser, "U0ADA", "home").replace("&#39;", "'")
    assert "hologram" in conversation(browser, "U0ADA", "home")


@pytest.mark.parametrize("deed", ["say", "click", "mail", "clock", "react", "submit", "close", "home", "plug"])
@pytest.mark.parametrize("origin", ["https://evil.test", "null", ""])
def test_other_websites_can_do_nothing(sandbox: Sandbox, deed: str, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    form = {"as": "U0ADA", "channel": "C0SUPPORT", "text": "forged", "hours": "1", "name": "slack", "turn": "off"}

    answer = http.post(f"{sandbox.url}sandbox/{deed}", data=form, headers=headers)

    assert answer.status_code == 403
    assert sandbox.workspace.messages("#support") == []
    assert sandbox.mailbox.stored() == []
    assert not sandbox.clock.offset
    assert not sandbox.faults.slack_is_away


def test_other_names_for_this_machine_are_refused(sandbox: Sandbox) -> None:
    port = sandbox.port
    for path in ("", "?as=U0ADA", "sandbox/changes", "archives/C0SUPPORT/p1"):
        answer = http.get(sandbox.url + path, headers={"Host": f"rebound.test:{port}"})
        assert answer.status_code == 421


def test_a_page_is_told_of_changes(sandbox: Sandbox, browser: httpx.Client) -> None:
    with browser.stream("GET", "/sandbox/changes") as stream:
        lines = (line for line in stream.iter_lines() if line)
        before = next(lines)
        sandbox.workspace.say("carla", "#customers", "news")
        after = next(lines)

    assert before != after
