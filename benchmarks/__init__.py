"""Speed of the library beside the obvious alternative: `python -m benchmarks`."""
