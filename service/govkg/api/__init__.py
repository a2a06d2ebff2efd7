"""HTTP: one file for each first path segment, and the few things that all of them share."""
