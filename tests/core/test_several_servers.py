"""Several servers of one model: which of them is asked, and what happens when one dies."""

import json
import threading
import time
from dataclasses import replace

import pytest

from core.errors import PatchMattersError
from core.models import Completion
from core.models.hosted.endpoints import Config
from core.models.hosted.questions import Question
from core.models.hosted.servers import Server, Servers

QUESTION = Question("What is this?", None, 1, 0.0, 100, 0, "")


class FakeServer:
    """A fake: notes what it is asked; fails while it is down."""

    def __init__(self):
        self.asked, self.down = 0, False
        self.server = Server(self.ask, lambda: not self.down)

    def ask(self, question):
        self.asked += 1
        time.sleep(0.01)
        if self.down:
            raise ConnectionError("refused")
        return [Completion("A cup.")]


def test_a_server_that_dies_is_left_out_and_comes_back(monkeypatch):
    monkeypatch.setattr("core.models.hosted.servers.FIRST_WAIT", 0.05)
    one, two = FakeServer(), FakeServer()
    servers = Servers(
        [one.server, two.server], lambda e: isinstance(e, ConnectionError), lambda: True
    )
    one.down = True
    assert all(servers(QUESTION) for _ in range(40))
    assert one.asked == 1 and two.asked == 40
    one.down = False
    time.sleep(0.3)
    threads = [threading.Thread(target=servers, args=(QUESTION,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.asked > 5, "it has half of what is asked at once"


def test_questions_about_one_image_go_to_one_server_while_it_is_not_much_busier():
    fakes_ = [FakeServer() for _ in range(4)]
    servers = Servers([fake.server for fake in fakes_], lambda e: False, lambda: True)
    for _ in range(5):
        servers(replace(QUESTION, jpeg=b"one image"))
    assert sorted(fake.asked for fake in fakes_) == [0, 0, 0, 5]
    threads = [
        threading.Thread(target=servers, args=(replace(QUESTION, jpeg=b"one image"),))
        for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(fake.asked for fake in fakes_) > 3, "it is not left to one server alone"


def test_questions_wait_where_no_server_is_left_and_an_interrupt_ends_the_waiting(monkeypatch):
    monkeypatch.setattr("core.models.hosted.servers.FIRST_WAIT", 0.05)
    one, may_send = FakeServer(), [True]
    servers = Servers([one.server], lambda e: isinstance(e, ConnectionError), lambda: may_send[0])
    one.down = True
    threading.Timer(0.3, lambda: setattr(one, "down", False)).start()
    assert servers(QUESTION) == [Completion("A cup.")]
    one.down = True
    threading.Timer(0.3, lambda: may_send.__setitem__(0, False)).start()
    with pytest.raises(RuntimeError, match="stopped"):
        servers(QUESTION)


@pytest.mark.parametrize(
    "urls",
    [
        [],
        ["http://a/v1", "http://a/v1"],
        [1],
        ["http://user:secret@a/v1"],
        ["ftp://a"],
        ["http://"],
    ],
)
def test_a_list_of_servers_is_checked_like_one(tmp_path, urls):
    (tmp_path / "config.json").write_text(json.dumps({"endpoints": {"mine": {"urls": urls}}}))
    with pytest.raises(PatchMattersError, match="mine"):
        Config.read(tmp_path)


def test_a_key_is_not_sent_to_servers_of_ones_own(tmp_path):
    urls = ["http://10.0.0.5:8000/v1", "http://10.0.0.6:8000/v1"]
    (tmp_path / "config.json").write_text(json.dumps({"endpoints": {"openai": {"urls": urls}}}))
    endpoint = Config.read(tmp_path).endpoint("openai")
    assert endpoint.urls == tuple(urls) and endpoint.key_variable == ""
