"""What the terminal says by itself, in Korean and English."""

from __future__ import annotations

_LABELS = {
    "ko": {
        "welcome": "소식을 써 보는 터미널이에요. 그냥 쓰면 대화에 올라가요. 도움말은 /?",
        "help": "/as 이름   다른 사람 되기 ({personas})\n"
        "/in 대화   대화 옮기기 ({places})\n"
        "#3  /press 3 [번호]   단추 누르기\n"
        "/react 👍 [번호]   반응하기, 이모지를 빼면 거두기\n"
        "/reply 번호 글   답장   /edit 번호 글   고치기   /topic 이름   주제 고르기\n"
        "/inline 말   인라인 검색   /commands   봇 명령 보기   /quit   나가기",
        "you_are": "나: {name}",
        "you_are_in": "대화: {title}",
        "in_topic": "주제: {title}",
        "nobody": "그런 사람은 없어요: {name}",
        "nowhere": "그런 대화는 없어요: {name}",
        "no_topic": "그런 주제는 없어요: {name}",
        "no_message": "그런 메시지는 없어요.",
        "no_button": "그런 단추는 없어요.",
        "no_reaction": "반응이 될 수 없는 것: {name}",
        "no_text": "번호 뒤에 글을 써 주세요.",
        "no_hit": "인라인 검색에 나온 것이 없어요.",
        "edited": "고쳐짐",
        "deleted": "지워짐",
        "typing": "{name} 입력 중…",
        "reacted": "{name} 님의 반응: {reactions}",
        "withdrew": "{name} 님이 반응을 거뒀어요",
        "pinned": "고정됨",
        "topic_made": "새 주제: {name}",
        "new_chat_member": "들어온 사람: {name}",
        "left_chat_member": "나간 사람: {name}",
        "migrated": "슈퍼그룹이 됐어요",
        "toast": "알림",
        "alert": "알림창",
        "copied": "복사됨",
        "opens": "열림",
        "switches": "인라인으로",
        "elsewhere": "{title}에 새 메시지",
        "no_answer": "봇이 답하지 않았어요.",
        "failed": "할 수 없어요: {reason}",
        "photo": "사진",
        "document": "파일",
        "bye": "다음에 봐요.",
    },
    "en": {
        "welcome": "A terminal to try Sosik in. What you type goes into the chat. Help: /?",
        "help": "/as NAME   be somebody else ({personas})\n"
        "/in CHAT   go to another chat ({places})\n"
        "#3  /press 3 [NO]   press a button\n"
        "/react 👍 [NO]   react; without an emoji, withdraw\n"
        "/reply NO TEXT   /edit NO TEXT   /topic NAME   choose a topic\n"
        "/inline WORDS   inline search   /commands   the bot's commands   /quit   leave",
        "you_are": "You are {name} now.",
        "you_are_in": "This is {title}.",
        "in_topic": "topic: {title}",
        "nobody": "There is nobody called {name}.",
        "nowhere": "There is no chat called {name}.",
        "no_topic": "There is no topic called {name}.",
        "no_message": "There is no such message.",
        "no_button": "There is no such button.",
        "no_reaction": "This cannot be a reaction: {name}",
        "no_text": "Write a text behind the number.",
        "no_hit": "Inline search found nothing.",
        "edited": "edited",
        "deleted": "deleted",
        "typing": "{name} is typing…",
        "reacted": "{name} reacted {reactions}",
        "withdrew": "{name} withdrew the reaction",
        "pinned": "pinned",
        "topic_made": "new topic: {name}",
        "new_chat_member": "joined: {name}",
        "left_chat_member": "left: {name}",
        "migrated": "became a supergroup",
        "toast": "toast",
        "alert": "alert",
        "copied": "copied",
        "opens": "opens",
        "switches": "inline",
        "elsewhere": "new message in {title}",
        "no_answer": "The bot did not answer.",
        "failed": "That cannot be done: {reason}",
        "photo": "photo",
        "document": "file",
        "bye": "See you.",
    },
}


def label(language: str, key: str, **values: object) -> str:
    """A phrase in Korean, or in English for every other language."""
    return _LABELS["ko" if language == "ko" else "en"][key].format(**values)
