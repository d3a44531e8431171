"""What a browser would make of a page."""

import html.parser


class Page(html.parser.HTMLParser):
    """What a browser would make of a page: its elements, with their attributes, and its words."""

    def __init__(self, content):
        super().__init__()
        self.elements, self.attributes, self.words = [], [], []
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)
