"""The demonstration's start: what it says when its port is taken, and which processes it runs."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def check_port(port: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "deploy/demo/port_is_free.py", str(port)], cwd=ROOT, capture_output=True,
                          text=True, check=False)


def test_port_in_use_is_named_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = check_port(port)
    assert result.returncode == 1
    assert f"port {port} cannot be used" in result.stderr
    assert f"make demo PORT={port + 1}" in result.stderr
    assert check_port(port).returncode == 0


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1"])
def test_port_that_is_none_is_refused(port):
    assert f"PORT={port} is not a port" in check_port(port).stderr


def test_demonstration_runs_web_worker_and_beat():
    lines = (ROOT / "deploy" / "demo" / "Procfile").read_text().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["web", "worker", "beat"]
    assert all(": exec " in line for line in lines)
