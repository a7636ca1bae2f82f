"""The cache of answers: cheap at any size, true to what was asked, shared by programs."""

import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core import prompts
from core.models import Completion
from core.models.completion_cache import CompletionCache, SplitCache

ROOT = Path(__file__).parents[2]
OLD_TABLE = (
    "CREATE TABLE answers "
    "(key TEXT PRIMARY KEY, answer TEXT NOT NULL, size INTEGER NOT NULL, used REAL NOT NULL)"
)


def filled(path, megabytes, text="word " * 180):
    """A database with that much in it, written as another program's earlier runs would have left it."""
    CompletionCache(path, 1000).put("first", [Completion(text)])
    with sqlite3.connect(path) as base:
        [(answer, size)] = base.execute("SELECT answer, size FROM answers").fetchall()
        count = megabytes * 1_000_000 // size
        rows = ((CompletionCache.key(i), answer, size, 1000.0 + i) for i in range(count))
        base.executemany("INSERT INTO answers VALUES (?, ?, ?, ?)", rows)
        base.execute("UPDATE total SET bytes = bytes + ?", (count * size,))
    base.close()
    return count


def put_ms(answers, times=30):
    spent = []
    for i in range(times):
        started = time.perf_counter()
        answers.put(CompletionCache.key("new", i), [Completion("word " * 180)])
        spent.append(1000 * (time.perf_counter() - started))
    return statistics.median(spent)


def sums(path):
    """The sum that is kept, and the one of the rows."""
    with sqlite3.connect(path) as base:
        [(kept,)] = base.execute("SELECT bytes FROM total").fetchall()
        [(real,)] = base.execute("SELECT SUM(size) FROM answers").fetchall()
    base.close()
    return kept, real


def test_to_keep_an_answer_costs_the_same_at_any_size(tmp_path):
    small = CompletionCache(tmp_path / "small.sqlite", 500)
    filled(tmp_path / "large.sqlite", 100)
    roomy, full = (CompletionCache(tmp_path / "large.sqlite", size) for size in (500, 100))
    few = put_ms(small)
    assert put_ms(roomy) < 3 * few + 2
    assert put_ms(full) < 3 * few + 2  # where each pushes out an old one
    kept, real = sums(tmp_path / "large.sqlite")
    assert kept == real <= 100_000_000


def test_what_was_used_longest_ago_goes_first(tmp_path):
    path = tmp_path / "a.sqlite"
    count = filled(path, 1)
    answers = CompletionCache(path, 1)
    assert answers.get(CompletionCache.key(0))  # the oldest, until now
    for i in range(count // 2):
        answers.put(CompletionCache.key("new", i), [Completion("word " * 180)])
    assert answers.get(CompletionCache.key(0)) and answers.get(CompletionCache.key(1)) is None
    assert answers.get(CompletionCache.key(count - 1)) and answers.get(
        CompletionCache.key("new", 0)
    )
    answers.put("large", [Completion("x" * 2_000_000)])  # more than all
    assert answers.get("large") is None and sums(path) == (0, None)


def test_a_cache_of_version_0_2_goes_on(tmp_path):
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as base:
        base.execute(OLD_TABLE)
        old = '[{"text": "A cup.", "finish": "stop", "detail": "", "tokens": 3, "requests": 1}]'
        base.execute("INSERT INTO answers VALUES ('old', ?, ?, 1.0)", (old, len(old)))
    base.close()
    answers = CompletionCache(path, 1)
    assert answers.get("old") == [Completion("A cup.", tokens=3, requests=1)]
    answers.put("new", [Completion("A dog.")])
    assert len(set(sums(path))) == 1


def test_an_answer_put_again_is_counted_once(tmp_path):
    answers = CompletionCache(tmp_path / "a.sqlite", 1)
    for text in ("A cup.", "A cup on a table.", "A."):
        answers.put("key", [Completion(text)])
        assert answers.get("key") == [Completion(text)]
        assert len(set(sums(tmp_path / "a.sqlite"))) == 1


PROGRAM = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from core.models import Completion
from core.models.completion_cache import CompletionCache
answers = CompletionCache(Path({path!r}), 1)
for i in range(150):
    key = CompletionCache.key({name!r}, i)
    answers.put(key, [Completion({name!r} * 3000)])
    if answers.get(key) != [Completion({name!r} * 3000)]:
        raise SystemExit(f"{{i}} was lost")
"""


def test_two_programs_fill_one_cache_and_keep_its_size(tmp_path):
    path = tmp_path / "a.sqlite"
    code = [PROGRAM.format(root=str(ROOT), path=str(path), name=name) for name in "ab"]
    programs = [subprocess.Popen([sys.executable, "-c", c], stderr=subprocess.PIPE) for c in code]
    for program in programs:
        _, said = program.communicate(timeout=60)
        assert program.returncode == 0 and b"locked by another" not in said, said
    kept, real = sums(path)
    assert kept == real and 900_000 < kept <= 1_000_000


@pytest.mark.parametrize("damage", ["the start", "a page", "all"])
def test_a_damaged_cache_starts_anew(tmp_path, damage):
    path = tmp_path / "a.sqlite"
    filled(path, 1)
    content = bytearray(path.read_bytes())
    noise = random.Random(0).randbytes(len(content))
    part = {"the start": slice(0, 100), "a page": slice(4096, None), "all": slice(None)}[damage]
    content[part] = noise[part]
    path.write_bytes(content)
    answers = CompletionCache(path, 1)
    for _ in range(2):  # the first finds it
        answers.put("key", [Completion("A cup.")])
    assert answers.get("key") == [Completion("A cup.")]


def test_other_prompts_are_other_answers(monkeypatch):
    before = CompletionCache.key("model", "Describe.")
    assert before == CompletionCache.key("model", "Describe.")
    real = prompts.load_prompt
    monkeypatch.setattr(prompts, "load_prompt", lambda name: real(name) + "!" * (name == "patch"))
    prompts.prompts_version.cache_clear()
    assert CompletionCache.key("model", "Describe.") != before
    prompts.prompts_version.cache_clear()


def test_the_cache_stays_within_its_size_and_survives_damage(tmp_path):
    answers = CompletionCache(tmp_path / "a.sqlite", 1)
    for i in range(40):
        answers.put(CompletionCache.key(i), [Completion("x" * 50_000)])
    assert answers.get(CompletionCache.key(39))[0].text == "x" * 50_000
    assert answers.get(CompletionCache.key(0)) is None
    kept = sum(answers.get(CompletionCache.key(i)) is not None for i in range(40))
    assert 15 <= kept <= 20
    (tmp_path / "a.sqlite").write_bytes(b"damaged")
    assert answers.get(CompletionCache.key(39)) is None
    answers.put(CompletionCache.key(1), [Completion("a")])
    answers.clear()
    answers.put(CompletionCache.key(1), [Completion("a")])
    assert answers.get(CompletionCache.key(1)) == [Completion("a")]
    assert CompletionCache.key("ab", "c") != CompletionCache.key("a", "bc")


def test_the_cache_may_be_used_from_many_threads(tmp_path):
    answers = CompletionCache(tmp_path / "a.sqlite", 5)

    def work(number):
        for i in range(20):
            answers.put(CompletionCache.key(number, i), [Completion(f"{number} {i}")])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(
        answers.get(CompletionCache.key(n, i)) == [Completion(f"{n} {i}")]
        for n in range(6)
        for i in range(20)
    )


def test_a_split_cache_keeps_claims_and_renews_only_the_files_that_have_some(tmp_path):
    one, other = SplitCache(tmp_path, 16), SplitCache(tmp_path, 16)  # as two processes have it
    keys = [CompletionCache.key(n) for n in range(40)]
    for key in keys:
        assert one.claim(key, "a") and not other.claim(key, "b")
        one.put(key, [Completion(key)])
    assert len(list(tmp_path.glob("*.sqlite"))) > SplitCache.FILES // 2
    assert [other.get(key)[0].text for key in keys] == keys
    for key in keys[1:]:
        one.release("a", key)
    with sqlite3.connect(tmp_path / f"answers-{int(keys[0][:8], 16) % 16:02d}.sqlite") as base:
        base.execute("UPDATE claims SET until = until - 5")
        [(before,)] = base.execute("SELECT until FROM claims").fetchall()
        base.commit()
        one.renew("a")
        assert base.execute("SELECT until FROM claims").fetchone()[0] > before
    base.close()
    one.release("a", keys[0])
    assert all(other.claim(key, "b") for key in keys)
