"""What of a Chinese caption says something of the image."""

from __future__ import annotations

import pytest

from core.claims import Passage
from core.claims.reading import read


@pytest.mark.parametrize(
    ("caption", "sentences"),
    [
        (
            "这张图片展示了一个男孩骑着红色自行车。画面中可以看到几棵树。",
            ["有一个男孩骑着红色自行车。", "有几棵树。"],
        ),
        (
            "**主体：** 一只橘色的猫趴在沙发上。\n整体氛围温馨而宁静，给人一种舒适的感觉。",
            ["一只橘色的猫趴在沙发上。"],
        ),
        ("抱歉，我无法识别图中的人物，但可以看到一名女子坐在长椅上。", ["有一名女子坐在长椅上。"]),
        ("对不起，我不能描述这张图片。", []),
        ("一名男子站在街上。他手里拿着一把", ["一名男子站在街上。"]),
        (
            "图片中有一个水果摊，摊主是一位老人，整个场景显得十分热闹。",
            ["图片中有一个水果摊，摊主是一位老人。"],
        ),
    ],
)
def test_lead_ins_moods_refusals_and_cut_ends_are_left_out_and_listed(caption, sentences):
    [reading] = read([Passage(caption)])
    assert [s.text for s in reading.sentences if s.text] == sentences
    assert reading.not_claims


def test_clauses_about_another_part_of_the_image_are_statements_of_their_own():
    [reading] = read(
        [
            Passage(
                "鞋子摆放在台阶上，旁边放着一瓶水；背景是模糊的雪山，天空呈蓝色。招牌写着“早安；你好”。"
            )
        ]
    )
    assert [c.text for c in reading.claims] == [
        "鞋子摆放在台阶上，旁边放着一瓶水。",
        "背景是模糊的雪山。",
        "天空呈蓝色。",
        "招牌写着“早安；你好”。",
    ]
