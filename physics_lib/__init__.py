"""Physics of the NA64-e search for a light muon-philic Z′, from the loop to the limit."""
