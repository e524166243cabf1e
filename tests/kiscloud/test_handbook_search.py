"""Search in the handbook."""

import pytest

from kiscloud.handbook.search import EXCERPT, excerpt_of, search, words_of

FINDS = [
    ("zh-hans", "产品过期了怎么办", "expiry"),
    ("zh-hans", "试用", "trials"),
    ("zh-hans", "人数满了", "seats"),
    ("zh-hans", "序列号", "activation"),
    ("zh-hans", "Mac 打印", "mac-client"),
    ("zh-hans", "ｍａｃ", "mac-client"),
    ("zh-hans", "怎么切换公有云", "switching"),
    ("zh-hans", "没有固定IP", "private-cloud"),
    ("zh-hans", "忘记密码", "log-in"),
    ("zh-hans", "V8.0", "upgrade"),
    ("zh-hans", "锁", "product"),
    ("zh-hans", "盘点", "inventory"),
    ("zh-hans", "采购入库", "inventory"),
    ("en", "weighted average cost", "inventory"),
    ("en", "What happens to an expired product?", "expiry"),
    ("en", "printing on mac", "mac-client"),
    ("en", "SERIAL number", "activation"),
    ("en", "kicked out", "seats"),
    ("en", "how do I switch to private cloud", "switching"),
    ("en", "restoring backups", "restore"),
]


@pytest.mark.rule("S23.4")
@pytest.mark.parametrize(("code", "query", "slug"), FINDS)
def test_a_question_finds_its_page_first(code, query, slug):
    assert search(query, code)[0].page.slug == slug


@pytest.mark.parametrize("query", ["", "   ", "zzzz", "🙂", "怎么", "the", "%_'\"<b>"])
def test_what_nobody_wrote_finds_nothing(query):
    assert search(query, "zh-hans") == []


def test_pairs_of_signs_are_words_and_idle_ones_are_not():
    assert words_of("怎么续费？How do I renew") == ["么续", "续费", "renew"]
    assert words_of("锁 A1") == ["锁", "a1"]


def test_the_excerpt_marks_what_was_asked_and_loses_no_sign():
    text = "一" * 200 + "到期后可以续费。" + "二" * 200
    pieces = excerpt_of(text, "续费")
    assert [words for words, asked in pieces if asked] == ["续费"]
    whole = "".join(words for words, _asked in pieces).strip("…")
    assert whole in text
    assert len(whole) == EXCERPT


def test_signs_of_two_widths_keep_their_places():
    assert ("ＭＡＣ", True) in excerpt_of("在ＭＡＣ上…", "mac")
