"""Settings that all tests share."""

from hypothesis import settings

# No example is too slow (the first may compile), and every run sees the same examples.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")
