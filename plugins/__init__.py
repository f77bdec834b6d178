"""Everything optional, one folder a plugin: each imports core and schema, never another plugin."""
