"""How the models were made: read, prepare, fit, calibrate, report. Nothing here runs in a school (extra `train`)."""
