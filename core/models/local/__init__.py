"""Models from files on this machine, and how they get there."""
