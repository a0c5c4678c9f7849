"""Synthetic news for the benchmarks: article number i is the same on every machine, whatever else is made.

Each article mixes a few sentences that state something with filler, in the project's own words, so that articles share
vocabulary as news do without being copies. One in fifty is a reprint of an earlier one with another source line.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

PLACES = (
    "山东省 江苏省 浙江省 广东省 四川省 湖北省 福建省 云南省 青岛市 宁波市 深圳市 成都市 武汉市 厦门市 昆明市 大连市 西安市 长沙市"
).split()
COUNTRIES = (
    "挪威 韩国 日本 芬兰 冰岛 德国 法国 意大利 西班牙 荷兰 波兰 希腊 埃及 肯尼亚 南非 巴西 智利 秘鲁 泰国 越南 马来西亚 印度尼西亚 "
    "哈萨克斯坦 乌兹别克斯坦 蒙古国 新西兰 澳大利亚 加拿大 墨西哥 阿根廷"
).split()
FIELDS = (
    "海洋环保 清洁能源 生物多样性 数字经济 现代农业 职业教育 跨境物流 生物医药 文化旅游 防灾减灾 气候变化 水资源管理".split()
)
KINDS = "合作备忘录 框架协议 合作协议 谅解备忘录 战略合作协议".split()
HEADS = "华 东 新 远 海 通 达 信 恒 瑞 鼎 宏 金 科 泰 安 联 创 天 卓".split()
TAILS = "化工公司 能源集团 重工股份有限公司 生物科技公司 港务集团 汽车公司 农业发展公司 信息技术公司".split()
BODIES = "环境科学研究院 海洋研究所 农业科学院 理工大学 能源研究中心".split()
EVENTS = "绿色发展论坛 海洋合作论坛 产业对接会 友好城市大会 能源博览会".split()
STATED = (
    "{day}，{a}与{b}签署{field}{kind}。",
    "{a}与{b}在{field}领域建立合作机制。",
    "{a}举办{event}，{b}派代表参加。",
    "{a}将与{b}开展{field}合作。",
    "{company}与{other}签署{kind}，在{a}建设{field}项目。",
    "{a}{body}与{b}有关机构开展{field}联合研究。",
    "{b}代表团访问{a}，与{a}举行会谈。",
    "{company}投资建设{a}{field}基地。",
)
FILLER = (
    "据介绍，{field}是近年来各方关注的领域，相关工作取得了积极进展。",
    "与会人员参观了{a}的{field}展区，并听取了情况介绍。",
    "{n}名专家分析认为，{field}的前景取决于人才和资金投入。",
    "当地居民表示，{event}期间交通有序，服务周到。",
    "统计显示，去年{a}相关产业规模达到{n}亿元，同比增长百分之{m}。",
    "主办方说，筹备工作历时{m}个月，志愿者超过{n}人。",
    "记者在现场看到，{field}的新设备吸引了不少观众。",
    "业内人士认为，{company}在{field}方面积累了多年经验。",
)
SOURCES = "示例日报 海滨新闻网 城市快报 环球资讯 东方时讯".split()


def synthesize(count: int, first: int = 0) -> Iterator[dict[str, str]]:
    """The articles with the numbers from `first` on, as `kg build` reads them from JSON lines."""
    for number in range(first, first + count):
        yield synthesize_one(number)


def synthesize_one(number: int) -> dict[str, str]:
    """The article of one number."""
    if number % 50 == 49:
        original = synthesize_one(number - 1 - number % 7 * 6)
        text = original["text"] + f"\n（责任编辑：{HEADS[number % 20]}编）"
        return original | {"id": f"s{number:07}", "publisher": SOURCES[number % 5], "text": text}
    rng = random.Random(f"article {number}")
    year, month, day = 2019 + rng.randrange(6), 1 + rng.randrange(12), 1 + rng.randrange(28)
    lead = _fill(rng, rng.choice(STATED), month, day)
    sentences = [lead]
    for _ in range(6 + rng.randrange(8)):
        sentences.append(_fill(rng, rng.choice(STATED if rng.random() < 0.25 else FILLER), month, day))
    paragraphs = ["".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)]
    return {
        "id": f"s{number:07}",
        "title": lead.rstrip("。")[-24:],
        "publisher": SOURCES[rng.randrange(5)],
        "published": f"{year}-{month:02}-{day:02}",
        "text": "\n".join(paragraphs),
    }


def write_articles(path: Path, count: int, first: int = 0) -> Path:
    """A file of JSON lines with these articles."""
    with path.open("w", encoding="utf-8") as stream:
        for article in synthesize(count, first):
            stream.write(json.dumps(article, ensure_ascii=False) + "\n")
    return path


def _fill(rng: random.Random, template: str, month: int, day: int) -> str:
    return template.format(
        a=rng.choice(PLACES),
        b=rng.choice(COUNTRIES),
        field=rng.choice(FIELDS),
        kind=rng.choice(KINDS),
        event=rng.choice(FIELDS) + rng.choice(EVENTS),
        company=_company(rng),
        other=_company(rng),
        body=rng.choice(BODIES),
        day=f"{month}月{day}日",
        n=100 + rng.randrange(900),
        m=2 + rng.randrange(20),
    )


def _company(rng: random.Random) -> str:
    return rng.choice(PLACES)[:2] + rng.choice(HEADS) + rng.choice(HEADS) + rng.choice(TAILS)
