"""The command line: `baoke import`, `tiers`, `token`, `policies`, `db`, `keys`, `demo`."""
