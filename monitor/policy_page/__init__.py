"""A policy pack in plain English: a page for the head, and what two packs do differently. Pure."""
