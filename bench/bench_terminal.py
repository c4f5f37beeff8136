"""The terminal against the bars of the offline page: what it weighs, how soon it shows, keeps, and sends."""

from __future__ import annotations

import gzip
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from bench.lighthouse import lighthouse, score
from bench.reference import throwaway_url
from bench.report import Row
from bench.small_sites import BARE_PAGE, bare_site, echo_site, page_with_rows
from models.database import Database
from models.tables import Agent
from server.static_files import DIST
from tests.support.brigade import offline_ready
from tests.support.browsers import CHROMIUM_FLAGS, find_chromium
from tests.support.network import Network
from tests.support.processes import Deployment
from tests.support.seed import seed_sign_in
from tests.support.valley import Valley, drained

ROWS = 200
STARTS = 24
TAPS = 200
QUEUED = 50
ROUND_TRIP_S = 0.4
CPU_SLOWER = 4

# What pwa/sync/outbox.js does, for many actions at once.
ENQUEUE = """(actions) => new Promise((resolve, reject) => {
  const open = indexedDB.open('terminal');
  open.onerror = () => reject(open.error);
  open.onsuccess = () => {
    const tx = open.result.transaction(['outbox', 'meta'], 'readwrite', { durability: 'strict' });
    const [outbox, meta] = [tx.objectStore('outbox'), tx.objectStore('meta')];
    meta.get('seq').onsuccess = ({ target }) => {
      let seq = target.result ?? 0;
      for (const [op, args] of actions) outbox.add({ op, args, at: new Date().toISOString(), seq: seq += 1 });
      meta.put(seq, 'seq');
    };
    tx.onabort = () => reject(tx.error);
    tx.oncomplete = () => { open.result.close(); new BroadcastChannel('terminal').postMessage('changed'); resolve(); };
  };
})"""
# When the click came, and when the transaction that keeps it was on the disk.
WATCH_TAPS = """() => {
  window.taps = [];
  let tapped = 0;
  addEventListener('click', () => { tapped = performance.now(); }, true);
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function watched(stores, mode, options) {
    const tx = transaction.call(this, stores, mode, options);
    if (options?.durability === 'strict' && [...stores].includes('outbox') && tapped) {
      const began = tapped;
      tapped = 0;
      tx.addEventListener('complete', () => window.taps.push(performance.now() - began));
    }
    return tx;
  };
}"""
TAP_OFTEN = """async (times) => {
  const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve)); };
  const all = () => [...document.querySelectorAll('.action-bar button')];
  const button = (words) => all().find((one) => one.textContent.trim() === words);
  while (window.taps.length < times) {
    const before = window.taps.length;
    const words = before % 2 ? 'Rendre' : 'Accepter';
    await until(() => button(words));
    // A person taps when the screen has followed, not while it does.
    await new Promise((resolve) => requestIdleCallback(resolve));
    button(words).click();
    await until(() => window.taps.length > before);
  }
  return window.taps;
}"""
BARE_PUTS = """async (times) => {
  const db = await new Promise((resolve) => {
    const asked = indexedDB.open('bare');
    asked.onupgradeneeded = () => asked.result.createObjectStore('bare', { autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
  });
  const took = [];
  for (let index = 0; index < times; index += 1) {
    const began = performance.now();
    const tx = db.transaction('bare', 'readwrite', { durability: 'strict' });
    const args = { request_id: crypto.randomUUID() };
    tx.objectStore('bare').put({ op: 'request.accept', args, at: new Date().toISOString() });
    await new Promise((resolve) => { tx.oncomplete = resolve; });
    took.push(performance.now() - began);
  }
  return took;
}"""
# From the moment at which the network is back until nothing waits.
DRAIN = """() => new Promise((resolve) => {
  const began = performance.now();
  const look = () => {
    if (document.querySelector('.status').textContent.includes('en attente d’envoi')) setTimeout(look, 2);
    else resolve(performance.now() - began);
  };
  dispatchEvent(new Event('online'));
  look();
})"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
FIRST_ROW = "() => performance.getEntriesByName('first-row')[0]?.startTime ?? null"
# The first card in the document, seen by whoever looks: a shell without rows would not be enough.
WATCH_ROWS = """() => {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('a.card')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => performance.mark('first-row')));
  });
  observer.observe(document, { childList: true, subtree: true });
}"""


def run() -> list[Row]:
    """Measure each bar, and beside it what the browser and the machine cost by themselves."""
    with _valley() as (valley, browser):
        agent = valley.agent("Sacha Martin")
        for minutes in range(ROWS):
            valley.request(minutes_ago=minutes)
        return [
            *_weights(),
            *_starts(valley, agent),
            _taps(valley, agent),
            _drain(valley, agent, browser),
            *_lighthouse(valley, agent),
        ]


def _weights() -> Iterator[Row]:
    assets = json.loads((DIST / "assets.json").read_text())
    critical = _zipped(assets["terminal.js"], assets["styles/terminal.css"])
    yield Row("critical JS and CSS, zipped", critical, "kB", "≤ 30", ok=critical <= 30)
    worker = _zipped("service-worker.js")
    peer = _zipped("precache.js")
    yield Row("service worker, zipped", worker, "kB", "≤ 3", "its list of files", peer, worker <= 3)


def _zipped(*names: str) -> float:
    return sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names) / 1000


def _starts(valley: Valley, agent: Agent) -> Iterator[Row]:
    page = valley.terminal(agent)
    expect(page.locator("a.card")).to_have_count(ROWS)
    offline_ready(page)
    page.context.set_offline(True)
    painted, rows = [], []
    for _ in range(STARTS):
        fresh = _slow_page(page)
        fresh.add_init_script(f"({WATCH_ROWS})()")
        fresh.goto(f"{valley.url}/terminal/")
        expect(fresh.locator("a.card")).to_have_count(ROWS)
        painted.append(fresh.evaluate(PAINTED))
        rows.append(fresh.evaluate(FIRST_ROW))
        fresh.close()
    page.context.set_offline(False)
    with bare_site(page_with_rows(ROWS)) as url:
        bare = []
        for _ in range(STARTS):
            fresh = _slow_page(page)
            fresh.goto(url)
            fresh.wait_for_function(f"({PAINTED})() !== null")
            bare.append(fresh.evaluate(PAINTED))
            fresh.close()
    page.close()
    peer, what = f"{ROWS} bare rows", f"offline start, CPU ÷ {CPU_SLOWER}, p75 of {STARTS}"
    first = _percentile(painted, 75)
    yield Row(f"{what}: first contentful paint", first, "ms", "≤ 500", peer, _percentile(bare, 75), first <= 500)
    yield Row(f"{what}: first request of {ROWS} in the page", _percentile(rows, 75), "ms")


def _slow_page(page: Page) -> Page:
    fresh = page.context.new_page()
    page.context.new_cdp_session(fresh).send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    return fresh


def _taps(valley: Valley, agent: Agent) -> Row:
    page = valley.terminal(agent)
    page.locator("a.card").first.click()
    page.context.set_offline(True)
    page.evaluate(WATCH_TAPS)
    took = page.evaluate(TAP_OFTEN, TAPS)
    page.close()
    with bare_site(BARE_PAGE) as url:
        bare = valley.browser_context().new_page()
        bare.goto(url)
        puts = bare.evaluate(BARE_PUTS, TAPS)
        bare.close()
    ours = _percentile(took, 95)
    return Row(f"tap → on the disk, p95 of {TAPS}", ours, "ms", "≤ 10", "bare put", _percentile(puts, 95), ours <= 10)


def _drain(valley: Valley, agent: Agent, browser: Browser) -> Row:
    valley.network.round_trip_s = ROUND_TRIP_S
    request = valley.request()
    page = valley.terminal(agent)
    page.context.set_offline(True)
    valley.network.cut()
    note = {"request_id": str(request.request_id), "text": "Rappelé, sans réponse."}
    page.evaluate(ENQUEUE, [["request.note", note]] * QUEUED)
    expect(page.get_by_text(f"{QUEUED} actions en attente d’envoi")).to_be_visible()
    valley.network.restore()
    page.context.set_offline(False)
    ours = page.evaluate(DRAIN)
    drained(page)
    page.close()
    valley.network.round_trip_s = 0
    sent = [status for _, op, status in valley.results() if op == "request.note"]
    if sent != ["applied"] * QUEUED:
        raise RuntimeError(f"{len(sent)} of {QUEUED} notes arrived")
    peer = _echo_ms(browser, note)
    return Row(
        f"{QUEUED} queued actions after reconnecting, {ROUND_TRIP_S * 1000:.0f} ms round trip, drained",
        ours,
        "ms",
        "≤ 2000",
        "bare echo of one post and one get",
        peer,
        ours <= 2000,
    )


def _echo_ms(browser: Browser, note: dict[str, str]) -> float:
    network = Network()
    context = browser.new_context()
    try:
        with echo_site() as port:
            network.upstream = port
            network.round_trip_s = ROUND_TRIP_S
            page = context.new_page()
            page.goto(network.url)
            network.cut()
            network.restore()
            took: float = page.evaluate(
                """async (body) => {
                  const began = performance.now();
                  await (await fetch('/', { method: 'POST', body })).text();
                  await (await fetch('/', { cache: 'no-store' })).text();
                  return performance.now() - began;
                }""",
                json.dumps([{"seq": seq, "op": "request.note", "args": note} for seq in range(QUEUED)]),
            )
            return took
    finally:
        context.close()
        network.close()


def _lighthouse(valley: Valley, agent: Agent) -> Iterator[Row]:
    with valley.database.transaction() as session:
        token = seed_sign_in(session, agent, now=datetime.now(UTC))
    page = lighthouse(f"{valley.url}/terminal/", {"Cookie": f"agent={token}"})
    with bare_site(BARE_PAGE) as url:
        bare = lighthouse(url)
    for category, bar, words in (("performance", 95, "≥ 95"), ("accessibility", 100, "= 100")):
        ours = score(page, category)
        yield Row(
            f"Lighthouse, {category}, {ROWS} requests", ours, "of 100", words, "a bare page", score(bare, category),
            ours >= bar,
        )  # fmt: skip


def _percentile(values: Sequence[float], share: int) -> float:
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]


@contextmanager
def _valley() -> Iterator[tuple[Valley, Browser]]:
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("Chromium is missing: run `make browsers`")
    with throwaway_url() as url, tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=list(CHROMIUM_FLAGS))
        database = Database(url, pool_size=2, application_name="brigade bench")
        deployment = Deployment(url, Path(folder))
        try:
            valley = Valley(deployment, database, browser)
            yield valley, browser
            valley.close()
        finally:
            deployment.close()
            database.dispose()
            browser.close()
