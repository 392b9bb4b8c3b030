"""What is new in a reply: without the quoted mail, its heading and the signature. In doubt everything is kept.

The headings of the mail programs (`On … wrote:`, `Von: … Gesendet: …`) come from mail-parser-reply's tables. They are
held against one line at a time, cut short, so that no text can make them run long; and what they find counts only if
it looks like a heading: it must tell an address, a year or a time of day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailparser_reply.constants import MAIL_LANGUAGES
from mailparser_reply.parser import EmailMessage

MAX_LINES = 2_000
# A heading is short; longer lines are somebody's words.
_LONGEST = 400
_LONGEST_ATTRIBUTION = 300
_WINDOW = 8

_HEADING: re.Pattern[str] = EmailMessage(text="", languages=list(MAIL_LANGUAGES)).HEADER_REGEX
# What every heading's first line has: without it there is nothing to look at closely.
_CANDIDATE = re.compile(r"[:：\d]|[-_]{2}")
_SEPARATOR = re.compile(
    r"^[\s>*_]*[-_]{2,}\s*(original\s?message|original-nachricht|ursprüngliche nachricht|weitergeleitete nachricht"
    r"|message d'origine|message original|mensaje original|mensagem original|messaggio originale|messaggio inoltrato"
    r"|mensaje reenviado|oorspronkelijk bericht|doorgestuurd bericht|forwarded message|message transféré"
    r"|message transmis|alkuperäinen viesti|oprindelig meddelelse|ursprungligt meddelande|wiadomość oryginalna"
    r"|исходное сообщение|пересылаемое сообщение|原始邮件|元のメッセージ)\s*[-_]{2,}\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^\s*(begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié"
    r"|inizio messaggio inoltrato|inicio del mensaje reenviado)\s?:\s*$",
    re.IGNORECASE,
)
# `Ada <ada@example.com> escreveu:` with a date before it, in whatever language; also over several lines.
_ATTRIBUTION = re.compile(r"\d.{0,300}[<(\[][^<>()\[\]\s]{1,100}@[^<>()\[\]\s]{1,100}[>)\]].{0,60}[:：]$")
_FIELD = re.compile(
    r"^[\s>*]*(from|sent|to|subject|date|cc|reply-to|von|gesendet|an|betreff|datum|de|envoyé|à|objet|répondre à|para"
    r"|enviado|asunto|fecha|da|inviato|a|oggetto|data|van|verzonden|aan|onderwerp|från|skickat|till|ämne|fra|sendt|til"
    r"|emne|lähettäjä|lähetetty|vastaanottaja|aihe|od|wysłano|do|temat|assunto|от|отправлено|кому|тема|发件人|发送时间"
    r"|收件人|主题|抄送|差出人|送信日時|宛先|件名)\s?[:：][\s*]*\S",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(r"\S@\S|\b(19|20)\d\d\b|\b\d{1,2}[:.h]\d\d\b|\d{4}[年년]")
_SIGNATURE = re.compile(r"^-- ?$")
_LONGEST_SIGNATURE = 12
_RULE = re.compile(r"^[\s_=*-]{3,}$")


def new_text(text: str) -> str:
    """Return the words that the sender wrote himself; empty only if all of the text is quoted."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = _without_signature(_unquoted(lines))
    return _tidied(kept if len(kept) == len(lines) else _without_rules(kept))


def _unquoted(lines: Sequence[str]) -> list[str]:
    """Drop lines marked with `>` and their heading; what stands unmarked below a heading is the quoted mail."""
    kept: list[str] = []
    position = 0
    while position < len(lines):
        length = _heading_length(lines, position) if position < MAX_LINES else 0
        if length:
            position += length
            if not _marked_next(lines, position):
                break
        elif _is_marked(lines[position]):
            position += 1
        else:
            kept.append(lines[position])
            position += 1
    return kept


def _heading_length(lines: Sequence[str], start: int) -> int:
    """Return how many lines the heading of a quoted mail takes here; 0 where none begins."""
    if not _CANDIDATE.search(lines[start][:_LONGEST]):
        return 0
    first = lines[start].strip()
    if not first or len(first) > _LONGEST or _is_marked(first):
        return 0
    if _SEPARATOR.match(first) or _FORWARDED.match(first):
        return 1
    window = [line.strip()[:_LONGEST] for line in lines[start : start + _WINDOW]]
    return _fields_length(window) or _attribution_length(window)


def _fields_length(window: Sequence[str]) -> int:
    """Recognise `From: … Sent: … To: … Subject: …`: three fields or more of a known language, with some evidence."""
    length = 0
    for line in window:
        if not _FIELD.match(line):
            break
        length += 1
    block = "\n".join(window[:length])
    return length if length >= 3 and _EVIDENCE.search(block) else 0


def _attribution_length(window: Sequence[str]) -> int:
    """Recognise `On … wrote:` on one to four lines, the first of which tells a part of the date."""
    if not re.search(r"\d", window[0]):
        return 0
    for length in range(1, min(4, len(window)) + 1):
        if not window[length - 1] or _is_marked(window[length - 1]):
            return 0
        joined = re.sub(r"(?<=[<(]) ", "", " ".join(window[:length]))
        if joined.endswith((":", "：")):
            return length if _is_attribution(joined) else 0
    return 0


def _is_attribution(line: str) -> bool:
    if len(line) > _LONGEST_ATTRIBUTION or not _EVIDENCE.search(line):
        return False
    return _ATTRIBUTION.search(line) is not None or _HEADING.match(line) is not None


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith(">")


def _marked_next(lines: Sequence[str], start: int) -> bool:
    following = next((line for line in lines[start : start + 4] if line.strip()), "")
    return _is_marked(following)


def _without_signature(lines: Sequence[str]) -> list[str]:
    for position, line in enumerate(lines):
        if not _SIGNATURE.match(line) or not any(above.strip() for above in lines[:position]):
            continue
        # Without its space the mark is common in ordinary text too (RFC 3676, 4.3).
        if line == "-- " or len(lines) - position <= _LONGEST_SIGNATURE:
            return list(lines[:position])
    return list(lines)


def _without_rules(lines: Sequence[str]) -> list[str]:
    """Drop what separated the quoted mail from the new words: blank lines and rules."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1])):
        kept.pop()
    return kept


def _tidied(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()
