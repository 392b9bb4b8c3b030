"""What libraries make of the corpus's replies: `python -m bench.quoting_libraries`, with those that are installed.

Wanted beside the project's own packages: quotequail, email-reply-parser, mail-parser-reply.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable

from bench.corpus_cases import Case, cases
from bench.corpus_claims import JUDGES, REPLY
from bench.corpus_readers import Reading
from bot.mail.parser import parse
from bot.mail.quoting import new_text, unquoted
from bot.mail.signatures import without_signature

# (the reply without signature, the reply with it)
Cutter = tuple[Callable[[str], str], Callable[[str], str]]


def _unsigned(cut: Callable[[str], str]) -> Callable[[str], str]:
    """Lend a library our cutting of signatures, so that only quotes are compared."""
    return lambda text: "\n".join(without_signature(cut(text).split("\n")))


def _quotequail() -> Cutter:
    library = importlib.import_module("quotequail")

    def cut(text: str) -> str:
        found = library.unwrap(text)
        return str(found.get("text_top", "")) if found else text

    return _unsigned(cut), cut


def _email_reply_parser() -> Cutter:
    library = importlib.import_module("email_reply_parser").EmailReplyParser

    def cut(text: str) -> str:
        return str(library.parse_reply(text))

    def signed(text: str) -> str:
        fragments = library.read(text).fragments
        return "\n".join(part.content for part in fragments if not (part.quoted or part.headers))

    return cut, signed


def _mail_parser_reply() -> Cutter:
    languages = list(importlib.import_module("mailparser_reply.constants").MAIL_LANGUAGES)
    library = importlib.import_module("mailparser_reply").EmailReplyParser(languages=languages)

    def signed(text: str) -> str:
        replies = library.read(text).replies
        return str(replies[0].content) if replies else ""

    return _unsigned(signed), signed


def _ours() -> Cutter:
    return new_text, unquoted


def _score(cutter: Cutter, material: list[tuple[Case, str]]) -> tuple[int, int, float]:
    held = asked = 0
    started = time.perf_counter()
    readings = [(case, Reading(reply=cutter[0](text), signed=cutter[1](text))) for case, text in material]
    milliseconds = (time.perf_counter() - started) * 1000 / max(1, len(material))
    for case, reading in readings:
        keys = [key for key in case.expect if key in REPLY]
        asked += len(keys)
        held += sum(JUDGES[key](reading, case.expect[key]) for key in keys)
    return held, asked, milliseconds


def main() -> int:
    """Print one line for each library."""
    material = [(case, parse(case.raw).text) for case in cases() if case.expect.keys() & set(REPLY)]
    for name, make in (
        ("quotequail", _quotequail),
        ("email-reply-parser", _email_reply_parser),
        ("mail-parser-reply", _mail_parser_reply),
        ("bot.mail.quoting", _ours),
    ):
        try:
            held, asked, milliseconds = _score(make(), material)
        except ImportError:
            print(f"{name:20} not installed")
            continue
        print(f"{name:20} {held}/{asked} {100 * held / asked:5.1f} %   {milliseconds:.2f} ms a mail")
    return 0


if __name__ == "__main__":
    sys.exit(main())
