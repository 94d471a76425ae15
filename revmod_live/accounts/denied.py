"""Words that make no password, whatever is put around them (decision D-30). Data only.

Rules of composition let `PASSWORDpassword123!?!#` through, which is printed in the manual; so the
letters of a password are looked at as well. See `passwords.unmet`.
"""

from __future__ import annotations

from typing import Final

WORDS: Final[tuple[str, ...]] = (
    # what is printed in manuals and on notes under keyboards
    "password",
    "passwort",
    "passwd",
    "passphrase",
    "motdepasse",
    "contrasena",
    "contraseña",
    "parol",
    "пароль",
    "kennwort",
    "secret",
    "letmein",
    "welcome",
    "bienvenue",
    "changeme",
    "default",
    "example",
    "sample",
    "test",
    "demo",
    "admin",
    "administrator",
    "user",
    "guest",
    "root",
    "login",
    "signin",
    "master",
    "monkey",
    "dragon",
    "football",
    "iloveyou",
    "sunshine",
    "princess",
    "superman",
    "trustno",
    # rows of keys and of the alphabet
    "qwertyuiop",
    "qwerty",
    "azerty",
    "qwertz",
    "asdfghjkl",
    "asdfgh",
    "asdf",
    "zxcvbnm",
    "zxcvbn",
    "йцукен",
    "abcdefgh",
    "abcdef",
    "abcd",
    "abc",
    "xyz",
    "qwe",
    "asd",
    "zxc",
    "qaz",
    "wsx",
    "edc",
    # this platform and those who use it
    "revmod",
    "untoc",
    "unodc",
    "palermo",
    "convention",
    "mechanism",
    "review",
    "focalpoint",
    "expert",
    "secretariat",
    "vienna",
    "spring",
    "summer",
    "autumn",
    "winter",
)
"""Compared with the letters of a password in lower case, longest first."""

LOOKALIKES: Final = str.maketrans("0134578@$!€£|+", "oieastbasielit")
"""Digits and signs that stand in for letters: `P4$$w0rd` is `password`."""
