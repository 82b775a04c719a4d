"""What a page of a reviewer says when a form was refused; the words at each field are the form's."""

from typing import Any

from django.forms import BaseForm

from places.views.private import errors_of


def refused(*forms: BaseForm) -> dict[str, Any]:
    """The errors of these forms for the summary at the top: by field, and of a form as a whole."""
    general = [error for form in forms if form.is_bound for error in form.non_field_errors()]
    return {"errors": errors_of(*forms), "general": general}
