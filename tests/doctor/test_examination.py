"""How the examination goes: bounded in time, one fault stopping no other check, no secret shown."""

import json
import threading

import pytest
import structlog
from typer.testing import CliRunner

from bot.cli import app
from bot.clock import SystemClock
from bot.doctor import report
from bot.doctor.examination import Check, examine
from bot.doctor.finding import Finding, Standing, Trouble, skipped, well
from bot.doctor.patient import Patient
from bot.settings import SETTING_NAMES, sketch_settings
from tests.doctor.ward import Ward
from tests.settings.samples import REQUIRED

SECRET = "hunter2-hunter2"


def patient(**variables: str) -> Patient:
    return Patient(sketch_settings(REQUIRED | variables, env_file=None), SystemClock())


def standings(*checks: Check) -> list[Standing]:
    return [result.finding.standing for result in examine(patient(), checks, seconds=5)]


def good(_patient: Patient) -> Finding:
    return well("good")


def off(_patient: Patient) -> Finding:
    return skipped("it is off")


def broken(_patient: Patient) -> Finding:
    raise ZeroDivisionError("division by zero")


def talkative(_patient: Patient) -> Finding:
    raise Trouble(f"the server says: no {SECRET} here", f"try {SECRET}!")


def test_a_check_that_never_ends_is_left_behind_and_the_next_one_is_made() -> None:
    forever = threading.Event()

    def hang(_patient: Patient) -> Finding:
        forever.wait()
        return well("at last")

    hanging, other = examine(patient(), [Check("hanging", hang), Check("other", good)], seconds=0.1)
    forever.set()

    assert hanging.finding.text == "no answer within 0.1 s"
    assert other.finding.standing is Standing.WELL


def test_a_check_that_breaks_is_a_finding_and_stops_no_other() -> None:
    first, second = examine(patient(), [Check("broken", broken), Check("good", good)])

    assert first.finding.text == "the check itself failed: ZeroDivisionError: division by zero"
    assert second.finding.standing is Standing.WELL


def test_what_leans_on_a_fault_is_not_made_and_says_so() -> None:
    checks = [Check("one", broken), Check("two", good, after=("one",)), Check("three", good, after=("two",))]

    texts = [result.finding.text for result in examine(patient(), checks)]

    assert texts[1:] == ["not checked, because 1 failed"] * 2


def test_what_leans_on_something_switched_off_is_off_as_well() -> None:
    assert standings(Check("one", off), Check("two", good, after=("one",))) == [Standing.SKIPPED] * 2


def test_no_secret_is_shown_whatever_a_server_repeats() -> None:
    [found] = examine(patient(IMAP_PASSWORD=SECRET), [Check("talkative", talkative)])

    assert found.finding.text == "the server says: no [secret] here"
    assert found.finding.remedies == ("try [secret]!",)


def test_the_report_has_a_sign_for_each_standing_and_the_remedies_below() -> None:
    results = list(examine(patient(), [Check("a", good), Check("b", off), Check("c", talkative)]))

    lines = [line for result in results for line in report.lines_of(result)]

    assert [line[4] for line in lines[:3]] == ["✓", "○", "✗"]
    assert lines[3] == f"      → try {SECRET}!"
    assert report.summary(results) == "1 well, 1 not looked at, 1 wrong: mend 3."


def test_the_exit_code_tells_and_json_is_one_object(desk: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    before = structlog.get_config()
    for name in SETTING_NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(desk.database_file.parent)
    fit = CliRunner().invoke(app, ["doctor"], env=desk.variables)
    ill = CliRunner().invoke(app, ["doctor", "--json"], env=desk.variables | {"SUPPORT_SLACK_CHANNEL": "#nowhere"})
    structlog.configure(**before)
    told = json.loads(ill.stdout)

    assert (fit.exit_code, ill.exit_code) == (0, 1)
    assert fit.stdout.splitlines()[-1].endswith("0 wrong. Casebot is fit.")
    assert told["healthy"] is False
    assert [check["name"] for check in told["checks"] if check["standing"] == "failed"] == ["channels"]
    assert desk.workspace.bot_token not in ill.stdout + fit.stdout
