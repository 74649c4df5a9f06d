"""Scans of yields and limits over many parameters, into one store that can be gone on with."""
