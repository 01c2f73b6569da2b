"""Rating forms in Excel: written for a team and its assessors, read back with every wrong cell named."""

from factfidelity.fidelity.forms_read import read_rating_form
from factfidelity.fidelity.forms_texts import import_scale_texts, write_texts_template
from factfidelity.fidelity.forms_write import write_rating_form

__all__ = ["import_scale_texts", "read_rating_form", "write_rating_form", "write_texts_template"]
