"""The landscape of the loss: slices, sharpness, natural gradient."""
