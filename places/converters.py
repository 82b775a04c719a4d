"""How the kinds of entry stand in addresses: /orte/…, /unterstuetzung/…, /raeume/…. What they are: of_entry.py."""

SEGMENTS = {"place": "orte", "support": "unterstuetzung", "space": "raeume"}
_KINDS = {segment: kind for kind, segment in SEGMENTS.items()}


class EntryKindConverter:
    """``<entry_kind:kind>``: in the address "orte", in the view "place"."""

    regex = "|".join(SEGMENTS.values())

    def to_python(self, value: str) -> str:
        """The kind of entry that the segment names."""
        return _KINDS[value]

    def to_url(self, value: str) -> str:
        """The segment of a kind of entry; raises ValueError for an unknown one, which Django reads as no match."""
        if value not in SEGMENTS:
            raise ValueError(value)
        return SEGMENTS[value]
