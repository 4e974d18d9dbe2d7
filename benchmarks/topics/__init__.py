"""What is measured: one file a topic, each with `TITLE`, `AXIS` and `FAMILIES`."""
