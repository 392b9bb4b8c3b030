"""From the gathered variables to settings, or to one list of everything that is wrong with them."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bot.settings.hints import with_hint
from bot.settings.model import SETTING_NAMES, Settings
from bot.settings.rules import RULES, Draft, Filled, Problem, oddities
from bot.settings.sources import Gathered, gather

_TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
_SWAPPED = "and SLACK_APP_TOKEN are swapped: exchange their values"


class SettingsError(Exception):
    """The settings do not allow a start; its text names every fault and quotes no value."""

    def __init__(self, faults: tuple[str, ...], warnings: tuple[str, ...] = ()) -> None:
        super().__init__(faults, warnings)
        self.faults = faults
        self.warnings = warnings

    def __str__(self) -> str:
        things = "one thing needs" if len(self.faults) == 1 else f"{len(self.faults)} things need"
        lines = [f"Casebot cannot start; {things} your attention in the environment or .env:"]
        lines += [f"  - {fault}" for fault in self.faults]
        lines += [f"  ? {warning}" for warning in self.warnings]
        lines.append("Every variable is explained in .env.example.")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Settings as far as they are right: a variable in `faults` has its default, or no attribute where it has none.

    `faults` maps each variable to what is wrong with it, in a sentence; `obstacles` name no variable.
    """

    settings: Settings
    values: Mapping[str, str]
    faults: Mapping[str, str]
    obstacles: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether Casebot could start with it."""
        return not self.faults and not self.obstacles


def sketch_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Sketch:
    """Read what `load_settings` reads, and raise nothing: for who looks at a desk that can't start yet."""
    gathered = gather(_environ(environ), env_file)
    draft, problems = _drafted(gathered)
    faults: dict[str, str] = {}
    for name, problem in problems:
        faults[name] = f"{faults[name]} {with_hint(name, problem)}" if name in faults else with_hint(name, problem)
    odd = () if faults else tuple(oddities(draft))
    return Sketch(draft, gathered.values, faults, gathered.faults, (*gathered.warnings, *odd))


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the environment (this process's by default) and the file, if there is one.

    Raises SettingsError with all faults at once.
    """
    gathered = gather(_environ(environ), env_file)
    faults = gathered.faults + tuple(with_hint(*problem) for problem in _drafted(gathered)[1])
    if faults:
        raise SettingsError(faults, gathered.warnings)
    settings = Settings.model_validate(_by_attribute(gathered))
    return settings.model_copy(update={"warnings": (*gathered.warnings, *oddities(settings))})


def _environ(given: Mapping[str, str] | None) -> Mapping[str, str]:
    return os.environ if given is None else given


def _by_attribute(gathered: Gathered) -> dict[str, str]:
    return {name.lower(): text for name, text in gathered.values.items()}


def _drafted(gathered: Gathered) -> tuple[Draft, list[Problem]]:
    """Fill a draft with what is right; the problems are in the order of `.env.example`."""
    draft = Draft.model_construct()
    problems = [(name, problem) for name, text in gathered.values.items() for problem in _refusals(draft, name, text)]
    filled = Filled(draft, gathered.values, frozenset(name for name, _ in problems))
    problems += [problem for rule in RULES for problem in rule(filled)]
    if _tokens_are_swapped(gathered.values):
        problems = [(_TOKENS[0], _SWAPPED), *(found for found in problems if found[0] not in _TOKENS)]
    return draft, sorted(problems, key=_place)


def _refusals(draft: Draft, name: str, text: str) -> Iterator[str]:
    try:
        setattr(draft, name.lower(), text)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            yield str(fault.get("ctx", {}).get("error", "is not valid"))


def _tokens_are_swapped(texts: Mapping[str, str]) -> bool:
    bot, app = (texts.get(name, "") for name in _TOKENS)
    return bot.startswith("xapp-") and app.startswith("xoxb-")


def _place(problem: Problem) -> int:
    return SETTING_NAMES.index(problem[0])
