"""Handing out: bundles for those who have to judge, and answers for the person it is all about."""
