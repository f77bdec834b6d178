"""Checking the audit: chains, anchors, content, erasures."""
