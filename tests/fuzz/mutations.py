"""Damage to files: what disks, editors, spreadsheets and ill will do to them.

Every damaged file is a function of the valid ones and of a text that seeds it, so that any of
them can be made again alone.
"""

import random
import re
from collections.abc import Callable

Damage = Callable[[bytes, random.Random], bytes]

NUMBERS = (
    *(b"nan", b"NaN", b"-nan", b"inf", b"-Infinity", b"1e400", b"-1e400", b"1e-400", b"5e-324"),
    *(b"0", b"-0.0", b"-1", b"1e308", b"1.7976931348623157e308", b"9" * 5000, b"1" + b"0" * 400),
    *(
        b"1_000",
        b"1 000",
        b"1,5",
        b"0x1p3",
        b"0b1",
        b"0o17",
        b"017",
        b"1e",
        b"e5",
        b".",
        b"+",
        b"--1",
    ),
    *(b"1:30", b"1:30:00.5", b"2020-01-01", b"2020-13-45", b"2001-12-14t21:59:43.10-05:00"),
    *(
        b"100 GeV",
        b"100MeV",
        b"1.0 cm",
        b"50%",
        b"1e3e3",
        b"1d5",
        b"1.0f",
        b"True",
        b"no",
        b"null",
        b"~",
    ),
    *(text.encode() for text in ("٣", "１２", "½", "−1", "1\u00a0000", "1\u2009000", "∞")),
)
TEXTS = (
    *(b"", b" ", b"\x00", b"\x1b[31mred", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf"),
    *(b"=1+1", b"'", b'"', b'"""', b"#", b"%s%n", b"{}", b"[]", b"../../etc/passwd", b"\\", b"|"),
    *(b"!!python/object/apply:os.system ['false']", b"!!binary aGk=", b"!!set {a}", b"<<: *a"),
    *(b"&a [*a]", b"*a", b"{a: {b: {c: 1}}}", b"- - - - 1", b"? a", b"---", b"...", b"%YAML 9.9"),
    *(
        b"<x>",
        b"</event>",
        b"<event>",
        b"<!--",
        b"]]>",
        b"&lt;",
        b"<!ENTITY a 'b'>",
        b"cos\nsystem\n",
    ),
    *(text.encode() for text in ("\u2028", "\u202e", "\ufeff", "\x85", "𝒳", "e\u0301")),
)
BOMBS = (
    b"[" * 3000,
    b"{" * 3000,
    b"{a: " * 3000,
    b"- " * 3000,
    b"".join(b" " * i + b"a:\n" for i in range(300)),
    b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(
        b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(9)
    ),
    b'{"a":' * 3000,
    b"<" * 3000,
    b"<a>" * 3000,
    b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]><a>&b;</a>",
    b"x" * 60_000,
    b'"' + b"y" * 30_000,
    b"? " * 2000,
    b"!" * 2000,
    b"a: |\n" + b"  z\n" * 5000,
    b"\n" * 20_000,
    b"\t" * 5000,
    b"\x00" * 5000,
)
_NUMBER = re.compile(rb"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(rb"[A-Za-z_][\w-]*")
_SEPARATOR = re.compile(rb"[,:\"{}\[\]\s<>=]")


def flip_bits(content: bytes, rng: random.Random) -> bytes:
    """A few bits are others."""
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8)) if damaged else 0):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def truncate(content: bytes, rng: random.Random) -> bytes:
    """The end, the start, or both are lost."""
    a, b = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return rng.choice((content[:a], content[:b], content[a:], content[a:b]))


def remove(content: bytes, rng: random.Random) -> bytes:
    """A piece is lost."""
    start = rng.randrange(len(content) + 1)
    return content[:start] + content[start + rng.choice((1, 1, 2, 5, 50, 500)) :]


def repeat(content: bytes, rng: random.Random) -> bytes:
    """A piece, or all, comes again."""
    a, b = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return rng.choice((content[:b] + content[a:], content + content, content + content[a:b]))


def edit_lines(content: bytes, rng: random.Random) -> bytes:
    """Lines are exchanged, repeated, lost, reversed, sorted, joined, or cut."""
    lines = content.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(8)
    if how == 0:
        lines[i], lines[j] = lines[j], lines[i]
    elif how == 1:
        lines.insert(j, lines[i])
    elif how == 2:
        del lines[i]
    elif how == 3:
        lines = lines[:1] + lines[:0:-1]
    elif how == 4:
        rng.shuffle(lines)
    elif how == 5:
        lines[i] += lines[j]
    elif how == 6:
        lines[i] = lines[i][: rng.randrange(len(lines[i]) + 1)]
    else:
        lines[i] = b" " * rng.randrange(1, 9) + lines[i]
    return b"\n".join(lines)


def edit_columns(content: bytes, rng: random.Random) -> bytes:
    """Columns are exchanged, repeated or lost."""
    rows = [line.split(b",") for line in content.split(b"\n")]
    width = max(map(len, rows))
    i, j = rng.randrange(width), rng.randrange(width)
    how = rng.randrange(3)
    for row in rows:
        if max(i, j) >= len(row):
            continue
        if how == 0:
            row[i], row[j] = row[j], row[i]
        elif how == 1:
            row.insert(i, row[j])
        else:
            del row[i]
    return b"\n".join(map(b",".join, rows))


def _replace(pattern: re.Pattern[bytes], pool: tuple[bytes, ...]) -> Damage:
    """Damage that puts something else in one to three places."""

    def replace(content: bytes, rng: random.Random) -> bytes:
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            places = [match.span() for match in pattern.finditer(content)]
            if not places:
                return content + rng.choice(pool)
            start, end = rng.choice(places)
            content = content[:start] + rng.choice(pool) + content[end:]
        return content

    return replace


def scale_numbers(content: bytes, rng: random.Random) -> bytes:
    """Numbers in another unit: one, or all."""
    factor = rng.choice((1e-9, 1e-6, 1e-3, 10.0, 1e2, 1e3, 1e6, -1.0))

    def scaled(match: re.Match[bytes]) -> bytes:
        return repr(float(match[0]) * factor).encode()

    if rng.randrange(2):
        return _NUMBER.sub(scaled, content)
    places = list(_NUMBER.finditer(content))
    if not places:
        return content
    one = rng.choice(places)
    return content[: one.start()] + scaled(one) + content[one.end() :]


def rename_units(content: bytes, rng: random.Random) -> bytes:
    """Headers in other units, or in other letters."""
    old, new = rng.choice(
        ((b"GeV", b"MeV"), (b"GeV", b"gev"), (b"cm", b"mm"), (b"_", b" "), (b"_err", b""))
    )
    return content.replace(old, new, rng.choice((1, -1)))


def exchange_words(content: bytes, rng: random.Random) -> bytes:
    """Two words change places."""
    places = [match.span() for match in _WORD.finditer(content)]
    if len(places) < 2:
        return content
    (a, b), (c, d) = sorted(rng.sample(places, 2))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def other_encoding(content: bytes, rng: random.Random) -> bytes:
    """Byte-order marks, other line ends, other encodings."""
    text = content.decode("latin-1")
    return rng.choice(
        (
            b"\xef\xbb\xbf" + content,
            b"\xef\xbb\xbf" * 2 + content,
            content.replace(b"\n", b"\r\n"),
            content.replace(b"\n", b"\r"),
            content.replace(b"\n", b"\n\r"),
            content.replace(b"\n", b"\n\n"),
            content.replace(b",", b";"),
            content.replace(b",", b"\t"),
            content.replace(b" ", b"\t"),
            text.encode("utf-16"),
            text.encode("utf-32"),
            text.encode("utf-7"),
            content.upper(),
            b"\x1f\x8b" + content,
        )
    )


def insert_bomb(content: bytes, rng: random.Random) -> bytes:
    """Something deep, long or self-multiplying is put in, or in its place."""
    bomb = rng.choice(BOMBS)
    if rng.randrange(3) == 0:
        return bomb
    start = rng.randrange(len(content) + 1)
    return content[:start] + bomb + content[start:]


def noise(content: bytes, rng: random.Random) -> bytes:
    """Anything at all, or a valid start and then anything."""
    start = rng.choice((0, 0, rng.randrange(len(content) + 1)))
    return content[:start] + rng.randbytes(rng.choice((0, 1, 7, 60, 700)))


DAMAGES: tuple[Damage, ...] = (
    flip_bits,
    truncate,
    remove,
    repeat,
    edit_lines,
    edit_lines,
    edit_columns,
    _replace(_NUMBER, NUMBERS),
    _replace(_NUMBER, NUMBERS),
    _replace(_WORD, TEXTS),
    _replace(_SEPARATOR, TEXTS),
    scale_numbers,
    rename_units,
    exchange_words,
    other_encoding,
    noise,
)


def damaged(valid: tuple[bytes, ...], seed: str) -> bytes:
    """Return one of the valid files with one to three kinds of damage."""
    rng = random.Random(seed)
    content = rng.choice(valid)
    if rng.randrange(50) == 0:
        return insert_bomb(content, rng)
    if rng.randrange(200) == 0:
        return content
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        content = rng.choice(DAMAGES)(content, rng)
    return content
