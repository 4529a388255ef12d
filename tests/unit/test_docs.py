"""Documentation as a contract: what is not documented, or documented and not there, fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bonafide
from bonafide import errors
from bonafide.api.codes import STATUS, Code
from bonafide.cli.root import COMMANDS
from bonafide.outcome import Reason
from bonafide.service.api_keys import Scope
from bonafide.settings import Profile, Settings
from bonafide.wording import Language, sentence
from bonafide.wording.problems import problem_words

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def rows(page: str) -> Iterator[list[str]]:
    """The cells of each row of a page's tables."""
    for line in read(page).splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_every_setting_is_documented_and_no_other() -> None:
    documented = {cells[0].strip("`"): cells for cells in rows("docs/settings.md") if "BONAFIDE_" in cells[0]}
    # What the settings themselves name when they refuse one.
    with pytest.raises(errors.SettingInvalid) as refused:
        Settings.from_environment({"BONAFIDE_NOT": "a setting"})
    assert set(documented) == set(re.findall(r"BONAFIDE_\w+", refused.value.remedy))
    for name, values in (("BONAFIDE_PROFILE", Profile), ("BONAFIDE_LANG", Language)):
        assert set(values) <= set(re.findall(r"`([^`]+)`", documented[name][1]))
    assert documented["BONAFIDE_PROFILE"][2] == f"`{Settings.from_environment({}).profile}`"
    assert documented["BONAFIDE_LANG"][2] == f"`{Settings.from_environment({}).language}`"


def test_every_problem_of_the_api_is_documented_as_it_is_said() -> None:
    documented = [cells for cells in rows("docs/api.md") if re.fullmatch(r"[1-5]\d\d", cells[1])]
    said = [[f"`{code}`", str(STATUS[code]), problem_words(code, Language.ENGLISH).title] for code in Code]
    assert documented == said


def test_every_scope_and_figure_of_the_api_is_documented() -> None:
    page = read("docs/api.md")
    assert [scope for scope in Scope if not re.search(rf"^\| `{scope}` \|", page, re.MULTILINE)] == []
    sources = [(ROOT / "src/bonafide/api" / name).read_text("utf-8") for name in ("metrics.py", "gauges.py")]
    figures = set(re.findall(r'"(bonafide_[a-z_]+)"', " ".join(sources)))
    assert figures
    assert [figure for figure in figures if not re.search(rf"`{figure}(_total)?`", page)] == []


def test_every_reason_is_documented_as_it_is_said() -> None:
    documented = [cells for cells in rows("docs/reasons.md") if cells[0].startswith("`")]
    assert [cells[0].strip("`") for cells in documented] == list(Reason)
    for code, english, chinese, when in documented:
        reason = Reason(code.strip("`"))
        assert english == sentence(reason, Language.ENGLISH)
        assert chinese == sentence(reason, Language.CHINESE)
        assert when.endswith(".")


def test_the_errors_are_drawn_in_the_documentation_as_in_the_code() -> None:
    def tree(text: str) -> list[str]:
        return re.findall(r"^ *([│ ]*[├└]── \w+)", text, re.MULTILINE)

    assert tree(read("docs/python.md")) == tree(errors.__doc__ or "")
    assert len(tree(read("docs/python.md"))) > 10


@pytest.mark.parametrize("name", sorted(set(bonafide.__all__) - {"__version__"}))
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"\b{name}\b", read("docs/python.md"))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"bonafide {command}\b", read("README.md"))


@pytest.mark.parametrize("status", [0, 10, 20, 2, 3, 4])
def test_every_exit_status_is_documented(status: int) -> None:
    assert [cells for cells in rows("README.md") if cells[0] == str(status)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_every_page_that_the_code_speaks_of_is_there() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.toml")]
    named = {
        page for source in sources for page in re.findall(r"\bdocs/[\w/-]+\.md", source.read_text("utf-8"))
    }
    assert named
    assert [page for page in sorted(named) if not (ROOT / page).is_file()] == []
