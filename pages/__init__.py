"""The web pages, one file a page in a folder a section; ``app.py`` lists them in order."""
