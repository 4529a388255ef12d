"""Whether a living person is there, now: cues of a session before the camera, and what they are worth."""
