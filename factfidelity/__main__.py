"""``python -m factfidelity`` is the command ``factfidelity``."""

import sys

from factfidelity.cli import main

sys.exit(main())
