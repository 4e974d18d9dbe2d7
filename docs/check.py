"""Check a built site: every link leads somewhere, nothing is loaded from elsewhere, every public
name has its page with an example.

    python docs/check.py docs/_build/html

Prints each fault and ends with 1 if there are any. Links to other sites are listed by host, not
followed, so that the check needs no network.
"""

import re
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: What a page loads while it is read, as against what it links to.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}
LOADING_LINKS = ("stylesheet", "preload", "icon", "modulepreload")


class Page(HTMLParser):
    """The ids of a page, its links, what it loads, and its pictures without words."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.mute = set(), [], [], []
        text = path.read_text(encoding="utf-8")
        self.failed = "Traceback (most recent call last)" in text
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        for key in ("src", "href"):
            if (tag, key) in LOADED and given.get(key):
                if tag == "link" and given.get("rel") not in LOADING_LINKS:
                    continue
                self.loads.append(given[key])
        if tag == "img" and "alt" not in given:
            self.mute.append(given.get("src"))


def check_site(root):
    """The faults of the site below `root`, and how often it links to each other host."""
    written = (p for p in root.rglob("*.html") if p.relative_to(root).parts[0] != "_static")
    pages = {path: Page(path) for path in sorted(written)}
    faults, hosts = [], Counter()
    for path, page in pages.items():
        here = path.relative_to(root)
        faults += [f"{here}: a picture without words, {source}" for source in page.mute]
        if page.failed:
            faults.append(f"{here}: a traceback, so something on it did not run")
        for target in page.loads:
            if urlsplit(target).scheme in ("http", "https") or target.startswith("//"):
                faults.append(f"{here}: loads {target}")
        for target in page.links + page.loads:
            parts = urlsplit(target)
            if parts.scheme in ("http", "https"):
                hosts[parts.netloc] += 1
            elif not parts.scheme and (fault := broken(path, parts, root, pages)):
                faults.append(f"{here}: {target} {fault}")
    return faults, hosts


def broken(path, parts, root, pages):
    """What is wrong with a link within the site, or None."""
    to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if to.is_dir():
        to /= "index.html"
    if not to.exists():
        return "is not there"
    name = unquote(parts.fragment)
    known = pages.get(to) or pages.get(root / to.relative_to(root.resolve()))
    if name and known and name not in known.ids:
        return "has no such place"
    return None


def check_reference(root):
    """Public names without a page, and those without an example on it."""
    sys.path.insert(0, str(Path(__file__).parent / "_ext"))
    from reference import public_names

    faults = []
    for things in public_names().values():
        for name, thing in things.items():
            page = root / "api" / f"{name}.html"
            if not page.exists():
                faults.append(f"{name} has no page")
            elif "Examples" in (thing.__doc__ or "") and not re.search(
                r"&gt;&gt;&gt;", page.read_text(encoding="utf-8")
            ):
                faults.append(f"the example of {name} is not on its page")
    return faults


def main(argv=None):
    root = Path((argv or sys.argv[1:])[0])
    faults, hosts = check_site(root)
    faults += check_reference(root)
    for fault in faults:
        print(fault)
    n_pages = len(list(root.rglob("*.html")))
    others = ", ".join(f"{host} ({n})" for host, n in hosts.most_common())
    print(f"{n_pages} pages, {len(faults)} faults; links to other sites: {others or 'none'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
