"""How well and how fast articles are read: figures against annotated articles, their floors, speed and memory."""
