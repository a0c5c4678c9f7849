"""Claims to RDF: terms, ledger, store, rules, shapes and questions."""
