"""Fails where a link of the documentation leads nowhere: within README and the Markdown pages as they lie in the
repository, and within the site, every page and every anchor. Links to other sites are listed, not followed.

    check_docs.py [SITE]     the folder that docs/build_docs.py has built
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
CODE = re.compile(r"^(`{3,}).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def is_external(link):
    return bool(urllib.parse.urlsplit(link).scheme) or link.startswith("//")


def slug(heading):
    """The anchor that GitHub makes of a heading."""
    text = re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def markdown_anchors(page):
    text = re.sub(r"^(`{3,}).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def markdown_faults(pages):
    for page in pages:
        for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
            if is_external(link):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / urllib.parse.unquote(path)).resolve() if path else page
            if not target.exists():
                yield f"{page.relative_to(ROOT)}: {link}: there is no such file"
            elif anchor and target.suffix == ".md" and anchor not in markdown_anchors(target):
                yield f"{page.relative_to(ROOT)}: {link}: there is no such heading"


class Page(html.parser.HTMLParser):
    """Links and anchors of an HTML page."""

    def __init__(self, file):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.anchors.update(filter(None, (values.get("id"), values.get("name") if tag == "a" else None)))
        link = values.get("href") if tag in ("a", "link") else values.get("src")
        if link:
            self.links.append(link)


def site_faults(site, external):
    pages = {file.resolve(): Page(file) for file in sorted(site.rglob("*.html"))}
    for file, page in pages.items():
        for link in page.links:
            if is_external(link):
                if link.startswith("http"):
                    external.add(link)
                continue
            path, _, anchor = link.partition("#")
            path = urllib.parse.unquote(path.partition("?")[0])
            target = (file.parent / path).resolve() if path else file
            place = f"{file.relative_to(site.resolve())}: {link}"
            if not target.exists():
                yield f"{place}: there is no such file"
            elif anchor == "nested-classes":  # Doxygen's own, of classes whose nested ones are private
                continue
            elif anchor and target in pages and urllib.parse.unquote(anchor) not in pages[target].anchors:
                yield f"{place}: there is no such anchor"
    if len(pages) < 20:
        yield f"{site}: {len(pages)} pages are not the whole site"


def main():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    faults, external = list(markdown_faults(pages)), set()
    for site in sys.argv[1:]:
        faults += site_faults(pathlib.Path(site), external)
    for link in sorted(external):
        print(f"not followed: {link}")
    for fault in faults:
        print(f"error: {fault}")
    print(f"{len(pages)} Markdown pages, {len(external)} links to other sites, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
