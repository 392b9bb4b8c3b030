"""What people do with their hands on the page, without a browser: upload, download, edit, delete, ask, shortcut."""

import httpx
import pytest
from slack_sdk import WebClient

from bot.sandbox.server import Sandbox
from tests.sandbox.answering import answering
from tests.sandbox.test_modals import CASE, OFFER
from tests.sandbox.wire import Json, Wire
from tests.services.http import http

ADA = {"as": "U0ADA", "channel": "C0SUPPORT"}


def manifest(**features: object) -> dict[str, Json]:
    return {"features": features, "oauth_config": {"scopes": {"bot": ["chat:write", "files:read"]}}}


def test_a_person_s_upload_reaches_the_bot(sandbox: Sandbox, browser: httpx.Client, wire: Wire) -> None:
    browser.post("/sandbox/say", data=ADA | {"text": "look\r\nhere"}, files={"files": ("a b.txt", b"words")})

    event = wire.hear()["payload"]["event"]
    token = {"Authorization": f"Bearer {sandbox.workspace.bot_token}"}

    assert (event["subtype"], event["text"], event["files"][0]["name"]) == ("file_share", "look\nhere", "a b.txt")
    assert http.get(event["files"][0]["url_private"], headers=token).content == b"words"


def test_a_file_is_downloaded_by_those_who_see_it(sandbox: Sandbox, browser: httpx.Client) -> None:
    ts = sandbox.workspace.upload("ada", "#support", "<x>.html", b"<script>alert(1)</script>")
    file = sandbox.workspace.message("#support", ts)["files"][0]
    address = f"/sandbox/files/{file['id']}/x"

    answers = {who: browser.get(address, params={"as": who}) for who in ("U0ADA", "U0AMOS", "U0CARLA", "")}

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "U0ADA": 200,
        "U0AMOS": 200,
        "U0CARLA": 404,
        "": 404,
    }
    assert answers["U0AMOS"].headers["content-disposition"].startswith("attachment")
    assert answers["U0AMOS"].headers["x-content-type-options"] == "nosniff"
    assert browser.get(file["permalink"]).content == b"<script>alert(1)</script>"


def test_an_attachment_is_found_by_its_mail(sandbox: Sandbox, browser: httpx.Client) -> None:
    browser.post(
        "/sandbox/mail",
        data={"as": "U0CARLA", "subject": "Help", "text": "see"},
        files={"attachments": ("trace.txt", b"line 1")},
    )
    html = browser.get("/", params={"as": "U0CARLA"}).text
    address = html[html.index("/sandbox/letters/") :].partition('"')[0]

    assert browser.get(address).content == b"line 1"
    assert browser.get(address.replace("/0/", "/1/")).status_code == 404
    assert browser.get("/sandbox/letters/none/0/trace.txt").status_code == 404
    assert http.get(sandbox.url + address[1:], headers={"Host": "rebound.test"}).status_code == 421


def test_ones_own_words_are_changed_and_taken_back(sandbox: Sandbox, browser: httpx.Client) -> None:
    ts = sandbox.workspace.say("ada", "#support", "Helo")
    own = ADA | {"ts": ts}

    browser.post("/sandbox/edit", data=own | {"text": "Hello"})
    edited = sandbox.workspace.message("#support", ts)["text"]
    empty = browser.post("/sandbox/edit", data=own | {"text": " "})
    foreign = browser.post("/sandbox/delete", data=own | {"as": "U0AMOS"})
    browser.post("/sandbox/delete", data=own)

    assert edited == "Hello"
    assert (empty.status_code, foreign.status_code) == (400, 400)
    assert sandbox.workspace.messages("#support") == []


def test_what_is_typed_into_an_external_select_is_asked_of_the_bot(
    sandbox: Sandbox, client: WebClient, browser: httpx.Client, wire: Wire
) -> None:
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [CASE]})
    typed = {"as": "U0ADA", "surface": "home", "action_id": "which", "words": "carl"}

    with answering(wire, {"options": [OFFER]}) as heard:
        answer = browser.post("/sandbox/suggest", data=typed)
    sandbox.link.ack_timeout = 0.05
    late = browser.post("/sandbox/suggest", data=typed)

    assert heard[0]["payload"]["value"] == "carl"
    assert answer.json() == [{"value": "CASE-7", "text": "CASE-7 Carla", "description": ""}]
    assert (late.status_code, late.json()) == (400, {"trouble": "the bot did not answer"})
    assert http.post(f"{sandbox.url}sandbox/suggest", data=typed).status_code == 403


def test_a_global_shortcut_is_chosen_where_one_writes(sandbox: Sandbox, browser: httpx.Client, wire: Wire) -> None:
    with answering(wire) as heard:
        browser.post("/sandbox/global_shortcut", data=ADA | {"callback_id": "new_case"})

    assert (heard[0]["payload"]["type"], heard[0]["payload"]["callback_id"]) == ("shortcut", "new_case")


def test_commands_work_in_no_thread_as_in_slack(sandbox: Sandbox, browser: httpx.Client) -> None:
    parent = sandbox.workspace.say("ada", "#support", "parent")

    browser.post("/sandbox/say", data=ADA | {"text": "/case list", "thread_ts": parent})

    [refusal] = sandbox.workspace.ephemerals("ada")
    assert (refusal["text"], refusal["thread_ts"]) == ("`/case` is not supported in threads. Sorry!", parent)
    assert len(sandbox.workspace.thread("#support", parent)) == 1


def test_what_the_manifest_does_not_declare_reaches_nobody(sandbox: Sandbox) -> None:
    shortcut = {"name": "New", "type": "global", "callback_id": "new", "description": "x"}
    sandbox.workspace.grants.install(manifest(slash_commands=[{"command": "/case"}], shortcuts=[shortcut]))
    ts = sandbox.workspace.say("ada", "#support", "words")

    ended = sandbox.workspace.command("ada", "#support", "/cake", "list")

    assert ended.outcome == "invalid_command"
    assert sandbox.workspace.ephemerals("ada")[0]["text"] == "`/cake` is not a valid command."
    assert sandbox.workspace.global_shortcut("ada", "new").outcome == "no_connection"
    with pytest.raises(LookupError, match=r"no message shortcut 'new'; there are \[\]"):
        sandbox.workspace.shortcut("ada", "#support", ts, "new")


def test_a_modal_s_fields_arrive_by_their_blocks_and_the_x_closes_all(
    sandbox: Sandbox, client: WebClient, browser: httpx.Client, wire: Wire
) -> None:
    plain = {"type": "plain_text", "text": "X"}
    blocks = [
        {"type": "input", "block_id": name, "label": plain, "element": {"type": "plain_text_input"}}
        for name in ("as", "text")
    ]
    view = {"type": "modal", "title": plain, "submit": plain, "blocks": blocks}
    client.views_open(trigger_id=sandbox.workspace.triggers.give("U0ADA"), view=view)
    form = {"as": "U0ADA", "field:as": "one", "field:text": "two"}

    with answering(wire, {"response_action": "errors", "errors": {"as": "No."}}) as heard:
        browser.post("/sandbox/submit", data=form)
    again = browser.get("/", params={"as": "U0ADA"}).text
    browser.post("/sandbox/close", data={"as": "U0ADA", "whole": "yes"})

    stated = heard[0]["payload"]["view"]["state"]["values"]
    assert [next(iter(stated[name].values()))["value"] for name in ("as", "text")] == ["one", "two"]
    assert 'value="one"' in again
    assert '<p class="error" role="alert">No.</p>' in again
    assert sandbox.workspace.modal("ada") is None
