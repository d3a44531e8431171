"""A backup holds everything and no secret; a restore brings it back whole, and nothing that was erased since."""

import errno
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import DAY, HOUR, INSULT, NOW, TOKEN, Desk, item
from erased import HEAD, UNIQUE, WORDS, erase, found_in
from evidence_desk import MRS_ALI, folder_of, records
from sqlalchemy import text

from monitor import holds, media_gate, restore_making
from monitor.backup import BackupTaker
from monitor.backup_draft import NotBackedUp
from monitor.evidence import erasure_journal
from monitor.evidence.backup_folder import NotABackup, check_backup
from monitor.restore import BackupDamaged, Restorer, Wanted
from monitor.restore_making import NotRestored
from monitor.restore_plan import RestoreUnderWay, Workplace, alone, ready_to_open
from monitor.store import ledger
from monitor.store.copying import CopyFailed, InUse
from monitor.store.engine import open_store
from monitor.verify import Asked, Verifier
