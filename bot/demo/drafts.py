"""Posts written beforehand, for those who would rather watch than write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """A post that waits for somebody to publish it."""

    language: str
    title: str
    text: str


DRAFTS = (
    Draft(
        "ko",
        "알림을 끄고 나서 알게 된 것",
        "한 달 동안 휴대폰 알림을 **모두** 껐습니다. 첫 주에는 세상이 저를 두고 떠난 것 "
        "같았고, 둘째 주에는 제가 세상을 두고 온 것 같았습니다.\n\n"
        "셋째 주에 알았습니다. 급한 일은 어떻게든 저를 찾아왔습니다. 찾아오지 않은 일은 급한 "
        "일이 아니었습니다.\n\n"
        "> 주의력은 아껴 쓰는 것이 아니라 골라 쓰는 것이다.\n\n"
        "지금은 하루에 두 번, 제가 정한 시각에만 소식을 모아 봅니다. 놓친 것은 없고, 남은 것은 "
        "오후 한 토막입니다.",
    ),
    Draft(
        "ko",
        "동네 서점의 손익 계산서",
        "서점 주인에게 장부를 보여 달라고 했습니다. 한 달에 책 **612권**, 커피 940잔, 그리고 "
        "그냥 앉았다 간 사람 셀 수 없음.\n\n"
        "- 책이 남긴 것: 임대료의 절반\n- 커피가 남긴 것: 나머지 절반\n"
        "- 앉았다 간 사람이 남긴 것: 다음 달의 손님\n\n"
        "세 번째 줄은 회계 프로그램에 칸이 없습니다. 그래서 늘 적자로 보입니다.",
    ),
    Draft(
        "ko",
        "검색창에 무엇을 적을까",
        "좋은 질문은 답을 반쯤 데리고 옵니다. 검색창 앞에서 우리가 하는 일은 사실 "
        "**모르는 것의 이름을 짓는 일**입니다.\n\n"
        "이름을 잘못 지으면 엉뚱한 문을 두드리게 됩니다. 그래서 저는 찾기 전에 종이에 한 줄을 "
        "적습니다. 나는 무엇을 찾으면 멈출 것인가.\n\n"
        "멈출 곳을 아는 사람만이 길을 잃지 않고 헤맬 수 있습니다.",
    ),
    Draft(
        "ko",
        "전기 요금으로 읽는 인공지능",
        "데이터센터 한 동이 쓰는 전기를 마을 단위로 바꿔 보았습니다. 큰 모델을 한 번 가르치는 "
        "일은 작은 읍내의 겨울 한 철과 비슷합니다.\n\n"
        "그런데 정작 큰 몫은 가르칠 때가 아니라 **물어볼 때** 나갑니다. 질문은 싸 보이지만 "
        "매일, 모두가 합니다.\n\n"
        "그래서 다음 경쟁은 더 똑똑한 답이 아니라 더 적게 데우는 답일지도 모릅니다.",
    ),
    Draft(
        "en",
        "What a reading group is really for",
        "Nobody in our group finishes the book. We found this out in the second year, and it "
        "was the day the group became **good**.\n\n"
        "Since then each of us brings one page, the page that would not let go, and reads it "
        "aloud. The rest of the evening is spent finding out why.\n\n"
        "> A book is finished by its readers, one page each.",
    ),
    Draft(
        "en",
        "The price of a meeting, in bread",
        "Eight people, one hour: at our wages that is **forty-one loaves** from the bakery "
        "downstairs. I put a paper bag on the table and asked what we wanted to buy with it.\n\n"
        "The meeting took eleven minutes. We ate the difference.",
    ),
    Draft(
        "en",
        "Small models, close at hand",
        "The translator in my pocket is wrong twice a minute and never offline. The one in the "
        "data centre is right, and on the mountain it is silent.\n\n"
        "Between a good answer far away and a fair answer here, walk with the second.",
    ),
)
"""In the order in which they are offered."""
