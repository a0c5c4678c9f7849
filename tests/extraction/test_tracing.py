"""What made a claim, and why a sentence made none."""

import io

import pytest
from rich.console import Console

from kg.articles import article_from_text
from kg.extraction import extract_article
from kg.extraction.tracing import Trace, trace_article
from kg.views.terminal import load_reasons, print_traces

TEXT = (
    "2024年5月9日，青岛市与挪威签署渔业合作协议。\n双方将共建海洋联合实验室。\n青岛市与日本没有签署合作协议。\n"
    "合作前景广阔。\n挪威的合作前景广阔。\n山东省商务厅厅长王小明出席。"
)


@pytest.fixture(scope="module")
def traces() -> list[Trace]:
    return list(trace_article(article_from_text(TEXT, id="a", title="", published="2024-05-10")))


def test_a_trace_stands_beside_every_claim(traces: list[Trace]) -> None:
    article = article_from_text(TEXT, id="a", title="", published="2024-05-10")
    assert [trace.claim for trace in traces] == extract_article(article).claims


def test_mentions_cue_frame_and_measure_are_told(traces: list[Trace]) -> None:
    [signed] = [trace for trace in traces if trace.claim.predicate == "agreement"]
    assert (signed.subject.how, signed.object.how) == ("M", "M")
    assert signed.subject.source and signed.object.source
    assert signed.cue == "签署"
    assert signed.claim.rule == "zh.sign" and "S:Actor" in signed.roles and "agreement" in signed.states
    assert 0 < signed.right <= signed.found
    assert signed.claim.confidence == pytest.approx((signed.right + 1) / (signed.found + 2), abs=0.001)


def test_words_that_decide_the_status_and_pronouns_are_told(traces: list[Trace]) -> None:
    planned = [trace for trace in traces if trace.claim.predicate == "establishes"]
    assert planned and all(trace.subject.how == "P" for trace in planned)
    assert all(("将", "planned") in trace.signals for trace in planned)


def test_gaps_have_their_reason() -> None:
    gaps = extract_article(article_from_text(TEXT, id="a", title="", published="2024-05-10")).gaps
    assert {gap.text: gap.reason for gap in gaps} == {
        "青岛市与日本没有签署合作协议。": "denied",
        "合作前景广阔。": "no name",
        "挪威的合作前景广阔。": "one name",
    }
    for gap in gaps:
        assert TEXT[gap.start : gap.end].strip() == gap.text


def test_every_reason_has_words_in_both_languages(traces: list[Trace]) -> None:
    words = load_reasons()
    codes = {f"how.{part.how}" for trace in traces for part in (trace.subject, trace.object)}
    codes |= {f"source.{part.source}" for trace in traces for part in (trace.subject, trace.object) if part.source}
    codes |= {f"gap.{reason}" for reason in ("denied", "no name", "one name", "no frame", "language")}
    assert codes <= set(words)


def test_a_trace_is_printed_with_the_words_marked(traces: list[Trace]) -> None:
    stream = io.StringIO()
    print_traces(traces, Console(file=stream, width=80, highlight=False, markup=False))
    assert "⟦青岛市⟧与⟦挪威⟧‹签署›渔业合作协议。" in stream.getvalue()
    assert "planned" in stream.getvalue() and "zh.sign" in stream.getvalue()
