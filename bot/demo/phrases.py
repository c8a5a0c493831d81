"""What the terminal says of the backstage and the guide, in Korean and English. Pure."""

from __future__ import annotations

from typing import Final

STEPS = ("latest", "react", "search", "digest", "publish")
"""Of the first minute, in order (bot/demo/web/static/guide.js has the same)."""

PHRASES: Final[dict[str, dict[str, str]]] = {
    "ko": {
        "opening": "체험판을 열고 있어요…",
        "welcome": "무대 뒤 말은 느낌표로 시작해요: !help   Tab은 이어 써 줘요\n"
        "(In English: /as Junho)",
        "help": "!publish   써 둔 글 올리기   !publish 제목 | 본문   쓴 글 올리기\n"
        "!edit 번호 제목 | 본문   글 고치기   !remove 번호   글 내리기\n"
        "!posts   올린 글과, 방마다 몇 번 왔는지   !guide   첫 1분 안내\n"
        "!clock   시각   !clock +1h   앞으로 돌리기   !clock digest   다음 모아 보기까지\n"
        "!trouble slow|refusing|gone [초]   텔레그램을 느리게, 거절하게, 사라지게   "
        "!trouble off   되돌리기\n"
        "!kill   kill -9로 봇 끄기   !start   봇 다시 켜기",
        "about_publish": "글 올리기",
        "about_edit": "글 고치기",
        "about_remove": "글 내리기",
        "about_posts": "올린 글과 온 횟수",
        "about_guide": "첫 1분 안내",
        "about_clock": "시각, 앞으로 돌리기",
        "about_trouble": "텔레그램을 힘들게 하기",
        "about_kill": "kill -9로 봇 끄기",
        "about_start": "봇 다시 켜기",
        "about_help": "무대 뒤 도움말",
        "about_digest": "다음 모아 보기까지",
        "about_hour": "한 시간 앞으로",
        "about_slow": "모든 답이 3초씩 늦게",
        "about_refusing": "모든 요청을 429로 거절",
        "about_gone": "모든 연결을 끊기",
        "about_off": "되돌리기",
        "no_word": "무대 뒤에 그런 말은 없어요: {word}. 도움말은 !help",
        "close_word": "무대 뒤에 그런 말은 없어요: {word}. 혹시 {close}?",
        "takes_nothing": "{word} 뒤에는 아무것도 적지 않아요.",
        "publish_usage": "이렇게 적어 주세요: !publish 제목 | 본문 "
        "(아무것도 안 적으면 써 둔 글을 올려요)",
        "edit_usage": "이렇게 적어 주세요: !edit 번호 제목 | 본문 (제목이나 본문만 적어도 돼요)",
        "remove_usage": "이렇게 적어 주세요: !remove 번호",
        "clock_usage": "이렇게 적어 주세요: !clock +1h, +30m, +2d, +1h30m 또는 !clock digest",
        "clock_back": "시계는 앞으로만 돌아가요. 예: !clock +1h",
        "clock_far": "한 번에 1분부터 8일까지 돌릴 수 있어요.",
        "trouble_usage": "이렇게 적어 주세요: !trouble slow, refusing, gone 가운데 하나 (뒤에 초), "
        "또는 !trouble off",
        "no_post": "그런 번호의 글은 블로그에 없어요: {number}. 올린 글은 !posts",
        "published": "블로그에 올렸어요: {number}번 {title}",
        "changed": "고쳤어요: {number}번 {title}",
        "removed": "내렸어요: {number}번 {title}",
        "no_posts": "아직 올린 글이 없어요. !publish 로 올려 보세요.",
        "post": "{number}번 {title}: {copies}",
        "copies": "{chat} {n}",
        "nowhere_yet": "아직 아무 데도",
        "doubled": "(겹쳤어요)",
        "now": "지금은 {at}",
        "ahead": "(실제보다 {text} 앞)",
        "days": "{n}일",
        "hours": "{n}시간",
        "minutes": "{n}분",
        "night": "조용한 시간이라 새 글은 아침에 가요.",
        "no_digest": "모아 보기를 받는 방이 없어요.",
        "is_stopped": "봇이 꺼져 있어요. !start 로 켜면 그때 보내요.",
        "is_off": "이미 꺼져 있어요. 다시 켜려면 !start",
        "is_on": "이미 켜져 있어요. (프로세스 {number})",
        "bot_starting": "봇이 켜지는 중… (프로세스 {number})",
        "bot_running": "봇이 일하고 있어요. (프로세스 {number})",
        "bot_stopped": "봇이 꺼졌어요.",
        "bot_killed": "봇이 kill -9로 꺼졌어요. 다시 켜려면 !start",
        "trouble_slow": "텔레그램이 {seconds}초 동안 느려요. 모든 답이 3초씩 늦어요.",
        "trouble_refusing": "텔레그램이 {seconds}초 동안 모든 요청을 429로 거절해요.",
        "trouble_gone": "텔레그램이 {seconds}초 동안 모든 연결을 끊어요.",
        "trouble_none": "텔레그램은 잘 되고 있어요.",
        "guide": "첫 1분 {n}/5",
        "step_latest": "독서모임에서 보내 보세요: /latest",
        "step_react": "글을 하나 열고(/post 1) 반응을 달아 보세요: /react 🔥",
        "step_search": "두 글자로 찾아보세요: /search 금리",
        "step_digest": "관리자가 되어(/as 관리자) 모아 보기 시각을 정해 보세요: /digest_time 18:30",
        "step_publish": "블로그에 글을 올려 보세요: !publish. 채널과 모임으로 와요",
        "step_done": "했어요 ({n}/5). 다음: {next}",
        "guide_done": "다 해 봤어요! 이제 !publish 하고 바로 !kill 해 보세요. !start 로 다시 켜면 "
        "빠짐없이, 한 번만 와요. 몇 번 왔는지는 !posts",
    },
    "en": {
        "opening": "Opening the demo…",
        "welcome": "Words of the backstage begin with an exclamation mark: !help   Tab completes",
        "help": "!publish   a post that is ready   !publish TITLE | TEXT   one of your own\n"
        "!edit NO TITLE | TEXT   change a post   !remove NO   take it down\n"
        "!posts   what is on the blog, and how often it came where   !guide   the first minute\n"
        "!clock   the time   !clock +1h   forward   !clock digest   to the next digest\n"
        "!trouble slow|refusing|gone [SECONDS]   what befalls Telegram   !trouble off   undo it\n"
        "!kill   kill -9 the bot   !start   start it again",
        "about_publish": "publish a post",
        "about_edit": "change a post",
        "about_remove": "take a post down",
        "about_posts": "posts and how often they came",
        "about_guide": "the first minute",
        "about_clock": "the time, forward",
        "about_trouble": "what befalls Telegram",
        "about_kill": "kill -9 the bot",
        "about_start": "start the bot again",
        "about_help": "all these words",
        "about_digest": "to the next digest",
        "about_hour": "an hour forward",
        "about_slow": "every answer takes three seconds more",
        "about_refusing": "every call is refused with 429",
        "about_gone": "every connection is cut",
        "about_off": "undo it",
        "no_word": "There is no {word} backstage. Help: !help",
        "close_word": "There is no {word} backstage. Did you mean {close}?",
        "takes_nothing": "Nothing comes after {word}.",
        "publish_usage": "Write !publish TITLE | TEXT (or nothing, for a post that is ready).",
        "edit_usage": "Write !edit NO TITLE | TEXT (the title or the text may be left out).",
        "remove_usage": "Write !remove NO.",
        "clock_usage": "Write !clock +1h, +30m, +2d, +1h30m, or !clock digest.",
        "clock_back": "The clock goes forward only. Try !clock +1h.",
        "clock_far": "From a minute to eight days at once.",
        "trouble_usage": "Write !trouble slow, refusing or gone (seconds may follow), "
        "or !trouble off.",
        "no_post": "There is no post {number} on the blog. What there is: !posts",
        "published": "On the blog: {number}. {title}",
        "changed": "Changed: {number}. {title}",
        "removed": "Taken down: {number}. {title}",
        "no_posts": "There is no post yet. Try !publish.",
        "post": "{number}. {title}: {copies}",
        "copies": "{chat} {n}",
        "nowhere_yet": "nowhere yet",
        "doubled": "(doubled)",
        "now": "It is {at}",
        "ahead": "({text} ahead of real time)",
        "days": "{n} d",
        "hours": "{n} h",
        "minutes": "{n} min",
        "night": "Quiet hours: new posts wait for the morning.",
        "no_digest": "No chat wants a digest.",
        "is_stopped": "The bot is not running. It sends this after !start.",
        "is_off": "It is not running. !start starts it.",
        "is_on": "It is running. (process {number})",
        "bot_starting": "The bot is starting… (process {number})",
        "bot_running": "The bot is at work. (process {number})",
        "bot_stopped": "The bot has ended.",
        "bot_killed": "The bot was ended by kill -9. !start starts it again.",
        "trouble_slow": "For {seconds} s Telegram is slow: every answer takes three seconds more.",
        "trouble_refusing": "For {seconds} s Telegram refuses every call with 429.",
        "trouble_gone": "For {seconds} s Telegram cuts every connection.",
        "trouble_none": "Telegram is working well.",
        "guide": "Your first minute {n}/5",
        "step_latest": "Send in the reading group: /latest",
        "step_react": "Open a post (/post 1) and react to it: /react 🔥",
        "step_search": "Search with two syllables: /search 금리",
        "step_digest": "Become the administrator (/as admin) and set the digest's time: "
        "/digest_time 18:30",
        "step_publish": "Publish on the blog: !publish. It comes to the channel and the groups",
        "step_done": "Done ({n}/5). Next: {next}",
        "guide_done": "All done! Now !publish and at once !kill. After !start nothing is lost and "
        "nothing comes twice; !posts counts.",
    },
}


def phrase(language: str, key: str, **values: object) -> str:
    """A phrase in Korean, or in English for every other language."""
    return PHRASES["ko" if language == "ko" else "en"][key].format(**values)
