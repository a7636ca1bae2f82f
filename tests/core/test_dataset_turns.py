"""Threads that take turns around remote models."""

import threading
import time

from core.dataset.turns import Turns


def test_the_image_that_was_begun_first_goes_on_before_others_are_begun():
    turns, order, answered = Turns(), [], threading.Event()

    def image(number: int) -> None:
        with turns.held(number):
            order.append(f"{number} begins")
            with turns.free():
                answered.wait(10)
            order.append(f"{number} goes on")

    threads = {number: threading.Thread(target=image, args=(number,)) for number in (1, 2, 3)}
    threads[2].start()
    while len(order) < 1:
        time.sleep(0.001)
    with turns.held(0):  # while something works, all of them come to wait
        threads[3].start()
        threads[1].start()
        answered.set()
        time.sleep(0.2)
    for thread in threads.values():
        thread.join(10)
    assert order.index("1 begins") < order.index("2 goes on") < order.index("3 begins")


def test_one_thread_works_at_a_time():
    turns, at_work, most = Turns(), [], []

    def image(number: int) -> None:
        with turns.held(number):
            for _ in range(20):
                at_work.append(number)
                most.append(len(at_work))
                time.sleep(0)
                at_work.remove(number)
                with turns.free():
                    time.sleep(0)

    threads = [threading.Thread(target=image, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == [1] * 160
