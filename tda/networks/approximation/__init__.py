"""How the error of a network falls with its width and depth."""
