"""What a voice is given in place of a text: units, signs, ranges, decimals and times in words. What is printed stays.

Engines read digits well by themselves, and spell out what they do not know: ``172 spm`` is heard as "s p m", ``4:30 /km`` as
anything. A text without such signs comes back as it is, and so does one in a language that is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class _Words:
    """How a language says numbers with units; `{n}` is the number, or two of them joined by `to`.

    `one` holds the few that change beside a 1. `point` stands between digits; `pace` is a time for a kilometre. `hour`,
    `minute` and `second` make times, `glue` joins them.
    """

    to: str
    point: str
    signs: dict[str, str]
    units: dict[str, str]
    one: dict[str, str]
    pace: str
    glue: str = " "


_EN: Final = _Words(
    " to ",
    ".",
    {
        "-": "minus {n}", "+": "plus {n}", "±": "plus or minus {n}", "~": "about {n}",
        "<": "less than {n}", ">": "more than {n}", "≤": "at most {n}", "≥": "at least {n}",
    },
    {
        "%": "{n} percent", "°": "{n} degrees", "spm": "{n} steps a minute", "bpm": "{n} beats a minute",
        "km/h": "{n} kilometres an hour", "m/s": "{n} metres a second", "km": "{n} kilometres", "m": "{n} metres",
        "cm": "{n} centimetres", "mm": "{n} millimetres", "h": "{n} hours", "min": "{n} minutes", "s": "{n} seconds",
        "ms": "{n} milliseconds", "W": "{n} watts", "dB": "{n} decibels", "g": "{n} g",
    },
    {
        "°": "one degree", "km/h": "one kilometre an hour", "m/s": "one metre a second", "km": "one kilometre",
        "m": "one metre", "cm": "one centimetre", "mm": "one millimetre", "h": "one hour", "min": "one minute",
        "s": "one second", "ms": "one millisecond", "W": "one watt", "dB": "one decibel",
        "spm": "one step a minute", "bpm": "one beat a minute",
    },
    "{n} a kilometre",
)  # fmt: skip
_DE: Final = _Words(
    " bis ",
    ",",
    {
        "-": "minus {n}", "+": "plus {n}", "±": "plus minus {n}", "~": "etwa {n}",
        "<": "unter {n}", ">": "über {n}", "≤": "höchstens {n}", "≥": "mindestens {n}",
    },
    {
        "%": "{n} Prozent", "°": "{n} Grad", "spm": "{n} Schritte pro Minute", "bpm": "{n} Schläge pro Minute",
        "km/h": "{n} Kilometer pro Stunde", "m/s": "{n} Meter pro Sekunde", "km": "{n} Kilometer", "m": "{n} Meter",
        "cm": "{n} Zentimeter", "mm": "{n} Millimeter", "h": "{n} Stunden", "min": "{n} Minuten", "s": "{n} Sekunden",
        "ms": "{n} Millisekunden", "W": "{n} Watt", "dB": "{n} Dezibel", "g": "{n} g",
    },
    {
        "%": "ein Prozent", "°": "ein Grad", "km/h": "ein Kilometer pro Stunde", "m/s": "ein Meter pro Sekunde",
        "km": "ein Kilometer", "m": "ein Meter", "cm": "ein Zentimeter", "mm": "ein Millimeter", "h": "eine Stunde",
        "min": "eine Minute", "s": "eine Sekunde", "ms": "eine Millisekunde", "W": "ein Watt", "dB": "ein Dezibel",
        "spm": "ein Schritt pro Minute", "bpm": "ein Schlag pro Minute",
    },
    "{n} pro Kilometer",
)  # fmt: skip
_ES: Final = _Words(
    " a ",
    ",",
    {
        "-": "menos {n}", "+": "más {n}", "±": "más menos {n}", "~": "unos {n}",
        "<": "menos de {n}", ">": "más de {n}", "≤": "como máximo {n}", "≥": "al menos {n}",
    },
    {
        "%": "{n} por ciento", "°": "{n} grados", "spm": "{n} pasos por minuto", "bpm": "{n} latidos por minuto",
        "km/h": "{n} kilómetros por hora", "m/s": "{n} metros por segundo", "km": "{n} kilómetros", "m": "{n} metros",
        "cm": "{n} centímetros", "mm": "{n} milímetros", "h": "{n} horas", "min": "{n} minutos", "s": "{n} segundos",
        "ms": "{n} milisegundos", "W": "{n} vatios", "dB": "{n} decibelios", "g": "{n} g",
    },
    {
        "%": "uno por ciento", "°": "un grado", "km/h": "un kilómetro por hora", "m/s": "un metro por segundo",
        "km": "un kilómetro", "m": "un metro", "cm": "un centímetro", "mm": "un milímetro", "h": "una hora",
        "min": "un minuto", "s": "un segundo", "ms": "un milisegundo", "W": "un vatio", "dB": "un decibelio",
        "spm": "un paso por minuto", "bpm": "un latido por minuto",
    },
    "{n} por kilómetro",
)  # fmt: skip
_FR: Final = _Words(
    " à ",
    ",",
    {
        "-": "moins {n}", "+": "plus {n}", "±": "plus ou moins {n}", "~": "environ {n}",
        "<": "moins de {n}", ">": "plus de {n}", "≤": "au plus {n}", "≥": "au moins {n}",
    },
    {
        "%": "{n} pour cent", "°": "{n} degrés", "spm": "{n} pas par minute", "bpm": "{n} battements par minute",
        "km/h": "{n} kilomètres à l'heure", "m/s": "{n} mètres par seconde", "km": "{n} kilomètres", "m": "{n} mètres",
        "cm": "{n} centimètres", "mm": "{n} millimètres", "h": "{n} heures", "min": "{n} minutes", "s": "{n} secondes",
        "ms": "{n} millisecondes", "W": "{n} watts", "dB": "{n} décibels", "g": "{n} g",
    },
    {
        "°": "un degré", "km/h": "un kilomètre à l'heure", "m/s": "un mètre par seconde", "km": "un kilomètre",
        "m": "un mètre", "cm": "un centimètre", "mm": "un millimètre", "h": "une heure", "min": "une minute",
        "s": "une seconde", "ms": "une milliseconde", "W": "un watt", "dB": "un décibel",
        "spm": "un pas par minute", "bpm": "un battement par minute",
    },
    "{n} au kilomètre",
)  # fmt: skip
_ZH: Final = _Words(
    "到",
    ".",
    {
        "-": "负{n}", "+": "加{n}", "±": "正负{n}", "~": "大约{n}",
        "<": "低于{n}", ">": "超过{n}", "≤": "最多{n}", "≥": "至少{n}",
    },
    {
        "%": "百分之{n}", "°": "{n}度", "spm": "每分钟{n}步", "bpm": "每分钟{n}下", "km/h": "每小时{n}公里",
        "m/s": "每秒{n}米", "km": "{n}公里", "m": "{n}米", "cm": "{n}厘米", "mm": "{n}毫米", "h": "{n}小时",
        "min": "{n}分", "s": "{n}秒", "ms": "{n}毫秒", "W": "{n}瓦", "dB": "{n}分贝", "g": "{n}g",
    },
    {},
    "每公里{n}",
    "",
)  # fmt: skip
_JA: Final = _Words(
    "から",
    ".",
    {
        "-": "マイナス{n}", "+": "プラス{n}", "±": "プラスマイナス{n}", "~": "約{n}",
        "<": "{n}未満", ">": "{n}超", "≤": "{n}以下", "≥": "{n}以上",
    },
    {
        "%": "{n}パーセント", "°": "{n}度", "spm": "毎分{n}歩", "bpm": "毎分{n}拍", "km/h": "時速{n}キロ",
        "m/s": "秒速{n}メートル", "km": "{n}キロ", "m": "{n}メートル", "cm": "{n}センチ", "mm": "{n}ミリ", "h": "{n}時間",
        "min": "{n}分", "s": "{n}秒", "ms": "{n}ミリ秒", "W": "{n}ワット", "dB": "{n}デシベル", "g": "{n}ジー",
    },
    {},
    "1キロ{n}",
    "",
)  # fmt: skip
_LANGUAGES: Final = MappingProxyType(
    {"en": _EN, "de": _DE, "es": _ES, "fr": _FR, "zh": _ZH, "cmn": _ZH, "ja": _JA},
)

#: Other ways to write the same sign or unit.
_SAME: Final = MappingProxyType(
    {"−": "-", "≈": "~", "％": "%", "deg": "°", "º": "°", "sec": "s", "mins": "min", "hr": "h"}
)
_LETTERS: Final = "0-9A-Za-zÀ-ɏ"
_CLOCK: Final = r"(?:\d{1,2}:)?\d{1,2}:[0-5]\d"
_TIME: Final = re.compile(
    rf"(?<![{_LETTERS}:.,])(?P<low>{_CLOCK})(?:\s?[-–—]\s?(?P<high>{_CLOCK}))?(?P<pace>\s?(?:min)?\s?/\s?km)?"
    rf"(?![{_LETTERS}:]|[.,]\d)"
)
_UNITS: Final = sorted({*_EN.units, *_SAME} - {*"−≈"}, key=len, reverse=True)
_NUMBER: Final = r"\d+(?:[.,]\d+)?"
_QUANTITY: Final = re.compile(
    rf"(?<![{_LETTERS}.,:/])(?:(?<![^\s(（「“'\"])(?P<sign>[-+−±~≈<>≤≥])\s?)?(?P<low>{_NUMBER})"
    rf"(?:\s?[-–—]\s?(?P<high>{_NUMBER})(?![-–—/.,:]?\d))?"
    rf"(?:\s?(?P<unit>{'|'.join(map(re.escape, _UNITS))}))?(?![{_LETTERS}/]|[.,:]\d)"
)
#: A count (3-2-1), a date (2026-11-23): digits with several dashes are no range.
_COUNT: Final = re.compile(r"\d+(?:\s?[-–—]\s?\d+){2,}")


def spell(text: str, language: str) -> str:
    """Return what to give a voice so that it says `text` as a person would read it out.

    Parameters
    ----------
    text
        As it is printed.
    language
        Tag of the language of the text, `en` or `de-AT`. English, German, Spanish, French, Chinese and Japanese are known.
    """
    words = _LANGUAGES.get(re.split("[-_]", language.lower())[0])
    if words is None or not any(c.isdigit() for c in text):
        return text
    text = _TIME.sub(lambda found: _say_time(found, words), text)
    parts: list[str] = []
    done = 0
    for count in _COUNT.finditer(text):
        parts += [_QUANTITY.sub(lambda found: _say_quantity(found, words), text[done : count.start()]), count[0]]
        done = count.end()
    return "".join([*parts, _QUANTITY.sub(lambda found: _say_quantity(found, words), text[done:])])


def _say_time(found: re.Match[str], words: _Words) -> str:
    told = words.to.join(_clock(part, words) for part in found.group("low", "high") if part)
    return words.pace.replace("{n}", told) if found["pace"] else told


def _clock(text: str, words: _Words) -> str:
    """Say hours, minutes and seconds; seconds behind minutes alone go without their unit, as people speak."""
    seconds, minutes, *hours = (int(part) for part in reversed(text.split(":")))
    parts = [_with_unit(str(hours[0]), "h", words)] if hours else []
    if minutes or not parts:
        parts.append(_with_unit(str(minutes), "min", words))
    if seconds:
        short = bool(words.glue) and not hours
        parts.append(str(seconds) if short else _with_unit(str(seconds), "s", words))
    return words.glue.join(parts)


def _say_quantity(found: re.Match[str], words: _Words) -> str:
    sign, low, high, unit = (
        _SAME.get(part, part) if part else part for part in found.group("sign", "low", "high", "unit")
    )
    number = _decimal(low, words) + (words.to + _decimal(high, words) if high else "")
    told = _with_unit(number, unit, words) if unit else number
    return words.signs[sign].replace("{n}", told) if sign else told


def _with_unit(number: str, unit: str, words: _Words) -> str:
    if number == "1" and unit in words.one:
        return words.one[unit]
    return words.units[unit].replace("{n}", number)


def _decimal(number: str, words: _Words) -> str:
    """Return a number with the language's own decimal sign; three digits behind a foreign one are thousands, and stay."""
    found = re.fullmatch(r"(\d+)[.,](\d{1,2}|\d{4,})", number)
    return f"{found[1]}{words.point}{found[2]}" if found else number
