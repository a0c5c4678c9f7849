"""Reading English: words, names, phrases and clauses. What follows from them is decided as for Chinese."""
