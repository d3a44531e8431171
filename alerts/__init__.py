"""Tell people: what a mail may contain, how it looks, how it leaves. Imports nothing else of ours."""
