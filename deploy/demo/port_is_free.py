"""Ends with a sentence that helps when the port given cannot be had, before anything is prepared."""

import socket
import sys


def main(port: str) -> None:
    """Bind the port on the loopback address for a moment."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port} is not a port; use a number such as 8000.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            sys.exit(f"端口 {port} 不可用 · port {port} cannot be used ({error.strerror}). "
                     f"Stop what uses it, or choose another: make demo PORT={int(port) + 1}")


if __name__ == "__main__":
    main(sys.argv[1])
