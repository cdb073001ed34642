"""Every page's time at the server when very many contacts are stored.

    python -m benchmarks.pages [--contacts 1000000] [--on sqlite postgresql] [--times 40] [--bar 100]

A seeded database is made first; then each page is asked for, through the whole of the service as the web server runs it
but without a network. Exit status 1 when a page's 95 of 100 miss the bar, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import subprocess
import sys
import time
from statistics import median
from typing import Any

from benchmarks.load.served import DATABASES, make_ready


def main() -> int:
    """Fill, measure and print, for each database in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--on", nargs="+", choices=sorted(DATABASES), default=sorted(DATABASES, reverse=True))
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--bar", type=float, default=100.0)
    given = parser.parse_args()
    if len(given.on) > 1:  # a process has one database
        shared = ["--contacts", given.contacts, "--times", given.times, "--bar", given.bar]
        command = [sys.executable, "-m", "benchmarks.pages", *map(str, shared), "--on"]
        return max(subprocess.run([*command, name]).returncode for name in given.on)
    with DATABASES[given.on[0]]():
        make_ready()
        from benchmarks.pages.asked import pages, sign_in
        from benchmarks.pages.fill import counted, fill

        begun = time.monotonic()
        fill(given.contacts)
        made = ", ".join(f"{many:,} {what}" for what, many in counted())
        print(f"{given.on[0]}: {made}, in {time.monotonic() - begun:.0f} s", flush=True)
        print(f"  {'milliseconds':44}{'median':>8}{'p95':>8}")
        missed = asyncio.run(measured(pages(), sign_in(), given.times, given.bar))
    print(f"  load average {os.getloadavg()[0]:.1f}", flush=True)
    return 1 if missed else 0


async def measured(addresses: dict[str, str], headers: dict[str, str], times: int, bar: float) -> int:
    """Ask for each page so many times, and once before to wake everything up; print, and count those that are late."""
    import httpx

    from watchword.web.asgi import application_for

    over = httpx.ASGITransport(app=application_for(8 * 1024 * 1024))
    gc.collect()
    gc.freeze()  # as the web server does once it has begun: what is here now is not looked through again
    missed = 0
    async with httpx.AsyncClient(transport=over, base_url="http://localhost", headers=headers) as client:
        for name, address in addresses.items():
            await _asked(client, address)
            spent = []
            for _ in range(times):
                begun = time.perf_counter()
                await _asked(client, address)
                spent.append((time.perf_counter() - begun) * 1000)
            late = _p95(spent) > bar
            missed += late
            print(f"  {name:44}{median(spent):8.1f}{_p95(spent):8.1f}{'  MISSED' if late else ''}", flush=True)
    return missed


async def _asked(client: Any, address: str) -> None:
    answer = await client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


if __name__ == "__main__":
    sys.exit(main())
