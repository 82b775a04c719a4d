"""Data for machines inside a page. A block of data is no script: the policy that forbids inline scripts lets it be."""

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What could end the block or begin markup; in JSON the escapes mean the same. As Django's json_script does.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """``data`` as a block of linked data, whatever its texts contain."""
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above
