"""The predecessors' clients against a server with demo people: a check for each row, and a table of them."""

import argparse
import os
import sys

# Each adds its checks, in this order: presence first, while nobody is there yet.
import p1  # noqa: F401
import p2  # noqa: F401
import p3  # noqa: F401
import p4  # noqa: F401
import p5  # noqa: F401
import signin  # noqa: F401
import frame  # noqa: F401
import request  # noqa: F401
import pair  # noqa: F401
from house import House
from row import run

parser = argparse.ArgumentParser(prog="predecessor", description=__doc__)
parser.add_argument("--url", default=os.environ.get("CONFER_URL"), help="the server [default: CONFER_URL]")
parser.add_argument(
    "--only", action="append", default=[], help="rows that begin like this, such as P4 or P4.2"
)
parser.add_argument("--long", action="store_true", help="also what takes five minutes to see")
asked = parser.parse_args()
if not asked.url:
    parser.error("--url says which server")
house = House(asked.url, os.environ.get("CONFER_SECRET") or None)
sys.exit(1 if run(house, asked.only, asked.long) else 0)
