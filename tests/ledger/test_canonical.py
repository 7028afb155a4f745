"""The canonical bytes, held against RFC 8785 written out by hand."""

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.canonical import LARGEST_INTEGER, canonical
from app.terms import EventType

SHORT_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}

texts = st.text().map(lambda text: unicodedata.normalize("NFC", text))
scalars = st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=20)


def by_the_letter(value: Any) -> str:
    """RFC 8785, sections 3.2.2 and 3.2.3, without any library."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(SHORT_ESCAPES.get(sign) or escaped(sign) for sign in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(by_the_letter, value)) + "]"
    members = sorted(value.items(), key=lambda member: utf16_units(member[0]))
    return "{" + ",".join(f"{by_the_letter(key)}:{by_the_letter(item)}" for key, item in members) + "}"


def escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x20 else sign


def utf16_units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [data[i] << 8 | data[i + 1] for i in range(0, len(data), 2)]


@given(values)
def test_the_bytes_are_those_of_the_rfc(value: object) -> None:
    assert canonical(value).decode() == by_the_letter(value)


@given(st.dictionaries(texts, scalars))
def test_the_order_in_which_an_object_was_built_does_not_show(value: dict[str, object]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_keys_are_ordered_by_utf_16_code_units_as_the_example_of_the_rfc_has_it() -> None:
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    keys_in_nfc = [key for key in keys if unicodedata.is_normalized("NFC", key)]  # U+FB33 is not

    assert canonical(dict.fromkeys([*keys_in_nfc, "\ufb21"], 0)).decode() == (
        '{"\\r":0,"1":0,"\u0080":0,"\u00f6":0,"\u20ac":0,"\U0001f600":0,"\ufb21":0}'
    )


def test_a_word_of_the_house_is_its_code() -> None:
    assert canonical({"type": EventType.TASK_COMPLETED}) == b'{"type":"user_task_completed"}'


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        LARGEST_INTEGER + 1,
        -LARGEST_INTEGER - 1,
        Decimal(1),
        b"bytes",
        {1, 2},
        {1: "a key that is no text"},
        {None: 0},
        "e\u0301",  # not composed
        {"e\u0301": 0},
        "\ud800",  # half a surrogate pair
        {"\ud800": 0},
        object(),
    ],
    ids=lambda value: ascii(value).split(" at 0x")[0],
)
def test_what_has_no_canonical_form_is_refused_at_any_depth(value: object) -> None:
    with pytest.raises(ValueError, match=r"no canonical form|surrogates not allowed"):
        canonical(value)
    with pytest.raises(ValueError, match=r"no canonical form|surrogates not allowed"):
        canonical({"inside": [value]})


def test_a_value_nested_without_end_is_refused() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(ValueError, match="no canonical form"):
        canonical(value)
