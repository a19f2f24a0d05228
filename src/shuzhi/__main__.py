"""`python -m shuzhi` is `shuzhi`."""

from __future__ import annotations

import sys


def main() -> None:
    """Listen for Ctrl-C and SIGTERM before the slow imports, then run the verb."""
    from shuzhi.node import ending

    try:
        ending.listen()
        from shuzhi.node import cli

        cli.main()
    except ending.Ended as ended:
        sys.exit(ended.code)


if __name__ == "__main__":
    main()
