"""The service as a process: started, asked, ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.served import AS_OF, household, small_model, write_champion


def call(url, body=None, key=""):
    """Return status and content of an answer; None before anybody listens."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", "X-API-Key": key})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return None


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_command_serves_and_ends_cleanly_on_ctrl_c(tmp_path, workers):
    """A key from the command line, one answer over the wire, an end with 0 and without a traceback."""
    (tmp_path / "bundles").mkdir()
    write_champion(tmp_path / "bundles", small_model())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FANGPIN_")}
    environment |= {"FANGPIN_HOME": str(tmp_path), "FANGPIN_PROFILE": "demo"}
    command = [sys.executable, "-m", "serving"]
    added = subprocess.run(
        [*command, "key", "add", "--area", "", "--backfill", "--json"],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    running = [*command, "run", "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(running, env=environment, stderr=subprocess.PIPE, text=True) as service:
        try:
            end = time.monotonic() + 60
            while (call(f"{url}/readyz") or (0,))[0] != 200:
                assert service.poll() is None, service.stderr.read()
                assert time.monotonic() < end
                time.sleep(0.1)
            body = {"as_of": AS_OF, "households": [household("somebody")]}
            status, content = call(f"{url}/v1/assessments", body, json.loads(added.stdout)["key"])
            service.send_signal(signal.SIGINT)
            _, log = service.communicate(timeout=30)
        finally:
            service.kill()

    assert status == 200
    assert content["assessments"][0]["probability"] > 0
    assert service.returncode == 0
    assert len((tmp_path / "answers.jsonl").read_text().splitlines()) == 1
    assert "Traceback" not in log
    assert "somebody" not in log
    assert all(json.loads(line)["level"] for line in log.splitlines())
