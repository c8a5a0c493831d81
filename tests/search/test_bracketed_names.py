from __future__ import annotations

import pytest

from bot.search.bracketed_names import text_pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("애자일(Agile)은", {("애자일", "agile")}),
        ("애자일 (Agile)", {("애자일", "agile")}),
        ("생성형 인공지능(AI)", {("인공지능", "ai")}),
        ("현재 미국 상무부 국립표준기술연구소(NIST)", {("국립표준기술연구소", "nist")}),
        ("현재 미국 국립 연구소(NIST)", set()),
        ("현재 국립 표준 연구소(NIST)", set()),
        ("지난해 미국 표준 연구소(NIST)", set()),
        ("미국 국립 보건원(NIH)", set()),
        ("미국 우주 본부(USH)", {("미국우주본부", "ush")}),
        ("미국 연구소(NIST)", set()),
        ("미국 표준기술연구소(NIST)", {("표준기술연구소", "nist")}),
        ("미국 AI 안전 연구소(US AI Safety Institute)", set()),
        ("의사는 뇌파(EEG)를", {("뇌파", "eeg")}),
        ("쓰는 뇌파(EEG)를", {("뇌파", "eeg")}),
        ("뇌파(EEG)를", {("뇌파", "eeg")}),
        ("국제 통화 기금(IMF)", {("국제통화기금", "imf")}),
        (
            "국제 통화 기금(International Monetary Fund)",
            {("국제통화기금", "internationalmonetaryfund")},
        ),
        ("그래서 결정 기록(ADR)", set()),
        ("쓰는 초순수(Ultrapure Water)", set()),
        ("없는 회고(Blameless Postmortem)", set()),
        ("새로 나온 모델을 쓰는 도구(ABC)", set()),
        ("거대 언어 모델(LLM)", {("거대언어모델", "llm")}),
        ("검색 증강 생성(RAG)", {("검색증강생성", "rag")}),
        ("RAG(Retrieval Augmented Generation)", {("rag", "retrievalaugmentedgeneration")}),
        ("RAG(검색 증강 생성)", {("검색증강생성", "rag")}),
        ("투자 회전율(Capital Turnover, 연간)", {("투자회전율", "capitalturnover")}),
        ("GPT(Agile)", set()),
        ("구글(삼성)", set()),
        ("그는(웃음) 말했다", set()),
        ("(Agile)", set()),
        ("값 3.5(Agile)", set()),
        ("뇌(Brain)", set()),
        ("AI(AI)", set()),
        ("(한글) (Agile)", set()),
        ("말했다. (1) 둘", set()),
    ],
)
def test_names_in_brackets(text: str, pairs: set[tuple[str, str]]) -> None:
    assert text_pairs(text) == pairs
