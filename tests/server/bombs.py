"""Queries that would take a server down: time, memory, stack, planner, output."""

JOIN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def _growth(steps: int) -> str:
    binds = " ".join(f"BIND(CONCAT(?v{i}, ?v{i}) AS ?v{i + 1})" for i in range(steps))
    return f'SELECT (STRLEN(?v{steps}) AS ?n) {{ BIND("0123456789abcdef" AS ?v0) {binds} }}'


BOMBS = {
    # time
    "join of three": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "join of four": JOIN,
    "join of three, distinct": "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "join by filter": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c > ?f && ?f > ?i && STR(?a) = 'none') }",
    "ask about a join": "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a = 'none') }",
    "path, both ends open": "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>|^!<x:a>)* ?b . ?c (!<x:a>|^!<x:a>)* ?d }",
    "path of paths": "SELECT (COUNT(*) AS ?n) { ?a ((!<x:a>)+/(!<x:b>)+)+ ?b . ?c (!<x:a>|^!<x:b>)+ ?d . ?e ?f ?g }",
    "inverse path": "SELECT (COUNT(*) AS ?n) { ?a (^(!<x:a>)|!<x:b>)+ ?b . ?c ?d ?e . ?f ?g ?h }",
    "minus": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i MINUS { ?a ?x ?y . ?d ?x ?z } }",
    "not exists": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?g ?h ?i . ?j ?k ?l FILTER(?l = ?a) } }",
    "optional": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c OPTIONAL { ?d ?e ?f . ?g ?h ?i } OPTIONAL { ?j ?k ?l } }",
    "union of joins": "SELECT (COUNT(*) AS ?n) { { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } UNION { ?j ?k ?l . ?m ?o ?p . ?q ?r ?s } }",
    "values": "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(40)))} }}" for i in range(7))
    + " }",
    "regex on a join": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(REGEX(STR(?c), '(a+)+$')) }",
    "graph join": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c . ?d ?e ?f } GRAPH ?h { ?i ?j ?k } ?p ?q ?r . ?s ?t ?u }",
    "hashes": "SELECT (MAX(SHA512(CONCAT(STR(?a), STR(?d), STR(?g)))) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "construct": "CONSTRUCT { ?a ?b ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = 'none') }",
    "describe": "DESCRIBE ?a WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c = 'none') }",
    "subqueries": "SELECT (COUNT(*) AS ?n) { { SELECT ?a { ?a ?b ?c . ?d ?e ?f } } { SELECT ?g { ?g ?h ?i . ?j ?k ?l } } }",
    "having": "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a HAVING(COUNT(*) < 0)",
    # memory
    "order": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "group": "SELECT ?a ?d ?g (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?c ?d ?f ?g ?i ORDER BY ?n",
    "distinct": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a",
    "group concat": "SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g)))) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "growth 26": _growth(26),
    "growth 40": _growth(40),
    "growth by replace": 'SELECT (STRLEN(?e) AS ?n) { BIND("'
    + "a" * 2000
    + '" AS ?a) BIND(REPLACE(?a, "a", ?a) AS ?b) BIND(REPLACE(?b, "a", ?a) AS ?c) BIND(REPLACE(?c, "a", ?a) AS ?d) '
    + 'BIND(REPLACE(?d, "a", ?a) AS ?e) }',
    "sample of growth": "SELECT (GROUP_CONCAT(?x) AS ?n) { "
    + _growth(20)[_growth(20).index("{") + 1 : -1]
    + " ?a ?b ?c BIND(?v20 AS ?x) }",
    # output
    "everything times everything": "SELECT * { ?a ?b ?c . ?d ?e ?f }",
    "everything cubed": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a large construct": "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a large literal": "SELECT ?v22 { " + _growth(22)[_growth(22).index("{") + 1 : -1] + " }",
    # planner
    **{f"{n} triples": "SELECT * { " + " ".join(f"?s{i} ?p{i} ?s{i + 1} ." for i in range(n)) + " }" for n in (150, 400)},
    **{f"{n} blank nodes": "SELECT * { ?s ?p " + "[ ?p " * n + "1" + "]" * n + " }" for n in (100, 127)},
    "120 annotations": "SELECT * { ?s ?p ?o " + "{| ?p 1 |} " * 120 + "}",
    "120 values": "SELECT * { " + "VALUES ?x { 1 } " * 120 + "}",
    "127 steps": "SELECT * { ?s <a:a>" + "/<a:a>" * 127 + " ?o }",
    "300 list items": "SELECT * { ?s ?p (" + "?x " * 300 + ") }",
    # stack
    **{
        f"{kind} {n}": text
        for n in (129, 3_000, 20_000)
        for kind, text in {
            "groups": "SELECT * " + "{" * n + "}" * n,
            "parentheses": "SELECT * { FILTER(" + "(" * n + "1" + ")" * n + ") }",
            "not": "SELECT * { FILTER(" + "!" * n + "1) }",
            "or": "SELECT * { FILTER(1" + "||1" * n + ") }",
            "collections": "SELECT * { ?s ?p " + "(" * n + "1" + ")" * n + " }",
            "optionals": "SELECT * { " + "OPTIONAL{}" * n + " }",
        }.items()
    },
    "groups 200000": "SELECT * " + "{" * 200_000 + "}" * 200_000,
    "binds 4000": "SELECT * {" + "".join(f"BIND(1AS?{i})" for i in range(4_000)) + "}",
}
