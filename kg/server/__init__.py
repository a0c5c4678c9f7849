"""The graph for programs and people on the web: SPARQL protocol, graph store protocol, linked data, a query page."""
