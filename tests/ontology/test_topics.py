"""Topics and kinds: every concept is described in both languages, and its cue words find its examples."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.topics import KINDS, TOPICS, assign_kinds, assign_topics, load_scheme
from tests.ontology.graphs import ONTOLOGY

ASSIGN = {TOPICS: assign_topics, KINDS: assign_kinds}
EXAMPLES = [
    (scheme, concept.name, language, text)
    for scheme in ASSIGN
    for concept in load_scheme(scheme).concepts.values()
    for language, text in concept.examples.items()
]


def test_there_are_as_many_concepts_as_expected() -> None:
    topics = load_scheme(TOPICS).concepts.values()
    top = {topic.name for topic in topics if topic.broader is None}
    assert len(top) == 20
    assert len(topics) == 119
    assert {topic.broader for topic in topics if topic.broader} == top, "two levels, no leaf at the top, no third level"
    assert len(load_scheme(KINDS).concepts) == 19
    assert {
        "framework_agreement",
        "memorandum",
        "contract",
        "treaty",
        "joint_statement",
        "letter_of_intent",
        "sister_city_agreement",
    } <= set(load_scheme(KINDS).concepts)
    assert len(EXAMPLES) == 2 * (119 + 19)


@pytest.mark.parametrize("scheme", list(ASSIGN))
def test_every_concept_speaks_both_languages(scheme: str) -> None:
    concepts = load_scheme(scheme).concepts.values()
    for concept in concepts:
        assert set(concept.labels) == set(concept.definitions) == set(concept.examples) == {"zh", "en"}
        assert any(cue.isascii() for cue in concept.cues) and any(not cue.isascii() for cue in concept.cues)
        assert all(len(cue) >= 2 for cue in concept.cues)
    for language in ("zh", "en"):
        assert len({concept.labels[language] for concept in concepts}) == len(concepts)


def test_the_turtle_is_valid_skos_in_the_small() -> None:
    skos = "http://www.w3.org/2004/02/skos/core#"
    quads = list(ox.parse(path=str(ONTOLOGY / "topics.ttl"), format=ox.RdfFormat.TURTLE))
    said = {(q.subject.value, q.predicate.value) for q in quads}
    concepts = {q.subject.value for q in quads if q.object == ox.NamedNode(skos + "Concept")}
    assert len(concepts) == 138
    for concept in concepts:
        for property_ in (skos + "inScheme", skos + "prefLabel", "http://www.w3.org/2000/01/rdf-schema#isDefinedBy"):
            assert (concept, property_) in said
        assert ((concept, skos + "broader") in said) != ((concept, skos + "topConceptOf") in said)
    tops = {(q.object.value, q.subject.value) for q in quads if q.predicate.value == skos + "hasTopConcept"}
    assert tops == {(q.subject.value, q.object.value) for q in quads if q.predicate.value == skos + "topConceptOf"}


@pytest.mark.parametrize(
    ("scheme", "name", "language", "text"), EXAMPLES, ids=[f"{name}-{tag}" for _, name, tag, _ in EXAMPLES]
)
def test_the_example_of_a_concept_is_assigned_to_it(scheme: str, name: str, language: str, text: str) -> None:
    assert name in ASSIGN[scheme](text)


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("", ()),
        ("双方举行了会谈。", ()),
        # The longer word wins, and of two that overlap the first.
        ("会议讨论优化营商环境。", ("business_environment",)),
        ("双方签署数字经济合作备忘录。", ("digital_economy",)),
        ("The business environment was discussed.", ("business_environment",)),
        # A narrower topic stands for the broader one.
        ("双方将在生态环保领域治理大气污染。", ("air_quality",)),
        ("双方将开展环境保护和能源合作。", ("energy", "environment")),
        # Near misses mean nothing.
        ("推动行业健康发展。", ()),
        ("亚洲基础设施投资银行行长出席。", ()),
        ("They set out a road map to bridge the gap.", ()),
        # Latin words are whole words, in any case, with a plural.
        ("They support the report.", ()),
        ("AIRPORTS will be built.", ("aviation",)),
        ("AI技术合作", ("artificial_intelligence",)),
        ("They said so.", ()),
        ("İstanbul AI", ("artificial_intelligence",)),
    ],
)
def test_which_topics_a_sentence_has(text: str, topics: tuple[str, ...]) -> None:
    assert assign_topics(text) == topics


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("双方签署战略合作框架协议。", ("framework_agreement",)),
        ("《海洋环保合作备忘录》", ("memorandum",)),
        ("双方签署了谅解备忘录和三份合同。", ("contract", "memorandum")),
        ("结合同期数据", ()),
        ("MoUs were signed.", ("memorandum",)),
        ("The deal was signed.", ("agreement",)),
        ("They deal with pollution.", ()),
        ("两市签署友好城市协议书。", ("sister_city_agreement",)),
    ],
)
def test_which_kind_of_text_it_is(text: str, kinds: tuple[str, ...]) -> None:
    assert assign_kinds(text) == kinds


@given(st.text())
def test_any_text_has_topics_in_order_and_none_above_another(text: str) -> None:
    found = assign_topics(text)
    assert list(found) == sorted(set(found))
    concepts = load_scheme(TOPICS).concepts
    assert not {concepts[name].broader for name in found} & set(found)


def test_a_cue_word_of_two_concepts_is_an_error(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    text = (ONTOLOGY / "topics.ttl").read_text(encoding="utf-8").replace('"雾霾"@zh', '"湿地"@zh')
    (tmp_path / "topics.ttl").write_text(text, encoding="utf-8")
    monkeypatch.setattr("kg.topics.data_path", lambda folder: tmp_path)
    with pytest.raises(DataError, match="湿地"):
        load_scheme.__wrapped__(TOPICS)
