"""What is measured: one file a topic, each with `TITLE`, `AXIS` and `FAMILIES`.

Where the answers are no diagrams, `ANSWERS` says what they are.
"""
