import sys
from pathlib import Path

from .options import parser

options = parser().parse_args()
try:
    from .cli import main

    sys.exit(main(options))
except KeyboardInterrupt:
    sys.exit(130)
except ModuleNotFoundError as error:
    requirements = Path(__file__).parent.parent / "requirements.txt"
    sys.exit(
        f"error: the package {error.name} is not installed in this Python: "
        f"{sys.executable} -m pip install -r {requirements}"
    )
