"""Who cooperates with whom: news in, a graph with evidence out."""
