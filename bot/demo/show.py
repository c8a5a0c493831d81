"""`sosik demo`: a Telegram, a community, a blog and the bot, all on loopback, until one leaves."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import AsyncExitStack
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import environment
from bot.demo.blog import Blog
from bot.demo.process import BotProcess
from bot.simulator import Simulator
from bot.simulator.community import found_community
from bot.simulator.terminal import Terminal

if TYPE_CHECKING:
    from bot.simulator.community import Community

POLL_SECONDS = 2


async def show_in_terminal(keep: Path | None) -> int:
    """Run the demo in this terminal; what it wrote is kept in `keep`, or thrown away."""
    async with AsyncExitStack() as stack:
        folder = _folder(stack, keep)
        sim = await stack.enter_async_context(await Simulator.start())
        community = found_community(sim)
        blog = await Blog.start("새벽의 서재", "윤슬", sim.clock.now)
        stack.push_async_callback(blog.close)
        sample = stack.enter_context(as_file(files("bot.simulator") / "samples" / "archive.txt"))
        bot = await BotProcess.start(folder, settings_of(sim, community, folder, sample, blog))
        stack.push_async_callback(bot.stop)
        await invite(community)
        await Terminal(sim, community).run()
        return 0


def settings_of(
    sim: Simulator, community: Community, folder: Path, sample: Path, blog: Blog
) -> dict[str, str]:
    """The environment in which the unchanged bot serves the community."""
    return environment(
        bot_token=sim.token,
        telegram_api_url=sim.url,
        database_path=folder / "sosik.db",
        sources=f"{sample} {blog.feed_address}",
        operator_ids=community.operator.id,
        poll_interval=POLL_SECONDS,
        allow_private_sources=True,
    )


async def invite(community: Community) -> None:
    """The operator makes the bot an administrator of every chat, which serves them."""
    for place in community.places:
        if place.room is not None:
            await community.operator.promotes(place.room)


def _folder(stack: AsyncExitStack, keep: Path | None) -> Path:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        return keep.absolute()
    folder = Path(tempfile.mkdtemp(prefix="sosik-demo-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder
