"""Tables, types and connections: what every slice stands on."""
