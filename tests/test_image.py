"""The image: its files as their own tools read them, and how the trial reads the Dockerfile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.locales import languages
from tests.image import DockerfileError, Instruction, Stage, is_sent, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def tool(name: str, *arguments: str) -> None:
    """Run what the group `server` brings; it must find nothing."""
    if not (BIN / name).exists():
        pytest.skip(f"{name} is not installed: make .venv/.server")
    done = subprocess.run(  # noqa: S603  # a tool of ours
        [BIN / name, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_hadolint_has_nothing_to_say() -> None:
    tool("hadolint", "Dockerfile")


@pytest.mark.slow
def test_what_compose_reads_is_of_its_schema() -> None:
    tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def stages() -> list[Stage]:
    return parse((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def test_what_runs_is_nobody_and_what_checks_it_is_ours() -> None:
    last = stages()[-1]
    assert last.last("USER") == "10001:10001"
    assert last.last("HEALTHCHECK").endswith('CMD ["sosik", "health"]')
    assert (last.last("ENTRYPOINT"), last.last("CMD")) == ('["sosik"]', '["run"]')
    assert last.last("STOPSIGNAL") == "SIGTERM"


def tree() -> Iterator[str]:
    """The files of the tree, what lies about there too; no hidden folders, nothing compiled."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [one for one in folders if not one.startswith((".", "__pycache__"))]
        yield from ((Path(folder) / one).relative_to(ROOT).as_posix() for one in names)


def test_what_is_built_from_is_the_program_and_nothing_else() -> None:
    sent = {one for one in tree() if is_sent(one, IGNORED)}
    roots = ("bot/", "handlers/", "storage/")
    files = {"pyproject.toml", "README.md", "LICENSE", "docs/deploy/image.lock"}
    assert {one for one in sent if not one.startswith(roots)} == {*files, "docs/deploy/trim.py"}
    assert {one for one in tree() if one.startswith(roots)} <= sent
    for one in (".env", ".git/config", "data/sosik.db", "bot/__pycache__/x.pyc", "token"):
        assert not is_sent(one, IGNORED)


def test_each_file_that_is_copied_is_sent() -> None:
    for step in stages()[0].steps:
        for name in step.rest.split()[:-1] if step.name == "COPY" else ():
            assert is_sent(name, IGNORED), name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FROM python:3\nADD x y", "ADD"),
        ("FROM python:3\nSHELL ['sh']", "SHELL"),
        ("FROM python:3\nONBUILD RUN x", "ONBUILD"),
        ("FROM debian\nRUN x", "only a Python"),
        ("FROM --platform=x python:3 AS y", "only a Python"),
        ("RUN x\nFROM python:3", "not here"),
        ("FROM python:3\nARG A=1", "not here"),
        ("# syntax=docker/dockerfile:1\nFROM python:3", "another syntax"),
        ("FROM python:3\nRUN <<EOF\nx\nEOF", "here-document"),
        ("FROM python:3\nFRMO x", "FRMO"),
    ],
)
def test_what_the_trial_does_not_do_it_refuses(text: str, said: str) -> None:
    with pytest.raises(DockerfileError, match=said):
        parse(text)


def test_lines_are_joined_and_comments_left_out() -> None:
    text = 'ARG A=1\nfrom python:${A} as b\n# no\nRUN a \\\n  # nor this\n  && b\n\nCMD ["x"]\n'
    (stage,) = parse(text)
    assert stage.name == "b"
    assert stage.steps == [Instruction("RUN", "a  && b"), Instruction("CMD", '["x"]')]
    with pytest.raises(DockerfileError, match="no USER"):
        stage.last("USER")


def test_trimmed_packages_keep_the_languages_that_are_spoken(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.13" / "site-packages"
    kept = {f"babel/locale-data/{one}.dat" for one in (*languages(), "root", "en_GB")}
    kept |= {f"bot/locales/{one}/LC_MESSAGES/sosik.po" for one in languages()}
    kept |= {"holidays/countries/korea.py", "bot/search/everyday.txt", "lxml/etree.so"}
    gone = {"babel/locale-data/fr.dat", "babel/locale-data/eno.dat", "holidays/locale/ko/x.mo"}
    gone |= {"tld/tests/a.py", "lxml/x.h", "holidays/countries/__pycache__/korea.pyc"}
    for one in kept | gone:
        (packages / one).parent.mkdir(parents=True, exist_ok=True)
        (packages / one).write_text("x", encoding="utf-8")
    trim = ROOT / "docs" / "deploy" / "trim.py"
    subprocess.run([sys.executable, trim, tmp_path], check=True, capture_output=True)  # noqa: S603  # ours
    left = {one.relative_to(packages).as_posix() for one in packages.rglob("*") if one.is_file()}
    assert left == kept
