"""The Web API's files.* methods: upload in three steps, look up, delete."""

from typing import TYPE_CHECKING

from bot.sandbox import postings
from bot.sandbox.api_chat import structured
from bot.sandbox.channels import Channel
from bot.sandbox.files import StoredFile
from bot.sandbox.people import BOT_USER_ID
from bot.sandbox.shapes import Call, Json, SlackError

if TYPE_CHECKING:
    from bot.sandbox.state import State


def get_upload_url(state: "State", call: Call) -> Json:
    """files.getUploadURLExternal: an address that takes one POST of the content."""
    name = call.required("filename", "missing_argument")
    if call.number("length", 0) <= 0:
        raise SlackError("missing_argument")
    file = state.new_file(name, BOT_USER_ID)
    file.alt_text = call.text("alt_txt")
    return {"upload_url": f"{state.url}upload/v1/{state.files.begin(file)}", "file_id": file.id}


def complete_upload(state: "State", call: Call) -> Json:
    """files.completeUploadExternal: shares the files in a channel, a thread, or nowhere."""
    wanted = structured(call, "files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) and "id" in one for one in wanted):
        raise SlackError("invalid_arguments", "[ERROR] missing required field: files")
    places = [_place(state, name) for name in _places(call)]
    files = [_completed(state, one) for one in wanted]
    for place in places:
        message = postings.words_of_bot(state, call.text("initial_comment"), [], None)
        postings.share(state, place, message, files, call.text("thread_ts"))
    return {"files": [file.described(state.url) for file in files]}


def _places(call: Call) -> list[str]:
    named = call.text("channel_id") or call.text("channels")
    return [place.strip() for place in named.split(",") if place.strip()]


def _place(state: "State", name: str) -> Channel:
    channel = state.asked_channel(name)
    if not channel.has_bot:
        raise SlackError("not_in_channel")
    return channel


def _completed(state: "State", wanted: Json) -> StoredFile:
    file = state.files.complete(str(wanted["id"]))
    file.title = str(wanted.get("title") or file.name)
    return file


def look_up(state: "State", call: Call) -> Json:
    """files.info; comments are a thing of the past and never there."""
    file = state.files.find(call.required("file", "file_not_found"))
    paging = {"count": 100, "total": 0, "page": 1, "pages": 0}
    return {
        "file": file.described(state.url),
        "comments": [],
        "paging": paging,
        "response_metadata": {"next_cursor": ""},
    }


def delete(state: "State", call: Call) -> Json:
    """files.delete of the bot's own files; messages keep a stub of it."""
    file = state.files.find(call.required("file", "file_not_found"))
    if file.user != BOT_USER_ID:
        raise SlackError("cant_delete_file")
    postings.withdraw(state, file)
    return {}


METHODS = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": look_up,
    "files.delete": delete,
}
