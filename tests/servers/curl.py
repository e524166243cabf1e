"""The few options of curl that the guide uses, for machines that do not have it."""

import argparse
import sys

import httpx


def main() -> None:
    """Prints the body of the answer, whatever its status, as curl does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d", default="")
    parser.add_argument("url")
    asked = parser.parse_args()
    headers = dict(header.split(": ", 1) for header in asked.H)
    method = "POST" if asked.d else "GET"
    answer = httpx.request(method, asked.url, headers=headers, content=asked.d.encode(), trust_env=False)
    sys.stdout.write(answer.text)


if __name__ == "__main__":
    main()
