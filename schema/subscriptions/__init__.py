"""Subscriptions: the events of the outbox, each read for everybody who listens as they may see it then."""
