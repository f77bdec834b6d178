"""Tests of the compiler: what it answers, and what it must refuse."""
