"""Time zones by the names that people type: IANA's, cities in Korean and English, offsets."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize
from zoneinfo import available_timezones

from bot.errors import InputError

_CITIES = {
    "Asia/Seoul": "서울 한국 대한민국 부산 인천 대구 대전 광주 제주 korea southkorea busan kst",
    "Asia/Pyongyang": "평양",
    "Asia/Tokyo": "도쿄 동경 오사카 일본 japan osaka jst",
    "Asia/Shanghai": "중국 베이징 북경 상하이 상해 선전 china beijing shenzhen",
    "Asia/Hong_Kong": "홍콩 hkt",
    "Asia/Taipei": "타이베이 타이페이 대만 taiwan",
    "Asia/Ulaanbaatar": "울란바토르 몽골 mongolia",
    "Asia/Singapore": "싱가포르 싱가폴 sgt",
    "Asia/Bangkok": "방콕 태국 thailand 하노이 hanoi",
    "Asia/Ho_Chi_Minh": "호치민 호찌민 베트남 vietnam saigon",
    "Asia/Manila": "마닐라 필리핀 세부 philippines cebu",
    "Asia/Jakarta": "자카르타 인도네시아 indonesia",
    "Asia/Kuala_Lumpur": "쿠알라룸푸르 말레이시아 malaysia",
    "Asia/Kolkata": "인도 델리 뉴델리 뭄바이 방갈로르 india delhi newdelhi mumbai bangalore ist",
    "Asia/Kathmandu": "카트만두 네팔 nepal",
    "Asia/Dubai": "두바이 아부다비 uae abudhabi",
    "Asia/Riyadh": "리야드 사우디",
    "Asia/Almaty": "알마티 카자흐스탄",
    "Asia/Tashkent": "타슈켄트 우즈베키스탄",
    "Asia/Jerusalem": "예루살렘 텔아비브 이스라엘 telaviv israel",
    "Asia/Vladivostok": "블라디보스토크",
    "Europe/Istanbul": "이스탄불 튀르키예 터키 turkey",
    "Europe/Moscow": "모스크바 러시아",
    "Europe/London": "런던 영국 uk england britain bst",
    "Europe/Dublin": "더블린 아일랜드",
    "Europe/Lisbon": "리스본 포르투갈",
    "Europe/Paris": "파리 프랑스 france",
    "Europe/Berlin": "베를린 독일 뮌헨 프랑크푸르트 함부르크 germany munich frankfurt cet",
    "Europe/Madrid": "마드리드 바르셀로나 스페인 spain barcelona",
    "Europe/Rome": "로마 밀라노 이탈리아 italy milan",
    "Europe/Amsterdam": "암스테르담 네덜란드 netherlands",
    "Europe/Brussels": "브뤼셀 벨기에",
    "Europe/Zurich": "취리히 제네바 스위스 switzerland geneva",
    "Europe/Vienna": "빈 비엔나 오스트리아",
    "Europe/Prague": "프라하 체코",
    "Europe/Warsaw": "바르샤바 폴란드",
    "Europe/Budapest": "부다페스트 헝가리",
    "Europe/Stockholm": "스톡홀름 스웨덴",
    "Europe/Oslo": "오슬로 노르웨이",
    "Europe/Copenhagen": "코펜하겐 덴마크",
    "Europe/Helsinki": "헬싱키 핀란드",
    "Europe/Athens": "아테네 그리스",
    "Europe/Kyiv": "키이우 우크라이나 kiev",
    "Africa/Cairo": "카이로 이집트",
    "Africa/Johannesburg": "요하네스버그 남아공 capetown",
    "Africa/Nairobi": "나이로비 케냐",
    "America/New_York": "뉴욕 워싱턴 보스턴 애틀랜타 미국동부 nyc washington boston atlanta"
    " miami eastern est edt",
    "America/Chicago": "시카고 댈러스 휴스턴 오스틴 미국중부 dallas houston austin",
    "America/Denver": "덴버 mst mdt",
    "America/Phoenix": "피닉스",
    "America/Los_Angeles": "로스앤젤레스 엘에이 샌프란시스코 시애틀 라스베이거스"
    " 실리콘밸리 미국서부 la sf sanfrancisco seattle lasvegas siliconvalley pacific pst pdt",
    "America/Anchorage": "앵커리지 알래스카",
    "Pacific/Honolulu": "호놀룰루 하와이 hawaii hst",
    "America/Vancouver": "밴쿠버",
    "America/Toronto": "토론토 몬트리올 오타와 montreal ottawa",
    "America/Mexico_City": "멕시코시티 멕시코 mexico",
    "America/Sao_Paulo": "상파울루 브라질 brazil",
    "America/Argentina/Buenos_Aires": "부에노스아이레스 아르헨티나",
    "America/Santiago": "산티아고 칠레",
    "America/Lima": "리마 페루",
    "Australia/Sydney": "시드니 호주 캔버라 aest",
    "Australia/Melbourne": "멜버른",
    "Australia/Brisbane": "브리즈번",
    "Australia/Perth": "퍼스",
    "Pacific/Auckland": "오클랜드 뉴질랜드 newzealand nzst",
    "Pacific/Guam": "괌 사이판",
    "UTC": "gmt z utc협정세계시 협정세계시 그리니치",
}
"""Zones and what stands for them, without spaces and in lower case."""
WELL_KNOWN = {zone: place for place, zone in enumerate(_CITIES)}
"""The zones that people ask for, and their places among them: what is near Korea comes first."""

_PARTS_OF_AN_HOUR = {
    "+3:30": "Asia/Tehran",
    "+4:30": "Asia/Kabul",
    "+5:30": "Asia/Kolkata",
    "+5:45": "Asia/Kathmandu",
    "+6:30": "Asia/Yangon",
    "+9:30": "Australia/Darwin",
}
"""Offsets for which the database has no `Etc/GMT…`, by a zone that keeps them all year."""

_OFFSET = re.compile(r"(?:utc|gmt)?([+-])0?(\d{1,2})(?::?(00|30|45))?")
_NO_ZONES = frozenset({"localtime", "Factory"})
_EAST, _WEST = 14, 12


def parse_zone(typed: str) -> str:
    """The zone's name in the IANA database.

    Raises InputError for what is none.
    """
    name = _bare(typed)
    if zone := _by_offset(name) or _zones().get(name):
        return zone
    raise InputError("settings.usage.zone", typed=typed)


def _by_offset(name: str) -> str | None:
    found = _OFFSET.fullmatch(name)
    if found is None:
        return None
    sign, hours, minutes = found[1], int(found[2]), found[3]
    if minutes not in {None, "00"}:
        return _PARTS_OF_AN_HOUR.get(f"{sign}{hours}:{minutes}")
    if hours > (_EAST if sign == "+" else _WEST):
        return None
    # The names of POSIX: `Etc/GMT-9` is nine hours ahead.
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"


@cache
def _zones() -> dict[str, str]:
    """Every name that stands for a zone; what is said in `_CITIES` counts first."""
    known = sorted(available_timezones() - _NO_ZONES)
    zones: dict[str, str] = {}
    for zone in known:
        zones.setdefault(_bare(zone.rpartition("/")[2]), zone)
    zones |= {_bare(zone): zone for zone in known}
    for zone, names in _CITIES.items():
        zones |= dict.fromkeys(map(_bare, [*names.split(), zone.rpartition("/")[2]]), zone)
    return zones


def _bare(name: str) -> str:
    """Without case, spaces, underscores and what else makes no difference."""
    folded = normalize("NFKC", name).casefold().replace("−", "-")
    joined = re.sub(r"[\s_.'’]+", "", folded)
    return re.sub(r"(?<=[가-힣])(?:시간대|시간|시)$", "", joined)
