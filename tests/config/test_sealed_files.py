"""Sealed files come back as they were, from any place, and are noticed to be touched."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from config.sealed_files import PIECE, Broken, SealedReader, SealedWriter, is_sealed

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7]


def sealed(text: bytes, purpose: str = "test") -> io.BytesIO:
    raw = io.BytesIO()
    with SealedWriter(raw, purpose=purpose) as out:
        for start in range(0, len(text), 50_000):
            out.write(text[start : start + 50_000])
    return raw


def opened(raw: io.BytesIO, purpose: str = "test") -> bytes:
    return io.BufferedReader(SealedReader(raw, purpose=purpose)).read()


@pytest.mark.parametrize("size", SIZES)
def test_it_comes_back(size: int) -> None:
    text = bytes(number % 251 for number in range(size))
    raw = sealed(text)
    assert opened(raw) == text
    assert is_sealed(raw)
    assert size < PIECE - 1 or text[:30] not in raw.getvalue()


@settings(max_examples=30)
@given(st.data())
def test_any_part_can_be_read(data: st.DataObject) -> None:
    text = bytes(number % 253 for number in range(2 * PIECE + 100))
    reader = io.BufferedReader(SealedReader(sealed(text), purpose="test"))
    for _turn in range(3):
        start, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 3 * PIECE))
        reader.seek(start)
        assert reader.read(length) == text[start : start + length]


@pytest.mark.parametrize("size", SIZES)
def test_what_was_touched_is_not_read(size: int) -> None:
    whole = sealed(bytes(size)).getvalue()
    for place in (3, 20, len(whole) // 2, len(whole) - 1):
        touched = bytearray(whole)
        touched[place] ^= 1
        with pytest.raises(Broken):
            opened(io.BytesIO(bytes(touched)))


def test_what_is_cut_off_or_longer_is_not_read() -> None:
    whole = sealed(bytes(3 * PIECE)).getvalue()
    piece = PIECE + 16
    cuts = [whole[:length] for length in (0, 10, 32, 40, 32 + piece, 32 + 2 * piece, len(whole) - 1)]
    for wrong in [*cuts, whole + b"x", whole[: 32 + piece] + whole[32 + 2 * piece :]]:
        with pytest.raises(Broken):
            opened(io.BytesIO(wrong))


def test_only_for_its_purpose_and_with_a_known_key(settings: Settings) -> None:
    raw = sealed(b"books", purpose="backup")
    with pytest.raises(Broken):
        opened(raw, purpose="other")
    settings.FIELD_KEYS = ["a new key" * 5, *settings.FIELD_KEYS]
    assert opened(raw, purpose="backup") == b"books"
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    with pytest.raises(Broken):
        opened(raw, purpose="backup")
