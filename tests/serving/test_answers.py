"""The append-only log of answers."""

import json
import threading

import pytest

from features.errors import Foreign
from serving.answers import AnswerLog


def test_answers_are_appended_a_line_each_and_outlive_the_log(tmp_path):
    """Closing and opening again loses nothing."""
    path = tmp_path / "kept" / "answers.jsonl"
    for round_ in range(2):
        log = AnswerLog(path)
        log.append({"round": round_, "n": n} for n in range(2))
        log.append([])
        log.close()

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert lines == [{"round": r, "n": n} for r in range(2) for n in range(2)]


def test_a_line_that_a_crash_cut_off_spoils_no_other(tmp_path):
    """The stump stays alone on its line."""
    path = tmp_path / "answers.jsonl"
    path.write_text('{"whole": 1}\n{"cut o')
    log = AnswerLog(path, sync="never")

    log.append([{"next": 1}])

    assert path.read_text().splitlines() == ['{"whole": 1}', '{"cut o', '{"next":1}']


def test_many_threads_and_logs_never_mix_their_lines(tmp_path):
    """Four writers on two logs of one file: every line is whole, those of one call stand together."""
    path = tmp_path / "answers.jsonl"
    logs = [AnswerLog(path, sync="never") for _ in range(2)]

    def write(log, writer):
        for number in range(30):
            log.append([{"writer": writer, "number": number, "long": "x" * 5000}] * 3)

    threads = [threading.Thread(target=write, args=(logs[n % 2], n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 4 * 30 * 3
    blocks = [(line["writer"], line["number"]) for line in lines[::3]]
    assert blocks == [(line["writer"], line["number"]) for line in lines[2::3]]


def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path):
    """A service that could not keep its answers does not start."""
    (tmp_path / "file").touch()

    with pytest.raises(Foreign):
        AnswerLog(tmp_path)
    with pytest.raises(Foreign):
        AnswerLog(tmp_path / "file" / "answers.jsonl")
