"""Tests of the vocabulary in which types are declared."""
