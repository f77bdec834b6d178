"""Tests of the GraphQL floor."""
