"""Pure rules: answers from facts. No database, no network, no clock; time comes in as an argument."""
