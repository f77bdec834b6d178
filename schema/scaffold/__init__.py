"""What `baoke plugin new` writes: a plugin that works, with tests, in the shape of the core's own slices."""
