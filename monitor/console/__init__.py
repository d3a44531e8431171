"""The web pages, in a process of their own: a fault here stops no reading. Behind the school's own web server."""
