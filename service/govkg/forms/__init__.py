"""Forms: what a case asks for, as one model read from the shapes, and the formats made from it.

``model`` says what a form is and ``shapes`` reads it; the other files make a template, a schema or
a table of it, or read what people filled in. No field is named in Python.
"""

from govkg.forms.model import Entity, Field, Form, Option
from govkg.forms.shapes import load_form

__all__ = ["Entity", "Field", "Form", "Option", "load_form"]
