"""How the wizard talks: with a person at a terminal, or with nobody (`--yes`), taking what was given."""

from __future__ import annotations

from typing import Protocol

import typer

SKIP = "-"


class Skipped(Exception):
    """A step is left out; its text says why."""


class Dialogue(Protocol):
    """Who answers."""

    attended: bool

    def tell(self, text: str) -> None:
        """Say something."""
        ...

    def ask(self, question: str, today: str = "", *, secret: bool = False) -> str:
        """Return an answer; `today` is what no answer means. Raises Skipped."""
        ...

    def wants_another_try(self) -> bool:
        """Whether a step that failed is to be done again."""
        ...


class Terminal:
    """A person at a terminal: Enter keeps today's value, `-` skips the step."""

    attended = True

    def tell(self, text: str) -> None:
        """Print it."""
        typer.echo(text)

    def ask(self, question: str, today: str = "", *, secret: bool = False) -> str:
        """Ask; a secret is not echoed, and of today's one only the end is shown."""
        shown = f"the one that ends in …{today[-4:]}" if secret and today else today
        hint = f" [{shown}]" if shown else ""
        answer = str(typer.prompt(f"   {question}{hint}", default="", show_default=False, hide_input=secret)).strip()
        if answer == SKIP:
            raise Skipped("left out")
        return answer or today

    def wants_another_try(self) -> bool:
        """Ask."""
        answer = typer.prompt("   Enter tries again, - goes on without", default="", show_default=False)
        return str(answer).strip() != SKIP


class Unattended:
    """Nobody is there: what was given by flag, environment or `.env` is all there is."""

    attended = False

    def tell(self, text: str) -> None:
        """Print it, for the log of whoever started us."""
        typer.echo(text)

    def ask(self, question: str, today: str = "", *, secret: bool = False) -> str:  # noqa: ARG002
        """Return what was given."""
        return today

    def wants_another_try(self) -> bool:
        """Say no: nothing would change."""
        return False
