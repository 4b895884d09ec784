"""What officers may write."""

from __future__ import annotations

import pytest

from cooperation.errors import InputRefused
from cooperation.texts import checked_text


@pytest.mark.parametrize("text", ["张三", " a\tb\nc ", "é", "𠮷", "a b", "x" * 50])
def test_a_text_is_kept_without_the_blanks_around_it(text: str) -> None:
    assert checked_text("name", text, 50) == text.strip()


@pytest.mark.parametrize(
    "text",
    ["", "  ", "x" * 51, "a\x00b", "张\x0b三", "a\r\nb", "a\x1b", "a\x7f", "a\x85b", "a\ufffe", "\uffff", "a\x00"],
)
def test_a_text_that_some_system_does_not_take_is_refused_by_the_name_of_its_input(text: str) -> None:
    with pytest.raises(InputRefused, match="name must") as refused:
        checked_text("name", text, 50)
    assert refused.value.inputs == ("name",)
