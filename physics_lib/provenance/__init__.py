"""Records of where results come from, and what reads, checks and compares them."""
