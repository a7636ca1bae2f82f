"""One caption for a video: frames are grouped into shots, and only frames that show something new are described."""
