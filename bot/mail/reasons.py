"""Why a mail did not arrive, in one line for people: out of a server's reply or report, without its chatter."""

from __future__ import annotations

import re

LONGEST = 160

# A reply code with a code of its own behind it (RFC 2034) is one anywhere; alone, only where a reply may begin.
_CODES = re.compile(r"(?<![\d.])([45][0-5]\d)[ -]#?([45]\.\d{1,3}\.\d{1,3})\b[ :-]*")
_LONE_CODE = re.compile(r"(?:^|[:;>\])'\"(<] ?)([45][0-5]\d)()(?![\d.])[ :-]*")
_SENTENCE_END = re.compile(
    r"(?<=[a-z)\]>])[.;](?=\s|$)| - (?=gsmtp)|\s*\(in reply to |https?://|\bSee\b|\bLearn more\b"
)
_MEANINGS = {
    "1.1": "no such mailbox",
    "1.2": "no such mail domain",
    "1.10": "the domain takes no mail",
    "2.1": "the mailbox is disabled",
    "2.2": "the mailbox is full",
    "3.4": "the mail is too large",
    "4.1": "the mail server does not answer",
    "4.4": "no mail server was found for the address",
    "4.7": "the mail could not be delivered in time",
}
_UNSTATED = "the mail server does not say why"


def in_one_line(reply: str, status: str = "") -> str:
    """Return `550 5.1.1 user unknown` out of a server's words; `status` (RFC 3463) helps out where they say nothing."""
    words = " ".join(reply.split())
    codes = _CODES.search(words) or _LONE_CODE.search(words)
    if codes is None and status.partition(".")[2] in _MEANINGS:
        return f"{status} {_meaning(status)}"
    if codes is None:
        return _shortened(" ".join(part for part in (status, words or _meaning(status)) if part))
    code, own = codes[1], codes[2] or status
    # The same code again is the next line of the same reply.
    again = re.compile(rf"\s*\b{code}[ -](?:#?[45]\.\d{{1,3}}\.\d{{1,3}}\b[ :-]*)?")
    said = _first_sentence(again.sub(" ", words[codes.end() :]))
    return _shortened(" ".join(part for part in (code, own, said or _meaning(own)) if part))


def _first_sentence(words: str) -> str:
    end = _SENTENCE_END.search(words)
    first = words[: end.start()] if end and end.start() > 3 else words
    bare = " ".join(first.split()).strip(" .,;:-")
    return bare if "(" in bare else bare.rstrip(")")


def _meaning(status: str) -> str:
    return _MEANINGS.get(status.partition(".")[2], _UNSTATED)


def _shortened(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
