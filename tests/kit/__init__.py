"""The attack kit: it finds nothing in the product, and each of its probes can find something."""
