"""Draw the terminal's icons (pwa/icons/*.svg) as the PNG files that phones ask for; run it when a drawing changes."""

from __future__ import annotations

import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
ICONS = PROJECT / "pwa" / "icons"
PICTURES = (
    ("icon.svg", 192, "icon-192.png"),
    ("icon.svg", 512, "icon-512.png"),
    ("maskable.svg", 512, "maskable-512.png"),
)


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests.support.browsers import CHROMIUM_FLAGS, find_chromium

    chromium = find_chromium()
    if chromium is None:
        sys.exit("Chromium is missing: run `make browsers`.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=list(CHROMIUM_FLAGS))
        for source, size, target in PICTURES:
            page = browser.new_page(viewport={"width": size, "height": size})
            drawing = (ICONS / source).read_text().replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{drawing}")
            page.screenshot(path=str(ICONS / target))
            print(f"pwa/icons/{target}")
        browser.close()


if __name__ == "__main__":
    main()
