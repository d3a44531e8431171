"""Which script a word is written in, and which language that most likely is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

_RANGES = (
    (0x0370, 0x03FF, "greek"), (0x0400, 0x052F, "cyrillic"), (0x0530, 0x058F, "armenian"), (0x0590, 0x05FF, "hebrew"),
    (0x0600, 0x06FF, "arabic"), (0x0750, 0x077F, "arabic"), (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bengali"), (0x0A00, 0x0A7F, "gurmukhi"), (0x0A80, 0x0AFF, "gujarati"), (0x0B00, 0x0B7F, "odia"),
    (0x0B80, 0x0BFF, "tamil"), (0x0C00, 0x0C7F, "telugu"), (0x0C80, 0x0CFF, "kannada"), (0x0D00, 0x0D7F, "malayalam"),
    (0x0D80, 0x0DFF, "sinhala"), (0x0E00, 0x0E7F, "thai"), (0x0E80, 0x0EFF, "lao"), (0x0F00, 0x0FFF, "tibetan"),
    (0x1000, 0x109F, "burmese"), (0x10A0, 0x10FF, "georgian"), (0x1200, 0x139F, "ethiopic"),
    (0x1780, 0x17FF, "khmer"),
    (0x1F00, 0x1FFF, "greek"), (0x3040, 0x30FF, "kana"), (0x3400, 0x4DBF, "han"), (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"), (0xFB50, 0xFDFF, "arabic"), (0xFE70, 0xFEFC, "arabic"), (0xFF66, 0xFF9D, "kana"),
    (0x20000, 0x2FA1F, "han"),
)  # fmt: skip
_STARTS = [first for first, _, _ in _RANGES]

_DRAWN_LIKE_LATIN = {
    "cyrillic": frozenset("авекмнорстухіјѕһԁԛԝѵгёпьяӏ"),
    "greek": frozenset("οαεικνρτυχωβημγζ"),
}
"""A word of nothing but these may be an English word in disguise, so it alone says nothing."""

_ONE_LANGUAGE = {
    "greek": ("el", "Greek"), "armenian": ("hy", "Armenian"), "hebrew": ("he", "Hebrew"),
    "bengali": ("bn", "Bengali"),
    "gurmukhi": ("pa", "Punjabi"), "gujarati": ("gu", "Gujarati"), "odia": ("or", "Odia"), "tamil": ("ta", "Tamil"),
    "telugu": ("te", "Telugu"), "kannada": ("kn", "Kannada"), "malayalam": ("ml", "Malayalam"),
    "sinhala": ("si", "Sinhala"), "thai": ("th", "Thai"), "lao": ("lo", "Lao"), "tibetan": ("bo", "Tibetan"),
    "burmese": ("my", "Burmese"), "georgian": ("ka", "Georgian"), "ethiopic": ("ti", "Tigrinya or Amharic"),
    "khmer": ("km", "Khmer"), "kana": ("ja", "Japanese"), "han": ("zh", "Chinese"), "hangul": ("ko", "Korean"),
}  # fmt: skip

_BY_LETTERS = {
    "cyrillic": (
        ("іїєґ", "uk", "Ukrainian"), ("ў", "be", "Belarusian"), ("ыэё", "ru", "Russian"),
        ("јљњћђџѓќ", "sr", "Serbian"),
    ),
    "arabic": (
        ("ښځڅډړږېۍ", "ps", "Pashto"), ("ێۆڕڵە", "ku", "Kurdish"), ("ڳڻٻڀٺڇڃ", "sd", "Sindhi"),
        ("ٹڈڑںےھہ", "ur", "Urdu"), ("پچژگ", "fa", "Persian or Dari"),
    ),
}  # fmt: skip
_BY_WORDS = {
    "cyrillic": (
        ("и на са за да не се от ще много децата училище днес утре как кога къде защо че във със", "bg", "Bulgarian"),
        ("что это как когда где почему школа дети очень уже завтра сегодня нет есть", "ru", "Russian"),
    ),
    "arabic": (
        ("نوں دا دی دے تے وچ ساڈے ساڈا ساڈی بچیاں", "pa", "Punjabi"),
        ("است هست را برای این که می شود خیلی بچه ها فردا امروز", "fa", "Persian or Dari"),
        ("ہے ہیں کا کی کے کو میں", "ur", "Urdu"),
    ),
    "devanagari": (("छ छन् हुन्छ मेरो हाम्रो भयो गर्नुहोस् धेरै को लाई", "ne", "Nepali"),),
}
_IN_DOUBT = {
    "cyrillic": ("ru", "Russian, Bulgarian or another language in Cyrillic letters"),
    "arabic": ("ar", "Arabic"),
    "devanagari": ("hi", "Hindi"),
}


def script_of(word: str) -> str | None:
    """The script of a word, by its first letter. None: one letter only, Latin, unknown, or a likely disguise."""
    if len(word) < 2 and not "\u3400" <= word <= "\ud7af":
        return None
    at = bisect_right(_STARTS, ord(word[0])) - 1
    if at < 0 or ord(word[0]) > _RANGES[at][1] or any("a" <= char <= "z" for char in word):
        return None
    script = _RANGES[at][2]
    if script == "han" and any("\u3040" <= char <= "\u30ff" for char in word):
        return "kana"  # Japanese is written in both
    return None if _DRAWN_LIKE_LATIN.get(script, frozenset()).issuperset(word) else script


def language_of_script(script: str, words: Iterable[str]) -> tuple[frozenset[str], str]:
    """Codes and name of the language that words in this script are most likely in."""
    if one := _ONE_LANGUAGE.get(script):
        return frozenset({one[0]}), one[1]
    words = set(words)
    letters = set().union(*words)
    for marks, code, name in _BY_LETTERS.get(script, ()):
        if letters.intersection(marks):
            if code == "ur" and words.intersection(_BY_WORDS["arabic"][0][0].split()):
                return frozenset({"pa"}), "Punjabi"
            return frozenset({code}), name
    for listed, code, name in _BY_WORDS.get(script, ()):
        if words.intersection(listed.split()):
            return frozenset({code}), name
    code, name = _IN_DOUBT[script]
    return frozenset({code}), name
