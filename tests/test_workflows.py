"""What runs on a forge: pinned, with no right but to read, and by the same commands as here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.test_locks import PYTHONS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github"
WORKFLOWS = sorted(FOLDER.glob("workflows/*.yml"))
FORMS = sorted(FOLDER.glob("ISSUE_TEMPLATE/*.yml"))
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
RUN = re.compile(r"run: (?:bash )?(\S+)(?: (\S+))?")
TARGET = re.compile(r"^([a-z][a-z-]*(?: [a-z-]+)*):", re.MULTILINE)


def shown(path: Path) -> str:
    return path.name


def tool(name: str) -> str:
    """A program beside this Python; skips where the group `server` is not installed."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed: make slow installs it")
    return found


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=shown)
def test_a_workflow_may_read_only_and_uses_nothing_that_can_change_under_it(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    assert "\npermissions:\n  contents: read\n" in text
    assert text.count("permissions:") == 1
    assert "secrets." not in text
    used = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]
    assert [one for one in used if not PINNED.fullmatch(one)] == []
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")


def test_what_workflows_run_is_there() -> None:
    targets = set(" ".join(TARGET.findall((ROOT / "Makefile").read_text("utf-8"))).split())
    for workflow in WORKFLOWS:
        for program, argument in RUN.findall(workflow.read_text(encoding="utf-8")):
            if program == "make":
                assert argument in targets, workflow.name
            elif program.startswith("."):
                assert (ROOT / program).is_file(), workflow.name


def test_each_supported_python_is_tried() -> None:
    text = (FOLDER / "workflows" / "test.yml").read_text(encoding="utf-8")
    tried = re.findall(r'"(3\.\d+)"', text)
    supported = sorted({one.rpartition(".")[0] for one in PYTHONS}, key=lambda one: one.split("."))
    assert tried == supported
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">={tried[0]}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "arguments"),
    [
        ("check-jsonschema", ("--builtin-schema", "vendor.github-workflows", *WORKFLOWS)),
        ("check-jsonschema", ("--builtin-schema", "vendor.renovate", FOLDER / "renovate.json")),
        ("check-jsonschema", ("--builtin-schema", "vendor.github-issue-forms", *FORMS)),
        ("zizmor", ("--offline", "--persona", "pedantic", FOLDER)),
    ],
)
def test_the_linters_find_nothing(program: str, arguments: tuple[str | Path, ...]) -> None:
    done = subprocess.run(  # noqa: S603  # programs of ours
        [tool(program), *map(str, arguments)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
