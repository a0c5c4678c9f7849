"""Learns which candidates are stated, from annotated articles, and writes seeds/models/frames.LANGUAGE.npz.

    python seeds/make/train_frames.py CORPUS_FOLDER zh --names FOLDER

FOLDER holds the name models of the folds (train_names.py --folds 4 --keep FOLDER): each article is read with a model that has
not seen it, so that the frames learn to live with the names they will get. Prints precision and recall with documents left
out, chooses the thresholds there, and writes the model learned on all.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kg.evaluation import Reference, read_references
from kg.extraction.extractor import take_apart
from kg.extraction.pairs import BITS, predicate_names
from kg.extraction.scoring import pack
from kg.extraction.tagging import unpack

FOLDS = 4
STRENGTH = 0.1


def examples(reference: Reference, reading):
    """Labels, weights and keys of an article's candidates.

    A candidate is right when the annotation has its relation and the sentence overlaps the annotated evidence; where the
    relation holds but the sentence is another, it teaches nothing (weight 0).
    """
    article, relations = reference.article, reference.relations
    found, names = reading.candidates, predicate_names()
    label, weight, keys, seen = np.zeros(len(found.cue)), np.ones(len(found.cue)), [], {}
    for row in range(len(found.cue)):
        s, o = reading.players[found.subject[row]].entity, reading.players[found.object[row]].entity
        p = names[found.predicate[row]]
        if (s, p, o) not in seen:
            a, b = reading.table.entities[s], reading.table.entities[o]
            seen[s, p, o] = reference.match([a.name, *a.forms], p, [b.name, *b.forms])
        key = seen[s, p, o]
        keys.append(key)
        if key in relations:
            label[row] = 1
            evidence = relations[key].evidence
            begin = article.text.find(evidence)
            scene = reading.scenes[found.scene[row]]
            start = article.offsets[reading.chunks[scene.first].start]
            end = article.offsets[reading.chunks[scene.last - 1].end]
            weight[row] = begin < end and begin + len(evidence) > start
    return label, weight, keys


def matrix(features):
    """Rows of feature numbers as a sparse matrix of ones."""
    rows, many = features.shape
    return sparse.csr_matrix(
        (np.ones(rows * many, np.float32), features.ravel(), np.arange(0, rows * many + 1, many)), shape=(rows, 1 << BITS)
    )


def figures(taken, documents):
    """Precision, recall and F1 over (predicted keys, gold keys) of documents."""
    right = sum(len(keys & set(relations)) for keys, relations in zip(taken, documents, strict=True))
    predicted, annotated = sum(map(len, taken)), sum(map(len, documents))
    p, r = right / max(1, predicted), right / max(1, annotated)
    return p, r, 2 * right / max(1, predicted + annotated)


def main() -> None:
    """Parses, trains, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("language", choices=["zh", "en"])
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--precision", type=float, default=0.0, help="raise thresholds until this precision is reached")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    taggers = [unpack(options.names / f"names.{options.language}.{number}.npz") for number in range(FOLDS)]
    documents = read_references(options.corpus, options.language)
    rows = []
    for number, reference in enumerate(documents):
        reading = take_apart(reference.article, taggers[number % FOLDS])
        label, weight, keys = examples(reference, reading)
        rows.append((matrix(reading.candidates.features) if len(label) else None, label, weight, keys))
    full = [number for number, row in enumerate(rows) if row[0] is not None]

    def fit(numbers):
        model = LogisticRegression(C=STRENGTH, solver="liblinear")
        model.fit(
            sparse.vstack([rows[n][0] for n in numbers]),
            np.concatenate([rows[n][1] for n in numbers]),
            np.concatenate([rows[n][2] for n in numbers]),
        )
        return model

    best: list[dict] = [{} for _ in documents]
    for part in range(FOLDS):
        model = fit([n for n in full if n % FOLDS != part])
        for n in full:
            if n % FOLDS == part:
                for key, score in zip(rows[n][3], model.predict_proba(rows[n][0])[:, 1], strict=True):
                    best[n][key] = max(best[n].get(key, 0.0), float(score))
    relations = [reference.relations for reference in documents]
    chosen: dict[str, float] = {}
    for name in predicate_names():
        mine = [{key: score for key, score in found.items() if key[1] == name} for found in best]
        wanted = [{key: r for key, r in found.items() if key[1] == name} for found in relations]
        options_ = []
        for limit in np.arange(0.15, 0.71, 0.025):
            p, r, f = figures([{k for k, score in found.items() if score >= limit} for found in mine], wanted)
            options_.append((f if p >= options.precision else p - 1, -limit, p, r))
        f, limit, p, r = max(options_)
        chosen[name] = round(-limit, 3)
        print(f"{name:16} threshold {-limit:.3f}  P {p:.3f} R {r:.3f} F1 {f:.3f}  ({sum(map(len, wanted))})")
    taken = [{key for key, score in found.items() if score >= chosen[key[1]]} for found in best]
    print("all              P {:.3f} R {:.3f} F1 {:.3f}".format(*figures(taken, relations)))
    print(
        "by predicate wrong:",
        Counter(key[1] for keys, r in zip(taken, relations, strict=True) for key in keys - set(r)).most_common(4),
    )
    if options.write:
        model = fit(full)
        path = Path(__file__).resolve().parents[1] / "models" / f"frames.{options.language}.npz"
        pack(path, model.coef_[0].astype(np.float32), float(model.intercept_[0]), chosen)


if __name__ == "__main__":
    main()
