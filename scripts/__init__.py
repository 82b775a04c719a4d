"""Scripts behind the Makefile; nothing of the running site."""
