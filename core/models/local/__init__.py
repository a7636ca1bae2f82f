"""Models from files on this machine, and their download."""
