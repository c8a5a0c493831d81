from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.search.query import parse_query
from bot.search.terms import build_terms, index_group, name_form, open_syllable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.search.matching import Term
    from storage.search import Group

NAMES = {"거대언어모델": ("LLM", 0.9), "프롬프트": ("prompt", 0.9), "agile": ("AGILE", 1.0)}


def lookup(name: str) -> Iterable[tuple[str, float]]:
    return [NAMES[name]] if name in NAMES else []


def terms(text: str) -> tuple[Term, ...]:
    return build_terms(parse_query(text).words, lookup)


def forms(term: Term) -> list[str]:
    return [form.text for form in term.forms]


def test_a_word_is_looked_for_as_typed_and_without_its_particle() -> None:
    (term,) = terms("검색을")
    assert forms(term) == ["검색을", "검색"]
    assert index_group(term) == (("검색",),)


def test_names_of_several_words_count_for_each_of_them() -> None:
    found = terms("거대 언어 모델의")
    assert all("llm" in forms(term) for term in found)


def test_a_name_with_a_particle_is_known() -> None:
    assert "prompt" in forms(terms("프롬프트를")[0])


def test_another_spelling_of_the_word_itself_is_no_other_name() -> None:
    assert forms(terms("agile")[0]) == ["agile"]


def test_a_plural_is_looked_for_without_it() -> None:
    assert forms(terms("prompts")[0]) == ["prompts", "prompt"]
    assert forms(terms("SaaS")[0]) == ["saas"]


def test_a_number_is_looked_for_without_its_particle_in_its_other_spellings_too() -> None:
    assert forms(terms("300개라면")[0]) == ["300개라면", "3백개라면", "300개", "3백개", "삼백개"]


def test_words_that_say_little_are_not_required() -> None:
    assert [term.required for term in terms("배우는 방법")] == [True, False]
    assert [term.required for term in terms("그 방법")] == [True, True]


def test_quoted_words_are_taken_as_they_are() -> None:
    (term,) = terms('"거대 언어 모델을"')
    assert forms(term) == ["거대 언어 모델을"]
    assert term.literal
    assert index_group(term) == (("거대", "언어", "모델", "델을", "대언", "어모"),)
    assert index_group(terms('"prompt engineering"')[0]) == (("prompt", "engineering*"),)
    assert index_group(terms('"뇌"')[0]) == (("뇌",),)
    assert len(terms('거대 "언어" 모델')) == 3


def test_a_compound_of_scripts_keeps_its_head() -> None:
    assert forms(terms("AI시대의")[0])[:2] == ["ai시대의", "ai시대"]


def test_latin_words_also_find_longer_ones() -> None:
    assert name_form("prompt", 1.0).tokens == (("prompt*",),)
    assert name_form("fine tuning", 1.0).tokens == (("fine*", "tuning*"), ("finetuning*",))


def test_one_syllable_is_asked_for_as_the_archive_can() -> None:
    def opened_by(syllable: str) -> Group:
        return ((f"{syllable}*",),)

    (one,) = (open_syllable(term, opened_by) for term in terms("칩"))
    assert index_group(one) == (("칩*",),)
    (other,) = terms("칩셋")
    assert open_syllable(other, opened_by) == other


@given(st.text(max_size=80))
def test_every_word_has_something_to_ask_the_index_for(text: str) -> None:
    for term in terms(text):
        assert all(token for tokens in index_group(term) for token in tokens)


def test_a_word_that_posts_use_as_a_noun_is_not_taken_apart() -> None:
    def nouns(*known: str) -> Callable[[str], bool]:
        return lambda word: word in known

    words = parse_query("의존도").words
    assert forms(build_terms(words, is_noun=nouns("의존도"))[0]) == ["의존도"]
    told = build_terms(words, is_noun=nouns("의존"))[0].forms[1]
    assert (told.text, told.told, told.guessed) == ("의존", "의존", False)
    guessed = build_terms(words)[0].forms[1]
    assert (guessed.told, guessed.guessed) == ("의존", True)


def test_one_syllable_that_is_left_is_told() -> None:
    (term,) = terms("칩을")
    assert [(form.text, form.told) for form in term.forms] == [("칩을", ""), ("칩", "칩")]
