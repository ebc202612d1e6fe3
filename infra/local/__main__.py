"""`python -m infra.local <command>`: what the Makefile calls."""

import sys

from infra.local import commands

if __name__ == "__main__":
    commands.main(sys.argv[1:])
