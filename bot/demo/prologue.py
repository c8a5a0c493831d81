"""What was said in the community before the visitor came, so that the first screen is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.demo.community import Community
    from bot.simulator.simulator import Simulator

_LINES = (
    (-96, "관리자", "채널", "소식 채널을 열었어요. 새 글이 올라오면 여기로 먼저 와요."),
    (-74, "관리자", "독서모임", "다음 모임은 목요일 저녁 7시, 늘 가던 서점 2층이에요."),
    (-71, "민지", "독서모임", "좋아요! 이번에는 제가 간식 담당 할게요 🍪"),
    (-66, "준호", "독서모임", "I'll be ten minutes late, please save me a chair."),
    (-35, "준호", "큰모임/잡담", "Good morning from a very rainy Busan ☔"),
    (-33, "민지", "큰모임/잡담", "여기는 해가 쨍쨍해요 ☀️"),
    (-12, "민지", "독서모임", "그런데 지난달에 읽은 그 글, 제목이 뭐였죠? 저작권 이야기요."),
    (-9, "관리자", "독서모임", "봇에게 물어보세요. /search 하고 낱말을 적으면 찾아 줘요."),
)
"""Minutes before the start, who, where (a topic after the slash), what."""


async def tell(sim: Simulator, community: Community) -> None:
    """Let the community say what it said, each line at its time."""
    start = sim.clock.now()
    for minutes, who, where, text in _LINES:
        name, _, topic_name = where.partition("/")
        persona, place = community.persona(who), community.place(name)
        if persona is None or place is None or place.room is None:
            continue
        topics = place.room.chat.topics.values()
        topic = next((one for one in topics if one.name == topic_name), None)
        sim.clock.set(start + minutes * 60)
        await persona.person.says(place.room, text, topic=topic)
    sim.clock.set(start)
