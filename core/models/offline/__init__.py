"""The models that need neither download nor key, because Python packages carry their weights."""
