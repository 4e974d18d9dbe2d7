"""A fitted network -> the door as_network, its layers, losses and derivatives."""
