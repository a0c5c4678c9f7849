"""The graph for people: the network, the page, the files other programs read."""
