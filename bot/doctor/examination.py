"""The examination: every check in order, each in bounded time, none stopped by another one's fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.doctor.finding import Finding, Standing, Trouble, skipped, wrong
from bot.doctor.patient import Patient

# Above the timeouts of the connections themselves, so that mostly the check itself can say what did not answer.
LONGEST_SECONDS = 25.0
SETTINGS = "settings"
"""The name of the check that tells which settings are wrong."""
_SHORTEST_SECRET = 4
_REPORT = "This is a fault of casebot doctor: please report it with this line."


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the table.

    `uses` are the settings it can't do without: it is not made while one of them is wrong. `after` names checks that
    must be well before it.
    """

    name: str
    examine: Callable[[Patient], Finding]
    uses: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A check's place in the list, its name and what it found."""

    number: int
    name: str
    finding: Finding


def examine(patient: Patient, checks: Sequence[Check], seconds: float = LONGEST_SECONDS) -> Iterator[Result]:
    """Make every check, one after the other, each in at most so many seconds; yields as they end."""
    done: dict[str, Result] = {}
    for number, check in enumerate(checks, start=1):
        finding = _obstacle(check, patient, done) or _made(check, patient, seconds)
        done[check.name] = Result(number, check.name, discreet(finding, patient.secrets))
        yield done[check.name]


def _obstacle(check: Check, patient: Patient, done: Mapping[str, Result]) -> Finding | None:
    if at_fault := patient.at_fault(check.uses):
        number = next((str(found.number) for found in done.values() if found.name == SETTINGS), "settings")
        return skipped(f"not checked, because {number} failed ({', '.join(at_fault)})")
    for name in check.after:
        earlier = done[name]
        if earlier.finding.standing is Standing.WRONG:
            return skipped(f"not checked, because {earlier.number} failed")
        if earlier.finding.standing is Standing.SKIPPED:
            return earlier.finding
    return None


def _made(check: Check, patient: Patient, seconds: float) -> Finding:
    """Make a check in a thread of its own, which is left behind if it does not end in time."""
    found: list[Finding] = []

    def make() -> None:
        try:
            found.append(check.examine(patient))
        except Trouble as trouble:
            found.append(trouble.finding)
        except Exception as error:  # noqa: BLE001 - told as this check's finding; the others go on
            found.append(wrong(f"the check itself failed: {type(error).__name__}: {error}", _REPORT))

    thread = threading.Thread(target=make, name=f"doctor: {check.name}", daemon=True)
    thread.start()
    thread.join(seconds)
    if found:
        return found[0]
    return wrong(f"no answer within {seconds:g} s", "Look at the network, and whether the other side is overloaded.")


def discreet(finding: Finding, secrets: Iterable[str]) -> Finding:
    """Return a finding with every secret blotted out: what servers answer may repeat what was sent to them."""
    known = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]

    def blotted(text: str) -> str:
        for secret in known:
            text = text.replace(secret, "[secret]")
        return text

    return replace(finding, text=blotted(finding.text), remedies=tuple(map(blotted, finding.remedies)))
