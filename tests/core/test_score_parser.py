"""Judges' answers, in the forms that models choose instead of the one they were asked for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.score_parser import parse_scores

SHARES = {1: 0.85, 2: 0.05, 3: 1.0}
FORMATS = [
    "1: 85\n2: 5\n3: 100",
    "1: 85.0\n2: 5.0\n3: 100.0",
    "1: 85,0\n2: 5,0\n3: 100,0",
    "1: 0.85\n2: 0.05\n3: 1.0",
    "1: .85\n2: .05\n3: 1",
    "1: 85%\n2: 5%\n3: 100 %",
    "1: 85/100\n2: 5 / 100\n3: 100/100",
    "1: 8.5/10\n2: 0.5/10\n3: 10/10",
    "1. 85\n2. 5\n3. 100",
    "1) 85\n2) 5\n3) 100",
    "(1) 85\n(2) 5\n(3) 100",
    "[1] 85\n[2] 5\n[3] 100",
    "#1: 85\n#2: 5\n#3: 100",
    "S1: 85\nS2: 5\nS3: 100",
    "Statement 1: 85\nStatement 2: 5\nStatement 3: 100",
    "Statement 1 - 85%\nStatement 2 - 5%\nStatement 3 - 100%",
    "**1:** 85\n**2:** 5\n**3:** 100",
    "**Statement 1**: 85\n**Statement 2**: 5\n**Statement 3**: 100",
    "1: **85**\n2: **5**\n3: **100**",
    "1 - 85\n2 - 5\n3 - 100",
    "1 – 85\n2 – 5\n3 – 100",
    "1 = 85\n2 = 5\n3 = 100",
    "1 -> 85\n2 -> 5\n3 -> 100",
    "1 → 85\n2 → 5\n3 → 100",
    "1\t85\n2\t5\n3\t100",
    "1 85\n2 5\n3 100",
    "- 1: 85\n- 2: 5\n- 3: 100",
    "| Statement | Score |\n|---|---|\n| 1 | 85 |\n| 2 | 5 |\n| 3 | 100 |",
    '"1": 85\n"2": 5\n"3": 100',
    '1: "85"\n2: "5"\n3: "100"',
    "1: 85.\n2: 5.\n3: 100.",
    "1: 85, 2: 5, 3: 100",
    "1:85,2:5,3:100",
    "1: 85; 2: 5; 3: 100",
    "1: 85 2: 5 3: 100",
    "85\n5\n100",
    "85%\n5%\n100%",
    "85, 5, 100",
    "85 5 100",
    "1: 85 (clearly visible)\n2: 5 (no dog)\n3: 100 (certain)",
    "1: 85 - the cup is there\n2: 5 - no\n3: 100 - yes",
    "1. A cup stands there.: 85\n2. A dog runs.: 5\n3. 2 spoons lie there: 100",
    "1. A cup. 85\n2. A dog. 5\n3. Three cats. 100",
    "1: likelihood 85\n2: likelihood 5\n3: score: 100",
    "Here are my scores:\n1: 85\n2: 5\n3: 100\nLet me know!",
    '{"1": 85, "2": 5, "3": 100}',
    '{"1": 0.85, "2": 0.05, "3": 1.0}',
    '{"1": "85%", "2": "5%", "3": "100%"}',
    '```json\n{\n "1": 85,\n "2": 5,\n "3": 100\n}\n```',
    '{"1": {"score": 85}, "2": {"score": 5}, "3": {"score": 100}}',
    '{"statement_1": 85, "statement_2": 5, "statement_3": 100}',
    '{"scores": [85, 5, 100]}',
    "[85, 5, 100]",
    "[[1, 85], [2, 5], [3, 100]]",
    '{"1": 85}\n{"2": 5}\n{"3": 100}',
    json.dumps([{"statement": n, "score": round(100 * v)} for n, v in SHARES.items()]),
    json.dumps([{"text": "A cup.", "score": round(100 * v)} for v in SHARES.values()]),
    "１：８５\n２：５\n３：１００",
    "第1条：85\n第2条：5\n第3条：100",
    "1、85\n2、5\n3、100",
    "1: 85分\n2: 5分\n3: 100分",
]


@pytest.mark.parametrize("answer", FORMATS)
def test_formats_of_a_judge(answer):
    assert parse_scores(answer, 3) == pytest.approx(SHARES)


@pytest.mark.parametrize(
    ("answer", "shares"),
    [
        ("1: yes\n2: No.\n3: true", {1: 1, 2: 0, 3: 1}),
        ("yes\nno\nyes", {1: 1, 2: 0, 3: 1}),
        ("1: Yes, it stands there.\n2: No, there is no dog.", {1: 1, 2: 0}),
        ('{"1": true, "2": false}', {1: 1, 2: 0}),
        ("1: not visible\n2: 80", {1: 0, 2: 0.8}),
        ("1: 1\n2: 0\n3: 1", {1: 1, 2: 0, 3: 1}),  # as yes and no, for hundredths are asked for
        ("1: 0.05\n2: 0.05\n3: 0.05", {1: 0.05, 2: 0.05, 3: 0.05}),
        ("1: -5\n2: 999", {1: 0, 2: 1}),
        ("2: 80", {2: 0.8}),
        ("1: 90\n77: 3", {1: 0.9}),
        ("1: 90\n1: 20", {1: 0.9}),  # the first counts
    ],
)
def test_what_else_a_judge_says(answer, shares):
    assert parse_scores(answer, 3) == pytest.approx(shares)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "I cannot judge these.",
        "The picture shows 2 dogs and 3 cats.",
        "85\n90",  # two values of three statements: of which?
        "1. A cup stands there.\n2. A dog runs.\n3. 2 spoons lie there.",  # the question again
        "1: 80-90",
        "\n" * 100_000,
    ],
)
def test_what_could_be_anything_is_not_read(answer):
    assert parse_scores(answer, 3) == {}


@given(st.lists(st.integers(0, 100), min_size=2, max_size=40))
def test_what_was_asked_for_is_read(values):
    answer = "\n".join(f"{n}: {v}" for n, v in enumerate(values, 1))
    shares = parse_scores(answer, len(values))
    if max(values) > 1:
        assert shares == {n: v / 100 for n, v in enumerate(values, 1)}
