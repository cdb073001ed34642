"""A real Dovecot of the tests' own: mails are handed to it by LMTP and read from it by IMAP over TLS."""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchword.settings import MailIntake

USER, PASSWORD = "billing", "correct horse battery"
READY = 30  # seconds
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%n
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
mailbox_idle_check_interval = 1 secs
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""


@dataclass
class Dovecot:
    """The server, and the mailbox that it holds."""

    folder: Path
    plain: int
    tls: int
    lmtp: int

    def settings(self, **more: object) -> MailIntake:
        """What leads to the mailbox."""
        given = {"host": "localhost", "port": self.tls, "user": USER, "password": PASSWORD}
        return MailIntake(**{**given, "ca_file": self.folder / "cert.pem", **more})  # type: ignore[arg-type]

    def deliver(self, *mails: bytes) -> None:
        """Hand mails to the server as a mail relay does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as relay:
            for mail in mails:
                relay.sendmail("ana@example.com", [f"{USER}@example.com"], mail)

    def start(self) -> None:
        """Up, and listening."""
        subprocess.run(["/usr/sbin/dovecot", "-c", str(self.folder / "dovecot.conf")], check=True)
        ends = time.monotonic() + READY
        while any(not _listens(port) for port in (self.tls, self.lmtp)):
            assert time.monotonic() < ends, (self.folder / "dovecot.log").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Gone at once, with every connection."""
        file = self.folder / "run" / "master.pid"
        if not file.exists():
            return
        os.kill(int(file.read_text()), signal.SIGTERM)
        ends = time.monotonic() + READY
        while file.exists() or _listens(self.tls):
            assert time.monotonic() < ends, "Dovecot did not stop"
            time.sleep(0.05)

    def number_anew(self) -> None:
        """Another UIDVALIDITY, as after a mailbox was restored; the server must be down."""
        for file in (self.folder / "mail" / USER).glob("dovecot*"):
            file.unlink()

    def damage(self, subject: str) -> None:
        """From now on the server cannot read the mail of this subject."""
        for file in (self.folder / "mail" / USER).glob("*/*"):
            if f"Subject: {subject}\n".encode() in file.read_bytes().replace(b"\r\n", b"\n"):
                file.chmod(0)
                shutil.chown(file, "root", "root")

    def mails(self, folder: str = "INBOX") -> int:
        """How many mails lie in a folder of the mailbox."""
        inside = self.folder / "mail" / USER / ("" if folder == "INBOX" else f".{folder}")
        return sum(len(list((inside / state).glob("*"))) for state in ("new", "cur"))


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server with one empty mailbox, in a folder where its own user may look in."""
    folder = Path(tempfile.mkdtemp(prefix="watchword-dovecot-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    shutil.chown(folder / "mail", "nobody", "nogroup")
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*made.split(), *files], check=True, capture_output=True)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    server = Dovecot(folder, _free_port(), _free_port(), _free_port())
    text = CONFIGURATION.format(folder=folder, plain=server.plain, tls=server.tls, lmtp=server.lmtp)
    (folder / "dovecot.conf").write_text(text)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
