"""The base install alone: what the county's machine gets."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.served import AS_OF, household, small_model, write_champion

ROOT = Path(__file__).parents[2]
ABSENT = ("mlflow", "pandas", "sklearn", "shap", "pyarrow", "numba", "matplotlib", "optuna")

ASK = """
import http.client, json, re, sys, threading, time
begun = time.perf_counter()
import uvicorn
from serving.app import from_environment
server = uvicorn.Server(uvicorn.Config(from_environment(), port=0, log_config=None, access_log=False))
thread = threading.Thread(target=server.run)
thread.start()
while not server.started:
    time.sleep(0.005)
port = server.servers[0].sockets[0].getsockname()[1]
key, body = sys.argv[1], sys.stdin.read()
def ask(method, path, body=None):
    link = http.client.HTTPConnection("127.0.0.1", port)
    link.request(method, path, body, {"Content-Type": "application/json", "X-API-Key": key})
    answer = link.getresponse()
    return answer.status, answer.read()
while ask("GET", "/readyz")[0] != 200:
    time.sleep(0.005)
ready = time.perf_counter() - begun
status, content = ask("POST", "/v1/assessments", body)
server.should_exit = True
thread.join()
resident = re.search(r"VmRSS:\\s+(\\d+) kB", open("/proc/self/status").read())[1]
print(json.dumps({
    "status": status, "answer": json.loads(content), "modules": sorted(sys.modules), "seconds": ready,
    "mib": int(resident) / 1024,
}))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_the_base_install_serves_without_any_library_of_training(tmp_path):
    """In an environment from the serving lock a household is assessed; nothing of training is there."""
    subprocess.run(["make", "serving-env"], cwd=ROOT, check=True, capture_output=True)
    python = str(ROOT / ".venv-serving" / "bin" / "python")
    (tmp_path / "bundles").mkdir()
    write_champion(tmp_path / "bundles", small_model())
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("FANGPIN_", "PYTHON"))
    }
    environment |= {"FANGPIN_HOME": str(tmp_path), "FANGPIN_PROFILE": "demo"}

    def run(*words, given=""):
        return subprocess.run(
            [python, *words],
            cwd=tmp_path,
            env=environment,
            input=given,
            capture_output=True,
            check=True,
            text=True,
        ).stdout

    key = json.loads(run("-m", "serving", "key", "add", "--area", "", "--backfill", "--json"))["key"]
    said = json.loads(run("-c", ASK, key, given=json.dumps({"as_of": AS_OF, "households": [household()]})))

    assert said["status"] == 200
    assert said["answer"]["assessments"][0]["probability"] > 0
    assert {name.partition(".")[0] for name in said["modules"]} & set(ABSENT) == set()
    assert said["seconds"] < 10
    assert said["mib"] < 150
