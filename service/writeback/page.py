"""The attested text once more as a page that an EHR can show: the same words, nothing added."""

from html import escape

from service.summary.document import Document, Section

# No script, link, font or image: an EHR shows this in its own frame, often offline.
_STYLE = (
    "body{font-family:sans-serif;line-height:1.4;max-width:45em;margin:1em auto;padding:0 1em}"
    "h1{font-size:1.3em}h2{font-size:1.05em;margin-bottom:.2em}"
    "p,li{white-space:pre-wrap;margin:.2em 0}"
)


def page(document: Document) -> str:
    """A self-contained HTML page of the document, every word escaped."""
    parts = [f"<h1>{escape(document.title)}</h1>"]
    parts += [f"<p>{escape(line)}</p>" for line in document.header]
    for section in document.sections:
        parts += _section(section)
    head = f'<meta charset="utf-8"><title>{escape(document.title)}</title><style>{_STYLE}</style>'
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'


def _section(section: Section) -> list[str]:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    if section.statements:
        rows = "\n".join(f"<li>{escape(each.text)}</li>" for each in section.statements)
        parts.append(f"<ul>\n{rows}\n</ul>")
    if section.absence:
        parts.append(f"<p>{escape(section.absence)}</p>")
    return parts
