"""Documentation is held to the code: every setting, command, target, dependency and parameter exists on both sides."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import get_commands

from cohesion.engine import METHOD, Parameters

ROOT = Path(__file__).resolve().parents[2]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def first_cells(markdown: str) -> set[str]:
    """The first cell of every table row, without backticks; headings and rules are left out."""
    cells = re.findall(r"^\| *`?([^|`]+?)`? *\|", markdown, flags=re.MULTILINE)
    return {cell for cell in cells if cell not in ("variable", "package") and not set(cell) <= set("-: ")}


def test_every_environment_variable_is_documented_and_no_other() -> None:
    used = set(re.findall(r"environment\.\w+\(\s*\"([A-Z_]+)\"", read("sok_site/settings.py")))
    assert used == first_cells(read("docs/settings.md"))


def test_compose_passes_on_every_setting_but_debug() -> None:
    used = set(re.findall(r"environment\.\w+\(\s*\"([A-Z_]+)\"", read("sok_site/settings.py")))
    passed = set(
        re.findall(r"^      ([A-Z_]+):", read("docker-compose.yml").split("database:\n    image")[0], re.MULTILINE)
    )
    assert passed == used - {"DEBUG", "TODAY"}


def test_every_dependency_has_its_reason_and_no_other_has_one() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    python = {re.split(r"[~=<>;\[ ]", requirement)[0] for requirement in requirements}
    package = json.loads(read("package.json"))
    assert first_cells(read("docs/dependencies.md")) == python | {*package["dependencies"], *package["devDependencies"]}


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", read("README.md")))
    assert named
    assert named <= targets


def test_every_management_command_in_the_readme_exists_and_every_one_of_ours_is_there() -> None:
    commands = {
        path.stem
        for app in ("places", "cohesion", "sok_site")
        for path in (ROOT / app / "management" / "commands").glob("[a-z]*.py")
    }
    named = set(re.findall(r"manage\.py ([a-z_]+)", read("README.md")))
    assert commands <= named
    assert named <= set(get_commands())


def test_what_is_to_run_every_day_is_called_and_explained() -> None:
    folder = ROOT / "places" / "management" / "commands"
    daily = {path.stem for path in folder.glob("*.py") if "DailyCommand" in path.read_text(encoding="utf-8")}
    assert daily
    called = set(
        re.findall(r"[a-z]+(?:_[a-z]+)+|assess", read("scripts/daily.sh").split("for command in")[1].split(";")[0])
    )
    assert called == {*daily, "assess", "send_webhooks"}  # these two know no day of their own
    explained = {cell.split()[0] for cell in first_cells(read("docs/operation.md").split("## Once a day")[1])}
    assert called <= explained
    assert called <= set(get_commands())
    assert "scripts/daily.sh" in read("docker-compose.yml")


def test_all_processes_of_the_site_have_the_same_settings_and_photographs() -> None:
    compose = read("docker-compose.yml")
    processes = re.findall(
        r"^  (\w+):\n(?:    .*\n|      .*\n)*?    (?:build|image): (?:\.|sok-atlas)$", compose, re.MULTILINE
    )
    assert processes == ["site", "worker", "daily"]
    assert len(re.findall(r"environment: [&*]environment$", compose, re.MULTILINE)) == len(processes)
    assert compose.count('"media:/media"') == len(processes)


@pytest.mark.parametrize("file", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_every_linked_file_exists(file: str) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", read(file))
    missing = [link for link in links if not (ROOT / file).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", [name for name in Parameters().as_dict() if not name.startswith("weight")])
def test_every_default_of_the_method_is_the_documented_one(name: str) -> None:
    text = read("docs/method.md").replace(",", "")
    value = Parameters().as_dict()[name]
    # "`near` = 1000 m", "`adequate` (0.6)", "up to `near` = …"
    stated = re.findall(rf"{name}`? ?(?:=|\() ?([0-9.]+)", text)
    if name == "reach":
        stated = re.findall(r"`reach` = ([0-9]+)", text)
    assert stated
    assert {float(number.rstrip(".")) for number in stated} == {float(value)}


def test_the_weights_of_the_method_are_the_documented_ones() -> None:
    parameters = Parameters()
    weights = (parameters.weight_conditions, parameters.weight_triad, parameters.weight_dynamics)
    assert "weights {}, {}, {}".format(*weights) in re.sub(r"\s+", " ", read("docs/method.md"))


def test_the_method_has_a_version() -> None:
    assert METHOD == "SOK-1"
    assert read("docs/method.md").startswith("# Method 1")
