"""The governors' page as one A4 page, tagged for screen readers (PDF/UA-1), the same bytes for the same page."""

from __future__ import annotations

from alerts import governors_page
from alerts.filters import label
from alerts.governors_fields import GovernorsPage
from alerts.governors_render import made
from alerts.report_pdf import one_page


def governors_pdf(page: GovernorsPage) -> bytes:
    """The page as PDF. A letter that the built-in fonts lack is printed as the replacement character."""
    sections = [
        {
            "title": part.title,
            "columns": [{"title": name, "width": width} for name, width in part.columns],
            "rows": part.rows,
            "notes": part.notes,
            "summed": part.summed,
        }
        for part in governors_page.sections(page)
    ]
    data = {
        "title": governors_page.title(page),
        "school": label(page.school),
        "verdict": governors_page.verdict(page),
        "warning": governors_page.warning(page),
        "sections": sections,
        "footer": governors_page.footer(page, made(page)),
        "to_type": [],
    }
    return one_page(data, page.made_at)
