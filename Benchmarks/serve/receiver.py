"""The small receiver that people write themselves: Flask on waitress, HMAC checked, one row in SQLite a delivery.

As durable as it can be with one connection: WAL, synchronous FULL, a transaction for each delivery, duplicates by id.
"""

import hashlib
import hmac
import os
import sqlite3
import sys
import threading

from flask import Flask, request
from waitress import serve

SECRET = os.environ["FORGE_SECRET"].encode()
app = Flask(__name__)
lock = threading.Lock()
database = sqlite3.connect(sys.argv[2], check_same_thread=False, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE delivery (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT")


@app.post("/hook")
def hook():
    body = request.get_data()
    wanted = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted, request.headers.get("X-Hub-Signature-256", "")):
        return "", 401
    with lock:
        database.execute(
            "INSERT OR IGNORE INTO delivery VALUES (?, ?)", (request.headers["X-GitHub-Delivery"], body))
    return "", 202


serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8, connection_limit=200, _quiet=True)
