"""One run of the wizard: what is known so far, who answers, and where answers are written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.clock import Clock
from bot.doctor.examination import discreet
from bot.doctor.finding import Finding, Standing, Trouble
from bot.doctor.patient import Patient
from bot.settings import Sketch, sketch_settings
from bot.setup import env_file
from bot.setup.dialogue import Dialogue

Examined = Callable[[Patient], Finding]


class Visit:
    """The values known so far, those of the settings and those answered; each step asks, tries and settles.

    `address` is where Slack is to call us (https://…); empty where we dial out.
    """

    def __init__(
        self, values: Mapping[str, str], dialogue: Dialogue, clock: Clock, path: Path, address: str = ""
    ) -> None:
        self.address = address
        self.values = dict(values)
        self.dialogue = dialogue
        self.clock = clock
        self._path = path
        self._typed: dict[str, str] = {}

    def ask(self, name: str, question: str, default: str = "", *, secret: bool = False) -> str:
        """Ask for a variable until its answer is one that the settings take; raises Trouble if nobody can be asked."""
        while True:
            today = self._typed.get(name) or self.values.get(name, default)
            self._typed[name] = answer = self.dialogue.ask(question, today, secret=secret)
            fault = self._sketch({name: answer}).faults.get(name) if answer else None
            if fault is None:
                return answer
            if not self.dialogue.attended:
                raise Trouble(fault)
            self.dialogue.tell(f"   {fault}")
            del self._typed[name]

    def hint(self, text: str) -> None:
        """Say where an answer is found, to a person."""
        if self.dialogue.attended:
            self.dialogue.tell(f"   {text}")

    @contextmanager
    def patient(self, answers: Mapping[str, str] | None = None) -> Iterator[Patient]:
        """Give the desk as it would be with these answers, for the doctor's checks and for the steps' own calls."""
        patient = Patient(self._sketch(answers or {}), self.clock)
        try:
            yield patient
        finally:
            patient.close()

    def settle(self, answers: Mapping[str, str], *checks: Examined) -> list[str]:
        """Let the doctor look at these answers and write them down; returns what he says, or raises his Trouble."""
        with self.patient(answers) as patient:
            findings = [discreet(check(patient), patient.secrets) for check in checks]
        for finding in findings:
            if finding.standing is Standing.WRONG:
                raise Trouble(finding.text, *finding.remedies)
        self.write(answers)
        return [finding.text for finding in findings]

    def write(self, answers: Mapping[str, str]) -> None:
        """Write answers down at once, so that whoever stops here goes on from here; raises Trouble."""
        try:
            env_file.write(self._path, answers)
        except env_file.NotWritable as refused:
            elsewhere = "Run casebot init in a folder that you may write to, or give --env-file."
            raise Trouble(str(refused), elsewhere) from None
        self.values |= answers

    def write_unasked(self, given: Mapping[str, str]) -> None:
        """Write what was given beside the questions; raises Trouble for what the settings refuse."""
        unasked = {name: value for name, value in given.items() if name not in self._typed}
        faults = self._sketch(unasked).faults
        if refused := [faults[name] for name in unasked if name in faults]:
            raise Trouble("a given setting is wrong", *refused)
        if unasked:
            self.write(unasked)

    def _sketch(self, answers: Mapping[str, str]) -> Sketch:
        return sketch_settings(self.values | dict(answers), env_file=None)
