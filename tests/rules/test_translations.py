"""Every word of the library in every language, brief and safe; what is not translated is said as written, and named."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.coaching import NOTICES
from cuecoach.diagnostics import render
from cuecoach.errors import DocumentError, UsageError
from cuecoach.rules import Rule, compile_expression, load_cues, load_translated
from cuecoach.rules.codes import CODES as CUE_FILE_CODES
from cuecoach.rules.load import check_rules, load_rules
from cuecoach.rules.rule import NoChange, Recording
from cuecoach.rules.speaking import PER_LETTER_S, START_S, speaking_time
from cuecoach.rules.translation_files import (
    CODES,
    MAX_SPEECH_S,
    NOT_SAID,
    check_translation,
    language_tag,
    load_translation,
    same_language,
    word_count,
)
from cuecoach.rules.translations import missing_texts, notices_in, translated

LIBRARY = Path(__file__).resolve().parents[2] / "cues"
RULES = check_rules([LIBRARY]).rules.rules
LANGUAGES = ("de", "es", "fr", "zh", "ja")
GOLDEN = Path(__file__).parent / "golden_translations"


def table(language: str) -> dict[str, str]:
    read = load_translation(LIBRARY / "translations" / f"{language}.yaml")
    return {**read.notices, **read.texts}


def rule(*say: str, path: Path | str = "", **settings: object) -> Rule:
    return Rule(id="own", when=compile_expression("running"), say=say, path=str(path), **settings)


def write(folder: Path, language: str, texts: dict[str, str], notices: dict[str, str] | None = None) -> Path:
    """Write a translation beside the cue files of a folder, and return the path of a cue file there."""
    (folder / "translations").mkdir(parents=True, exist_ok=True)
    content = {"version": 1, "language": language, "notices": notices or {}, "texts": texts}
    text = yaml.safe_dump(content, allow_unicode=True)
    (folder / "translations" / f"{language}.yaml").write_text(text, encoding="utf-8")
    return folder / "own.yaml"


# ---------------------------------------------------------------- the library
def test_the_five_languages_are_there():
    assert {p.stem for p in (LIBRARY / "translations").iterdir()} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_library_is_translated(language: str):
    assert [m.text for m in missing_texts(RULES, language)] == []
    for before, after in zip(RULES, translated(RULES, language).rules, strict=True):
        assert after.language == language
        assert len(after.say) == len(before.say)
        assert replace(
            after, say=before.say, if_no_change=before.if_no_change, praise=before.praise, language="en"
        ) == (replace(before, language="en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_coachs_own_notices_are_translated(language: str):
    assert set(notices_in(language)) == set(NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bundled_translations_are_brief_and_without_mistakes(language: str):
    file = LIBRARY / "translations" / f"{language}.yaml"
    # It may also hold words that only other people's rules say.
    assert [d for d in check_translation(file, RULES) if d.code != f"C{NOT_SAID}"] == []
    for words in table(language).values():
        assert 0.5 < speaking_time(words) <= MAX_SPEECH_S
        assert 1 <= word_count(words) <= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_wordings_of_one_rule_stay_different(language: str):
    for one in translated(RULES, language).rules:
        more = one.if_no_change or NoChange()
        assert len(set(one.say)) == len(one.say)
        assert not set(one.say) & set(more.say)
        assert len(set(more.drill)) == len(more.drill)


#: A side (straight ahead is none), a part of the foot that lands, the time on the ground.
UNSAFE = re.compile(
    r"\b(links?|linke\w*|rechts?|rechte\w*|izquierd\w+|derech\w+|gauche|droite)\b|左|右|ひだり|みぎ"
    r"|ferse|vorfuß|fußballen|zehen|talón|talones|antepié|puntera|talon|avant-pied|orteil|脚跟|前掌|脚尖|かかと|つまさき"
    r"|bodenkontakt|contacto|contact|触地|せっち",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_side_no_foot_strike_no_contact_time_and_no_placeholders(language: str):
    for words in table(language).values():
        assert not UNSAFE.search(words), words
        assert not re.search(r"[0-9{}%$<>\[\]_/\\|]", words), words
        assert words == " ".join(words.split())


def test_japanese_is_in_kana_which_every_voice_can_read():
    for words in table("ja").values():
        assert re.fullmatch(r"[\u3041-\u30ff、。？ ]+", words), words


def test_chinese_is_in_chinese_and_short():
    for words in table("zh").values():
        assert re.fullmatch(r"[\u4e00-\u9fff、，。？]{2,12}", words), words


# ---------------------------------------------------------------- finding a translation
def test_a_name_and_a_language_give_translated_rules():
    assert load_cues(["posture"], "de")[0].say[0] == "Mach dich groß"
    assert load_cues(["posture"], "de_at") == tuple(replace(r, language="de-AT") for r in load_cues(["posture"], "de"))
    assert load_cues(["posture"], "en-GB") == load_cues(["posture"], "en") == load_cues(["posture"])
    assert load_cues(["posture"], "zh-TW")[0].say == load_cues(["posture"], "zh-CN")[0].say


def test_everything_that_is_said_is_translated_and_nothing_else(tmp_path: Path):
    words = {text: text.upper() for text in ("one", "two", "three", "four", "well done")}
    path = write(tmp_path, "de", words)
    more = NoChange(("two", "three"), ("four", "one"))
    before = rule("one", "two", path=path, if_no_change=more, praise="well done", about="one", because="two")
    after = translated([before], "de").rules[0]
    assert after.cues == ("ONE", "TWO", "THREE", "FOUR")
    assert after.if_no_change == NoChange(("TWO", "THREE"), ("FOUR", "ONE"))
    assert (after.praise, after.about, after.because, after.language) == ("WELL DONE", "one", "two", "de")


def test_a_missing_text_is_said_as_written_and_named(tmp_path: Path):
    path = write(tmp_path, "de", {"Wobble less": "Weniger wackeln"})
    found = translated([rule("Wobble less", "Like a tray", path=path, line=7, praise="Lovely.")], "de")
    assert found.rules[0].say == ("Weniger wackeln", "Like a tray")
    assert found.rules[0].language == "de"
    assert [(m.rule, m.text, m.line) for m in found.missing] == [("own", "Like a tray", 7), ("own", "Lovely.", 7)]
    assert found.note == (
        "2 texts have no translation for `de` and are said as written: “Like a tray”, “Lovely.”; "
        "add them to `translations/de.yaml` beside the cue file"
    )
    assert translated([rule("Run tall")], "de").note is None


def test_a_rule_of_which_nothing_is_translated_keeps_its_language():
    found = translated([rule("Flap your wings")], "it")
    assert found.rules == (rule("Flap your wings"),)
    assert [m.text for m in found.missing] == ["Flap your wings"]


def test_a_rule_written_in_the_language_stays_as_it_is_and_english_may_be_what_is_missing():
    own = rule("Run tall", language="de-CH")
    assert translated([own], "de").rules == (own,)
    assert [m.text for m in missing_texts([own], "en")] == ["Run tall"]


def test_a_cue_file_says_what_it_is_written_in(tmp_path: Path):
    file = tmp_path / "own.yaml"
    file.write_text(
        "version: 1\nlanguage: de\nrules:\n  wackeln: {when: pelvic_drop > 8 deg, say: Weniger wackeln}\n"
        "  hoch: {extends: posture/run-tall, for: 40 s}\n",
        encoding="utf-8",
    )
    assert load_translated([file], "de").missing == ()
    assert load_translated([file], "de").rules[1].say[0] == "Mach dich groß"
    assert load_translated([file], "en").note == (
        "1 text has no translation for `en` and is said as written: “Weniger wackeln”; "
        "add it to `translations/en.yaml` beside the cue file"
    )


def test_words_beside_the_own_file_go_before_those_beside_others_and_the_bundled_ones(tmp_path: Path):
    first = write(tmp_path / "a", "de", {"Run tall": "A", "Hop": "hopp A"})
    second = write(tmp_path / "b", "de", {"Run tall": "B"})
    found = translated([rule("Run tall", path=first), rule("Run tall", "Hop", "Run quietly", path=second)], "de").rules
    assert found[0].say == ("A",)
    assert found[1].say == ("B", "hopp A", "Lauf leise")


def test_a_region_goes_before_its_language(tmp_path: Path):
    write(tmp_path, "de", {"Hop": "Hüpf", "Run": "Lauf"})
    path = write(tmp_path, "de-AT", {"Hop": "Hupf"})
    assert translated([rule("Hop", "Run", path=path)], "de-at").rules[0].say == ("Hupf", "Lauf")
    assert translated([rule("Hop", "Run", path=path)], "de").rules[0].say == ("Hüpf", "Lauf")


def test_a_recording_is_what_it_is():
    own = rule("Run tall", "Run quietly", recordings={"Run tall": Recording("mum.wav", 1.2)})
    found = translated([own], "de")
    assert found.rules[0].say == ("Run tall", "Lauf leise")
    assert found.rules[0].recordings == own.recordings
    assert found.missing == ()


def test_a_rule_that_has_only_a_beat_needs_no_words():
    assert translated([rule(beat_s=60.0)], "fr").missing == ()


def test_the_notices_may_be_said_in_other_words_or_in_a_language_that_is_not_bundled(tmp_path: Path):
    own = rule("Hop", path=write(tmp_path, "de", {}, {"Sensor lost": "Sensor weg"}))
    assert notices_in("de", [own])["Sensor lost"] == "Sensor weg"
    assert notices_in("de", [own])["Sensor back"] == notices_in("de")["Sensor back"]
    own = rule("Hop", path=write(tmp_path, "it", {}, {"Sensor lost": "Sensore perso"}))
    assert notices_in("it", [own]) == {"Sensor lost": "Sensore perso"}
    assert notices_in("en-GB", [own]) == notices_in("it") == {}


def test_a_language_stays_within_its_folder():
    for wrong in ("", "x", "german!", "../../etc/passwd", "de/../x", "de\n", "12"):
        with pytest.raises(UsageError, match="is not the code of a language; write for example `de` or `pt-BR`"):
            load_translated(["posture"], wrong + " ;")


def test_tags_in_their_usual_form():
    tags = ("DE", "pt_br", "zh-hans-cn", " fr ", "es-419")
    assert [language_tag(tag) for tag in tags] == ["de", "pt-BR", "zh-Hans-CN", "fr", "es-419"]
    assert same_language("de", "DE_ch")
    assert not same_language("de", "den")


words = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=30).filter(
    lambda text: text == " ".join(text.split())
)


@given(st.dictionaries(words, words, min_size=1, max_size=12), st.data())
def test_what_a_table_has_is_said_and_the_rest_is_missing(tmp_path_factory, content: dict[str, str], data):
    path = write(tmp_path_factory.mktemp("t"), "nl", content)
    said = data.draw(st.lists(st.sampled_from(sorted(content)) | words, min_size=1, max_size=6, unique=True))
    found = translated([rule(*said, path=path)], "nl")
    assert found.rules[0].say == tuple(content.get(text, text) for text in said)
    assert [m.text for m in found.missing] == [text for text in said if text not in content]
    assert translated([rule(*said, path=path)], "nl") == found


# ---------------------------------------------------------------- mistakes in a translation file
CASES = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_answered_with_the_golden_text(case: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(GOLDEN / case)
    file = next(Path("translations").iterdir())
    rules = load_rules(["own.yaml"]).rules if Path("own.yaml").exists() else ()
    found = check_translation(file, rules)
    text = render(found) + "\n"
    if os.environ.get("CUECOACH_GOLDEN") == "write":
        Path("answer.txt").write_text(text, encoding="utf-8")
    assert {d.code for d in found} == {case[:4]}
    assert text == Path("answer.txt").read_text(encoding="utf-8")


def test_every_code_has_a_golden_text_and_none_is_used_twice():
    assert {f"C{number}" for number in CODES} <= {case[:4] for case in CASES}
    assert not set(CODES) & set(CUE_FILE_CODES)


def test_a_broken_translation_stops_the_run_with_its_place(tmp_path: Path):
    path = write(tmp_path, "de", {"Run tall": "Groß"})
    (tmp_path / "translations" / "de.yaml").write_text("version: 1\nlanguage: de\ntexts: {Run tall: }\n")
    with pytest.raises(DocumentError, match=r"de\.yaml:3:9: C104 `Run tall` is empty"):
        translated([rule("Run tall", path=path)], "de")


DOCS = Path(__file__).resolve().parents[2] / "docs" / "languages.md"
SHOWN = [
    text for text in re.findall(r"```text\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL) if ": 1\n" in text
]


@pytest.mark.parametrize("text", SHOWN, ids=range(len(SHOWN)))
def test_the_translation_files_shown_are_right(text: str, tmp_path: Path):
    file = tmp_path / "de.yaml"
    file.write_text(text, encoding="utf-8")
    assert check_translation(file) == []
    assert set(load_translation(file).notices) in (set(), set(NOTICES))


def test_the_page_about_languages_names_every_language_and_code():
    page = DOCS.read_text(encoding="utf-8")
    assert len(SHOWN) == 2
    for language in ("en", *LANGUAGES):
        assert f"| `{language}` |" in page
    for number, meaning in CODES.items():
        assert f"| C{number} | {meaning}" in page


# ---------------------------------------------------------------- speaking time
def test_letters_take_what_they_always_took():
    assert speaking_time("Run tall") == START_S + 8 * PER_LETTER_S
    assert speaking_time("Größer") == speaking_time("Grosse")


def test_characters_that_are_syllables_take_longer():
    assert speaking_time("身体拔高") == pytest.approx(1.29)
    assert speaking_time("せをたかく") == pytest.approx(0.825)
    assert speaking_time("疼吗？") - speaking_time("疼吗") == pytest.approx(0.25)
    assert speaking_time("か\u3099") == speaking_time("が")  # however it is written


@given(st.text(max_size=40), st.characters())
def test_more_text_takes_longer_unless_it_joins_a_letter(text: str, more: str):
    assert speaking_time(text) >= START_S
    if not text.isascii() or not more.isascii():
        return
    assert speaking_time(text + more) > speaking_time(text)
