"""The models that need no download and no key: their packages carry the weights."""
