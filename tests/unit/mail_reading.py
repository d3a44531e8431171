"""What a reader has of a mail: its subject, its plain text, and the words of its page."""

from mail_samples import Page, parsed, squeezed


def subject_of(message):
    return str(parsed(message)["Subject"])


def text_of(message):
    return parsed(message).get_body(("plain",)).get_content()


def page_of(message):
    return Page(parsed(message).get_body(("html",)).get_content())


def words_of(message):
    return squeezed(text_of(message)), squeezed(page_of(message).words)
