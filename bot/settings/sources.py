"""Where the variables come from: the process's environment before `.env`; near misses are noticed."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import parse_stream

from bot.settings.model import OFF_WHEN_EMPTY, SETTING_NAMES

_CLOSE = 0.75
_OTHERWISE_CALLED = {
    "IMAP_HOST": "IMAP_SERVER",
    "IMAP_USER": "IMAP_EMAIL",
    "IMAP_USERNAME": "IMAP_EMAIL",
    "IMAP_LOGIN": "IMAP_EMAIL",
    "IMAP_PASS": "IMAP_PASSWORD",
    "SMTP_HOST": "SMTP_SERVER",
    "SMTP_PASS": "SMTP_PASSWORD",
    "SMTP_EMAIL": "SMTP_FROM",
    "SLACK_TOKEN": "SLACK_BOT_TOKEN",
}
_PREFIXES = frozenset(name.partition("_")[0] for name in SETTING_NAMES if "_" in name)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The variables that are set, by name, and what was odd about the places they came from."""

    values: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def gather(environ: Mapping[str, str], env_file: Path | None) -> Gathered:
    """Read both places; an empty value counts as unset, so the other place's value stands, but see OFF_WHEN_EMPTY."""
    try:
        text = _text(env_file)
    except OSError as error:
        return _without_file(environ, f"{env_file} cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        return _without_file(environ, f"{env_file} is not UTF-8 text; save it as UTF-8.")
    written, unreadable = _parse(text, env_file)
    shared = {name: value for name, value in environ.items() if name.partition("_")[0].upper() in _PREFIXES}
    misses = dict.fromkeys((*_near_misses(written), *_near_misses(shared)))
    return Gathered(_known(written) | _known(environ), (*unreadable, *misses))


def _without_file(environ: Mapping[str, str], fault: str) -> Gathered:
    return Gathered(_known(environ), faults=(fault,))


def _text(env_file: Path | None) -> str:
    if env_file is None or not env_file.exists():
        return ""
    return env_file.read_text(encoding="utf-8-sig")


def _parse(text: str, env_file: Path | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read NAME=value lines; `${NAME}` is left as it stands, because passwords contain such things."""
    written: dict[str, str] = {}
    unreadable = []
    for line in parse_stream(io.StringIO(text)):
        if line.error:
            unreadable.append(f"{env_file} line {line.original.line} is ignored; it should read NAME=value.")
        elif line.key is not None:
            written[line.key] = line.value or ""
    return written, tuple(unreadable)


def _known(variables: Mapping[str, str]) -> dict[str, str]:
    told = {name: variables[name].strip() for name in SETTING_NAMES if name in variables}
    return {name: text for name, text in told.items() if text or name in OFF_WHEN_EMPTY}


def _near_misses(variables: Mapping[str, str]) -> Iterator[str]:
    for name in variables:
        if name not in SETTING_NAMES and (meant := _meant(name.upper())):
            yield f"{name} is not a setting; did you mean {meant}?"


def _meant(name: str) -> str | None:
    if name in SETTING_NAMES:
        return name
    if name in _OTHERWISE_CALLED:
        return _OTHERWISE_CALLED[name]
    prefix = name.partition("_")[0]
    family = [known for known in SETTING_NAMES if known.partition("_")[0] == prefix]
    return next(iter(get_close_matches(name, family or SETTING_NAMES, n=1, cutoff=_CLOSE)), None)
