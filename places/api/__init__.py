"""What the API says of entries: places, support structures, spaces of possibility."""
