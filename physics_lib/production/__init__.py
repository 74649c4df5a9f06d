"""Production of the mediator: radiation off nuclei and resonant annihilation."""
