"""Every message in every language: nothing missing, nothing broken, one voice."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from bot.locales import Texts, all_texts, choose_language, get_texts, languages
from bot.locales.templates import Slot, parse_template
from bot.text.particles import PARTICLES
from tests.locales.making import catalogue_of, copy_language, reading, speaking_japanese

ROOT = Path(__file__).parents[2]
DESCRIPTION_LIMIT = 256
CALLBACK_ANSWER_LIMIT = 200
SPEAKERS = {"texts", "say", "refuse", "count", "rich", "rich_count"}
KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
SOURCES = ("ko", "en")
"""What translators copy."""
NAME = re.compile(r"https?://\S*|[@/]\w+|\b[A-Z][A-Z_]+\b")
"""What is the same in every language: addresses, commands, settings."""
WORD = re.compile(r"[^\W\d_]{2,}")


def places(texts: Texts, key: str) -> set[str]:
    """The names of the values that a message takes."""
    parts = [part for form in texts.messages[key] for part in parse_template(form)]
    return {part.name for part in parts if isinstance(part, Slot)}


def words(forms: tuple[str, ...]) -> list[str]:
    """What there is to translate in a message: its words, less places, tags and names."""
    parts = [part for form in forms for part in parse_template(form)]
    literal = " ".join(part for part in parts if isinstance(part, str))
    return WORD.findall(NAME.sub(" ", literal))


def copied(texts: Texts, source: Texts) -> list[str]:
    """The messages with words in them that say the same as another language's."""
    messages = {key: forms for key, forms in texts.messages.items() if words(forms)}
    return [key for key, forms in messages.items() if set(forms) & set(source.messages[key])]


def untranslated(texts: Texts, source: Texts) -> list[str]:
    """The messages that were left as they are in the source.

    Two languages may share a word ("Filter"), so that of one word alone only what is left in
    Hangul, or half of them, tells.
    """
    found = copied(texts, source)
    forms = texts.messages
    single = [key for key in forms if len(words(forms[key])) == 1]
    shared = [key for key in found if key in single and not re.search("[가-힣]", forms[key][0])]
    return [key for key in found if key not in shared or len(shared) > len(single) // 2]


def modules() -> list[ast.Module]:
    """The program, less the simulator, which speaks for Telegram."""
    paths = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/*.py")]
    own = [path for path in paths if "simulator" not in path.parts]
    return [ast.parse(path.read_text("utf-8")) for path in own]


def keys_said(module: ast.Module) -> set[str]:
    """The message keys that a module spells out in a call: of a text, or of an error with one."""
    found: set[str] = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        first = node.args[0]
        speaks = name in SPEAKERS or name.endswith("Error")
        if speaks and isinstance(first, ast.Constant) and KEY.fullmatch(str(first.value)):
            found.add(str(first.value))
    return found


def strings(module: ast.Module) -> set[str]:
    """Patterns of all strings of a module, those with places in them included."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            found.add("".join(".+" if part is None else re.escape(str(part)) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(re.escape(node.value))
    return found


def test_korean_comes_first_and_english_is_there() -> None:
    assert languages()[0] == "ko"
    assert "en" in languages()


@pytest.mark.parametrize("lang", languages())
def test_a_catalogue_has_every_message_of_the_korean_one_with_its_values(lang: str) -> None:
    korean, other = get_texts("ko"), get_texts(lang)
    assert set(other.messages) == set(korean.messages)
    differing = [key for key in korean.messages if places(korean, key) != places(other, key)]
    assert [key for key in differing if places(korean, key) ^ places(other, key) != {"n"}] == []


@pytest.mark.parametrize("lang", languages())
def test_no_message_is_empty_or_doubled_or_unsure(lang: str) -> None:
    source = catalogue_of(lang).read_text("utf-8")
    assert "fuzzy" not in source
    keys = re.findall(r'^msgid "(.+)"$', source, re.MULTILINE)
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    messages = get_texts(lang).messages
    assert [key for key, forms in messages.items() if not all(form.strip() for form in forms)] == []


@pytest.mark.parametrize("lang", languages())
def test_descriptions_and_callback_answers_are_within_telegrams_limits(lang: str) -> None:
    for key, forms in get_texts(lang).messages.items():
        if key.startswith("command."):
            assert len(forms[0]) <= DESCRIPTION_LIMIT, key
        if key == "stale" or key.startswith("refusal."):
            assert len(forms[0]) <= CALLBACK_ANSWER_LIMIT, key


@pytest.mark.parametrize("lang", languages())
def test_a_folder_and_its_header_have_the_languages_name_and_plurals(lang: str) -> None:
    assert str(Locale.parse(lang)) == lang
    with catalogue_of(lang).open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    assert str(catalogue.locale) == lang
    assert catalogue.num_plurals == get_plural(lang).num_plurals


@pytest.mark.parametrize(
    ("lang", "source"),
    [
        (lang, source)
        for lang in languages()
        for source in SOURCES
        if lang.partition("_")[0] != source  # British English may say what English says
    ],
)
def test_nothing_is_left_untranslated(lang: str, source: str) -> None:
    assert untranslated(get_texts(lang), get_texts(source)) == []


@pytest.mark.parametrize("source", SOURCES)
def test_an_untranslated_copy_is_found_and_what_has_no_words_is_not(source: str) -> None:
    said = get_texts(source)
    left = untranslated(Texts("fr", said.messages, lambda _: 0), said)
    silent = {key for key, forms in said.messages.items() if not words(forms)}
    assert set(left) == set(said.messages) - silent
    assert "check.said" in silent


def test_a_sentence_left_behind_is_found_and_a_word_in_common_is_not(tmp_path: Path) -> None:
    with speaking_japanese(tmp_path / "locales"):
        japanese = get_texts("ja")
    for source, key, found in [
        ("en", "latest.empty", True),
        ("en", "button.full", True),
        ("en", "settings.off", False),
        ("ko", "latest.empty", True),
        ("ko", "settings.saved", True),
    ]:
        said = get_texts(source)
        mixed = Texts("ja", {**japanese.messages, key: said.messages[key]}, lambda _: 0)
        assert untranslated(mixed, said) == ([key] if found else [])


@pytest.mark.parametrize("lang", sorted({*languages()} - {"ko"}))
def test_particles_are_for_korean(lang: str) -> None:
    parts = {
        key: [part for form in forms for part in parse_template(form)]
        for key, forms in get_texts(lang).messages.items()
    }
    asked = {
        key
        for key, found in parts.items()
        if any(isinstance(part, Slot) and part.spec in PARTICLES for part in found)
    }
    assert asked == set()


def test_korean_has_one_voice_and_no_doubtful_particles() -> None:
    for key, forms in get_texts("ko").messages.items():
        for form in forms:
            assert not re.search(r"니다[.!?]|십시오|\(으\)|\((?:이|을|은|와|과)\)", form), key


def test_a_particle_never_follows_a_value_as_plain_text() -> None:
    """`{title}을` is wrong for half of all titles; `{title}{title:을}` never is."""
    particle = "|".join(sorted(PARTICLES, key=len, reverse=True))
    guess = re.compile(rf"\{{(?!n\b)\w+\}}['’”\"]?(?:{particle})(?![가-힣])")
    written = get_texts("ko").messages
    assert [key for key, forms in written.items() if any(map(guess.search, forms))] == []


@pytest.mark.no_cover  # others run the same lines
def test_every_message_that_the_code_says_exists() -> None:
    said = set().union(*map(keys_said, modules()))
    assert said - set(get_texts("ko").messages) == set()


@pytest.mark.no_cover  # others run the same lines
def test_the_code_says_every_message() -> None:
    patterns = set().union(*map(strings, modules())) - {".+"}
    said = re.compile("|".join(sorted(pattern for pattern in patterns if len(pattern) < 80)))
    assert [key for key in get_texts("ko").messages if not said.fullmatch(key)] == []


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("KO_kr", "ko"),
        ("en-GB", "en"),
        ("tlh", "en"),
        (None, "ko"),
    ],
)
def test_a_persons_language_becomes_one_of_ours(code: str | None, language: str) -> None:
    assert choose_language(code) == language


@pytest.mark.parametrize(
    ("code", "language"),
    [("pt-br", "pt_BR"), ("pt", "pt"), ("pt-PT", "pt"), ("zh-hans", "zh_Hans"), ("zh", "zh_Hans")],
)
def test_the_very_language_comes_before_another_of_its_kind(
    code: str, language: str, tmp_path: Path
) -> None:
    for lang in ("ko", "pt", "pt_BR", "zh_Hans", "zh_Hant"):
        copy_language("ko", lang, tmp_path)
    with reading(tmp_path):
        assert choose_language(code) == language


def test_without_a_tag_the_chat_decides() -> None:
    assert choose_language("", "en") == "en"


def test_whoever_chose_a_language_that_is_gone_is_spoken_to_in_another() -> None:
    """A chat keeps its choice; the folder may have been taken away or renamed since."""
    catalogues = all_texts()
    assert tuple(catalogues) == languages()
    assert catalogues["tlh"] is get_texts("en")
    assert catalogues["ko_KP"] is get_texts("ko")


def test_an_unknown_language_has_no_texts() -> None:
    with pytest.raises(LookupError):
        get_texts("xx")


FORBIDDEN = re.compile(
    r"(?<!오픈)소스|다이제스트|(?<!개인 )대화방|아이디(?!어)|받은 편지함|관련순|전문(?!가)"
)
"""What has another word here: 가져오는 곳, 모아 보기, 방, 번호."""
OF_OPERATORS = re.compile(r"(?:source|check|error|hint|expected|database|cli|setup)\.")
"""Messages about files and formats, which have their names there."""
HANGUL = re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ]")
EXAMPLES = frozenset({"command.synonym", "synonym.none", "synonym.usage", "language.other_names"})
"""English messages with an example in Korean, or a name."""
LATIN_SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z]+ ){3,}[a-z]+\b")


def test_korean_has_one_word_for_each_thing() -> None:
    written = get_texts("ko").messages
    assert [key for key, forms in written.items() if any(map(FORBIDDEN.search, forms))] == []
    members = {key: forms for key, forms in written.items() if not OF_OPERATORS.match(key)}
    assert [key for key, forms in members.items() if any("피드" in form for form in forms)] == []


@pytest.mark.parametrize("name", ["README.md", ".env.example", "bot/demo/web/static/texts.js"])
def test_what_is_read_beside_the_bot_has_the_same_words(name: str) -> None:
    assert FORBIDDEN.findall((ROOT / name).read_text("utf-8")) == []


def test_no_message_mixes_its_language_with_another() -> None:
    english, korean = get_texts("en").messages, get_texts("ko").messages
    mixed = {key for key, forms in english.items() if any(map(HANGUL.search, forms))}
    assert mixed <= EXAMPLES
    assert [key for key, forms in korean.items() if any(map(LATIN_SENTENCE.search, forms))] == []
    bare = [key for key, forms in korean.items() if words(forms) and not HANGUL.search(forms[0])]
    assert bare == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("post.unknown", "그 번호의 글은 없어요."),
        (
            "forgetme.sure",
            (
                "저에게 남은 내 기록을 모두 지울까요? 내가 단 반응과 투표, 개인 대화방의 설정이 "
                "지워지고, 되돌릴 수 없어요. 관리하는 방의 목록도 지우지만, 관리자로 있는 동안에는 "
                "하루 안에 다시 읽어 와요."
            ),
        ),
        (
            "mydata.with_chat",
            (
                "{posts}, {others}{others:과} 개인 대화방의 설정이 남아 있어요.{rooms} "
                "지우려면 /forgetme"
            ),
        ),
        ("search.best", "관련도순"),
        ("button.full", "전체 보기"),
        ("button.card", "‹ 접기"),
        ("list.first", "{total}편 가운데 첫째"),
        ("group.waiting", "운영자의 승인을 기다리고 있어요. 승인되면 인사드릴게요."),
        ("time.midnight", "자정"),
    ],
)
def test_what_was_found_to_read_best_stays(key: str, said: str) -> None:
    assert get_texts("ko").messages[key] == (said,)
