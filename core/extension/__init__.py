"""Plugins: what one may declare, how it is found, put in order and checked."""
