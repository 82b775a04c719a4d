"""A web server for files and nothing else, with ranges, as any static host is: for tests of the exported atlas."""

import re
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any


class FilesOnly(SimpleHTTPRequestHandler):
    """Python's own file server, with single byte ranges."""

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".woff2": "font/woff2",
        ".pmtiles": "application/octet-stream",
    }

    def send_head(self) -> Any:
        """The file, or the part of it that is asked for."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            return super().send_head()
        whole = path.read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(whole) - 1), len(whole) - 1)
        if first > last:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return None
        part = whole[first : last + 1]
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(whole)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        return BytesIO(part)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def serve(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """A server of that folder, not started yet; ``serve_forever`` starts it."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(FilesOnly, directory=str(folder)))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
