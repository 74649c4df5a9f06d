"""How event files carry their record: names, section of the header, checksum at the end."""

from typing import Final

SUFFIXES: Final = (".lhe", ".lhe.gz")
"""Endings of the names of event files."""
SECTION: Final = "na64e_provenance"
"""Element of the header with the record, on a line of its own."""
SEAL: Final = "<!-- sha256 of the lines above: {} -->\n"
"""Last line of a file with a record."""
