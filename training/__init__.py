"""Training the meaning model: `python -m training` makes what the wheel ships."""
