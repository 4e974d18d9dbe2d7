"""The Riemannian metric that a smooth map pulls back: lengths, geodesics, curvature."""
