"""How members earn: rules, and the handlers that apply them (PTS-2)."""
