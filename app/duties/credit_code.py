"""统一社会信用代码: eighteen characters whose last one checks the others (GB 32100-2015)."""

from __future__ import annotations

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

TEXT = "统一社会信用代码校验不通过，请核对18位代码"


def normalised(code: str) -> str:
    """As it is kept: without spaces, in capital letters."""
    return "".join(code.split()).upper()


def is_valid(code: str) -> bool:
    """Whether it is eighteen permitted characters with the right check character."""
    try:
        return uscc.validate(code) == code
    except ValidationError:
        return False


def with_check_character(seventeen: str) -> str:
    """The whole code for its first seventeen characters, for data that is invented."""
    return seventeen + uscc.calc_check_digit(seventeen)
