"""English, as written in Britain. The formats stand in formats.py, where Django looks for them."""
