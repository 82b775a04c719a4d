"""Formats of dates where Django's own do not fit: see settings.FORMAT_MODULE_PATH. No code here."""
