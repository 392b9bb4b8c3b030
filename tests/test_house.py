"""The house rules, kept by machine."""

import ast
import re
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "tests", "bench")
GENERATED = ROOT / "bot" / "migrations" / "versions"
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 300, 40, 10

VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "processor", "data", "info"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> list[Path]:
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if GENERATED not in path.parents)


@cache
def tree_of(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"))


def bot_sources() -> list[Path]:
    return [source for source in sources() if ROOT / "bot" in source.parents]


@cache
def functions(source: Path) -> list[tuple[Function, int]]:
    found = (node for node in ast.walk(tree_of(source)) if isinstance(node, Function))
    return [(node, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]


def name_of(source: Path) -> str:
    return source.relative_to(ROOT).as_posix()


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every text file of the repository, whether committed already or not; what tools leave behind is left out."""
    left_behind = re.compile(
        r"\.git(?:/|$)|\.venv/|__pycache__/|\.\w+_cache/|\.hypothesis/|htmlcov/|\.env$|\.coverage|.*\.db"
    )
    for path in sorted(ROOT.rglob("*")):
        name = name_of(path)
        if path.is_file() and not any(left_behind.match(name, at) for at in starts(name)):
            yield name, path.read_bytes().decode("utf-8", errors="replace")


def starts(name: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("/", name))]


def test_no_file_is_longer_than_a_sitting() -> None:
    lengths = {name_of(source): len(source.read_text(encoding="utf-8").splitlines()) for source in sources()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    too_long = [
        f"{name_of(source)}:{function.lineno} {function.name} has {length} lines"
        for source in sources()
        for function, length in functions(source)
        if length > LONGEST_FUNCTION
    ]

    assert too_long == []


def test_the_median_function_of_the_bot_is_short() -> None:
    lengths = [length for source in bot_sources() for _, length in functions(source)]

    assert statistics.median(lengths or [0]) < MEDIAN_FUNCTION


def test_each_module_of_the_bot_says_what_it_is_for() -> None:
    assert [name_of(source) for source in bot_sources() if not ast.get_docstring(tree_of(source))] == []


def test_names_say_something() -> None:
    modules = [source.stem for source in sources()]
    classes = [
        node.name for source in sources() for node in ast.walk(tree_of(source)) if isinstance(node, ast.ClassDef)
    ]

    assert [name for name in modules + classes if VAGUE & set(words(name))] == []


def words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


@pytest.mark.parametrize("name", ["CaseManager", "string_utils", "info", "HTTPHelper"])
def test_a_vague_name_is_seen(name: str) -> None:
    assert VAGUE & set(words(name))


def uses(*names: str) -> list[str]:
    """The bot's files in which an attribute of one of these names occurs."""
    return [
        name_of(source)
        for source in bot_sources()
        if any(isinstance(node, ast.Attribute) and node.attr in names for node in ast.walk(tree_of(source)))
    ]


def test_the_environment_is_read_in_one_place() -> None:
    """Besides: whoever starts a child process hands the environment on, and NO_COLOR is the terminal's business."""
    may = ("bot/settings/", "bot/sandbox/", "bot/demo", "bot/log.py")

    assert [name for name in uses("environ", "getenv") if not name.startswith(may)] == []


def test_the_time_is_asked_of_the_clock() -> None:
    """`datetime.now` belongs to the clocks; everybody else is told the time or asks the clock handed to him."""
    system_time = re.compile(r"\b(datetime|date)\.(now|utcnow|today)\(|\btime\.time\(")
    askers = [name_of(source) for source in bot_sources() if system_time.search(source.read_text(encoding="utf-8"))]

    assert [name for name in askers if not name.endswith("/clock.py")] == []


def test_transactions_are_blocks_and_nobody_writes_commit() -> None:
    """But for the driver's connection, which SQLAlchemy calls: it gives its turn to write back with the commit."""
    assert uses("commit") == ["bot/db.py"]


def test_nobody_mocks_or_skips() -> None:
    shunned = re.compile(
        r"unittest\.mock|from unittest import mock|\bmocker\b|pytest\.(mark\.)?(skip|skipif|importorskip)\b"
    )
    found = [
        f"{name_of(source)}: {hit.group()}"
        for source in sources()
        if source != Path(__file__)
        for hit in shunned.finditer(source.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_nothing_is_put_off() -> None:
    put_off = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")

    assert [name_of(source) for source in sources() if put_off.search(source.read_text(encoding="utf-8"))] == []


def test_no_file_names_a_package_registry_or_somebodys_machine() -> None:
    """Where packages come from is the business of whoever installs; a path of one machine helps nobody."""
    registries = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "conda" + "-forge"]
    machines = ["/" + "work/", "/" + "root/", "/" + "tmp/w/", "/" + "opt/wheels"]
    told = re.compile("|".join(map(re.escape, registries + machines)))

    assert [f"{name}: {hit.group()}" for name, text in tracked_texts() for hit in told.finditer(text)] == []


def test_the_locks_name_no_host_and_hash_everything() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        packages = re.findall(r"^[a-z0-9].*==.*(?:\n +--hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)

        assert "://" not in text
        assert len(packages) == len(re.findall("==", re.sub(r";.*", "", text)))
