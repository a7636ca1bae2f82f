"""Structured captions: the kept claims of an image as JSON, in the forms that image models and trainers read.

Every word comes from a kept claim; only articles and "and" are added. Each form is a module with a function from a
scene graph to a value, and a JSON Schema of the same name in schemas/.
"""

from ..lazy import submodules_of

FORMS = GENERIC, IDEOGRAM4, FLUX2, FIBO = "generic", "ideogram4", "flux2", "fibo"
COORDINATES = PIXELS, FRACTIONS = "pixels", "fractions"  # of the boxes of the generic form

__getattr__ = submodules_of(__name__)
