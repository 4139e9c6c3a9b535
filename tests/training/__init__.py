"""Makes the weights of the learned classifier from the labelled requests."""
