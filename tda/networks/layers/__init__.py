"""The clouds in the layers of a network, and their shape by depth and by epoch."""
