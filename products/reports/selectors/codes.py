"""Verification codes: twelve random characters and a check character (ISO 7064, MOD N+1,N), no look-alikes."""

from __future__ import annotations

import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

# Digits and letters without 0 O 1 I L U: thirty characters, so that 31,30 is a system of ISO 7064.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 12
LENGTH = RANDOM_LENGTH + 1


def clean_code(text: str) -> str:
    """The code without blanks and hyphens, full-width characters and small letters made plain capitals."""
    kept = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in kept if char.isalnum())


def is_valid_code(code: str) -> bool:
    """Whether a cleaned code has the right length and alphabet and its check character fits."""
    try:
        return len(code) == LENGTH and bool(mod_37_36.validate(code, ALPHABET))
    except ValidationError:
        return False


def with_check_character(random_part: str) -> str:
    """The code for twelve characters of the alphabet."""
    return random_part + str(mod_37_36.calc_check_digit(random_part, ALPHABET))


def shown_code(code: str) -> str:
    """The code in groups, as printed: 7K2M-Q9XW-B4TFA."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
