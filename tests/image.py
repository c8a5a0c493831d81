"""Does what the Dockerfile says, without an engine: `.ci/image`, as root in namespaces of its own.

Each stage is a folder that this machine's system is bound into, read-only, and that commands are
run in by chroot(1), so that paths, the user and the read-only root are those of the image. What is
not: the base is this machine with this Python instead of the image that FROM names; layers,
capabilities and limits are not; the network is shared; and LABEL, VOLUME, STOPSIGNAL and the times
of HEALTHCHECK are read and no more. What the parser does not know is refused, never passed over.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[1]
MOST_BYTES = 100_000_000
"""Of site-packages."""
SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "etc", "dev", "proc", "run")
"""What a stage has of this machine, with what lies in /opt and this Python."""
READ = {"LABEL", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
DONE = {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "ENV", "USER"}


class DockerfileError(Exception):
    """The Dockerfile says something that this cannot do."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of them, with what follows it on the same line."""

    name: str
    rest: str


@dataclass(slots=True)
class Stage:
    """A FROM and what follows it."""

    name: str
    steps: list[Instruction] = field(default_factory=list)

    def last(self, name: str) -> str:
        """What the last instruction of a name says; DockerfileError where there is none."""
        for one in reversed(self.steps):
            if one.name == name:
                return one.rest
        raise DockerfileError(f"there is no {name}")


def parse(text: str) -> list[Stage]:
    """The stages; DockerfileError for what is not done here."""
    stages: list[Stage] = []
    for one in _instructions(text):
        if one.name not in READ | DONE:
            raise DockerfileError(f"{one.name} is not known here")
        if one.name == "FROM":
            words = one.rest.split()
            if len(words) not in {1, 3} or "python:" not in words[0]:
                raise DockerfileError(f"FROM {one.rest}: only a Python, with or without AS")
            stages.append(Stage(words[2] if len(words) == 3 else ""))
        elif stages and one.name != "ARG":
            stages[-1].steps.append(one)
        elif one.name != "ARG" or stages:
            raise DockerfileError(f"{one.name} {one.rest}: not here")
    return stages


def _instructions(text: str) -> Iterable[Instruction]:
    """Lines, those that end in a backslash joined, without comments."""
    kept = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    if text.startswith("# syntax") or "<<" in text:
        raise DockerfileError("neither another syntax nor a here-document is known here")
    for line in re.sub(r"\\\n\s*", " ", "\n".join(kept)).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield Instruction(name.upper(), rest.strip())


def is_sent(path: str, ignored: Iterable[str]) -> bool:
    """Whether .dockerignore leaves a file to build from: the last line that fits decides."""
    sent = True
    for line in ignored:
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            names = _with_parents(path)
            fits = any(_fits(name, pattern.removeprefix("!")) for name in names)
            sent = pattern.startswith("!") if fits else sent
    return sent


def _with_parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _fits(path: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatch(path, pattern)


class Machine:
    """A stage under way: a folder that is a root, an environment, a folder and a user in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {"PATH": "/base/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
        passed = ("PIP_", "SSL_", "HTTP_", "HTTPS_", "http_", "https_", "LANG")
        self.environment |= {k: v for k, v in os.environ.items() if k.startswith(passed)}
        self.folder = "/"
        self.user = "0:0"
        self._lay_out()

    def _lay_out(self) -> None:
        self.root.mkdir(mode=0o755)
        found = [Path("/", name) for name in SYSTEM if Path("/", name).exists()]
        for one in (*found, *Path("/opt").iterdir(), Path(sys.base_prefix)):
            if one.is_symlink():
                (self.root / one.relative_to("/")).symlink_to(one.readlink())
            elif one.is_dir() and not self.path(str(one)).exists():
                self._bind(one)
        self.path("/tmp").mkdir()  # noqa: S108  # the image's own
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.path("/tmp"))  # noqa: S108  # likewise
        python = f"{sys.base_prefix}/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
        self.do([python, "-m", "venv", "/base"])

    def _bind(self, place: Path) -> None:
        there = self.path(str(place))
        there.mkdir(parents=True)
        run("mount", "--rbind", place, there)
        if place.name not in {"dev", "proc"}:
            run("mount", "-o", "remount,bind,ro", there)

    def close_up(self) -> None:
        """Make all of it read-only but /data and /tmp."""
        run("mount", "--bind", self.path("/data"), self.path("/data"))
        run("mount", "--rbind", self.root, self.root)
        run("mount", "-o", "remount,bind,ro", self.root)

    def do(self, command: list[str], **environment: str) -> str:
        """Run a command in it; what it prints. SystemExit where it fails."""
        line = ["env", "-i", "-C", self.folder]
        line += [f"{k}={v}" for k, v in {**self.environment, **environment}.items()]
        return run("chroot", f"--userspec={self.user}", self.root, *line, *command)

    def path(self, name: str) -> Path:
        """Where a path of it lies on this machine."""
        return self.root / os.path.normpath(os.path.join("/", self.folder, name)).lstrip("/")  # noqa: PTH118  # not of this machine


def run(*command: str | Path) -> str:
    """What a command prints; SystemExit with that where it fails."""
    done = subprocess.run(  # noqa: S603  # our own
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.exit(f".ci/image: {shlex.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def perform(step: Instruction, here: Machine, stages: Mapping[str, Machine]) -> None:
    """Do one instruction."""
    if step.name == "RUN":
        if step.rest.startswith(("[", "-")):
            raise DockerfileError(f"RUN {step.rest}: only the shell form")
        say(here.do(["/bin/sh", "-c", step.rest]))
    elif step.name == "COPY":
        copy(step.rest.split(), here, stages)
    elif step.name == "WORKDIR":
        here.folder = step.rest
        here.path(".").mkdir(parents=True, exist_ok=True)
    elif step.name == "USER":
        here.user = step.rest
    elif step.name == "ENV":
        for pair in shlex.split(step.rest):
            name, _, value = pair.partition("=")
            here.environment[name] = value.replace("$PATH", here.environment["PATH"])


def copy(words: list[str], here: Machine, stages: Mapping[str, Machine]) -> None:
    """COPY, with --from of a stage and nothing else that begins with a hyphen."""
    origin, names = ROOT, words
    if words[0].startswith("--from="):
        origin, names = stages[words[0].removeprefix("--from=")].root, words[1:]
    if any(one.startswith(("-", "[")) or "*" in one for one in names):
        raise DockerfileError(f"COPY {' '.join(words)}: only names, and --from")
    *sources, target = names
    for one in sources:
        to = here.path(target) / Path(one).name if target.endswith("/") else here.path(target)
        copy_one(origin, one.lstrip("/"), to)


def copy_one(origin: Path, name: str, to: Path) -> None:
    """A file or a folder; of this project only what .dockerignore leaves."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    def leave_out(folder: str, names: list[str]) -> set[str]:
        if origin != ROOT:
            return set()
        inner = Path(folder).relative_to(ROOT).as_posix()
        return {one for one in names if not is_sent(f"{inner}/{one}", ignored)}

    if origin == ROOT and not is_sent(name, ignored):
        raise DockerfileError(f"COPY {name}: .dockerignore leaves it out")
    if (origin / name).is_dir():
        shutil.copytree(origin / name, to, symlinks=True, ignore=leave_out, dirs_exist_ok=True)
    else:
        shutil.copy(origin / name, to)


PARTS = """
    from datetime import UTC, date, datetime
    from zoneinfo import ZoneInfo
    from bot.chat_settings.public_holidays import countries, is_holiday
    from bot.locales import all_texts
    from bot.sources.documents import read_page
    for texts in all_texts().values():
        print(texts.datetime(datetime(2026, 3, 1, tzinfo=UTC), ZoneInfo("Asia/Seoul")))
    assert is_holiday("KR", date(2026, 2, 17)) and not is_holiday("KR", date(2026, 2, 20))
    for country in countries():
        is_holiday(country, date(2026, 1, 1))
    text = "<p>고등어 값이 먼저 압니다. 새벽 시장에는 신문보다 빠른 소식이 있습니다.</p>" * 9
    page = f"<title>새벽</title><time>2026년 3월 1일</time><article>{text}</article>"
    print(read_page(page.encode(), "https://blog.example/1", "text/html; charset=utf-8").title)
"""
"""What stands on data that was trimmed."""
TRIAL = """
    import asyncio, os, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from bot.demo.blog import Blog
    from bot.simulator import Simulator
    async def main(run, health):
        blog = await Blog.start("새벽의 서재", "윤슬", lambda: datetime.now(UTC))
        blog.publish("새벽 시장", "고등어 값이 먼저 압니다.")
        async with await Simulator.start() as sim:
            Path("token").write_text(sim.token + "\\n")
            given = {"BOT_TOKEN_FILE": "/data/token", "TELEGRAM_API_URL": sim.url, "SERVE": "open",
                     "SOURCES": blog.feed_address, "ALLOW_PRIVATE_SOURCES": "true"}
            minji = sim.user("민지", language="ko")
            group = sim.group("독서모임", members=[minji], bot_admin=True)
            bot = await asyncio.create_subprocess_exec(*run, env=os.environ | given)
            try:
                async with asyncio.timeout(60):
                    while await (await asyncio.create_subprocess_exec(*health)).wait():
                        await asyncio.sleep(0.2)
                    while True:
                        await minji.says(group, "/latest 1")
                        if "새벽 시장" in (answer := await group.receives("")).text:
                            break
                        await asyncio.sleep(3)
                    print(answer.text)
                    bot.terminate()
                    return await bot.wait()
            finally:
                if bot.returncode is None:
                    bot.kill()
    half = sys.argv.index("--")
    sys.exit(asyncio.run(main(sys.argv[1:half], sys.argv[half + 1:])))
"""
"""The image's own simulator and blog; the commands of ENTRYPOINT with CMD, and of HEALTHCHECK."""


def try_out(stage: Stage, image: Machine) -> None:
    """Start what the image starts, as its user, with a root that nobody writes."""
    image.close_up()
    entry, command = (json.loads(stage.last(name)) for name in ("ENTRYPOINT", "CMD"))
    health = json.loads(stage.last("HEALTHCHECK").partition("CMD ")[2])
    say(image.do([*entry, "--version"]))
    for place, may in (("/opt/sosik/x", False), ("/x", False), ("/data/x", True), ("/tmp/x", True)):  # noqa: S108  # the image's
        wrote = image.do(["sh", "-c", f"touch {place} 2> /dev/null && echo yes || echo no"])
        if wrote != ("yes\n" if may else "no\n"):
            sys.exit(f".ci/image: {place} can be written: {wrote}")
    say(image.do(["python", "-c", dedent(PARTS)]))
    trial = ["python", "-c", dedent(TRIAL), *entry, *command, "--", *health]
    say(image.do(trial, LANGUAGE="en"))


def measure(image: Machine) -> None:
    """Say how large what is installed is; SystemExit where that is too much, or pip is there."""
    (packages,) = image.root.glob("opt/sosik/lib/python*/site-packages")
    size = sum(one.lstat().st_size for one in packages.rglob("*") if not one.is_dir())
    blocks = run("du", "-sm", packages).split()[0]
    say(f"site-packages: {size / 1e6:.1f} MB in files, {blocks} MiB on this disk\n")
    largest = run("sh", "-c", f"du -sk {packages}/* | sort -rn | head -8").split()
    say("".join(f"{int(k) / 1024:6.1f}  {Path(name).name}\n" for k, name in _pairs(largest)))
    unwanted = [one for one in ("pip", "setuptools", "rich") if (packages / one).exists()]
    if size > MOST_BYTES or unwanted:
        sys.exit(f".ci/image: at most {MOST_BYTES / 1e6:.0f} MB and nothing of {unwanted}")


def _pairs(words: list[str]) -> Iterable[tuple[str, str]]:
    return zip(words[::2], words[1::2], strict=True)


def say(text: str) -> None:
    """At once, also where it goes into a file."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> None:
    """Build the stages in the folder that is named, measure what came of them, and start it."""
    folder, outside = sys.argv[1:]
    if str(Path("/proc/self/ns/mnt").readlink()) == outside:
        sys.exit("it mounts much: only by .ci/image, in a namespace of its own")
    scratch, made = Path(folder), dict[str, Machine]()
    for number, stage in enumerate(parse((ROOT / "Dockerfile").read_text(encoding="utf-8"))):
        here = made[stage.name or str(number)] = Machine(scratch / str(number))
        for step in stage.steps:
            say(f"{step.name} {step.rest[:90]}\n" * (step.name in DONE))
            perform(step, here, made)
    measure(here)
    try_out(stage, here)


if __name__ == "__main__":
    main()
