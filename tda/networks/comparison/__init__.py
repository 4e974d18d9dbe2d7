"""Two representations of the same rows -> how alike they are: shape, neighbours, directions."""
