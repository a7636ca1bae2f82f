"""Models that are asked over the network."""
