"""Units, signs, ranges and times as a voice is given them; what has none of them stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio import spoken
from cuecoach.audio.spoken import spell

LANGUAGES = ("en", "de", "es", "fr", "zh", "ja")


@pytest.mark.parametrize(
    ("text", "en", "de", "es", "fr", "zh", "ja"),
    [
        (
            "172 spm",
            "172 steps a minute",
            "172 Schritte pro Minute",
            "172 pasos por minuto",
            "172 pas par minute",
            "每分钟172步",
            "毎分172歩",
        ),
        ("5 %", "5 percent", "5 Prozent", "5 por ciento", "5 pour cent", "百分之5", "5パーセント"),
        (
            "10 km/h",
            "10 kilometres an hour",
            "10 Kilometer pro Stunde",
            "10 kilómetros por hora",
            "10 kilomètres à l'heure",
            "每小时10公里",
            "時速10キロ",
        ),
        (
            "2.5 m/s",
            "2.5 metres a second",
            "2,5 Meter pro Sekunde",
            "2,5 metros por segundo",
            "2,5 mètres par seconde",
            "每秒2.5米",
            "秒速2.5メートル",
        ),
        (
            "4:30 /km",
            "4 minutes 30 a kilometre",
            "4 Minuten 30 pro Kilometer",
            "4 minutos 30 por kilómetro",
            "4 minutes 30 au kilomètre",
            "每公里4分30秒",
            "1キロ4分30秒",
        ),
        ("12°", "12 degrees", "12 Grad", "12 grados", "12 degrés", "12度", "12度"),
        ("1 min", "one minute", "eine Minute", "un minuto", "une minute", "1分", "1分"),
        (
            "5–10 %",
            "5 to 10 percent",
            "5 bis 10 Prozent",
            "5 a 10 por ciento",
            "5 à 10 pour cent",
            "百分之5到10",
            "5から10パーセント",
        ),
    ],
)
def test_units_are_words_in_every_language_of_the_library(text, en, de, es, fr, zh, ja):
    assert [spell(text, language) for language in LANGUAGES] == [en, de, es, fr, zh, ja]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Raise it by 5-10%.", "Raise it by 5 to 10 percent."),
        ("-2 °", "minus 2 degrees"),
        ("−2 deg", "minus 2 degrees"),
        ("+5 %", "plus 5 percent"),
        ("± 3 bpm", "plus or minus 3 beats a minute"),
        ("≈160 bpm", "about 160 beats a minute"),
        ("≤ 1 km", "at most one kilometre"),
        ("4:30–4:45 min/km", "4 minutes 30 to 4 minutes 45 a kilometre"),
        ("4:05", "4 minutes 5"),
        ("1:00 to go", "one minute to go"),
        ("1:02:03", "one hour 2 minutes 3 seconds"),
        ("2:00:09", "2 hours 9 seconds"),
        ("In 10 s, relax", "In 10 seconds, relax"),
        ("(20 min)", "(20 minutes)"),
        ("sub-20 min", "sub-20 minutes"),
        ("提高5%", "提高5 percent"),
        ("1.5 km, then 300 m", "1.5 kilometres, then 300 metres"),
        ("2,5 km", "2.5 kilometres"),
        ("1,000 m", "1,000 metres"),
        ("250 W", "250 watts"),
    ],
)
def test_signs_ranges_decimals_and_times(text, said):
    assert spell(text, "en") == said


@pytest.mark.parametrize(
    "text",
    [
        "Run tall",
        "Tall. Hold that.",
        "3-2-1 go",
        "2026-11-23",
        "Zone 2",
        "5 k",
        "2/3 done",
        "M3 m",
        "1.2.3",
        "10:99",
        "Größe 42",
        "a5 %",
    ],
)
def test_what_is_no_quantity_stays(text):
    assert all(spell(text, language) == text for language in LANGUAGES)


def test_regions_follow_their_language_and_other_languages_stay():
    assert spell("5 %", "de-AT") == spell("5 %", "de_CH") == "5 Prozent"
    assert spell("5 %", "zh-TW") == spell("5 %", "cmn") == "百分之5"
    assert spell("5 %", "fi") == "5 %"


def test_every_language_has_words_for_every_unit_and_sign():
    for words in spoken._LANGUAGES.values():
        assert set(words.units) == set(spoken._EN.units)
        assert set(words.signs) == set(spoken._EN.signs)
        assert all(text.count("{n}") == 1 for text in (*words.units.values(), *words.signs.values(), words.pace))


@given(st.text(max_size=40), st.sampled_from([*LANGUAGES, "fi"]))
def test_any_text_can_be_spelled_and_no_digit_is_lost(text, language):
    said = spell(text, language)
    if language in LANGUAGES and ":" not in text and "1" not in text:
        assert [c for c in said if c.isdigit()] == [c for c in text if c.isdigit()]


@given(st.text(st.characters(exclude_categories=("Nd",)), max_size=60), st.sampled_from(LANGUAGES))
def test_a_text_without_digits_stays(text, language):
    assert spell(text, language) == text
