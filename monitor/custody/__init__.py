"""Keeping evidence: what is captured and when, its entries in the log, who may have what, second looks, seals."""
