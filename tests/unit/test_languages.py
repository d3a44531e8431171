"""Other languages: known as such, looked through for rude words, and never passed over in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language.other_languages.language_lists import lists
from monitor.language.other_languages.languages import find_language, recognised
from monitor.language.reading import read
from monitor.model import Category

IN_OTHER_LANGUAGES = [
    ("Gdzie mogę znaleźć listę podręczników na przyszły rok", "Polish"),
    ("unde pot gasi orarul pentru saptamana viitoare", "Romanian"),
    ("meri beti ko skool mein koi tang kar raha hai", "Hindi or Urdu"),
    ("میرے بیٹے کی جیکٹ گم ہو گئی ہے", "Urdu"),
    ("mera puttar kehnda ohnu koi marda hai school vich", "Punjabi"),
    ("ਮੇਰੇ ਬੇਟੇ ਦੀ ਜੈਕਟ ਗੁੰਮ ਹੋ ਗਈ", "Punjabi"),
    ("ابني فقد معطفه في المدرسة", "Arabic"),
    ("پسرم کاپشنش را گم کرده است", "Persian or Dari"),
    ("Mae fy mab wedi colli ei gôt eto", "Welsh"),
    ("Ninguém atende o telefone há dias", "Portuguese"),
    ("Mi hija no quiere ir al colegio porque la molestan", "Spanish"),
    ("Personne ne répond au téléphone depuis lundi", "French"),
    ("Mio figlio ha perso la giacca in palestra", "Italian"),
    ("Meine Tochter hat ihre Jacke verloren", "German"),
    ("Kızım montunu kaybetti gören var mı", "Turkish"),
    ("Mano sūnus pametė striukę, gal kas matė", "Lithuanian"),
    ("Mikor kezdődik holnap az előadás", "Hungarian"),
    ("Můj syn ztratil bundu, neviděl ji někdo", "Czech or Slovak"),
    ("Kur fillon nesër mbledhja", "Albanian"),
    ("Мій син загубив куртку у школі", "Ukrainian"),
    ("Мой сын потерял куртку в школе, вы не видели", "Russian"),
    ("আমার মেয়ে তার কোট হারিয়েছে", "Bengali"),
    ("amar chele coat hariyeche keu dekhechen", "Bengali"),
    ("Ο γιος μου έχασε το μπουφάν του", "Greek"),
    ("我儿子的外套丢了", "Chinese"),
    ("息子のジャケットがなくなりました", "Japanese"),
    ("아들이 재킷을 잃어버렸어요", "Korean"),
    ("Nawala ang jacket ng anak ko sa eskwela", "Tagalog"),
]

ENGLISH = [
    "Lovely photos, thank you for sharing",
    "Ah dinnae ken whit yer on aboot, the weans were braw",
    "Bangin that, pure belter so it wis",
    "Us bairns were gan doon the toon like, mint it was",
    "ngl thats peng bruv, wagwan fam",
    "Aw tidy, lush that butt, cwtch for the little ones",
    "Bon voyage year 6!",
    "Mashallah well done everyone",
    "Eid mubarak to all our families",
    "Diolch to the staff for a great day",
    "Congratulations Siân, Zoë and Chloë",
    "Kieran Nowak, Aleksandra Wiśniewska and Mohammed Hussain",
    "brill",
    "Da iawn blant, best eisteddfod yet",
    "¯\\_(ツ)_/¯ no idea mate",
    "ಠ_ಠ really",
    "ѕһіt ѕсһооӏ",
    "café crème brûlée and a croissant, so fancy",
    "🎉🎉🎉",
    "",
]

UNDERSTOOD = [
    "Dziękuję bardzo!",
    "Diolch yn fawr iawn",
    "شكرا",
    "ما شاء الله",
    "Shukriya",
    "Bravo! Felicitări!",
    "ਧੰਨਵਾਦ",
    "谢谢老师",
    "Muito obrigada ❤️",
    "Teşekkürler",
]


def unjudged(text, **options):
    return [one for one in find_language(read(text), **options) if one.category is Category.COULD_NOT_BE_CHECKED]


@pytest.mark.parametrize(("text", "name"), IN_OTHER_LANGUAGES)
def test_another_language_is_known_and_the_comment_goes_to_a_person(text, name):
    assert recognised(text) == name
    (finding,) = unjudged(text)
    assert finding.reason.startswith(f"Not judged: this seems to be written in {name}")
    assert (finding.score, finding.severity) == (1.0, "note")
    assert 0 <= finding.start < finding.end <= len(text)


@pytest.mark.parametrize("text", [text for text in ENGLISH if not text.startswith("Da iawn")])
def test_english_in_every_dress_is_english(text):
    assert recognised(text) is None
    assert find_language(read(text)) == []


def test_welsh_praise_before_english_is_understood():
    assert find_language(read("Da iawn bawb, what a lovely concert that was")) == []


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_short_thanks_and_praise_are_understood(text):
    assert find_language(read(text)) == []


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("co za kurwa szkoła", Category.PROFANITY),
        ("stul pysk debilu, zabiję cię", Category.THREAT),
        ("ya kalb", Category.ABUSE),
        ("يا كلب", Category.ABUSE),
        ("hijo de puta", Category.ABUSE),
        ("seni öldürürüm", Category.THREAT),
        ("я тебя убью", Category.THREAT),
        ("这个老师是白痴", Category.ABUSE),
        ("what a kurwa mess", Category.PROFANITY),
        ("madarchod", Category.PROFANITY),
    ],
)
def test_a_rude_word_of_another_language_is_flagged(text, category):
    found = [one for one in find_language(read(text)) if one.category is category]
    assert found
    assert all(one.score >= 0.5 and one.start < one.end for one in found)


def test_of_a_mixed_comment_it_says_that_part_was_not_judged():
    text = "The show was so good, well done to all. Bardzo dziękujemy za piękne przedstawienie dla dzieci."
    (finding,) = unjudged(text)
    assert finding.reason.startswith("Judged in part only: some of this seems to be written in Polish")
    assert text[finding.start :].startswith("Bardzo")


def test_a_language_that_the_staff_read_needs_no_warning_but_its_rude_words_stay():
    text = "Pwy sy'n gyrru'r bws bore fory, y twpsyn"
    assert unjudged(text)
    assert unjudged(text, read_by=frozenset({"cy"})) == []
    assert [one.category for one in find_language(read(text), frozenset({"cy"}))] == [Category.ABUSE]


def test_words_are_whole_words_with_or_without_accents():
    assert [one.category for one in find_language(read("Scheiße")) if one.score < 1] == [Category.PROFANITY]
    assert [one.category for one in find_language(read("scheisse")) if one.score < 1] == [Category.PROFANITY]
    assert find_language(read("Kurwadale Primary")) == []


def test_no_listed_word_is_a_frequent_english_one():
    known = lists()
    assert {word for word in known.words if word in known.english} == set()
    assert {word for word in known.rude if word in known.english} == set()


SCRIPTS = st.sampled_from("aéżłшщงあ漢한अਅعہ \n.?'🎉\u200d\ufe0f\ud800ツ")


@given(st.text(SCRIPTS, max_size=120) | st.text(st.characters(categories=None), max_size=120))
def test_finding_never_raises_and_marks_only_what_is_there(text):
    for one in find_language(read(text)):
        assert 0 <= one.start < one.end <= len(text)
    recognised(text)
