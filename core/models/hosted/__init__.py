"""Models that are reached over the network."""
