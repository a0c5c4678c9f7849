"""Learns the weights that find names, from annotated articles, and writes seeds/models/names.LANGUAGE.npz.

    python seeds/make/train_names.py CORPUS_FOLDER zh          trains on all and writes the model
    python seeds/make/train_names.py CORPUS_FOLDER zh --folds  prints precision and recall with documents left out

An annotated article is JSON with `text`, `lang` and `entities` (`name`, `type`, `mentions`). Training is python-crfsuite's
L-BFGS with elastic net; the judge of whole stretches (Chinese) is a logistic model over what the taggers of four folds propose for
the articles they had not seen. The same input gives the same weights.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pycrfsuite
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from invent_names import invent, relocated

from kg.articles import article_from_text, repair
from kg.extraction.hashing import hash_features
from kg.extraction.lattice import BITS as JUDGE_BITS
from kg.extraction.lattice import Judge
from kg.extraction.lexicon import heads, is_han
from kg.extraction.tagging import BITS, Tagger, pack, pack_judge, unpack
from kg.model import Article, ParagraphKind
from kg.names import load_names

PARAMETERS = {"c1": 0.05, "c2": 0.05, "max_iterations": 90, "feature.possible_transitions": True}
FOLDS = 4
JUDGE_STRENGTH = 0.15
# How much a stretch teaches that meets no annotated name, and the log-odds from which on a stretch is a name.
UNANNOTATED, LIMIT = 0.5, -1.2
# Bare nouns that stand for something named before; they are resolved later, not found as names.
DEMONSTRATIVES = "该本这此各"


def load(folder: Path, language: str) -> list[tuple[dict, Article]]:
    """Annotated articles with the article as the program reads it."""
    found = []
    for path in sorted(folder.glob(f"{language}-*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        article = article_from_text(
            data["text"], id=data["id"], title=data["title"], published=data["published"], language=language
        )
        found.append((data, article))
    return found


def gold_spans(data: dict, clean: str, language: str) -> list[tuple[int, int, str, str]]:
    """Where the annotated forms stand: start, end, type, entity id; the longest form first, none inside another."""
    forms: dict[str, tuple[str, str]] = {}
    for entity in data["entities"]:
        for form in [entity["name"], *entity["mentions"]]:
            folded = repair(form, language).clean
            for variant in (folded, folded.strip("《》“”「」")):
                if len(variant) > 1 and not (language == "zh" and variant[0] in DEMONSTRATIVES):
                    forms.setdefault(variant, (entity["type"], entity["id"]))
    taken = bytearray(len(clean))
    spans = []
    for form in sorted(forms, key=lambda text: (-len(text), text)):
        edge = r"(?<!\w){}(?!\w)" if language == "en" else "{}"
        for match in re.finditer(edge.format(re.escape(form)), clean):
            start, end = match.span()
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                spans.append((start, end, *forms[form]))
    return sorted(spans)


def observed(article: Article, language: str):
    """Positions for the tagger: feature numbers, sentence spans in positions, and the position → character map."""
    if language == "zh":
        from kg.extraction.columns import TEMPLATES, observe

        sentences = [
            (s.start, s.end) for s in article.sentences if article.paragraphs[s.paragraph].kind != ParagraphKind.BOILERPLATE
        ]
        return observe(article.clean), TEMPLATES, sentences, None
    from kg.extraction.tokens import TEMPLATES, observe_tokens

    columns, sentences, tokens = observe_tokens(article)
    return columns, TEMPLATES, sentences, tokens


def to_positions(spans, tokens):
    """Character spans as position spans."""
    if tokens is None:
        return [(start, end, kind) for start, end, kind, _ in spans]
    starts = {start: number for number, (start, _) in enumerate(tokens)}
    ends = {end: number + 1 for number, (_, end) in enumerate(tokens)}
    return [(starts[start], ends[end], kind) for start, end, kind, _ in spans if start in starts and end in ends]


def exchanged(data, article: Article, language: str, names: dict[str, list[str]], seed: int):
    """The article with each entity's name, where it stands, replaced by another of its type: same frame, other name.

    The other name is known, invented, or the same in another place. Teaches the field to read the surroundings and the build of
    a name rather than to remember names. Deterministic.
    """
    chance = random.Random(f"{data['id']} {seed}")
    spans = gold_spans(data, article.clean, language)
    chosen: dict[tuple[str, str], str] = {}
    text, moved, last = [], [], 0
    length = 0
    for start, end, kind, _entity in spans:
        form = article.clean[start:end]
        text.append(article.clean[last:start])
        length += start - last
        if (form, kind) not in chosen:
            chosen[form, kind] = other_name(form, kind, language, names, chance)
        text.append(chosen[form, kind])
        moved.append((length, length + len(chosen[form, kind]), kind, ""))
        length += len(chosen[form, kind])
        last = end
    text.append(article.clean[last:])
    return article_from_text("".join(text), id=data["id"], title="", published=None, language=language), moved


def other_name(form: str, kind: str, language: str, names: dict[str, list[str]], chance: random.Random) -> str:
    """What a name is replaced by in a copy; a form that is only a head word (协议) stays."""
    pool = names.get(kind + ("+" if len(form) > 3 else ""), [])
    lot = chance.random()
    if language == "zh":
        if any(form == word for word in heads("zh").words):
            return form
        if lot < 0.5:
            made = [name for name in (invent(kind, chance) for _ in range(4)) if (len(name) > 3) == (len(form) > 3)]
            return made[0] if made else form
        if lot < 0.7:
            return relocated(form, chance)
    return chance.choice(pool) if pool and lot < 0.85 else form


def name_pool(documents, language: str) -> dict[str, list[str]]:
    """Names by type (with `+` where longer than three characters), from the annotations and from seeds/names."""
    pool: dict[str, set[str]] = {}
    for data, article in documents:
        for start, end, kind, _ in gold_spans(data, article.clean, language):
            form = article.clean[start:end]
            pool.setdefault(kind + ("+" if len(form) > 3 else ""), set()).add(form)
    for entity in load_names():
        for form in entity.forms:
            if is_han(form) == (language == "zh") and len(form) > 1:
                pool.setdefault(entity.type + ("+" if len(form) > 3 else ""), set()).add(form)
    return {kind: sorted(forms) for kind, forms in pool.items()}


def train(examples, path: Path) -> None:
    """Fits the field on (features, sentences, labels) and writes the model."""
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    for features, sentences, labels in examples:
        rows = [[str(number) for number in row] for row in features.tolist()]
        for start, end in sentences:
            if end > start:
                trainer.append(rows[start:end], labels[start:end])
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/model"
        trainer.train(file)
        tagger = pycrfsuite.Tagger()
        tagger.open(file)
        info = tagger.info()
        labels = sorted(tagger.labels(), key=lambda label: (label != "O", label))
        number = {label: index for index, label in enumerate(labels)}
        weights = {
            (int(name), number[label]): weight for (name, label), weight in info.state_features.items() if abs(weight) > 1e-3
        }
        transitions = np.full((len(labels), len(labels)), 0.0, dtype=np.float32)
        for (before, after), weight in info.transitions.items():
            transitions[number[before], number[after]] = weight
    for before in labels:
        for after in labels:
            if after[0] == "I" and before[1:] != after[1:]:
                transitions[number[before], number[after]] = -1e4
    pack(path, labels, weights, transitions)


def example_of(article: Article, spans, language: str):
    """What the trainer takes (features, sentences, labels), and what the tagger takes."""
    columns, templates, sentences, tokens = observed(article, language)
    features = hash_features(columns, templates, BITS)
    placed = to_positions(spans, tokens)
    labels = ["O"] * len(features)
    for start, end, kind in placed:
        labels[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return (features, sentences, labels), columns, templates, placed


def judged(tagger: Tagger, seen, gold):
    """Features, labels and weights of an article's stretches.

    A stretch that meets no annotated name teaches less: the annotation names what takes part, not all there is.
    """
    columns, templates, sentences = seen
    found, features = tagger.stretches(columns, tagger.read(columns, templates, sentences), sentences)
    kinds = tagger.types
    right = np.array(
        [
            (s, e, kinds[k]) in gold
            for s, e, k in zip(found.start.tolist(), found.end.tolist(), found.kind.tolist(), strict=True)
        ],
        dtype=bool,
    )
    named = np.zeros(len(columns["c"]) + 1)
    for start, end, _ in gold:
        named[start:end] = 1
    running = np.concatenate([[0], np.cumsum(named)])
    return features, right, np.where(running[found.end] > running[found.start], 1.0, UNANNOTATED)


def fit_judge(examples) -> Judge:
    """The logistic model over stretches (liblinear, L2)."""
    features = np.concatenate([features for features, _, _ in examples])
    rows, many = features.shape
    matrix = sparse.csr_matrix(
        (np.ones(rows * many, np.float32), features.ravel(), np.arange(0, rows * many + 1, many)), shape=(rows, 1 << JUDGE_BITS)
    )
    model = LogisticRegression(C=JUDGE_STRENGTH, solver="liblinear", random_state=0)
    model.fit(
        matrix, np.concatenate([right for _, right, _ in examples]), np.concatenate([weight for _, _, weight in examples])
    )
    return Judge(model.coef_[0].astype(np.float32), float(model.intercept_[0]), LIMIT)


def main() -> None:
    """Parses, trains, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("language", choices=["zh", "en"])
    parser.add_argument("--copies", type=int, default=8, help="copies of each article with exchanged names")
    parser.add_argument("--folds", action="store_true", help="print precision and recall with documents left out")
    parser.add_argument(
        "--keep", type=Path, help="folder for the models of the folds; models that it holds are not trained again"
    )
    options = parser.parse_args()
    language = options.language
    documents = load(options.corpus, language)
    examples, gold, seen = [], [], []
    for data, article in documents:
        example, columns, templates, spans = example_of(article, gold_spans(data, article.clean, language), language)
        examples.append(example)
        gold.append({span for span in spans if any(a <= span[0] < b for a, b in example[1])})
        seen.append((columns, templates, example[1]))

    def with_copies(numbers: list[int]):
        pool = name_pool([documents[number] for number in numbers], language)
        for number in numbers:
            yield examples[number]
            for copy in range(options.copies):
                article, spans = exchanged(*documents[number], language, pool, copy)
                yield example_of(article, spans, language)[0]

    everything = range(len(documents))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.keep or temporary)
        paths = [folder / f"names.{language}.{fold}.npz" for fold in range(FOLDS)]
        for fold, path in enumerate(paths):
            if not path.exists():
                train(with_copies([number for number in everything if number % FOLDS != fold]), path)
        # a judge learns on articles that the tagger of their fold had not seen
        taggers = [unpack(path) for path in paths]
        if language == "zh":
            lessons = [judged(taggers[number % FOLDS], seen[number], gold[number]) for number in everything]
            for fold, path in enumerate(paths):
                pack_judge(path, fit_judge([lessons[number] for number in everything if number % FOLDS != fold]))
            taggers = [unpack(path) for path in paths]
    if options.folds:
        report([taggers[number % FOLDS].decode(*seen[number]) for number in everything], gold)
        return
    path = Path(__file__).resolve().parents[1] / "models" / f"names.{language}.npz"
    path.parent.mkdir(exist_ok=True)
    train(with_copies(list(everything)), path)
    if language == "zh":
        pack_judge(path, fit_judge(lessons))


def report(found, gold) -> None:
    """Prints precision, recall and F1 by type, of typed names and of names whatever their type."""
    right, predicted, annotated = Counter(), Counter(), Counter()
    bare = 0
    for spans, wanted in zip(found, gold, strict=True):
        spans = set(spans)
        right.update(span[2] for span in spans & wanted)
        predicted.update(span[2] for span in spans)
        annotated.update(span[2] for span in wanted)
        bare += len({span[:2] for span in spans} & {span[:2] for span in wanted})
    rows = [(kind, right[kind], predicted[kind], annotated[kind]) for kind in sorted(annotated)]
    rows += [
        ("all", right.total(), predicted.total(), annotated.total()),
        ("whatever type", bare, predicted.total(), annotated.total()),
    ]
    for name, hits, some, all_ in rows:
        p, r = hits / max(1, some), hits / all_
        print(f"{name:32} P {p:.3f} R {r:.3f} F1 {2 * hits / (some + all_):.3f}  ({all_})")


if __name__ == "__main__":
    main()
