"""Changes sent to whoever subscribed: signed as Standard Webhooks wants it, tried again, kept for a while.

``subscriptions`` are the owner's verbs, ``packing`` makes messages of the change feed, ``sending`` decides what becomes
of them, ``carrying`` hands one over, ``signing`` knows the secrets, ``upkeep`` what is kept. Pages: views/webhooks.py.
"""
