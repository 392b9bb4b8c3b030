"""What an app may do with a response URL: answer, replace or delete where a person acted."""

from bot.sandbox import block_limits, postings
from bot.sandbox.people import BOT_USER_ID
from bot.sandbox.shapes import Json, SlackError
from bot.sandbox.state import State
from bot.sandbox.tickets import ResponseUrl


def answer_by_url(state: State, key: str, body: Json) -> None:
    """Carry out one post to a response URL, or refuse: used_url, expired_url, no_text, invalid_blocks."""
    way = state.response_urls.redeem(key)
    if body.get("delete_original"):
        _delete(state, way)
    elif body.get("replace_original"):
        _replace(state, way, body)
    else:
        answer_in_place(state, way, body)


def answer_in_place(state: State, way: ResponseUrl, body: Json) -> None:
    """Say something where the person acted: to him alone, or to all with response_type in_channel."""
    channel = state.channels[way.channel]
    message = _message(state, body)
    thread_ts = str(body.get("thread_ts") or way.thread_ts)
    if body.get("response_type") == "in_channel":
        postings.post(state, channel, message, thread_ts)
    else:
        postings.whisper(state, way.user, channel, message, thread_ts)


def _message(state: State, body: Json) -> Json:
    text, blocks = str(body.get("text") or ""), body.get("blocks")
    checked = block_limits.check_message(blocks) if blocks else []
    if not text and not checked:
        raise SlackError("no_text")
    return postings.words_of_bot(state, text, checked, body.get("metadata"))


def _whispered(state: State, way: ResponseUrl) -> Json | None:
    for message in state.whispers.get(way.user, []):
        if message["ts"] == way.ts:
            return message
    return None


def _delete(state: State, way: ResponseUrl) -> None:
    original = _whispered(state, way)
    if original is not None:
        state.whispers[way.user].remove(original)
    else:
        postings.remove(state, state.channels[way.channel], way.ts)


def _replace(state: State, way: ResponseUrl, body: Json) -> None:
    message = _message(state, body)
    original = _whispered(state, way)
    if original is not None:
        original.pop("blocks", None)
        original |= {part: message[part] for part in ("text", "blocks") if part in message}
        return
    parts = {part: message.get(part) for part in ("text", "blocks")}
    postings.change(state, state.channels[way.channel], way.ts, BOT_USER_ID, **parts)
