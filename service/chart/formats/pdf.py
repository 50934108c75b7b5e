"""PDF notes, read in a process of their own that ends when it takes too long or too much.

A scan has no text in it, and says so. A PDF of 7 kB can keep a library busy for minutes.
"""

import os
import subprocess
import sys

import orjson

from service.chart.formats.plain import DecodedText, Unreadable

MAX_SECONDS = 20  # of a processor, and three times that by the clock
MAX_MEMORY = 2 * 2**30  # bytes


def pdf_text(content: bytes, _content_type: str = "") -> DecodedText:
    """The text of all pages, an empty line between them. Raises Unreadable."""
    argv = [sys.executable, "-m", "service.chart.formats.pdf_reader", str(MAX_SECONDS)]
    env = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath}
    try:
        done = subprocess.run(
            [*argv, str(MAX_MEMORY)],
            input=content,
            capture_output=True,
            timeout=3 * MAX_SECONDS,
            env=env,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("its attachment is a PDF that takes too long to read") from None
    if done.returncode:
        raise Unreadable("its attachment is a PDF that takes too long or too much to read")
    answer = orjson.loads(done.stdout)
    if reason := answer.get("unreadable"):
        raise Unreadable(reason)
    return DecodedText(answer["text"], tuple(answer["problems"]))
