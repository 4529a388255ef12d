"""The root command: lazy, and one line for whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType

import click
import pytest

from bonafide import errors
from bonafide.cli.root import COMMANDS, _run, main, root
from bonafide.errors import BonafideError
from bonafide.version import VERSION

ERRORS = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, BonafideError) and value is not BonafideError
]

Install = Callable[[Callable[[], object]], None]


def command(name: str) -> click.Command:
    found = root.get_command(click.Context(root), name)
    assert found is not None
    return found


def every_command(name: str) -> Iterator[click.Command]:
    """A command and its subcommands."""
    found = command(name)
    yield found
    if isinstance(found, click.Group):
        yield from found.commands.values()


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a command `act` that does something."""

    def install(act: Callable[[], object]) -> None:
        module = ModuleType("made_up_command")
        module.__dict__["command"] = click.command(name="act")(act)
        monkeypatch.setitem(sys.modules, "made_up_command", module)
        monkeypatch.setitem(COMMANDS, "act", ("made_up_command", "Act."))

    return install


def raising(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize("name", COMMANDS)
def test_a_summary_is_the_first_line_of_the_help_of_its_command(name: str) -> None:
    assert (command(name).help or "").splitlines()[0] == COMMANDS[name][1]


def test_help_lists_every_command_with_its_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for name, (_, summary) in COMMANDS.items():
        assert f"{name} {summary}" in told
    for status in ("0 accept", "10 refer", "20 reject", "2 usage", "3 unreadable input", "4 set-up broken"):
        assert status in told


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_explains_itself_and_its_choices_are_lower_case(name: str) -> None:
    for each in every_command(name):
        assert each.help
        for parameter in each.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, parameter.name
            if isinstance(parameter.type, click.Choice):
                choices = [
                    str(parameter.type.normalize_choice(choice, None)) for choice in parameter.type.choices
                ]
                assert choices == [choice.lower() for choice in choices]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["--version"]) == 0
    assert capsys.readouterr().out == f"bonafide {VERSION}\n"


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_one_line_on_standard_error_and_its_own_status(
    acts: Install, capsys: pytest.CaptureFixture[str], error: type[BonafideError]
) -> None:
    acts(raising(error("The door is shut", "Open it")))
    assert _run(["act"]) == error.exit_status
    assert capsys.readouterr() == ("", "bonafide: The door is shut. Open it.\n")


def test_a_misspelt_setting_stops_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], acts: Install
) -> None:
    acts(raising(AssertionError("it ran")))
    monkeypatch.setenv("BONAFIDE_PROFIL", "fast")
    assert _run(["act"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("bonafide: BONAFIDE_PROFIL is not a setting")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["no-such-command"], ["--no-such-option"], ["compare", "only-one"]])
def test_a_wrong_call_says_what_is_wrong(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Error: " in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("given", "status"), [(None, 0), (0, 0), (10, 10), (20, 20), ("text", 0)])
def test_what_a_command_gives_back_is_the_exit_status(acts: Install, given: object, status: int) -> None:
    acts(lambda: given)
    assert _run(["act"]) == status
    with pytest.raises(SystemExit) as ended:
        main(["act"])
    assert ended.value.code == status


def test_an_interruption_is_one_line(acts: Install, capsys: pytest.CaptureFixture[str]) -> None:
    acts(raising(KeyboardInterrupt()))
    assert _run(["act"]) == 130
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "bonafide: Interrupted.")


def test_a_mistake_of_ours_is_not_hidden(acts: Install) -> None:
    acts(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        _run(["act"])


@pytest.mark.parametrize("say", ["click.echo", "print"])
@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_who_leaves_early_gets_no_complaint(lines: int, say: str) -> None:
    program = (
        "import sys, types, click\n"
        "from bonafide.cli import root\n"
        "module = types.ModuleType('made_up')\n"
        "def act():\n"
        "    sys.stdin.readline()\n"
        f"    for _ in range({lines}): {say}('a line')\n"
        "module.command = click.command()(act)\n"
        "sys.modules['made_up'] = module\n"
        "root.COMMANDS['act'] = ('made_up', '')\n"
        "root.main(['act'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    process.stdin.write("go\n")
    process.stdin.close()
    with process.stderr:
        assert process.stderr.read() == ""
    assert process.wait() == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["completion", shell]) == 0
    assert "_BONAFIDE_COMPLETE" in capsys.readouterr().out


def test_a_shell_is_told_what_a_word_may_become() -> None:
    asked = {"_BONAFIDE_COMPLETE": "bash_complete", "COMP_WORDS": "bonafide ver", "COMP_CWORD": "1"}
    program = "from bonafide.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("plain,verify\n", "")
